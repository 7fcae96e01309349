import { dirname, resolve } from 'node:path';
import { unreadable, read, type Reading } from '../../../policies/reading.ts';
import { commandOutput } from './command.ts';
import { globPattern } from './glob.ts';
import { parseNginx, type Directive } from './nginx-syntax.ts';
import type { CollectContext } from '../collector.ts';
import { servedBy } from './nginx-folders.ts';
import {
  listenAddress,
  namesAndPatterns,
  parseListen,
  type ConfigurationReader,
  type Place,
  type ServedFolder,
} from './place.ts';

/** What nginx serves, from its own dump of all its files (`nginx -T`, nginx(8)). */
export const nginxReader: ConfigurationReader = {
  software: 'nginx',
  programs: ['nginx'],
  read: (context) => fromDump(context, (dump) => placesOfDump(dump, context.host.hostname)),
  readFolders: (context) => fromDump(context, (dump) => foldersOfDump(dump, context.host.hostname)),
};

/** Asks nginx once a run, whatever is made of its answer. */
export async function fromDump<T>(context: CollectContext, make: (dump: string) => T): Promise<Reading<T> | undefined> {
  const dump = await context.once('nginx -T', () => commandOutput(context, { file: 'nginx', args: ['-T', '-q'] }));
  if (dump === undefined || dump.state === 'unreadable') return dump;
  try {
    return read(make(dump.value));
  } catch (error) {
    if (error instanceof SyntaxError) return unreadable('unparsable', 'nginx -T', error.message);
    throw error;
  }
}

