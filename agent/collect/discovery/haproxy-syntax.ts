import { resolve } from 'node:path';
import { parseListens } from './place.ts';

/** A `bind` line (HAProxy configuration manual, 5.1). */
export interface Bind {
  readonly places: readonly { readonly address: string; readonly port: number }[];
  readonly isTls: boolean;
  readonly isWeb: boolean;
  /** Whether who gives no name, or an unknown one, is turned away. */
  readonly isStrict: boolean;
  /** In the order of the line. */
  readonly certificates: readonly BoundCertificate[];
  /** The folder of relative certificates. */
  readonly base: string;
}

/** `crt`: a file, or a folder of them; `crt-list`: a file with one on each line. */
export interface BoundCertificate {
  readonly by: 'crt' | 'crt-list';
  readonly path: string;
}

const sectionNames =
  /^(global|defaults|frontend|listen|backend|peers|resolvers|userlist|program|cache|ring|http-errors|mailers|crt-store|log-forward)$/;

/**
 * The `bind` lines of a configuration.
 * @throws SyntaxError where a line says to listen on what cannot be told from the file, such as a variable
 */
export function parseBinds(text: string): Bind[] {
  const sections: { mode: string; readonly binds: string[][] }[] = [];
  let base = '/';
  let usualMode = 'tcp';
  let isDefaults = false;
  for (const line of text.split('\n')) {
    const words = splitWords(line);
    const [first = '', second = ''] = words;
    if (sectionNames.test(first)) {
      isDefaults = first === 'defaults';
      if (isDefaults) usualMode = 'tcp';
      sections.push({ mode: usualMode, binds: [] });
    }
    const section = sections.at(-1);
    if (first === 'crt-base') base = resolve('/', second);
    if (first === 'mode' && isDefaults) usualMode = second;
    if (first === 'mode' && section !== undefined) section.mode = second;
    if (first === 'bind') section?.binds.push(words.slice(1));
  }
  return sections.flatMap(({ mode, binds }) => binds.map((words) => bindOf(words, mode === 'http', base)));
}

/** Words as HAProxy has them (manual, 2.2): quotes, backslashes, and comments outside both. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === '\\' && quote !== "'") word = (word ?? '') + line.charAt(++at);
    else if (character === quote) quote = '';
    else if (quote === '' && (character === '"' || character === "'")) [quote, word] = [character, word ?? ''];
    else if (quote === '' && character === '#') break;
    else if (quote === '' && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  return word === undefined ? words : [...words, word];
}

function bindOf([where = '', ...options]: readonly string[], isWeb: boolean, base: string): Bind {
  const certificates = options.flatMap((word, index): BoundCertificate[] => {
    const path = options[index + 1] ?? '';
    // Lists are not looked for in crt-base; the service runs in the root folder.
    if (word === 'crt-list') return [{ by: word, path: resolve('/', path) }];
    return word === 'crt' ? [{ by: word, path: resolve(base, path) }] : [];
  });
  return {
    places: where.split(',').flatMap(placesOf),
    isTls: options.includes('ssl'),
    isWeb,
    isStrict: options.includes('strict-sni'),
    certificates,
    base,
  };
}

/** Files of sockets, descriptors and QUIC are no TCP ports. */
const notTcp = /^(\/|(unix|abnsz?|fd|sockpair|quic[46]?|udp[46]?|uxst|rhttp)@)/;

function placesOf(word: string): { address: string; port: number }[] {
  return notTcp.test(word) ? [] : parseListens(word.replace(/^(tcp[46]?|ipv[46])@/, ''));
}

/** One line of a `crt-list`: `cert.pem [alpn h2] www.example.nl !no.example.nl`. */
export interface ListedCertificate {
  readonly path: string;
  /** Names and wildcards in the place of those of the certificate; empty where it says none. */
  readonly filters: readonly string[];
}

export function parseList(text: string, base: string): ListedCertificate[] {
  return text.split('\n').flatMap((line) => {
    const [path, ...filters] = line
      .replace(/#.*$/, '')
      .replace(/\[[^\]]*\]/, ' ')
      .trim()
      .split(/\s+/);
    if (path === undefined || path === '') return [];
    return [{ path: resolve(base, path), filters: filters.filter((filter) => !filter.startsWith('!')) }];
  });
}
