import { execFile } from 'node:child_process';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { capacityCollector } from '../../../../agent/collect/capacity/index.ts';
import type { CommandResult } from '../../../../agent/host/host.ts';
import { openLedger, RunLedger } from '../../../../agent/ledger.ts';
import { capacity } from '../../../../policies/checks/capacity.ts';
import { Facts, type CapacityFacts } from '../../../../policies/checks/capacity/facts.ts';
import { read, type Reading } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { recordedIn } from '../../../support/recorded.ts';
import { RootedHost } from '../../../support/rooted-host.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

const df = 'df -l -B1 --output=size,used,avail,itotal,iused,iavail,fstype,target';
const repquota = 'repquota -a -u -n -p -O csv';
const heading = '   1B-blocks        Used       Avail   Inodes  IUsed    IFree Type     Mounted on';
const gibibyte = 2 ** 30;

interface Machine {
  readonly mounts?: readonly string[];
  /** Lines below the heading. */
  readonly df?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly commands?: Readonly<Record<string, Partial<CommandResult> | Reading<never>>>;
}

const root = '30 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw,errors=remount-ro';
const rootSpace = `${100 * gibibyte} ${40 * gibibyte} ${55 * gibibyte} 1000 101 899 ext4 /`;

function machineIn(folder: string, { mounts = [root], df: lines = [rootSpace], files, commands }: Machine): RootedHost {
  const host = new RootedHost(folder, {
    [df]: { stdout: [heading, ...lines].map((line) => `${line}\n`).join('') },
    ...commands,
  });
  const all: Record<string, string> = {
    '/proc/1/mountinfo': mounts.map((line) => `${line}\n`).join(''),
    '/proc/meminfo': 'MemTotal: 1000 kB\nMemFree: 1 kB\nMemAvailable: 349 kB\nSwapTotal: 100 kB\nSwapFree: 99 kB\n',
    '/proc/loadavg': '9.00 5.00 2.10 1/200 4242\n',
    '/sys/devices/system/cpu/online': '0-2,7\n',
    '/etc/fstab': '/dev/sda2 / ext4 errors=remount-ro 0 1\n',
    '/etc/passwd': 'root:x:0:0::/root:/bin/bash\njan:x:1000:1000::/home/jan:/bin/bash\n',
    '/etc/group': 'root:x:0:\njan:x:1000:\n',
    ...files,
  };
  for (const [path, content] of Object.entries(all)) host.write(path, content);
  return host;
}

async function collect(machine: Machine): Promise<CapacityFacts> {
  using folder = temporaryFolder();
  const host = machineIn(folder.path, machine);
  return Facts.parse(await capacityCollector.collect(collecting(host), {}, [{}]));
}

async function judge(machine: Machine, of = ['disks']): Promise<string[]> {
  const reasons = capacity.judge(read(await collect(machine)), { of }, new Date());
  return reasons.map(({ code, subject }) => `${code.replace('capacity.', '')} ${subject ?? ''}`.trim());
}

