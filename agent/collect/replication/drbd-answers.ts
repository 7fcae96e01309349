import { z } from 'zod';

const Connection = z.object({
  name: z.string(),
  'connection-state': z.string(),
  peer_devices: z.array(
    z.object({ 'replication-state': z.string(), 'peer-disk-state': z.string(), 'out-of-sync': z.number() }),
  ),
});
export type Connection = z.output<typeof Connection>;

const Resource = z.object({
  name: z.string(),
  role: z.string(),
  devices: z.array(z.object({ 'disk-state': z.string() })),
  connections: z.array(Connection),
});
/** What is copied, in the words of `drbdsetup status --json` (drbdsetup(8)). */
export type Resource = z.output<typeof Resource>;

/** What `drbdsetup status --json` of DRBD 9 prints; undefined for another form. */
export function parseStatus(text: string): Resource[] | undefined {
  try {
    return z.array(Resource).safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/**
 * What `drbdsetup events2 --now --statistics` prints of one resource, which DRBD 8.4 knows too: a line for the resource, each
 * connection, device and device of a peer, and `exists -` at the end. Undefined for another form.
 */
export function parseEvents(text: string): Resource[] | undefined {
  const events = text.split('\n').filter((line) => line !== '');
  if (events.at(-1) !== 'exists -') return undefined;
  const parts = events.slice(0, -1).map((line) => {
    const [, kind = '', ...words] = line.split(' ');
    return { kind, values: new Map(words.map((word) => [word.split(':')[0], word.slice(word.indexOf(':') + 1)])) };
  });
  const of = (wanted: string) => parts.flatMap(({ kind, values }) => (kind === wanted ? [values] : []));
  const resources = of('resource').map((resource) => ({
    name: resource.get('name'),
    role: resource.get('role'),
    devices: of('device').map((device) => ({ 'disk-state': device.get('disk') })),
    connections: of('connection').map((connection) => ({
      // 8.4 has one peer, and no name for it while it is left alone.
      name: connection.get('conn-name') ?? 'peer',
      'connection-state': connection.get('connection'),
      peer_devices: of('peer-device')
        .filter((device) => device.get('peer-node-id') === connection.get('peer-node-id'))
        .map((device) => ({
          'replication-state': device.get('replication'),
          'peer-disk-state': device.get('peer-disk'),
          'out-of-sync': Number(device.get('out-of-sync') ?? Number.NaN),
        })),
    })),
  }));
  return z.array(Resource).safeParse(resources).data;
}
