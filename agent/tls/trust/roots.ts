import { X509Certificate } from 'node:crypto';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { Malformed } from '../../../evidence/der/bytes.ts';
import { parseCertificateFields } from '../../../evidence/der/certificate-fields.ts';
import { parseLink, type Link } from './link.ts';

/**
 * Certificates that are trusted, to be asked for by name: a system has some hundred and forty, and a way ends at one or
 * two of them.
 */
export class Roots {
  readonly size: number;
  readonly #bySubject: ReadonlyMap<string, readonly Lazy<Link | undefined>[]>;

  constructor(roots: readonly { readonly subject: string; readonly link: Lazy<Link | undefined> }[]) {
    this.size = roots.length;
    this.#bySubject = new Map(
      [...Map.groupBy(roots, ({ subject }) => subject)].map(([subject, own]) => [subject, own.map(({ link }) => link)]),
    );
  }

  /** @param subject the DER of the name in hex */
  named(subject: string): readonly Link[] {
    const links = this.#bySubject.get(subject) ?? [];
    return links.map((link) => link()).filter((link) => link !== undefined);
  }
}

type Lazy<T> = () => T;

/** What a run trusts, read once. */
export interface RootStores {
  readonly system: Reading<Roots>;
  readonly configured: Reading<Roots>;
  /** Issuers' certificates that were met elsewhere: they lead to no root by themselves. */
  readonly intermediates: readonly Link[];
  /** Which signatures between issuers were found to hold, by both fingerprints. */
  readonly signatures: Map<string, boolean>;
}

/** Where distributions keep the bundle of roots that their programs trust: Debian, Fedora, openSUSE, Alpine and BSD. */
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * Reads the system's roots and those that the operator adds. A store of which a part cannot be read is unreadable as a
 * whole: what is missing may be what is asked for.
 * @param files absolute paths of PEM files
 */
export async function loadRoots(host: Host, files: readonly string[]): Promise<RootStores> {
  const [system, configured] = await Promise.all([readSystem(host), readFiles(host, files)]);
  return { system, configured, intermediates: [], signatures: new Map() };
}

/** The same stores, with certificates that may help where a server leaves one out. The result depends on all that are given, not on their order. */
export function withIntermediates(stores: RootStores, certificates: Iterable<X509Certificate>): RootStores {
  const links = new Map<string, Link>();
  for (const certificate of certificates) {
    const link = parseRoot(certificate);
    if (link?.basicConstraints?.ca === true && link.subject !== link.issuer) links.set(link.fingerprint, link);
  }
  return { ...stores, intermediates: [...links.values()] };
}

async function readSystem(host: Host): Promise<Reading<Roots>> {
  for (const path of systemBundles) {
    const text = await host.readText(path);
    if (text.state === 'unreadable' && text.obstacle.code === 'missing') continue;
    if (text.state === 'unreadable') return text;
    const roots = parseBundle(text.value, path);
    return roots.state === 'read' ? read(new Roots(roots.value)) : roots;
  }
  return unreadable('missing', systemBundles[0] ?? '');
}

async function readFiles(host: Host, paths: readonly string[]): Promise<Reading<Roots>> {
  const all: Root[] = [];
  for (const path of paths) {
    const text = await host.readText(path);
    if (text.state === 'unreadable') return text;
    const roots = parseBundle(text.value, path);
    if (roots.state === 'unreadable') return roots;
    all.push(...roots.value);
  }
  return read(new Roots(all));
}

const pemBegin = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/;
const pemBlock = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

type Root = ConstructorParameters<typeof Roots>[0][number];

function parseBundle(text: string, path: string): Reading<readonly Root[]> {
  const blocks = text.match(pemBlock) ?? [];
  if (blocks.length === 0) return unreadable('unparsable', path, 'it holds no certificate');
  if (blocks.length < text.split(pemBegin).length - 1)
    return unreadable('unparsable', path, 'a certificate is cut off');
  const roots: Root[] = [];
  for (const block of blocks) {
    const root = parseBlock(block);
    if (root === undefined) return unreadable('unparsable', path, `certificate ${roots.length + 1} of the file`);
    roots.push(root);
  }
  return read(roots);
}

/** Undefined for what is not a certificate, or of a form not known here. */
function parseBlock(block: string): Root | undefined {
  try {
    const der = Buffer.from(block.slice(block.indexOf('\n'), block.lastIndexOf('-----END')), 'base64');
    const subject = Buffer.from(parseCertificateFields(der).subject).toString('hex');
    return { subject, link: lazily(() => parseDer(block)) };
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** One that OpenSSL does not take leads nowhere here either: it could not vouch for anything. */
function parseDer(block: string): Link | undefined {
  try {
    return parseRoot(new X509Certificate(block));
  } catch {
    return undefined;
  }
}

function parseRoot(certificate: X509Certificate): Link | undefined {
  try {
    return parseLink(certificate);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function lazily<T>(make: () => T): Lazy<T> {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