describe('what is read of a host', () => {
  test('is rounded against the host', async () => {
    const facts = await collect({});
    expect(facts).toMatchObject({
      // 40 of 95: what is reserved for root counts as gone.
      filesystems: read([{ mount: '/', type: 'ext4', state: 'writable', space: read({ used: 43, inodes: 11 }) }]),
      memory: read({ available: 30, swap: 5 }),
      load: read({ perProcessor: 1, processors: 4 }),
    });
  });

  test('does not change by itself', async () => {
    const other = { '/proc/loadavg': '1.00 1.00 2.40 3/201 9999\n' };
    const fuller = `${100 * gibibyte} ${40 * gibibyte + 12_345} ${55 * gibibyte - 12_345} 1000 101 899 ext4 /`;
    expect(await collect({ files: other, df: [fuller] })).toEqual(await collect({}));
  });

  test('heeds the limit of a container', async () => {
    const cgroup = {
      '/sys/fs/cgroup/memory.max': '512000\n',
      '/sys/fs/cgroup/memory.current': '500000\n',
      '/sys/fs/cgroup/memory.stat': 'anon 1\ninactive_file 1000\n',
    };
    expect(await collect({ files: cgroup })).toMatchObject({ memory: read({ available: 0 }) });
    expect(await collect({ files: { '/sys/fs/cgroup/memory.max': 'max\n' } })).toMatchObject({
      memory: read({ available: 30 }),
    });
  });

  test.each<[string, Machine, string]>([
    [
      'df that is missing',
      { commands: { [df]: { stdout: '', exitCode: 1, stderr: 'df: no' } } },
      'host.command-failed',
    ],
    ['a mount that df may not see', { df: [] }, 'host.denied /'],
    ['memory without figures', { files: { '/proc/meminfo': 'MemTotal: 1 kB\n' } }, 'host.unparsable memory'],
    ['a load that is none', { files: { '/proc/loadavg': 'high\n' } }, 'host.unparsable load'],
    ['processors that cannot be counted', { files: { '/sys/devices/system/cpu/online': '?' } }, 'host.unparsable load'],
  ])('is unknown: %s', async (_what, machine, expected) => {
    expect(await judge(machine, ['disks', 'memory', 'load'])).toContain(expected);
  });

  test('leaves out images and what comes and goes, and takes each file system once', async () => {
    const mounts = [
      root,
      '31 30 8:2 /srv /mnt/bound rw - ext4 /dev/sda2 rw',
      '32 30 7:0 / /snap/core ro - squashfs /dev/loop0 ro',
      '33 30 0:40 / /run/user/1000 rw - tmpfs tmpfs rw',
      '34 30 0:41 / /dev/shm rw - tmpfs tmpfs rw',
      '35 30 0:42 / /srv/nas rw - nfs4 nas:/x rw',
      '36 30 8:17 / /home/jan\\040b rw - xfs /dev/sdb1 rw',
    ];
    const lines = [rootSpace, '10 0 10 10 1 9 tmpfs /dev/shm', '10 10 0 0 0 0 xfs /home/jan b'];
    expect(await judge({ mounts, df: lines })).toEqual([
      'space-enough /',
      'space-enough /dev/shm',
      'space /home/@jan b',
    ]);
  });

  test.each([
    ['after an error', 'rw,relatime', 'ro,errors=remount-ro', 'failed /'],
    ['after an error, as newer kernels say it', 'rw,relatime', 'rw,emergency_ro', 'failed /'],
    ['by somebody, against fstab', 'ro,relatime', 'ro', 'remounted /'],
  ])('fails for a file system that is read-only %s', async (_what, own, superOptions, expected) => {
    const mounts = [`30 1 8:2 / / ${own} shared:1 - ext4 /dev/sda2 ${superOptions}`];
    expect((await judge({ mounts }))[0]).toBe(expected);
  });

  test('takes one for what it is meant to be', async () => {
    const mounts = ['30 1 8:2 / / ro shared:1 - ext4 /dev/sda2 ro'];
    expect(await judge({ mounts, files: { '/etc/fstab': '/dev/sda2 / ext4 ro 0 1\n' } })).toEqual([]);
  });
});

describe('thin pools', () => {
  const recorded = recordedIn('thin-pools');
  const [lvs = ''] = Object.keys(recorded('used').commands);

  test('are told by their fullest side, as the kernel has it now', async () => {
    expect(await judge(recorded('used'))).toEqual(['space-enough /', 'pool-enough vgt/idle', 'pool-enough vgt/pool']);
    expect(await judge(recorded('full'))).toContain('pool vgt/pool');
    expect(await judge(recorded('over'))).toContain('pool vgt/pool');
  });

  test('fail where the kernel gave one up, which lvs shows without figures beside a sound one', async () => {
    expect(await judge(recorded('failed'))).toEqual(['space-enough /', 'pool-enough vgt/idle', 'pool-failed vgt/pool']);
  });

  test('are asked for only where the kernel has one', async () => {
    const { commands } = recorded('full');
    expect(await judge({ commands })).toEqual(['space-enough /']);
  });

  test('are unknown where lvs does not tell', async () => {
    expect(await judge(recorded('unprivileged'))).toContain('host.refused');
    const { files } = recorded('used');
    expect(await judge({ files })).toContain('host.command-missing');
    const unfinished = recorded('used').commands[lvs]?.stdout?.replace('"79.19"', '""') ?? '';
    for (const stdout of ['WARNING: locking', '{"report":[]}', unfinished]) {
      expect(await judge({ files, commands: { [lvs]: { stdout } } })).toContain('host.unparsable');
    }
  });
});

