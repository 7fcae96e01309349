import { z } from 'zod';
import { lagSteps, type Behind, type Copy, type Link, type State } from '../../../policies/checks/replication/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { defineReader, nothingFound } from './reader.ts';

const Source = z.strictObject({
  resource: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/, 'expected the name of a resource'),
});

const Connection = z.object({
  name: z.string(),
  'connection-state': z.string(),
  peer_devices: z.array(
    z.object({ 'replication-state': z.string(), 'peer-disk-state': z.string(), 'out-of-sync': z.number() }),
  ),
});

const Resource = z.object({
  name: z.string(),
  role: z.string(),
  devices: z.array(z.object({ 'disk-state': z.string() })),
  connections: z.array(Connection),
});

/** DRBD 9 (drbdsetup(8), status --json; drbd.conf(5) for its states). It pings its peers by itself, each ten seconds. */
export const drbd = defineReader({
  kind: 'drbd',
  source: Source,
  async read({ host, signal }, { resource }, { set }): Promise<Reading<State>> {
    const what = `DRBD (${set})`;
    const answer = await host.run({ file: 'drbdsetup', args: ['status', '--json', resource], timeout: 10 }, signal);
    if (answer.state === 'unreadable') return answer;
    const { exitCode, stdout } = answer.value;
    if (exitCode !== 0) return unreadable('command-failed', 'drbdsetup status', `exit code ${exitCode}`);
    const parsed = z.array(Resource).safeParse(parseJson(stdout));
    if (!parsed.success) return unreadable('unparsable', what, 'drbdsetup status has another form');
    const found = parsed.data.find(({ name }) => name === resource);
    return found === undefined ? unreadable('missing', what) : read(stateOf(found));
  },
});

function stateOf({ role, devices, connections }: z.output<typeof Resource>): State {
  const isUpToDate = devices.length > 0 && devices.every((device) => device['disk-state'] === 'UpToDate');
  const sorted = connections.sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, 64);
  const copies = sorted.map(copyOf);
  return {
    ...nothingFound,
    follows: role === 'Secondary',
    links: sorted.map((connection) => linkOf(connection, isUpToDate)),
    connected: copies.filter(({ state }) => state === 'following').length,
    copies,
  };
}

const inStep: Reading<Behind> = read({ measured: 'heartbeat', within: lagSteps[0] ?? null });

function copyOf({ name, peer_devices: devices, ...connection }: z.output<typeof Connection>): Copy {
  const odd = [
    connection['connection-state'] === 'Connected' ? [] : [connection['connection-state']],
    devices.length === 0 ? ['no volumes'] : [],
    devices.flatMap((device) => [
      ...(device['replication-state'] === 'Established' ? [] : [device['replication-state']]),
      ...(device['peer-disk-state'] === 'UpToDate' ? [] : [device['peer-disk-state']]),
      ...(device['out-of-sync'] === 0 ? [] : ['out of sync']),
    ]),
  ].flat();
  const state = odd.length === 0 ? 'following' : [...new Set(odd)].join(', ').slice(0, 64);
  return { replica: name.slice(0, 256), state, behind: inStep, stuckSince: null };
}

function linkOf(connection: z.output<typeof Connection>, isUpToDate: boolean): Link {
  const state = connection['connection-state'];
  return {
    link: connection.name.slice(0, 256),
    receiving: state === 'Connected' ? 'running' : state === 'StandAlone' ? 'stopped' : 'connecting',
    applying: isUpToDate ? 'running' : 'stopped',
    error: state === 'Connected' ? null : state.slice(0, 64),
    behind: inStep,
    noticesAfter: null,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
