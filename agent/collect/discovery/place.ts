import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import type { Configuration } from '../../../policies/checks/endpoints.ts';
import type { Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { canonicalAddress } from '../sockets.ts';

/** A server as a configuration describes it: what one virtual host serves on one of its addresses. */
export interface Place {
  /** In its shortest form; `*` for every address of the host. */
  readonly address: string;
  readonly port: number;
  /** `direct`: a connection begins with TLS; `starttls`: it may change to it; `unknown`: it cannot be told from what was read. */
  readonly tls: 'direct' | 'starttls' | 'none' | 'unknown';
  /** Whether it speaks HTTP. */
  readonly web: boolean;
  /** Host names to ask for, each as it travels: A-labels, lower case. */
  readonly names: readonly string[];
  /** What else it answers to, as it was written: wildcards and regular expressions. No name is made up for them. */
  readonly patterns: readonly string[];
  /** Whether it answers who gives no name, or an unknown one. */
  readonly isDefault: boolean;
  /** Absolute paths of the certificates that it serves. */
  readonly certificateFiles: readonly string[];
}

/** A server that is the same for everyone, whatever name they know it by. */
export function namelessPlace(own: Pick<Place, 'address' | 'port' | 'tls' | 'certificateFiles'>): Place {
  return { ...own, web: false, names: [], patterns: [], isDefault: true };
}

/** A folder whose files a web server gives out. */
export interface ServedFolder {
  /** Host names under which it does so. */
  readonly names: readonly string[];
  /**
   * As it is written, `*` standing for what each request fills in; undefined where what was read does not tell it, as
   * inside a macro.
   */
  readonly path: string | undefined;
}

/** Reads the configuration of one kind of server software. */
export interface ConfigurationReader {
  readonly software: Configuration['software'];
  /** What its listening processes are called. */
  readonly programs: readonly string[];
  /** Undefined where the software is not on this host. */
  read(context: CollectContext): Promise<Reading<readonly Place[]> | undefined>;
  /** Only of web servers; undefined where the software is not on this host. */
  readFolders?(context: CollectContext): Promise<Reading<readonly ServedFolder[]> | undefined>;
}

const hostName = /^(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/;

/**
 * A host name as it travels in SNI (RFC 6066 3) and in `Host`: A-labels, lower case, without the trailing dot.
 * Undefined for what is no name: an address, a wildcard, `_`, nonsense.
 */
export function toHostName(text: string): string | undefined {
  // Nearly all names are plain, and a host may have thousands: the general way costs more.
  const plain = text.replace(/\.$/, '').toLowerCase();
  const name = hostName.test(plain) ? plain : domainToASCII(plain);
  if (name.length > 253 || !hostName.test(name) || isIP(name) !== 0 || name === '_') return undefined;
  return name;
}

/** Sorts words into names and patterns; what is neither is left out. */
export function namesAndPatterns(words: Iterable<string>): { names: string[]; patterns: string[] } {
  const names = new Set<string>();
  const patterns = new Set<string>();
  for (const word of words) {
    const name = toHostName(word);
    if (name !== undefined) names.add(name);
    else if (/[*~?]/.test(word)) patterns.add(word.slice(0, 253));
  }
  return { names: [...names].sort(), patterns: [...patterns].sort() };
}

/** `*:443`, `192.0.2.1:443`, `[::1]:443` or `443`; undefined for what names no port, or an address by a name. */
export function parseListen(text: string): { address: string; port: number } | undefined {
  const match = /^(?:(\*|\[[0-9a-fA-F:.]+\]|[0-9.]+|):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port < 1 || port > 65_535) return undefined;
  return { address: listenAddress(match[1] ?? '*'), port };
}

/** An address to listen on as places have it: `*` for every address, whichever way that is written. */
export function listenAddress(text: string): string {
  const address = canonicalAddress(text.replace(/^\[(.*)\]$/, '$1'));
  return ['', '*', '0.0.0.0', '::', '_default_'].includes(address) ? '*' : address;
}

/**
 * Every place of `:443`, `192.0.2.1:8000-8010`, `[::]:443` or `localhost:80`, a name that every host has.
 * @throws SyntaxError where another name, or something else, stands for the address
 */
export function parseListens(text: string): { address: string; port: number }[] {
  const [, host = '', from, to = from] = /^(.*?):?(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const address = host === 'localhost' ? '127.0.0.1' : host;
  const first = parseListen(`${address}:${from}`) ?? parseListen(`[${address}]:${from}`);
  const last = Number(to);
  if (first === undefined || !(last >= first.port && last <= 65_535)) {
    throw new SyntaxError(`cannot tell where "${text}" listens`);
  }
  return Array.from({ length: last - first.port + 1 }, (_, index) => ({ ...first, port: first.port + index }));
}
