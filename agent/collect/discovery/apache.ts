import { basename, dirname, resolve } from 'node:path';
import pLimit from 'p-limit';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { commandOutput } from './command.ts';
import { globPattern } from './glob.ts';
import { namesAndPatterns, parseListen, type ConfigurationReader, type Place, type ServedFolder } from './place.ts';

/** What it is called by Debian, by the project itself, and by Red Hat. */
const commands = ['apache2ctl', 'apachectl', 'httpd'];

/**
 * What Apache serves: the list of virtual hosts that it prints itself (`-S`, httpd(8)), and of each one its block in the
 * file that the list names, for what the list leaves out: aliases, TLS and certificate files.
 */
export const apacheReader: ConfigurationReader = {
  software: 'Apache',
  programs: ['apache2', 'httpd'],
  async read(context): Promise<Reading<readonly Place[]> | undefined> {
    const listed = await readListing(context);
    if (listed === undefined || listed.state === 'unreadable') return listed;
    const { text, files } = listed.value;
    const limit = pLimit(16);
    return read(await Promise.all(parseVirtualHosts(text).map((host) => limit(() => placeOf(host, files)))));
  },
  async readFolders(context): Promise<Reading<readonly ServedFolder[]> | undefined> {
    const listed = await readListing(context);
    if (listed === undefined || listed.state === 'unreadable') return listed;
    const { text, files } = listed.value;
    const limit = pLimit(16);
    const hosts = await Promise.all(parseVirtualHosts(text).map((host) => limit(() => foldersOf(host, text, files))));
    const main = mainFolder(text);
    return read([...hosts.flat(), ...(main === undefined ? [] : [{ names: [], path: main }])]);
  },
};

interface Listing {
  /** What it was asked of. */
  readonly command: string;
  readonly root: string;
  readonly text: string;
  readonly files: ApacheFiles;
}

/** Asks Apache once a run, whatever is made of its answer. */
export function readListing(context: CollectContext): Promise<Reading<Listing> | undefined> {
  return context.once('apache -S', async () => {
    for (const file of commands) {
      const listed = await commandOutput(context, { file, args: ['-S'] });
      if (listed === undefined) continue;
      if (listed.state === 'unreadable') return listed;
      if (!listed.value.includes('VirtualHost configuration:')) {
        return unreadable('unparsable', `${file} -S`, 'no list of virtual hosts');
      }
      const root = /^ServerRoot: "(.*)"$/m.exec(listed.value)?.[1] ?? '/';
      return read({ command: file, root, text: listed.value, files: new ApacheFiles(context, root) });
    }
    return undefined;
  });
}

interface VirtualHost {
  readonly address: string;
  readonly port: number;
  readonly name: string;
  readonly isDefault: boolean;
  /** Where its block begins; undefined where a macro made it. */
  readonly source: { readonly path: string; readonly line: number } | undefined;
}

/** The list as Apache 2.4 prints it: one line an address with a single host, else a heading and a line for each host. */
export function parseVirtualHosts(listing: string): VirtualHost[] {
  const hosts: VirtualHost[] = [];
  let heading: { address: string; port: number } | undefined;
  let defaultAt = '';
  for (const line of listing.split('\n')) {
    const single = /^(\S+:\d+)\s+(\S+) (\(.*\))$/.exec(line);
    const many = /^(\S+:\d+)\s+is a NameVirtualHost$/.exec(line);
    const top = single ?? many;
    if (top !== null) heading = parseListen((top[1] ?? '').replace(/^_default_/, '*'));
    if (heading === undefined) continue;
    if (single !== null)
      hosts.push({ ...heading, name: single[2] ?? '', isDefault: true, source: sourceOf(single[3]) });
    const marked = /^\s+default server \S+ (\(.*\))$/.exec(line);
    if (marked !== null) defaultAt = marked[1] ?? '';
    const named = /^\s+port \d+ namevhost (\S+) (\(.*\))$/.exec(line);
    if (named === null) continue;
    const isDefault = named[2] === defaultAt;
    if (isDefault) defaultAt = '';
    hosts.push({ ...heading, name: named[1] ?? '', isDefault, source: sourceOf(named[2]) });
  }
  return hosts;
}

function sourceOf(text = ''): VirtualHost['source'] {
  const match = /^\((\/.*):(\d+)\)$/.exec(text);
  return match === null ? undefined : { path: match[1] ?? '', line: Number(match[2]) };
}

async function placeOf({ address, port, name, isDefault, source }: VirtualHost, files: ApacheFiles): Promise<Place> {
  const directives = source === undefined ? undefined : await files.block(source.path, source.line);
  const values = (wanted: string): string[] =>
    (directives ?? []).filter(([word]) => word === wanted).flatMap(([, ...args]) => args);
  const engine = values('sslengine').at(-1)?.toLowerCase();
  return {
    address,
    port,
    // What a macro or an unreadable file says cannot be told; `SSLEngine` may also stand around all virtual hosts.
    tls:
      engine === 'on' ? 'direct' : engine === 'off' || (directives !== undefined && port === 80) ? 'none' : 'unknown',
    web: true,
    ...namesAndPatterns([name, ...values('serveralias')]),
    isDefault,
    certificateFiles: values('sslcertificatefile').map((path) => files.resolve(path)),
  };
}

