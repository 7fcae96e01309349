import { z } from 'zod';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { commandOutput } from './command.ts';
import type { CollectContext } from '../collector.ts';
import { namesAndPatterns, parseListens, type ConfigurationReader, type Place, type ServedFolder } from './place.ts';

const caddyfile = '/etc/caddy/Caddyfile';

const Route = z.object({
  match: z.array(z.object({ host: z.array(z.string()).optional() })).optional(),
  handle: z.unknown().optional(),
});
type Route = z.output<typeof Route>;

const Policy = z.object({
  match: z.object({ sni: z.array(z.string()).optional() }).optional(),
  certificate_selection: z.object({ any_tag: z.array(z.string()).default([]) }).optional(),
});

const Server = z.object({
  listen: z.array(z.string()).default([]),
  routes: z.array(Route).default([]),
  tls_connection_policies: z.array(Policy).optional(),
  automatic_https: z.object({ disable: z.boolean().default(false), skip: z.array(z.string()).default([]) }).optional(),
});
type Server = z.output<typeof Server>;

const LoadedFile = z.object({ certificate: z.string(), tags: z.array(z.string()).default([]) });
type LoadedFile = z.output<typeof LoadedFile>;

const Adapted = z.object({
  apps: z.object({
    http: z.object({ servers: z.record(z.string(), Server), http_port: z.int().default(80) }).optional(),
    tls: z.object({ certificates: z.object({ load_files: z.array(LoadedFile).default([]) }).optional() }).optional(),
  }),
});

/**
 * What Caddy serves, from its Caddyfile turned into JSON by Caddy itself (`caddy adapt`, caddy(8)). Certificates that it
 * obtains by itself lie in its own store and are not named; those that are named have tags, by which sites choose them.
 */
export const caddyReader: ConfigurationReader = {
  software: 'Caddy',
  programs: ['caddy'],
  read: (context) => fromAdapted(context, placesOfAdapted),
  readFolders: (context) => fromAdapted(context, foldersOfAdapted),
};

/** Asks Caddy once a run, whatever is made of its answer. */
async function fromAdapted<T>(context: CollectContext, make: (json: string) => T): Promise<Reading<T> | undefined> {
  const adapted = await context.once('caddy adapt', async () => {
    const present = await context.host.status(caddyfile);
    if (present.state === 'unreadable' && present.obstacle.code === 'missing') return undefined;
    // A library of Caddy's makes a folder .step in HOME, unless it is told of one that is there.
    const env = { STEPPATH: '/' };
    return commandOutput(context, { file: 'caddy', args: ['adapt', '--config', caddyfile], env });
  });
  if (adapted === undefined || adapted.state === 'unreadable') return adapted;
  try {
    return read(make(adapted.value));
  } catch (error) {
    return unreadable('unparsable', `caddy adapt --config ${caddyfile}`, String(error));
  }
}

/**
 * The folders of its sites: a site's `root`, and those of its file servers.
 * @throws SyntaxError, z.ZodError
 */
export function foldersOfAdapted(json: string): ServedFolder[] {
  const servers = Object.values(Adapted.parse(JSON.parse(json)).apps.http?.servers ?? {});
  return servers.flatMap(({ routes }) =>
    routes.flatMap((route) => {
      const { names } = namesAndPatterns([...hostsOf(route), ...innerHosts(route.handle)]);
      // A placeholder is filled in by each request.
      const paths = rootsIn(route.handle).map((path) => path.replace(/\{[^}]*\}/g, '*').replace(/(.)\/+$/, '$1'));
      return [...new Set(paths)].map((path) => ({ names, path }));
    }),
  );
}

function rootsIn(handle: unknown): string[] {
  if (Array.isArray(handle)) return handle.flatMap(rootsIn);
  if (typeof handle !== 'object' || handle === null) return [];
  const own = 'root' in handle && typeof handle.root === 'string' ? [handle.root] : [];
  return [...own, ...Object.values(handle).flatMap(rootsIn)];
}

/** @throws SyntaxError, z.ZodError */
export function placesOfAdapted(json: string): Place[] {
  const { http, tls } = Adapted.parse(JSON.parse(json)).apps;
  const files = tls?.certificates?.load_files ?? [];
  return Object.values(http?.servers ?? {}).flatMap((server) =>
    server.listen
      .filter((listen) => !/^(unix|fd|udp)/.test(listen))
      .flatMap((listen) => parseListens(listen.replace(/^tcp[46]?\//, '')))
      .flatMap((place) => {
        const isTls = place.port !== http?.http_port && speaksTls(server);
        return placesOfServer(server, { ...place, tls: isTls ? 'direct' : 'none' }, isTls ? files : []);
      }),
  );
}

/** A server speaks TLS where it is told how, or where it has a host that automatic HTTPS does not skip. */
function speaksTls({ routes, tls_connection_policies: policies, automatic_https: automatic }: Server): boolean {
  if (policies !== undefined) return true;
  if (automatic?.disable === true) return false;
  return routes.flatMap(hostsOf).some((host) => automatic?.skip.includes(host) !== true);
}

/** One place a site; and one for each of its wildcards, which have certificates of their own. */
function placesOfServer(
  server: Server,
  where: Pick<Place, 'address' | 'port' | 'tls'>,
  files: readonly LoadedFile[],
): Place[] {
  const place = (own: Pick<Place, 'names' | 'patterns' | 'isDefault'>): Place => {
    const certificateFiles = filesFor(own.patterns[0] ?? own.names[0], server, files);
    return { ...where, ...own, web: true, certificateFiles };
  };
  // A server without sites answers everything with nothing.
  if (server.routes.length === 0) return [place({ names: [], patterns: [], isDefault: true })];
  return server.routes.flatMap((route) => {
    const { names, patterns } = namesAndPatterns(hostsOf(route));
    const inner = namesAndPatterns(innerHosts(route.handle)).names;
    return [
      ...(route.match === undefined ? [place({ names: [], patterns: [], isDefault: true })] : []),
      ...names.map((name) => place({ names: [name], patterns: [], isDefault: false })),
      ...patterns.map((pattern) =>
        place({ names: inner.filter((name) => fits(name, pattern)), patterns: [pattern], isDefault: false }),
      ),
    ];
  });
}

function hostsOf({ match = [] }: Route): string[] {
  return match.flatMap(({ host = [] }) => host);
}

/** The hosts that the handlers of a site tell apart, at any depth: names that a wildcard's site is known to answer to. */
function innerHosts(handle: unknown): string[] {
  if (Array.isArray(handle)) return handle.flatMap(innerHosts);
  if (typeof handle !== 'object' || handle === null) return [];
  const route = Route.safeParse(handle);
  return [...(route.success ? hostsOf(route.data) : []), ...Object.values(handle).flatMap(innerHosts)];
}

/** The files with a tag that the first policy for a name, or for none, chooses by. */
function filesFor(name: string | undefined, server: Server, files: readonly LoadedFile[]): string[] {
  const policy = server.tls_connection_policies?.find(({ match }) => {
    const sni = match?.sni;
    return sni === undefined || (name !== undefined && sni.some((one) => one === name || fits(name, one)));
  });
  const tags = policy?.certificate_selection?.any_tag ?? [];
  return files.filter((file) => file.tags.some((tag) => tags.includes(tag))).map(({ certificate }) => certificate);
}

/** A wildcard stands for one label at the left. */
function fits(name: string, pattern: string): boolean {
  return pattern.startsWith('*.') && name.slice(name.indexOf('.') + 1) === pattern.slice(2);
}