/** The files of a dump by path, the main one first: each stands once, under a line with its path. */
export function splitDump(dump: string): Map<string, string> {
  const [, ...parts] = dump.split(/^# configuration file (.+):$/m);
  const files = new Map<string, string>();
  for (let index = 0; index + 1 < parts.length; index += 2) files.set(parts[index] ?? '', parts[index + 1] ?? '');
  return files;
}

/** What a block passes on to the blocks in it, as far as it matters here. */
interface Scope {
  readonly kind: 'main' | 'http' | 'stream' | 'mail';
  readonly certificates: readonly string[];
  readonly tls: 'direct' | 'starttls' | 'none';
}

interface Listed extends Place {
  /** It turns away every handshake, so it serves nothing (`ssl_reject_handshake`). */
  readonly rejects: boolean;
}

/**
 * @param dump what `nginx -T` prints
 * @param hostname stands for `$hostname`
 * @throws SyntaxError
 */
export function placesOfDump(dump: string, hostname: string): Place[] {
  const files = new NginxFiles(splitDump(dump));
  const servers: Listed[] = [];
  const visit = (directives: readonly Directive[], scope: Scope): void => {
    for (const { name, block } of directives) {
      if (block === undefined) continue;
      const inner = files.expand(block);
      if (name === 'http' || name === 'stream' || name === 'mail') {
        visit(inner, { ...narrow(scope, inner, files), kind: name });
      } else if (name === 'server' && scope.kind !== 'main') {
        servers.push(...placesOfServer(inner, narrow(scope, inner, files), hostname));
      }
    }
  };
  visit(files.main(), { kind: 'main', certificates: [], tls: 'none' });
  return withDefaults(servers);
}

/**
 * The folders that a dump's web servers serve files from.
 * @throws SyntaxError
 */
export function foldersOfDump(dump: string, hostname: string): ServedFolder[] {
  const files = new NginxFiles(splitDump(dump));
  return files.main().flatMap(({ name, block }) => {
    if (name !== 'http' || block === undefined) return [];
    return servedBy(
      block,
      (directives) => files.expand(directives),
      (words) => namesOf(words, hostname).names,
    );
  });
}

/** A directive that a block sets itself replaces those of the block around it. */
function narrow(scope: Scope, directives: readonly Directive[], files: NginxFiles): Scope {
  const certificates = valuesOf(directives, 'ssl_certificate')
    // A variable is filled in by each request, and `data:` is no file.
    .filter((path) => !path.includes('$') && !path.startsWith('data:'))
    .map((path) => files.resolve(path));
  const [starttls] = valuesOf(directives, 'starttls');
  const [ssl] = valuesOf(directives, 'ssl');
  const wanted = ssl === 'on' ? 'direct' : starttls === 'on' || starttls === 'only' ? 'starttls' : undefined;
  return {
    ...scope,
    certificates: certificates.length > 0 ? certificates : scope.certificates,
    tls: wanted ?? scope.tls,
  };
}

function placesOfServer(directives: readonly Directive[], scope: Scope, hostname: string): Listed[] {
  const listens = directives.filter(({ name }) => name === 'listen').map(({ args }) => args);
  if (listens.length === 0 && scope.kind === 'http') listens.push(['80']);
  const words = directives.filter(({ name }) => name === 'server_name').flatMap(({ args }) => args);
  const { names, patterns } = namesOf(words, hostname);
  const isWeb = scope.kind === 'http';
  const rejects = valuesOf(directives, 'ssl_reject_handshake').includes('on');
  return listens.flatMap(([where = '', ...options]) => {
    // QUIC is UDP, which has no listening socket among those of TCP.
    if (options.includes('quic') || where.startsWith('unix:')) return [];
    const tls = options.includes('ssl') ? 'direct' : scope.tls;
    return listenPlaces(where, isWeb).map((place) => ({
      ...place,
      tls,
      rejects: rejects && tls !== 'none',
      web: isWeb,
      names: isWeb ? names : [],
      patterns: isWeb ? patterns : [],
      isDefault: options.includes('default_server') || options.includes('default'),
      certificateFiles: scope.certificates,
    }));
  });
}

export function namesOf(words: readonly string[], hostname: string): ReturnType<typeof namesAndPatterns> {
  return namesAndPatterns(words.flatMap((word) => spellOut(word, hostname)));
}

/** `.example.nl` is a name and a wildcard at once (ngx_http_core_module, server_name). */
function spellOut(word: string, hostname: string): string[] {
  if (word === '$hostname') return [hostname];
  return word.startsWith('.') ? [word.slice(1), `*${word}`] : [word];
}

/** Ports may be a range, and an address may stand without a port, which is then 80. */
function listenPlaces(where: string, isWeb: boolean): { address: string; port: number }[] {
  const range = /^(.*?)(\d+)-(\d+)$/.exec(where);
  if (range !== null) {
    const [, before = '', first, last] = range;
    const count = Math.min(Number(last) - Number(first) + 1, 1000);
    const ports = Array.from({ length: Math.max(count, 0) }, (_, index) => Number(first) + index);
    return ports.flatMap((port) => parseListen(`${before}${port}`) ?? []);
  }
  const place = parseListen(where.replace(/^localhost(?=:|$)/, '127.0.0.1'));
  if (place !== undefined) return [place];
  const isAddress = /^(\*|localhost|[0-9.]+|\[[0-9a-fA-F:.]+\])$/.test(where);
  return isAddress && isWeb ? [{ address: listenAddress(where.replace('localhost', '127.0.0.1')), port: 80 }] : [];
}

/** The first server of an address is its default where none is marked; one that speaks TLS there makes all of them do so. */
function withDefaults(places: readonly Listed[]): Place[] {
  const groups = Map.groupBy(places, ({ address, port }) => `${address} ${port}`);
  return [...groups.values()].flatMap((group) => {
    const marked = group.some(({ isDefault }) => isDefault);
    const tls = group.find((place) => place.tls !== 'none')?.tls ?? 'none';
    return group
      .map((place, index) => ({ ...place, tls, isDefault: marked ? place.isDefault : index === 0 }))
      .filter(({ rejects }) => !rejects)
      .map(({ rejects, ...place }) => (tls === 'none' ? { ...place, certificateFiles: [] } : place));
  });
}

function valuesOf(directives: readonly Directive[], wanted: string): string[] {
  return directives.flatMap(({ name, args: [first] }) => (name === wanted && first !== undefined ? [first] : []));
}

/** The files of one dump: each parsed once, however often it is included. */
export class NginxFiles {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #parsed = new Map<string, readonly Directive[]>();
  readonly #mainPath: string;

  constructor(texts: ReadonlyMap<string, string>) {
    const [mainPath] = texts.keys();
    if (mainPath === undefined) throw new SyntaxError('no "# configuration file" line');
    this.#texts = texts;
    this.#mainPath = mainPath;
  }

  main(): readonly Directive[] {
    return this.expand(this.#parse(this.#mainPath));
  }

  /** Paths are relative to the folder of the main file (ngx_conf_full_name). */
  resolve(path: string): string {
    return resolve(dirname(this.#mainPath), path);
  }

  /** Puts what is included in the place of each `include`. */
  expand(directives: readonly Directive[], depth = 0): readonly Directive[] {
    if (!directives.some(({ name }) => name === 'include')) return directives;
    if (depth > 32) throw new SyntaxError('files include each other');
    return directives.flatMap((directive) => {
      if (directive.name !== 'include') return [directive];
      const path = this.resolve(directive.args[0] ?? '');
      const included = /[*?[]/.test(path) ? this.#matching(path) : this.#texts.has(path) ? [path] : [];
      return included.flatMap((file) => this.expand(this.#parse(file), depth + 1));
    });
  }

  #matching(pattern: string): string[] {
    const matcher = globPattern(pattern);
    return [...this.#texts.keys()].filter((path) => matcher.test(path)).sort();
  }

  #parse(path: string): readonly Directive[] {
    const before = this.#parsed.get(path);
    if (before !== undefined) return before;
    const parsed = parseNginx(this.#texts.get(path) ?? '');
    this.#parsed.set(path, parsed);
    return parsed;
  }
}
