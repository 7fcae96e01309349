import { X509Certificate } from 'node:crypto';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { Malformed } from '../bytes.ts';
import { parseLink, type Link } from './link.ts';

/** Certificates by the hex of their subject. */
export type Roots = ReadonlyMap<string, readonly Link[]>;

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
    return parseBundle(text.value, path);
  }
  return unreadable('missing', systemBundles[0] ?? '');
}

async function readFiles(host: Host, paths: readonly string[]): Promise<Reading<Roots>> {
  const all: Link[] = [];
  for (const path of paths) {
    const text = await host.readText(path);
    if (text.state === 'unreadable') return text;
    const roots = parseBundle(text.value, path);
    if (roots.state === 'unreadable') return roots;
    all.push(...[...roots.value.values()].flat());
  }
  return read(Map.groupBy(all, ({ subject }) => subject));
}

const pemBegin = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/;
const pemBlock = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

function parseBundle(text: string, path: string): Reading<Roots> {
  const blocks = text.match(pemBlock) ?? [];
  if (blocks.length === 0) return unreadable('unparsable', path, 'it holds no certificate');
  if (blocks.length < text.split(pemBegin).length - 1)
    return unreadable('unparsable', path, 'a certificate is cut off');
  const links: Link[] = [];
  for (const block of blocks) {
    const link = parseBlock(block);
    if (link === undefined) return unreadable('unparsable', path, `certificate ${links.length + 1} of the file`);
    links.push(link);
  }
  return read(Map.groupBy(links, ({ subject }) => subject));
}

/** Undefined for what is not a certificate, or of a form not known here. */
function parseBlock(block: string): Link | undefined {
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
