import { X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import { read, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { namesAndPatterns, parseListen, type ConfigurationReader, type Place } from './place.ts';

const file = '/etc/haproxy/haproxy.cfg';
const maximumCertificates = 5000;

/**
 * What HAProxy serves, from its configuration file (there is no command that prints it). It chooses a certificate by the
 * names in it, so the names are those of the certificates that its `bind` lines give with `crt`: a file, or each file of
 * a folder (HAProxy configuration manual, 5.1). A `crt-list` names files line by line.
 */
export const haproxyReader: ConfigurationReader = {
  software: 'HAProxy',
  programs: ['haproxy'],
  async read(context): Promise<Reading<readonly Place[]> | undefined> {
    const text = await context.host.readText(file);
    if (text.state === 'unreadable') return text.obstacle.code === 'missing' ? undefined : text;
    const places: Place[] = [];
    for (const bind of parseBinds(text.value)) {
      const found = await certificatesOf(context, bind);
      if (found.state === 'unreadable') return found;
      places.push(...placesOfBind(bind, found.value));
    }
    return read(places);
  },
};

interface Bind {
  readonly places: readonly { readonly address: string; readonly port: number }[];
  readonly isTls: boolean;
  readonly isWeb: boolean;
  /** Files and folders. */
  readonly certificates: readonly string[];
  readonly lists: readonly string[];
}

/** The `bind` lines of a configuration, each with the mode of its section and the folder for relative certificates. */
export function parseBinds(text: string): Bind[] {
  const sections: { mode?: string; isDefaults: boolean; binds: string[][] }[] = [];
  let base = '/';
  let defaultMode = 'tcp';
  for (const raw of text.split('\n')) {
    const words = raw
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .split(/\s+/);
    const [first = '', second = ''] = words;
    if (
      /^(global|defaults|frontend|listen|backend|peers|resolvers|userlist|program|cache|ring|http-errors|mailers)$/.test(
        first,
      )
    ) {
      sections.push({
        isDefaults: first === 'defaults',
        binds: [],
        ...(first === 'defaults' ? {} : { mode: defaultMode }),
      });
    }
    const section = sections.at(-1);
    if (first === 'crt-base') base = second;
    if (first === 'mode' && section?.isDefaults === true) defaultMode = second;
    if (first === 'mode' && section !== undefined) section.mode = second;
    if (first === 'bind') section?.binds.push(words.slice(1));
  }
  return sections.flatMap(({ mode, binds }) => binds.map((words) => bindOf(words, mode === 'http', base)));
}

function bindOf([where = '', ...options]: readonly string[], isWeb: boolean, base: string): Bind {
  const after = (name: string): string[] =>
    options.flatMap((word, index) => (word === name ? [resolve(base, options[index + 1] ?? '')] : []));
  return {
    places: where.split(',').flatMap((place) => parseListen(place.replace(/^(ipv4|ipv6)@/, '')) ?? []),
    isTls: options.includes('ssl'),
    isWeb,
    certificates: after('crt'),
    lists: after('crt-list'),
  };
}

interface NamedCertificate {
  readonly path: string;
  readonly names: readonly string[];
}

async function certificatesOf({ host }: CollectContext, bind: Bind): Promise<Reading<NamedCertificate[]>> {
  const paths: string[] = [];
  for (const list of bind.lists) {
    const text = await host.readText(list);
    if (text.state === 'unreadable') return text;
    const lines = text.value.split('\n').map((line) => line.replace(/#.*$/, '').trim().split(/\s+/)[0] ?? '');
    paths.push(...lines.filter((path) => path.startsWith('/')));
  }
  for (const path of bind.certificates) {
    const listed = await host.list(path);
    const isCertificate = (name: string): boolean => !/^\.|\.(key|ocsp|sctl|issuer)$/.test(name);
    if (listed.state === 'read') paths.push(...listed.value.filter(isCertificate).map((name) => resolve(path, name)));
    else paths.push(path);
  }
  const found: NamedCertificate[] = [];
  for (const path of [...new Set(paths)].slice(0, maximumCertificates)) {
    const text = await host.readText(path);
    if (text.state === 'unreadable') return text;
    found.push({ path, names: namesIn(text.value) });
  }
  return read(found);
}

/** The names of the first certificate of a PEM file; none where there is none that can be read. */
function namesIn(pem: string): string[] {
  try {
    const { subjectAltName = '' } = new X509Certificate(pem);
    return [...subjectAltName.matchAll(/DNS:([^,\s"]+)/g)].map(([, name]) => name ?? '');
  } catch {
    return [];
  }
}

/** The first certificate is for who gives no name or an unknown one. */
function placesOfBind({ places, isTls, isWeb }: Bind, certificates: readonly NamedCertificate[]): Place[] {
  return places.flatMap((place): Place[] => {
    const own = { ...place, tls: isTls ? 'direct' : 'none', web: isWeb } as const;
    if (!isTls || certificates.length === 0) {
      return [{ ...own, names: [], patterns: [], isDefault: true, certificateFiles: [] }];
    }
    return certificates.map(({ path, names }, index) => ({
      ...own,
      ...namesAndPatterns(names),
      isDefault: index === 0,
      certificateFiles: [path],
    }));
  });
}
