import type { Runner } from '../../../policies/checks/isolation/facts.ts';
import type { Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { fromDump, namesOf, NginxFiles, splitDump } from '../discovery/nginx.ts';
import { servedBy } from '../discovery/nginx-folders.ts';
import type { Directive } from '../discovery/nginx-syntax.ts';
import { backendAddress } from './backend.ts';
import type { FoundSite } from './found-site.ts';

const proxies = ['proxy_pass', 'uwsgi_pass', 'scgi_pass', 'grpc_pass'];

/** The virtual hosts of nginx by its own dump; undefined where it is not on this host. */
export function readNginxSites(context: CollectContext): Promise<Reading<FoundSite[]> | undefined> {
  return fromDump(context, (dump) => sitesOfDump(dump, context.host.hostname));
}

/** @throws SyntaxError */
export function sitesOfDump(dump: string, hostname: string): FoundSite[] {
  const files = new NginxFiles(splitDump(dump));
  const expand = (directives: readonly Directive[]): readonly Directive[] => files.expand(directives);
  return files.main().flatMap(({ name, block }) => {
    if (name !== 'http' || block === undefined) return [];
    const inner = expand(block);
    const upstreams = upstreamsIn(inner, expand);
    const around = inner.filter((directive) => directive.name === 'root');
    return inner.flatMap((directive): FoundSite[] => {
      if (directive.name !== 'server' || directive.block === undefined) return [];
      const folders = servedBy([...around, directive], expand, (words) => namesOf(words, hostname).names);
      const server = expand(directive.block);
      const words = server.flatMap((one) => (one.name === 'server_name' ? one.args : []));
      const runners = runnersIn(server, expand, upstreams);
      const path = folders[0]?.path;
      // What redirects and nothing else is no site.
      if (path === undefined && runners.length === 0) return [];
      const isPlain = path?.includes('*') !== true;
      const { names } = namesOf(words, hostname);
      return [{ software: 'nginx', names, folder: isPlain ? path : undefined, isPlain, runners }];
    });
  });
}

type Expand = (directives: readonly Directive[]) => readonly Directive[];

function upstreamsIn(http: readonly Directive[], expand: Expand): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { name, args, block } of http) {
    if (name !== 'upstream' || block === undefined || args[0] === undefined) continue;
    found.set(
      args[0],
      expand(block).flatMap((one) => (one.name === 'server' && one.args[0] !== undefined ? [one.args[0]] : [])),
    );
  }
  return found;
}

function runnersIn(
  directives: readonly Directive[],
  expand: Expand,
  upstreams: ReadonlyMap<string, readonly string[]>,
): Runner[] {
  return directives.flatMap(({ name, args: [target], block }): Runner[] => {
    if (block !== undefined) return runnersIn(expand(block), expand, upstreams);
    if (target === undefined) return [];
    if (name === 'fastcgi_pass') {
      const places = upstreams.get(target) ?? [target];
      return places.map((place) => ({ by: 'fastcgi', address: backendAddress(place) ?? place.slice(0, 1024) }));
    }
    if (name === 'passenger_enabled' && target === 'on') return [{ by: 'proxy', address: 'Passenger' }];
    return proxies.includes(name) ? [{ by: 'proxy', address: serverOf(target) }] : [];
  });
}

/** `http://127.0.0.1:8080/app?x` without the path, which may hold anything. */
function serverOf(target: string): string {
  return (/^(?:[a-z+]+:\/\/)?(unix:[^:]+|[^/?#]+)/.exec(target)?.[1] ?? target).slice(0, 1024);
}