describe('quotas', () => {
  const recorded = recordedIn('quotas');
  /** Its root is full of room. */
  const machine = (situation: string, more: Machine['commands'] = {}): Machine => {
    const { files, commands } = recorded(situation);
    return { files, commands: { ...commands, ...more } };
  };

  test('of the kernel are told by pseudonym, of several file systems by the nearest limit', async () => {
    const { quotas } = await collect(machine('whole'));
    expect(quotas).toEqual(
      read({
        sources: [{ source: 'kernel', asOf: null, limited: 3 }],
        users: [
          { user: '@jan', source: 'kernel', of: 'files', used: 91 },
          { user: '@jan', source: 'kernel', of: 'space', used: 88 },
          { user: '@uid 1001', source: 'kernel', of: 'space', used: 97 },
          { user: '@uid 1002', source: 'kernel', of: 'space', used: 147 },
        ],
      }),
    );
    expect(await judge(machine('feature'), ['quotas'])).toEqual(['quota @uid 1001']);
    expect(await judge(machine('none'), ['quotas'])).toEqual(['no-quotas']);
  });

  test('are unknown where they are switched off, though repquota shows what users had then', async () => {
    expect(await judge(machine('off'), ['quotas'])).toEqual(['host.outdated quotas']);
    expect(await judge(machine('gone'), ['quotas'])).toEqual(['host.outdated quotas']);
  });

  test('are unknown to who may not ask, to whom repquota shows headings and no error', async () => {
    expect(await judge(machine('unprivileged'), ['quotas'])).toEqual(['host.refused quotas']);
    expect(await judge(machine('unprivilegedFeature'), ['quotas'])).toEqual(['host.refused quotas']);
    // A unit without the system call: both tools say nothing, and end with 0.
    expect(await judge(machine('filtered'), ['quotas'])).toEqual(['host.refused quotas']);
  });

  test('are unknown where they are switched on and nobody reports them', async () => {
    const { files } = recorded('whole');
    expect(await judge({ files }, ['quotas'])).toEqual(['host.command-missing quotas']);
    const { stdout = '' } = recorded('whole').commands[repquota] ?? {};
    const two = stdout.slice(0, stdout.lastIndexOf('User,'));
    for (const [told, code] of [
      [{ stdout: '' }, 'host.command-failed'],
      [{ stdout: two }, 'host.command-failed'],
      [{ stdout, stderr: 'repquota: Cannot open quotafile /q/files/aquota.user: No such file' }, 'host.command-failed'],
      [{ stdout: 'User quotas\n' }, 'host.unparsable'],
      [{ stdout: stdout.replace('9900', '?') }, 'host.unparsable'],
    ] as const) {
      expect(await judge(machine('whole', { [repquota]: told }), ['quotas'])).toEqual([`${code} quotas`]);
    }
    expect(await judge({}, ['quotas'])).toEqual(['no-quotas']);
  });

  test('of DirectAdmin are those of its tally, with its moment', async () => {
    const folder = '/usr/local/directadmin/data/users';
    const files = {
      [`${folder}/jan/user.conf`]: 'name=Jan\nquota=1000\n',
      [`${folder}/jan/user.usage`]: 'bandwidth=1\nquota=812.5\n',
      [`${folder}/piet/user.conf`]: 'quota=unlimited\n',
    };
    using temporary = temporaryFolder();
    const host = machineIn(temporary.path, { files });
    const tally = new Date('2026-11-22T00:15:00Z');
    utimesSync(host.within(`${folder}/jan/user.usage`), tally, tally);
    const facts = Facts.parse(await capacityCollector.collect(collecting(host), {}, [{}]));
    expect(facts.quotas).toEqual(
      read({
        sources: [{ source: 'directadmin', asOf: tally.toISOString(), limited: 1 }],
        users: [{ user: '@jan', source: 'directadmin', of: 'space', used: 82 }],
      }),
    );
    expect(JSON.stringify(facts)).not.toMatch(/[^@]jan|Jan|piet/);
  });

  test('of DirectAdmin are unknown without the tally', async () => {
    const files = { '/usr/local/directadmin/data/users/jan/user.conf': 'quota=1000\n' };
    expect(await judge({ files }, ['quotas'])).toEqual(['host.missing quotas']);
  });
});

