import { describe, expect, test } from 'vitest';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { recordedIn } from '../../../support/recorded.ts';
import { judged, type Judged } from './judged.ts';

const sets = (role: string): object[] => [{ set: 'files', role, source: { drbd: { resource: 'web' } } }];

describe('DRBD 8.4, as recorded from two machines', () => {
  const recorded = recordedIn('drbd');
  /** node1 is the primary, and node2 its copy. */
  const primary = (situation: string): Promise<Judged> => look(`${situation}, node1`, 'primary');
  const copy = (situation: string): Promise<Judged> => look(`${situation}, node2`, 'replica');

  function look(situation: string, role: string): Promise<Judged> {
    return judged(new RecordedHost(recorded(situation)), sets(role));
  }

  test('passes where both sides are up to date', async () => {
    expect((await primary('established')).verdicts).toEqual(['pass connected', 'pass copied']);
    expect((await copy('established')).verdicts).toEqual(['pass follows']);
  });

  test('gives the same facts whatever it has written since', async () => {
    const { commands } = recorded('established, node1');
    const [events = ''] = Object.keys(commands).filter((line) => line.includes('events2'));
    const stdout = commands[events]?.stdout?.replace('written:0', 'written:4096').replace('sent:40920', 'sent:45016');
    const host = new RecordedHost({ commands: { ...commands, [events]: { stdout: stdout ?? '' } } });
    expect((await judged(host, sets('primary'))).facts).toEqual((await primary('established')).facts);
  });

  test.each([
    ['was never brought up to date', 'fresh', 'fail not-applying'],
    ['is being brought up to date', 'syncing', 'fail not-applying'],
    ['differs, as a verification found, though each disk calls itself up to date', 'verified', 'fail not-applying'],
    ['lost the other side', 'cut', 'fail connecting'],
    ['lost its disk', 'diskless', 'fail not-applying'],
    ['was left by the other side', 'disconnected', 'fail connecting'],
  ])('fails where the copy %s', async (_what, situation, verdict) => {
    expect((await copy(situation)).verdicts).toEqual([verdict]);
    const [first] = (await primary(situation)).verdicts;
    expect(first).toBe(situation === 'fresh' ? 'fail not-primary' : 'fail too-few');
  });

  test('fails where both sides went their own way', async () => {
    expect((await look('split, node1', 'primary')).verdicts).toContain('fail too-few');
    expect((await look('split, node2', 'primary')).verdicts).toContain('fail too-few');
    expect((await copy('split')).verdicts[0]).toMatch(/^fail/);
  });

  test('is unknown where the resource is not up', async () => {
    expect((await primary('down')).verdicts).toEqual(['unknown host.missing']);
  });
});

const up = {
  name: 'web',
  role: 'Primary',
  devices: [{ volume: 0, 'disk-state': 'UpToDate' }],
  connections: [
    {
      name: 'backup2',
      'connection-state': 'Connected',
      peer_devices: [{ 'replication-state': 'Established', 'peer-disk-state': 'UpToDate', 'out-of-sync': 0 }],
    },
  ],
};

/** In the form of drbdsetup(8) of drbd-utils 9.22: DRBD 9 is a module of its maker's, which no kernel at hand has. */
describe('DRBD 9', () => {
  const drbd = async (resource: object, role = 'primary'): Promise<string[]> => {
    const commands = { 'drbdsetup status --json web': { stdout: JSON.stringify([{ ...up, ...resource }]) } };
    return (await judged(new RecordedHost({ commands }), sets(role))).verdicts;
  };
  const connection = up.connections[0];
  const device = connection?.peer_devices[0];

  test('passes where both sides are up to date', async () => {
    expect(await drbd({})).toEqual(['pass connected', 'pass copied']);
    expect(await drbd({ role: 'Secondary' }, 'replica')).toEqual(['pass follows']);
  });

  test.each<[string, object]>([
    ['is not connected', { ...connection, 'connection-state': 'Connecting', peer_devices: [] }],
    [
      'is being brought up to date',
      { ...connection, peer_devices: [{ ...device, 'replication-state': 'SyncSource', 'out-of-sync': 4096 }] },
    ],
    ['differs, as a verification found', { ...connection, peer_devices: [{ ...device, 'out-of-sync': 4 }] }],
    ['lost its disk', { ...connection, peer_devices: [{ ...device, 'peer-disk-state': 'Diskless' }] }],
  ])('fails where the other side %s', async (_what, one) => {
    expect(await drbd({ connections: [one] })).toEqual(['fail too-few', 'fail not-following']);
  });

  test('of two copies judges each', async () => {
    const second = { ...connection, name: 'backup3', 'connection-state': 'Connecting', peer_devices: [] };
    const connections = [...up.connections, second];
    expect(await drbd({ connections })).toEqual(['pass connected', 'pass copied', 'fail not-following']);
  });

  test('is unknown without the tool, without the right to ask, or with another form', async () => {
    expect((await judged(new RecordedHost({}), sets('primary'))).verdicts).toEqual(['unknown host.command-missing']);
    expect(await drbd({ connections: 'none' })).toEqual(['unknown host.unparsable']);
    const refused = { 'drbdsetup status --json web': { exitCode: 10, stderr: 'Operation not permitted\n' } };
    expect((await judged(new RecordedHost({ commands: refused }), sets('primary'))).verdicts).toEqual([
      'unknown host.command-failed',
    ]);
  });
});