/** Where a virtual host says nothing of a folder it has that of the main server (core, DocumentRoot). */
async function foldersOf(
  { name, source }: VirtualHost,
  listing: string,
  files: ApacheFiles,
): Promise<readonly ServedFolder[]> {
  const directives = source === undefined ? undefined : await files.block(source.path, source.line);
  if (directives === undefined) return [{ ...namesAndPatterns([name]), path: undefined }];
  const { names } = namesAndPatterns([
    name,
    ...directives.flatMap(([word, ...args]) => (word === 'serveralias' ? args : [])),
  ]);
  const paths = directives.flatMap(([word, first, second]): (string | undefined)[] => {
    if (word === 'documentroot' || word === 'virtualdocumentroot') return [first];
    return word === 'alias' ? [second] : [];
  });
  const hasRoot = directives.some(([word]) => word.endsWith('documentroot'));
  const all = hasRoot ? paths : [...paths, mainFolder(listing)];
  return all.flatMap((path) => (path === undefined ? [] : [{ names, path: files.folder(path, listing) }]));
}

export function mainFolder(listing: string): string | undefined {
  return /^Main DocumentRoot: "(.*)"$/m.exec(listing)?.[1];
}

/** `Define: NAME=value`, as `-S` lists it. */
function definedAs(name: string, listing: string): string | undefined {
  const start = `Define: ${name}=`;
  return listing
    .split('\n')
    .find((line) => line.startsWith(start))
    ?.slice(start.length);
}

type Words = readonly [name: string, ...args: string[]];

const maximumIncludes = 16;

/** Configuration files of Apache, each read once. */
class ApacheFiles {
  readonly #context: CollectContext;
  readonly #root: string;
  readonly #lines = new Map<string, Promise<readonly Words[] | undefined>>();

  constructor(context: CollectContext, root: string) {
    this.#context = context;
    this.#root = root;
  }

  resolve(path: string): string {
    return resolve(this.#root, path);
  }

  /** With what `Define` gave; undefined where a variable of it is not in the list. `%1` stands for a part of the name. */
  folder(path: string, listing: string): string | undefined {
    const filled = path.replace(/\$\{(\w+)\}/g, (whole, name: string) => definedAs(name, listing) ?? whole);
    if (filled.includes('${')) return undefined;
    return this.resolve(filled.replace(/%(?:p|-?\d+\+?(?:\.-?\d+\+?)?)/g, '*')).replace(/(.)\/+$/, '$1');
  }

  /** The directives of the virtual host that begins on a line; undefined where no such block can be read there. */
  async block(path: string, line: number): Promise<readonly Words[] | undefined> {
    const lines = await this.#read(path);
    const [first = ''] = lines?.[line - 1] ?? [];
    if (lines === undefined || first !== '<virtualhost') return undefined;
    const end = lines.findIndex(([name], index) => index >= line && name === '</virtualhost>');
    return this.#expand(lines.slice(line, end === -1 ? undefined : end), 0);
  }

  async #expand(lines: readonly Words[], depth: number): Promise<Words[]> {
    const expanded = await Promise.all(
      lines.map(async (words): Promise<Words[]> => {
        const [name, pattern] = words;
        if ((name !== 'include' && name !== 'includeoptional') || pattern === undefined) return [words];
        if (depth === maximumIncludes) return [];
        const paths = await this.#matching(this.resolve(pattern));
        const parts = await Promise.all(
          paths.map(async (path) => this.#expand((await this.#read(path)) ?? [], depth + 1)),
        );
        return parts.flat();
      }),
    );
    return expanded.flat();
  }

  /** Patterns stand for files of one folder here, as they do in what distributions ship. */
  async #matching(path: string): Promise<string[]> {
    if (!/[*?[]/.test(basename(path))) return [path];
    const listed = await this.#context.host.list(dirname(path));
    const pattern = globPattern(path);
    if (listed.state === 'unreadable') return [];
    return listed.value.map((name) => resolve(dirname(path), name)).filter((candidate) => pattern.test(candidate));
  }

  #read(path: string): Promise<readonly Words[] | undefined> {
    const reading =
      this.#lines.get(path) ??
      this.#context.host.readText(path).then((text) => (text.state === 'read' ? parseApache(text.value) : undefined));
    this.#lines.set(path, reading);
    return reading;
  }
}

/**
 * The words of each line, the first in lower case; a line that goes on (`\` at its end) keeps its number, and those that
 * it goes on to are empty.
 */
export function parseApache(text: string): Words[] {
  const lines: Words[] = [];
  let begun = '';
  let waiting = 0;
  for (const line of text.split(/\r?\n/)) {
    if (line.endsWith('\\')) {
      begun += `${line.slice(0, -1)} `;
      waiting++;
      continue;
    }
    lines.push(wordsOf(begun + line), ...Array.from({ length: waiting }, (): Words => ['']));
    begun = '';
    waiting = 0;
  }
  return lines;
}

function wordsOf(line: string): Words {
  if (/^\s*#/.test(line)) return [''];
  const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
  const [name = '', ...args] = words;
  return [name.toLowerCase(), ...args];
}
