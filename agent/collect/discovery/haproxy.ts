import { X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { parseBinds, parseList, type Bind, type BoundCertificate } from './haproxy-syntax.ts';
import { namesAndPatterns, type ConfigurationReader, type Place } from './place.ts';

const file = '/etc/haproxy/haproxy.cfg';
const maximumCertificates = 5000;

/**
 * What HAProxy serves, from its configuration file (there is no command that prints it). It chooses a certificate by the
 * names in it, so the names are those of the certificates that its `bind` lines give: with `crt` a file, or each file of
 * a folder; with `crt-list` a file of files, with other names where it says so (HAProxy configuration manual, 5.1).
 */
export const haproxyReader: ConfigurationReader = {
  software: 'HAProxy',
  programs: ['haproxy'],
  async read({ host }): Promise<Reading<readonly Place[]> | undefined> {
    const text = await host.readText(file);
    if (text.state === 'unreadable') return text.obstacle.code === 'missing' ? undefined : text;
    const binds = bindsOf(text.value);
    if (binds.state === 'unreadable') return binds;
    const places: Place[] = [];
    for (const bind of binds.value) {
      const found = await certificatesOf(host, bind);
      if (found.state === 'unreadable') return found;
      places.push(...placesOfBind(bind, found.value));
    }
    return read(places);
  },
};

function bindsOf(text: string): Reading<Bind[]> {
  try {
    return read(parseBinds(text));
  } catch (error) {
    return unreadable('unsupported', file, error instanceof Error ? error.message : String(error));
  }
}

interface NamedCertificate {
  readonly path: string;
  readonly names: readonly string[];
}

async function certificatesOf(host: Host, bind: Bind): Promise<Reading<NamedCertificate[]>> {
  const named: NamedCertificate[] = [];
  for (const certificate of bind.certificates) {
    const listed = await listedBy(host, certificate, bind.base);
    if (listed.state === 'unreadable') return listed;
    for (const { path, filters } of listed.value) {
      if (named.length >= maximumCertificates) return unreadable('too-large', certificate.path);
      const text = await host.readText(path);
      if (text.state === 'unreadable') return text;
      named.push({ path, names: filters.length > 0 ? filters : namesIn(text.value) });
    }
  }
  return read(named);
}

interface Listed {
  readonly path: string;
  readonly filters: readonly string[];
}

/** The files of one `crt` or `crt-list`. */
async function listedBy(host: Host, { by, path }: BoundCertificate, base: string): Promise<Reading<Listed[]>> {
  const entries: Listed[] = [{ path, filters: [] }];
  if (by === 'crt-list') {
    const text = await host.readText(path);
    if (text.state === 'unreadable') return text;
    entries.splice(0, 1, ...parseList(text.value, base));
  }
  const listed: Listed[] = [];
  for (const { path: one, filters } of entries) {
    const files = await filesAt(host, one);
    if (files.state === 'unreadable') return files;
    listed.push(...files.value.map((name) => ({ path: name, filters })));
  }
  return read(listed);
}

/** A file, the files of a folder but those that lie beside certificates, or a bundle: `a.pem.rsa` and the like for `a.pem`. */
async function filesAt(host: Host, path: string): Promise<Reading<string[]>> {
  const status = await host.status(path);
  if (status.state === 'unreadable') {
    if (status.obstacle.code !== 'missing') return status;
    const bundle = ['rsa', 'dsa', 'ecdsa'].map((kind) => `${path}.${kind}`);
    const there = await Promise.all(bundle.map((one) => host.status(one)));
    const found = bundle.filter((_, index) => there[index]?.state === 'read');
    return found.length === 0 ? status : read(found);
  }
  if (status.value.kind !== 'directory') return read([path]);
  const names = await host.list(path);
  if (names.state === 'unreadable') return names;
  const beside = /^\.|\.(key|ocsp|sctl|issuer)$/;
  const files: string[] = [];
  for (const name of names.value.filter((one) => !beside.test(one))) {
    const one = resolve(path, name);
    const found = await host.status(one);
    const isFolder = found.state === 'read' && found.value.kind === 'directory';
    if (!isFolder) files.push(one);
  }
  return read(files);
}

/** The names of the first certificate of a PEM file, or its common name; none where there is none that can be read. */
function namesIn(pem: string): string[] {
  try {
    const { subject, subjectAltName = '' } = new X509Certificate(pem);
    const names = [...subjectAltName.matchAll(/DNS:([^,\s"]+)/g)].map(([, name]) => name ?? '');
    const common = /^CN=(.+)$/m.exec(subject)?.[1];
    return names.length > 0 || common === undefined ? names : [common];
  } catch {
    return [];
  }
}

/** The first certificate is for who gives no name or an unknown one, unless `strict-sni` turns them away. */
function placesOfBind({ places, isTls, isWeb, isStrict }: Bind, certificates: readonly NamedCertificate[]): Place[] {
  return places.flatMap((place): Place[] => {
    const own = { ...place, tls: isTls ? 'direct' : 'none', web: isWeb } as const;
    if (!isTls || certificates.length === 0) {
      return [{ ...own, names: [], patterns: [], isDefault: true, certificateFiles: [] }];
    }
    return certificates.map(({ path, names }, index) => ({
      ...own,
      ...namesAndPatterns(names),
      isDefault: index === 0 && !isStrict,
      certificateFiles: [path],
    }));
  });
}