test('the agent keeps one reading a week, and tells how a disk grows by them', async () => {
  using folder = temporaryFolder();
  const start = Date.parse('2026-10-01T00:00:00Z');
  const path = join(folder.path, 'ledger.json');
  let last: CapacityFacts | undefined;
  for (let day = 0; day <= 28; day++) {
    const at = new Date(start + day * 86_400_000);
    const used = 40 + day;
    const line = `${100 * gibibyte} ${used * gibibyte} ${(90 - used) * gibibyte} 0 0 0 ext4 /`;
    using machine = temporaryFolder();
    const host = machineIn(machine.path, { df: [line] });
    const ledger = openLedger(path, at);
    last = Facts.parse(await capacityCollector.collect(collecting(host, { at, ledger }), {}, [{}]));
    ledger.save(path);
  }
  const end = new Date(start + 28 * 86_400_000);
  const history = last?.filesystems.state === 'read' ? last.filesystems.value[0]?.history : undefined;
  expect(history?.map(({ at, used }) => [at.slice(0, 10), used / 1024])).toEqual([
    ['2026-10-01', 40],
    ['2026-10-08', 47],
    ['2026-10-15', 54],
    ['2026-10-22', 61],
    ['2026-10-29', 68],
  ]);
  // A gibibyte a day, and 22 are left.
  const [reason] = capacity.judge(read(last), { of: ['trend'] }, end);
  expect(reason).toMatchObject({ code: 'capacity.trend-far', values: { full: '2026-11-20T00:00:00.000Z' } });
  const [soon] = capacity.judge(read(last), { of: ['trend'], timeToFull: '30d' }, end);
  expect(soon).toMatchObject({ code: 'capacity.trend-full-soon' });
});

test('without a memory nothing is told of growth', async () => {
  using folder = temporaryFolder();
  const at = new Date();
  const context = collecting(machineIn(folder.path, {}), { at, ledger: new RunLedger(at) });
  const facts = await capacityCollector.collect(context, {}, [{}]);
  expect(capacity.judge(read(facts), { of: ['trend'] }, at).map(({ code }) => code)).toEqual([
    'capacity.trend-no-memory',
  ]);
});

const mayMount = process.getuid?.() === 0 && tool('unshare') !== undefined && tool('mkfs.ext4') !== undefined;

describe.skipIf(!mayMount || !tool('mkfs.btrfs'))('on real file systems in images', () => {
  test('the kernel’s own figures are read, and an ext4 that failed is seen', async () => {
    using folder = temporaryFolder();
    const script = join(import.meta.dirname, 'inside.ts');
    const command = ['--mount', '--propagation', 'private', process.execPath, script, folder.path];
    const { stdout } = await promisify(execFile)('unshare', command);
    const { filled, again, failed } = JSON.parse(stdout) as Record<string, unknown>;
    expect(again).toEqual(filled);
    const of = (facts: unknown, name: string) => {
      const { filesystems } = Facts.parse(facts);
      const found = filesystems.state === 'read' ? filesystems.value : [];
      return found.find(({ mount }) => mount === join(folder.path, name));
    };
    expect(of(filled, 'ext4')).toMatchObject({ state: 'writable', metadata: null });
    const { space } = of(filled, 'ext4') ?? {};
    // 40 of some 90 MiB, and all but a few of the inodes.
    expect(space?.state === 'read' ? space.value.used : 0).toBeGreaterThan(40);
    expect(space?.state === 'read' ? (space.value.inodes ?? 0) : 0).toBeGreaterThan(90);
    expect(of(filled, 'btrfs')).toMatchObject({ state: 'writable', space: { value: { inodes: null } } });
    const { metadata } = of(filled, 'btrfs') ?? {};
    expect(metadata?.state === 'read' ? metadata.value : 100).toBeLessThan(10);
    expect(of(failed, 'ext4')).toMatchObject({ state: 'failed' });
  });
});
