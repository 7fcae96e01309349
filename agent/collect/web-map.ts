import { isIPv6 } from 'node:net';
import type { PlainWay, WebAnswer } from '../../policies/checks/https/facts.ts';
import type { Host } from '../host/host.ts';
import { visitPlain, visitSecure, type Visit } from '../http/visit.ts';
import type { WebPlace } from './endpoints.ts';
import { canonicalAddress } from './sockets.ts';

type Scheme = 'http:' | 'https:';
type Step = PlainWay['steps'][number];

const usualPort = { 'http:': 80, 'https:': 443 } as const;
const maximumRedirects = 5;

/** Where on this host a URL leads. */
export class WebMap {
  readonly #places: readonly WebPlace[];
  readonly #names: ReadonlySet<string>;

  constructor(places: readonly WebPlace[]) {
    this.#places = places;
    this.#names = new Set(places.flatMap(({ names }) => names));
  }

  /** The front page of a place, by a name or by its address. */
  urlOf(place: WebPlace, name: string | undefined, scheme: Scheme): string {
    const port = place.port === usualPort[scheme] ? '' : `:${place.port}`;
    return `${scheme}//${name ?? bracketed(place.address)}${port}/`;
  }

  visitOf(place: WebPlace, name: string | undefined, scheme: Scheme): Visit {
    const { host } = new URL(this.urlOf(place, name, scheme));
    const { address, port } = place;
    return { address, port, host, path: '/', ...(name === undefined ? {} : { name }) };
  }

  /**
   * @param from the address that the redirect came from: a server on it is taken before others
   * @returns undefined where the URL leads to where no server of this host is
   */
  find(url: URL, from: string): Visit | undefined {
    const scheme = url.protocol === 'https:' ? 'https:' : 'http:';
    const port = url.port === '' ? usualPort[scheme] : Number(url.port);
    const target = canonicalAddress(url.hostname.replace(/^\[(.*)\]$/, '$1'));
    const isName = this.#names.has(target);
    // Whatever is configured there: a redirect to HTTPS on a port of plain HTTP has to be seen to fail.
    const onPort = this.#places.filter((place) => place.port === port);
    const place = isName
      ? (onPort.find(({ address }) => address === from) ?? onPort.find(({ names }) => names.includes(target)))
      : onPort.find(({ address }) => address === target);
    if (place === undefined) return undefined;
    const { host, pathname, search } = url;
    return { address: place.address, port, host, path: pathname + search, ...(isName ? { name: target } : {}) };
  }
}

function bracketed(address: string): string {
  return isIPv6(address) ? `[${address}]` : address;
}

/** Follows redirects as long as they stay in plain HTTP on this host, at most five; the first step over TLS, or off this host, is the last. */
export async function followPlain(
  host: Host,
  map: WebMap,
  first: { address: string; url: string; answer: WebAnswer },
  signal: AbortSignal,
): Promise<Step[]> {
  const { address, url: begin, answer: found } = first;
  const steps: Step[] = [{ url: begin, answer: found }];
  let last = { url: begin, answer: found };
  while (steps.length <= maximumRedirects) {
    const next = redirectOf(last.url, last.answer);
    if (next === undefined) break;
    const visit = map.find(next, address);
    const url = next.href.slice(0, 2500);
    const isSecure = next.protocol === 'https:';
    if (visit === undefined) {
      steps.push({ url, answer: null });
      break;
    }
    const answer = await (isSecure ? visitSecure : visitPlain)(host, visit, signal);
    steps.push({ url, answer });
    if (isSecure) break;
    last = { url, answer };
  }
  return steps;
}

/** Where an answer leads (RFC 9110 15.4); undefined for what is no redirect to a web page. */
function redirectOf(from: string, answer: WebAnswer): URL | undefined {
  if (answer.state !== 'http' || answer.location === null) return undefined;
  if (![301, 302, 303, 307, 308].includes(answer.status)) return undefined;
  const url = URL.parse(answer.location, from);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined;
}
