import pLimit from 'p-limit';
import { isIP } from 'node:net';
import { z } from 'zod';
import { waf, WafParameters } from '../../../policies/checks/waf.ts';
import type { Site, WafFacts } from '../../../policies/checks/waf/facts.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import { defineCollector, type CollectContext } from '../collector.ts';
import { endpointSettings } from '../endpoint-settings.ts';
import { inventory, type Inventory } from '../endpoints.ts';
import { readListeningPrograms, readListeningSockets, type ListeningSocket } from '../sockets.ts';
import { WebMap } from '../web-map.ts';
import { readApacheSites } from './apache-sites.ts';
import { readNginxSites } from './nginx-sites.ts';
import { probeSite, type ProbePlace } from './probe.ts';

const maximumProbes = 400;
const atOnce = 8;

const ProbeUrl = z
  .url({ protocol: /^https?$/ })
  .max(1000)
  .refine((text) => {
    const url = URL.parse(text);
    return url?.username === '' && url.password === '';
  }, 'expected a URL without a name and a password');

/** Reads which engine is on for each site, and asks each for a page with and without an attack where that is allowed. */
export const wafCollector = defineCollector({
  kind: waf.name,
  settings: z.object({
    ...endpointSettings,
    waf: z
      .strictObject({
        /** Whether each site may be asked for a page with an obvious, harmless attack. */
        probe: z.boolean().default(false),
        /** Pages to ask for by name, for a firewall that stands before this host. */
        urls: z.array(ProbeUrl).max(200).default([]),
        /** Paths below which no engine is wanted, as the configuration writes them. */
        exceptions: z.array(z.string().min(1).max(512)).max(256).default([]),
      })
      .prefault({}),
  }),
  parameters: WafParameters,
  async collect(context, settings): Promise<WafFacts> {
    const { probe, urls, exceptions } = settings.waf;
    return {
      ...(await readServers(context)),
      probes: probe ? await probeAll(context, await inventory(context, settings), urls) : null,
      exceptions,
    };
  },
});

const programsOf = { Apache: ['apache2', 'httpd'], nginx: ['nginx'] } as const;
const known: ReadonlySet<string> = new Set([...programsOf.Apache, ...programsOf.nginx]);
const readers = [
  ['Apache', readApacheSites],
  ['nginx', readNginxSites],
] as const;
const webPorts: ReadonlySet<number> = new Set([80, 443]);

/** Whoever listens is judged; a web server that is only installed serves nothing. */
async function readServers(context: CollectContext): Promise<Pick<WafFacts, 'servers' | 'others'>> {
  const { host, signal } = context;
  const [sockets, programs] = await Promise.all([readListeningSockets(host), readListeningPrograms(host, signal)]);
  const names = new Set([...programs.values()].flat());
  const isHidden = ({ address, port }: ListeningSocket): boolean => !programs.has(`${address} ${port}`);
  // Where nobody knows who listens, it may be any of them.
  const hidden = sockets.state === 'read' ? sockets.value.filter(isHidden) : undefined;
  const servers: WafFacts['servers'] = [];
  for (const [software, readSites] of readers) {
    const isSeen = programsOf[software].some((name) => names.has(name));
    if (hidden?.length === 0 && !isSeen) continue;
    const sites = await readSites(context);
    if (sites !== undefined && (isSeen || mayListen(sites, hidden))) servers.push({ software, sites });
  }
  const others = [...programs].flatMap(([place, found]) =>
    webPorts.has(Number(place.split(' ')[1])) ? found.filter((name) => !known.has(name)) : [],
  );
  const isUnexplained = hidden === undefined || hidden.some(({ port }) => webPorts.has(port));
  if (servers.length === 0 && isUnexplained) others.push('?');
  return { servers, others: [...new Set(others)].sort().slice(0, 64) };
}

/** Whether one of the sockets that nobody can be seen at may be its; so may any, where they are not known. */
function mayListen(sites: Reading<Site[]>, hidden: readonly ListeningSocket[] | undefined): boolean {
  if (sites.state === 'unreadable' || hidden === undefined) return true;
  const ports = new Set(hidden.map(({ port }) => port));
  return sites.value.some(({ listens }) =>
    // A server of nginx without a word on it listens on port 80, and so does an address without a port.
    (listens.length === 0 ? [''] : listens).some((listen) =>
      ports.has(Number(/(?:^|:)(\d+)$/.exec(listen)?.[1] ?? 80)),
    ),
  );
}

async function probeAll(
  context: CollectContext,
  { web, listening, signal }: Inventory & { signal: AbortSignal },
  urls: readonly string[],
): Promise<NonNullable<WafFacts['probes']>> {
  if (listening.state === 'unreadable') return listening;
  const map = new WebMap(web);
  const own = web.flatMap((place): ProbePlace[] => {
    const isKnown = place.scheme !== 'unknown' || place.names.length > 0;
    // What no configuration explains is asked on the ports of the Web alone: others may take HTTP for an attack.
    if (!isKnown && !webPorts.has(place.port)) return [];
    const scheme = ({ http: 'http:', https: 'https:', unknown: 'unknown' } as const)[place.scheme];
    const spoken = scheme === 'unknown' ? (place.port === 443 ? 'https:' : 'http:') : scheme;
    const names = place.servesNameless ? [undefined, ...place.names] : place.names;
    return names.map((name) => ({ scheme, visit: map.visitOf(place, name, spoken), origin: 'own' }));
  });
  const all = [...urls.map(placeOfUrl), ...own];
  const limit = pLimit(atOnce);
  const made = await Promise.all(
    all.slice(0, maximumProbes).map((place) => limit(() => probeSite(context.host, place, signal))),
  );
  return read({ made: made.flatMap((probe) => probe ?? []), left: Math.max(0, all.length - maximumProbes) });
}

function placeOfUrl(text: string): ProbePlace {
  const url = new URL(text);
  const scheme = url.protocol === 'https:' ? 'https:' : 'http:';
  const address = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = Number(url.port) || (scheme === 'https:' ? 443 : 80);
  const visit = { address, port, host: url.host, path: url.pathname + url.search };
  const name = isIP(address) === 0 ? { name: address } : {};
  return { scheme, origin: 'settings', visit: { ...visit, ...name } };
}
