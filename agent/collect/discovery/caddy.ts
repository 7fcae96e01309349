import { z } from 'zod';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { commandOutput } from './command.ts';
import { namesAndPatterns, parseListen, type ConfigurationReader, type Place } from './place.ts';

const caddyfile = '/etc/caddy/Caddyfile';

const Route = z.object({ match: z.array(z.object({ host: z.array(z.string()).optional() })).optional() });
const Server = z.object({
  listen: z.array(z.string()).default([]),
  routes: z.array(Route).default([]),
  tls_connection_policies: z.array(z.unknown()).optional(),
  automatic_https: z.object({ disable: z.boolean().default(false) }).optional(),
});
const Adapted = z.object({
  apps: z.object({
    http: z.object({ servers: z.record(z.string(), Server), http_port: z.int().default(80) }).optional(),
    tls: z
      .object({
        certificates: z.object({ load_files: z.array(z.object({ certificate: z.string() })).default([]) }).optional(),
      })
      .optional(),
  }),
});

/**
 * What Caddy serves, from its Caddyfile turned into JSON by Caddy itself (`caddy adapt`, caddy(8)). Certificates that it
 * obtains by itself lie in its own store and are not named; those that are named are each server's.
 */
export const caddyReader: ConfigurationReader = {
  software: 'Caddy',
  programs: ['caddy'],
  async read(context): Promise<Reading<readonly Place[]> | undefined> {
    const present = await context.host.status(caddyfile);
    if (present.state === 'unreadable' && present.obstacle.code === 'missing') return undefined;
    const command = { file: 'caddy', args: ['adapt', '--config', caddyfile] };
    const adapted = await commandOutput(context, command);
    if (adapted === undefined || adapted.state === 'unreadable') return adapted;
    try {
      return read(placesOfAdapted(adapted.value));
    } catch (error) {
      return unreadable('unparsable', `caddy adapt --config ${caddyfile}`, String(error));
    }
  },
};

/** @throws SyntaxError, z.ZodError */
export function placesOfAdapted(json: string): Place[] {
  const { http, tls } = Adapted.parse(JSON.parse(json)).apps;
  const files = (tls?.certificates?.load_files ?? []).map(({ certificate }) => certificate);
  return Object.values(http?.servers ?? {}).flatMap((server) => {
    const hosts = server.routes.flatMap(({ match = [] }) => match.flatMap(({ host = [] }) => host));
    const { names, patterns } = namesAndPatterns(hosts);
    return server.listen.flatMap((listen): Place[] => {
      const place = parseListen(listen.replace(/^tcp\//, ''));
      if (place === undefined) return [];
      // Automatic HTTPS is on for a server with hosts, but for the port of plain HTTP.
      const isAutomatic = hosts.length > 0 && server.automatic_https?.disable !== true;
      const isTls = place.port !== http?.http_port && (server.tls_connection_policies !== undefined || isAutomatic);
      const certificateFiles = isTls ? files : [];
      // Who gives an unknown name is answered by a route without hosts only; over TLS there is no certificate then.
      const isDefault = server.routes.some(({ match }) => match === undefined);
      const own: Place = {
        ...place,
        tls: isTls ? 'direct' : 'none',
        web: true,
        names,
        patterns: [],
        isDefault,
        certificateFiles,
      };
      return [own, ...patterns.map((pattern) => ({ ...own, names: [], patterns: [pattern], isDefault: false }))];
    });
  });
}
