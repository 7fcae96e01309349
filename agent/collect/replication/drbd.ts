import { z } from 'zod';
import { lagSteps, type Behind, type Copy, type Link, type State } from '../../../policies/checks/replication/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { parseEvents, parseStatus, type Connection, type Resource } from './drbd-answers.ts';
import { defineReader, nothingFound } from './reader.ts';

const Source = z.strictObject({
  resource: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/, 'expected the name of a resource'),
});

/**
 * DRBD 9, and the 8.4 of stock kernels (drbdsetup(8); drbd.conf(5) for its states). It pings its peers by itself, each ten
 * seconds.
 */
export const drbd = defineReader({
  kind: 'drbd',
  source: Source,
  async read({ host, signal }, { resource }, { set }): Promise<Reading<State>> {
    const ask = (...args: string[]): ReturnType<Host['run']> =>
      host.run({ file: 'drbdsetup', args: [...args, resource], timeout: 10 }, signal);
    const status = await ask('status', '--json');
    if (status.state === 'unreadable') return status;
    // The tool of 8.4 knows no JSON.
    const isOld = status.value.exitCode !== 0 && status.value.stderr.includes("unrecognized option '--json'");
    const answer = isOld ? await ask('events2', '--now', '--statistics') : status;
    if (answer.state === 'unreadable') return answer;
    const { exitCode, stdout } = answer.value;
    const asked = isOld ? 'events2' : 'status';
    if (exitCode !== 0) return unreadable('command-failed', `drbdsetup ${asked}`, `exit code ${exitCode}`);
    const resources = isOld ? parseEvents(stdout) : parseStatus(stdout);
    const what = `DRBD (${set})`;
    if (resources === undefined) return unreadable('unparsable', what, `drbdsetup ${asked} has another form`);
    const found = resources.find(({ name }) => name === resource);
    return found === undefined ? unreadable('missing', what) : read(stateOf(found));
  },
});

function stateOf({ role, devices, connections }: Resource): State {
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

function copyOf({ name, peer_devices: devices, ...connection }: Connection): Copy {
  const odd = [
    ...(connection['connection-state'] === 'Connected' ? [] : [connection['connection-state']]),
    ...(devices.length === 0 ? ['no volumes'] : []),
    ...devices.flatMap((device) => [
      ...differences(device),
      ...(device['peer-disk-state'] === 'UpToDate' ? [] : [device['peer-disk-state']]),
    ]),
  ];
  const state = odd.length === 0 ? 'following' : [...new Set(odd)].join(', ').slice(0, 64);
  return { replica: name.slice(0, 256), state, behind: inStep, stuckSince: null };
}

/** The own disk calls itself up to date also where a verification found blocks that differ. */
function linkOf({ name, peer_devices: devices, ...connection }: Connection, isUpToDate: boolean): Link {
  const state = connection['connection-state'];
  const odd = state === 'Connected' ? [...new Set(devices.flatMap(differences))] : [state];
  return {
    link: name.slice(0, 256),
    receiving: state === 'Connected' ? 'running' : state === 'StandAlone' ? 'stopped' : 'connecting',
    applying: isUpToDate && odd.length === 0 ? 'running' : 'stopped',
    error: odd.join(', ').slice(0, 64) || null,
    behind: inStep,
    noticesAfter: null,
  };
}

/** In what a volume differs from that of the peer, in DRBD's words. */
function differences(device: Connection['peer_devices'][number]): string[] {
  const replication = device['replication-state'];
  return [
    ...(replication === 'Established' ? [] : [replication]),
    ...(device['out-of-sync'] === 0 ? [] : ['out of sync']),
  ];
}
