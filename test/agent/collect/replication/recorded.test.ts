import { describe, expect, test } from 'vitest';
import { parseVertical } from '../../../../agent/collect/replication/vertical.ts';
import { Settings } from '../../../../agent/collect/replication/settings.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import type { Command, Host } from '../../../../agent/host/host.ts';
import { read } from '../../../../policies/reading.ts';
import { judged } from './judged.ts';

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

/** In the form of drbdsetup(8) of drbd-utils 9.22; DRBD itself is a module that not every kernel takes. */
function drbd(resource: object, role = 'primary'): Promise<string[]> {
  const commands = { 'drbdsetup status --json web': { stdout: JSON.stringify([{ ...up, ...resource }]) } };
  const sets = [{ set: 'files', role, source: { drbd: { resource: 'web' } } }];
  return judged(new RecordedHost({ commands }), sets).then(({ verdicts }) => verdicts);
}

describe('DRBD', () => {
  const connection = up.connections[0];
  const device = connection?.peer_devices[0];

  test('passes where both sides are up to date', async () => {
    expect(await drbd({})).toEqual(['pass connected', 'pass copied']);
    expect(await drbd({ role: 'Secondary' }, 'replica')).toEqual(['pass follows']);
  });

  test.each<[string, object, string[]]>([
    [
      'is not connected',
      { ...connection, 'connection-state': 'Connecting', peer_devices: [] },
      ['fail too-few', 'fail not-following'],
    ],
    [
      'split (StandAlone)',
      { ...connection, 'connection-state': 'StandAlone', peer_devices: [] },
      ['fail too-few', 'fail not-following'],
    ],
    [
      'is being brought up to date',
      {
        ...connection,
        peer_devices: [
          { ...device, 'replication-state': 'SyncSource', 'peer-disk-state': 'Inconsistent', 'out-of-sync': 4096 },
        ],
      },
      ['fail too-few', 'fail not-following'],
    ],
    [
      'differs, as a verification found',
      { ...connection, peer_devices: [{ ...device, 'out-of-sync': 4 }] },
      ['fail too-few', 'fail not-following'],
    ],
  ])('fails where the other side %s', async (_what, one, verdicts) => {
    expect(await drbd({ connections: [one] })).toEqual(verdicts);
  });

  test('fails a copy whose own disk is not up to date, or that lost the other side', async () => {
    const stale = { role: 'Secondary', devices: [{ 'disk-state': 'Outdated' }] };
    expect(await drbd(stale, 'replica')).toEqual(['fail not-applying']);
    const alone = { role: 'Secondary', connections: [{ ...connection, 'connection-state': 'Connecting' }] };
    expect(await drbd(alone, 'replica')).toEqual(['fail connecting']);
    expect(await drbd({ role: 'Secondary', connections: [] }, 'replica')).toEqual(['fail no-link']);
  });

  test('is unknown without the tool, or with another form', async () => {
    const sets = [{ set: 'files', role: 'primary', source: { drbd: { resource: 'web' } } }];
    expect((await judged(new RecordedHost({}), sets)).verdicts).toEqual(['unknown host.command-missing']);
    expect(await drbd({ connections: 'none' })).toEqual(['unknown host.unparsable']);
  });
});

/** Answers as MySQL 8.4 would, by the columns of its manual: Debian has no server of MySQL. */
class Mysql extends RecordedHost {
  readonly #links: string;

  constructor(links: string) {
    super({});
    this.#links = links;
  }

  override run({ args }: Command): ReturnType<Host['run']> {
    const server = { noticesAfter: 60, connected: 0, semiSync: { enabled: false, clients: 0 }, wsrep: {} };
    const stdout = args.includes('--vertical') ? this.#links : `${JSON.stringify(server)}\n`;
    return Promise.resolve(read({ exitCode: 0, stdout, stderr: '' }));
  }
}

describe('MySQL', () => {
  const row = `*************************** 1. row ***************************
             Replica_IO_State: Waiting for source to send event
           Replica_IO_Running: Yes
          Replica_SQL_Running: Yes
                   Last_Error:
        Seconds_Behind_Source: 0
                Last_IO_Errno: 0
               Last_SQL_Errno: 0
                 Channel_Name:
`;
  const verdicts = async (text: string): Promise<string[]> => {
    const sets = [{ set: 'shop', role: 'replica', source: { mysql: { socket: '/run/mysqld/mysqld.sock' } } }];
    return (await judged(new Mysql(text), sets)).verdicts;
  };

  test('passes a stream that runs, and fails one that does not', async () => {
    expect(await verdicts(row)).toEqual(['pass follows']);
    expect(await verdicts(row.replace('IO_Running: Yes', 'IO_Running: Connecting'))).toEqual(['fail connecting']);
    expect(await verdicts(row.replace('SQL_Running: Yes', 'SQL_Running: No'))).toEqual(['fail not-applying']);
    expect(await verdicts(row.replace('Behind_Source: 0', 'Behind_Source: 90'))).toEqual(['fail lagging']);
    expect(await verdicts(row.replace('Behind_Source: 0', 'Behind_Source: NULL'))).toEqual(['unknown host.missing']);
  });

  test('takes no word from the text of an error', () => {
    const forged = row.replace('Last_Error:', 'Last_Error: Duplicate entry\n  Replica_SQL_Running: Yes\n');
    expect(parseVertical(forged, 'shop')).toMatchObject({ obstacle: { code: 'unparsable' } });
  });
});

describe('the settings', () => {
  const source = { redis: {} };
  test.each<[string, object, RegExp]>([
    [
      'two kinds for one set',
      { set: 'a', role: 'replica', source: { redis: {}, drbd: { resource: 'r0' } } },
      /exactly one/,
    ],
    ['a cluster of nobody knows how many', { set: 'a', role: 'member', source }, /expected number/],
    [
      'a primary of another kind',
      { set: 'a', role: 'replica', source, primary: { drbd: { resource: 'r0' } } },
      /same kind/,
    ],
    [
      'a table that is more than a name',
      { set: 'a', role: 'replica', source, heartbeat: 'a.b; DROP' },
      /schema\.table/,
    ],
    ['no reason why no copy is needed', { set: 'a', role: 'none', source }, /because/],
  ])('refuse %s', (_what, set, message) => {
    expect(() => Settings.parse({ replication: [set] })).toThrow(message);
  });

  test('refuse two sets of one name', () => {
    const set = { set: 'a', role: 'replica', source };
    expect(() => Settings.parse({ replication: [set, set] })).toThrow(/name of its own/);
  });
});
