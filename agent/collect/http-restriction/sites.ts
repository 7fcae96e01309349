import { formatAddress, parseAddress } from '../../../policies/networks.ts';
import type { Answer, Site, Tried } from '../../../policies/checks/http-restriction/facts.ts';
import { reachOf } from '../../../policies/checks/network/reach.ts';
import type { WebAnswer } from '../../../policies/checks/https/facts.ts';
import { read } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { visitPlain, visitSecure, type Visit } from '../../http/visit.ts';
import type { CollectContext } from '../collector.ts';
import { addressesOf } from '../unreachable/attempt.ts';

/** What to ask of each site. */
export interface Questions {
  readonly paths: readonly string[];
  readonly agents: readonly string[];
}

/** As an ordinary visitor's browser calls itself. */
const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const absentPath = '/waarborg-asks-for-a-page-that-is-not-there';
const maximumSteps = 3;

/** Tries a site on one address of each family. */
export async function trySite(context: CollectContext, site: string, questions: Questions): Promise<Site> {
  const url = new URL(site);
  const addresses = await addressesOf(context.host, bare(url.hostname), context.signal);
  if (addresses.state === 'unreadable') return { site, tried: addresses };
  const own = await ownAddresses(context.host);
  const chosen = [4, 6].flatMap(
    (family) => addresses.value.find((address) => parseAddress(address)?.family === family) ?? [],
  );
  const tried: Tried[] = [];
  for (const address of chosen) tried.push(await tryAddress(context, url, address, own, questions));
  return { site, tried: read(tried) };
}

async function tryAddress(
  { host, signal }: CollectContext,
  url: URL,
  address: string,
  own: ReadonlySet<string>,
  { paths, agents }: Questions,
): Promise<Tried> {
  // One after the other: who asks for many such pages at once is soon taken for an attacker.
  const ask = (path: string, userAgent = browser): Promise<Answer> =>
    askOnward(host, { url: new URL(path, url), address }, userAgent, signal);
  const answers = { front: await ask(url.pathname), nothing: await ask(absentPath) };
  const pathAnswers: Tried['paths'] = [];
  for (const path of paths) pathAnswers.push({ path, answer: await ask(path) });
  const agentAnswers: Tried['agents'] = [];
  for (const agent of agents) agentAnswers.push({ agent, answer: await ask(url.pathname, agent) });
  const isOwn = own.has(address) || reachOf(address) === 'loopback';
  return { address, isOwn, ...answers, paths: pathAnswers, agents: agentAnswers };
}

interface Place {
  readonly url: URL;
  readonly address: string;
}

/** A redirect to the same page at another place (to HTTPS, to www) is followed; one to another page is an answer. */
async function askOnward(host: Host, first: Place, userAgent: string, signal: AbortSignal): Promise<Answer> {
  let place = first;
  for (let step = 0; ; step++) {
    const answer = await askAt(host, place, userAgent, signal);
    const onward = answer.state === 'http' && answer.location !== null ? URL.parse(answer.location, place.url) : null;
    const isSame =
      onward !== null && onward.origin !== place.url.origin && trimmed(onward.pathname) === trimmed(place.url.pathname);
    if (!isSame || !/^https?:$/.test(onward.protocol) || step === maximumSteps) return answerOf(answer);
    // At its own address where only the scheme changes; elsewhere wherever its name leads.
    const isSameHost = onward.hostname === place.url.hostname;
    place = { url: onward, address: isSameHost ? place.address : bare(onward.hostname) };
  }
}

function askAt(host: Host, { url, address }: Place, userAgent: string, signal: AbortSignal): Promise<WebAnswer> {
  const isSecure = url.protocol === 'https:';
  const port = Number(url.port) || (isSecure ? 443 : 80);
  const name = bare(url.hostname);
  const sni = parseAddress(name) === undefined ? { name } : {};
  const visit: Visit = { address, port, host: url.host, path: url.pathname + url.search, userAgent, ...sni };
  return (isSecure ? visitSecure : visitPlain)(host, visit, signal);
}

function trimmed(path: string): string {
  return path.replace(/\/+$/, '');
}

function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

function answerOf(answer: WebAnswer): Answer {
  if (answer.state === 'http') return { state: 'status', status: answer.status };
  if (answer.state === 'closed') return { state: 'closed' };
  if (answer.state === 'other') return { state: 'none', detail: 'no HTTP' };
  // No connection to a page while its site answers is as good as a closed one; the judge sees the front page.
  if (answer.why.what === 'unreachable' && answer.why.detail === 'ECONNREFUSED') return { state: 'closed' };
  return { state: 'none', detail: [answer.why.what, answer.why.detail ?? ''].join(' ').trim().slice(0, 200) };
}

/** The addresses of this host's interfaces (proc_net(5): fib_trie, if_inet6). */
async function ownAddresses(host: Host): Promise<ReadonlySet<string>> {
  const [trie, six] = await Promise.all([host.readText('/proc/net/fib_trie'), host.readText('/proc/net/if_inet6')]);
  const own = new Set<string>();
  if (trie.state === 'read') {
    for (const [, address] of trie.value.matchAll(/\|-- ([\d.]+)\s+\/32 host LOCAL/g)) own.add(address ?? '');
  }
  if (six.state === 'read') {
    for (const [digits] of six.value.matchAll(/^[0-9a-f]{32}/gm)) {
      own.add(formatAddress({ family: 6, value: BigInt(`0x${digits}`) }));
    }
  }
  return own;
}
