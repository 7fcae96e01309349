import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { diskEncryptionCollector } from '../../../../agent/collect/disk-encryption/index.ts';
import { diskEncryption } from '../../../../policies/checks/disk-encryption.ts';
import { Facts, type DiskEncryptionFacts } from '../../../../policies/checks/disk-encryption/facts.ts';
import { read, unreadable } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { machineIn, mountLine, type Device, type Machine } from './machine.ts';

// In the form of the recorded ones: LUKS2 with its key in the kernel's keyring, LUKS1 and plain with zeros for it.
const aes256 = 'crypt aes-xts-plain64 :64:logon:cryptsetup:11111111-2222-3333-4444-555555555555-d0 0 8:2 32768';
const dmsetup = 'dmsetup table --manglename none';
const zeros = (bits: number): string => '0'.repeat(bits / 4);
const tables = (...lines: string[]) => ({ [dmsetup]: { stdout: `${lines.join('\n')}\n` } });

const disks: Record<string, Device> = {
  sda: { number: '8:0' },
  sda1: { number: '8:1', partOf: 'sda' },
  sda2: { number: '8:2', partOf: 'sda' },
  sdb: { number: '8:16' },
};
const luks = (number: string, name: string, on: string): Device => ({
  number,
  on: [on],
  mapper: [name, `CRYPT-LUKS2-11111111222233334444555555555555-${name}`],
});
const volume = (number: string, name: string, ...on: string[]): Device => ({
  number,
  on,
  mapper: [name, 'LVM-aaaaaaaabbbbbbbbccccccccdddddddd'],
});

const sound: Machine = {
  devices: { ...disks, 'dm-0': luks('253:0', 'crypt', 'sda2') },
  mounts: [
    mountLine('253:0', '/', 'ext4', '/dev/mapper/crypt'),
    mountLine('8:1', '/boot', 'ext4', '/dev/sda1'),
    mountLine('0:22', '/proc', 'proc', 'proc'),
    mountLine('0:30', '/run', 'tmpfs', 'tmpfs'),
    mountLine('253:0', '/srv/bound', 'ext4', '/dev/mapper/crypt'),
  ],
  commands: tables(`crypt: 0 4161536 ${aes256}`),
};

async function collect(machine: Machine, settings: object = {}): Promise<DiskEncryptionFacts> {
  using folder = temporaryFolder();
  const host = machineIn(folder.path, machine);
  const first = await diskEncryptionCollector.collect(collecting(host), settings, [{}]);
  const again = await diskEncryptionCollector.collect(collecting(host), settings, [{}]);
  expect(JSON.stringify(again)).toBe(JSON.stringify(first));
  return Facts.parse(first);
}

async function judge(machine: Machine, parameters: object = {}, settings: object = {}): Promise<string[]> {
  const facts = await collect(machine, settings);
  return diskEncryption
    .judge(read(facts), parameters, new Date())
    .map(({ code, subject }) => `${code.replace('disk-encryption.', '')} ${subject ?? ''}`.trim());
}

describe('what lies on disks', () => {
  test('passes where everything but what the machine boots from is under LUKS, each file system once', async () => {
    expect(await judge(sound)).toEqual(['encrypted /', 'no-swap swap']);
    const facts = await collect(sound);
    expect(facts.places).toMatchObject({
      value: [
        {
          where: '/',
          legs: read([
            {
              device: 'sda2',
              medium: 'disk',
              layers: [{ by: 'dm-crypt', format: 'LUKS2', cipher: read({ name: 'aes-xts-plain64', keyBits: 512 }) }],
            },
          ]),
        },
      ],
    });
  });

  test('goes by what the kernel runs, not by what a device is called', async () => {
    const named = { ...sound, commands: tables('crypt: 0 4161536 linear 8:2 0') };
    expect(await judge(named)).toContain('plain /');
    const half = tables(`crypt: 0 100 ${aes256}`, 'crypt: 100 4161436 linear 8:2 0');
    expect(await judge({ ...sound, commands: half })).toContain('plain /');
    const opened = luks('253:0', 'crypt', 'sda2');
    const verity = { ...disks, 'dm-0': { ...opened, mapper: ['crypt', 'CRYPT-VERITY-1-crypt'] as const } };
    const untold = { ...sound, devices: verity, commands: {} };
    expect(await judge(untold)).toContain('plain /');
  });

  test.each([
    ['AES-XTS with two keys of 128 bits', `crypt aes-xts-plain64 ${zeros(256)} 0 8:2 4096`, 'weak /'],
    ['the null cipher', 'crypt cipher_null-ecb 0 0 8:2 4096', 'unsound /'],
    ['AES in ECB', `crypt aes-ecb ${zeros(256)} 0 8:2 4096`, 'unsound /'],
    ['DES', `crypt des3_ede-cbc-plain ${zeros(192)} 0 8:2 4096`, 'unsound /'],
    ['64 keys that add up', `crypt aes:64-cbc-lmk ${zeros(64 * 128)} 0 8:2 0`, 'weak /'],
    [
      'a name that does not tell',
      `crypt capi:authenc(hmac(sha256),xts(aes))-plain64 :96:logon:k 0 8:2 0`,
      'strength-unclear /',
    ],
    ['a key in another form', 'crypt aes-xts-plain64 secret 0 8:2 0', 'host.unparsable /'],
    ['AES-CBC with 256 bits', `crypt aes-cbc-essiv:sha256 ${zeros(256)} 0 8:2 0`, 'encrypted /'],
    ['the crypto API’s own name', 'crypt capi:xts(aes)-plain64 :64:logon:k 0 8:2 0', 'encrypted /'],
  ])('is judged by its cipher: %s', async (_what, table, expected) => {
    expect((await judge({ ...sound, commands: tables(`crypt: 0 4161536 ${table}`) }))[0]).toBe(expected);
  });

  test('passes with another cipher unless AES is asked for', async () => {
    const serpent = { ...sound, commands: tables(`crypt: 0 1 crypt serpent-xts-plain64 ${zeros(512)} 0 8:2 0`) };
    expect(await judge(serpent)).toContain('encrypted /');
    expect(await judge(serpent, { cipher: 'aes' })).toContain('unsound /');
    const short = { ...sound, commands: tables(`crypt: 0 1 crypt aes-xts-plain64 ${zeros(256)} 0 8:2 0`) };
    expect(await judge(short, { minimumKeyBits: 128 })).toContain('encrypted /');
  });

  test('fails where one leg of a volume group or of RAID is plain', async () => {
    const group = {
      ...sound,
      devices: { ...sound.devices, 'dm-1': volume('253:1', 'vg-root', 'dm-0', 'sdb') },
      mounts: [mountLine('253:1', '/', 'xfs', '/dev/mapper/vg-root')],
      commands: tables(`crypt: 0 4161536 ${aes256}`, 'vg-root: 0 10 linear 253:0 0', 'vg-root: 10 10 linear 8:16 0'),
    };
    expect(await judge(group)).toContain('plain /');
    const under = { ...group, devices: { ...group.devices, 'dm-1': volume('253:1', 'vg-root', 'dm-0') } };
    expect(await judge(under)).toContain('encrypted /');
    const over = {
      ...sound,
      devices: { ...disks, md0: { number: '9:0', on: ['sda2', 'sdb'] }, 'dm-0': luks('253:0', 'crypt', 'md0') },
    };
    expect(await judge(over)).toContain('encrypted /');
  });

  test('is unknown where the kernel cannot be asked', async () => {
    const refused = { stdout: '', stderr: '/dev/mapper/control: open failed: Permission denied\n', exitCode: 1 };
    expect(await judge({ ...sound, commands: { [dmsetup]: refused } })).toContain('host.refused /');
    expect(await judge({ ...sound, commands: {} })).toContain('host.command-missing /');
    expect(await judge({ ...sound, devices: {} })).toContain('host.missing /');
    // A device mapper's device that hides what it stands on.
    const hidden = { ...sound, devices: { 'dm-0': { number: '253:0', mapper: ['v', 'LVM-1'] as const } } };
    expect(await judge(hidden)).toContain('host.unsupported /');
  });

  test('is unknown for what others keep, and for the layers of a container', async () => {
    const away = [
      mountLine('0:50', '/srv/nas', 'nfs4', 'nas:/export'),
      mountLine('0:51', '/srv/c', 'fuse.sshfs', 'b:'),
    ];
    expect(await judge({ ...sound, mounts: [...sound.mounts, ...away] })).toEqual([
      'encrypted /',
      'elsewhere /srv/c',
      'elsewhere /srv/nas',
      'no-swap swap',
    ]);
    const container = { ...sound, mounts: [mountLine('0:60', '/', 'overlay', 'overlay', 'rw,upperdir=/u')] };
    expect(await judge(container)).toContain('overlay /');
    const inside = { ...sound, files: { '/run/systemd/container': 'lxc\n' } };
    expect(await judge(inside)).toEqual(['container', 'encrypted /', 'no-swap swap']);
  });

  test('is unknown, not failed, where fscrypt may cover some folders', async () => {
    const plain = { devices: disks, mounts: [mountLine('8:2', '/', 'ext4', '/dev/sda2')], commands: tables('') };
    expect(await judge(plain)).toContain('plain /');
    expect(await judge({ ...plain, files: { '/.fscrypt/policies': '' } })).toContain('by-folder /');
  });
});

describe('file systems that span devices', () => {
  test('of btrfs each disk counts', async () => {
    const pair = (second: string): Machine => ({
      ...sound,
      devices: { ...sound.devices },
      mounts: [
        mountLine('0:40', '/', 'btrfs', '/dev/mapper/crypt'),
        mountLine('0:40', '/home', 'btrfs', '/dev/mapper/crypt'),
      ],
      files: { [`/sys/fs/btrfs/features/raid56`]: '1', [`/unused/${second}`]: '' },
    });
    const laid = async (second: string): Promise<string[]> => {
      using folder = temporaryFolder();
      const host = machineIn(folder.path, pair(second));
      host.link('/sys/fs/btrfs/9d08/devices/dm-0', '/sys/devices/virtual/block/dm-0');
      host.link(`/sys/fs/btrfs/9d08/devices/${second}`, `/sys/devices/virtual/block/${second}`);
      const facts = await diskEncryptionCollector.collect(collecting(host), {}, [{}]);
      return diskEncryption.judge(read(facts), {}, new Date()).map(({ code }) => code.replace('disk-encryption.', ''));
    };
    expect(await laid('sdb')).toEqual(['plain', 'no-swap']);
    expect(await judge(pair('sdb'))).toContain('host.unsupported /');
  });

  test('of ZFS each dataset counts, and the disks of the pool where it is not encrypted itself', async () => {
    const get = 'zfs get -Hp -o name,value -t filesystem,volume encryption';
    const pool: Machine = {
      ...sound,
      mounts: [mountLine('0:45', '/', 'zfs', 'tank/root'), mountLine('0:46', '/home', 'zfs', 'tank/home')],
      commands: {
        ...sound.commands,
        [get]: { stdout: 'tank\toff\ntank/home\toff\ntank/root\taes-256-gcm\n' },
        'zpool list -vHLP -o name tank': { stdout: 'tank\n\t/dev/sdb\t1T\nlogs\t-\n\t/dev/sda1\t1G\n' },
      },
    };
    expect(await judge(pool)).toEqual(['encrypted /', 'plain /home', 'no-swap swap']);
    const onLuks = { ...pool.commands, 'zpool list -vHLP -o name tank': { stdout: 'tank\n\t/dev/dm-0\t1T\n' } };
    expect(await judge({ ...pool, commands: onLuks })).toContain('encrypted /home');
    const small = { ...pool.commands, [get]: { stdout: 'tank/home\taes-128-ccm\ntank/root\taes-256-gcm\n' } };
    expect(await judge({ ...pool, commands: small })).toContain('weak /home');
    expect(await judge({ ...pool, commands: {} })).toEqual([
      'host.command-missing /',
      'host.command-missing /home',
      'no-swap swap',
    ]);
  });

  test('eCryptfs is as strong as its options say', async () => {
    const stacked = (bytes: number, more = ''): Machine => ({
      devices: disks,
      mounts: [
        mountLine('8:1', '/boot', 'ext4', '/dev/sda1'),
        mountLine('8:1', '/boot/store', 'ext4', '/dev/sda1'),
        mountLine(
          '0:48',
          '/srv',
          'ecryptfs',
          '/boot/store/.x',
          `rw,ecryptfs_cipher=aes,ecryptfs_key_bytes=${bytes}${more}`,
        ),
      ],
      commands: tables(''),
    });
    expect(await judge(stacked(32))).toContain('encrypted /srv');
    expect(await judge(stacked(16))).toContain('weak /srv');
    expect(await judge(stacked(32, ',ecryptfs_passthrough'))).toContain('plain /srv');
  });

  test('a loop device is as strong as the file system that holds its file', async () => {
    const loop = (backing: string): Machine => ({
      ...sound,
      devices: { ...sound.devices, loop0: { number: '7:0', files: { 'loop/backing_file': `${backing}\n` } } },
      mounts: [...sound.mounts, mountLine('7:0', '/srv/image', 'ext4', '/dev/loop0')],
      files: { '/var/image': '', '/boot/image': '' },
    });
    expect(await judge(loop('/var/image'))).toContain('encrypted /srv/image');
    expect(await judge(loop('/boot/image'))).toContain('plain /srv/image');
    expect(await judge(loop('/var/gone'))).toContain('host.missing /srv/image');
  });
});

describe('swap', () => {
  const withSwap = (line: string, more: Partial<Machine> = {}): Machine => ({ ...sound, ...more, swaps: [line] });

  test.each([
    ['on a plain partition fails', withSwap('/dev/sda1\tpartition\t100\t0\t-2'), 'plain /dev/sda1'],
    [
      'in a file is as strong as its file system',
      withSwap('/swap\tfile\t1\t0\t-2', { files: { '/swap': '' } }),
      'encrypted /swap',
    ],
    [
      'in a file on a plain disk fails',
      withSwap('/boot/swap\tfile\t1\t0\t-2', { files: { '/boot/swap': '' } }),
      'plain /boot/swap',
    ],
    [
      'in compressed memory passes',
      withSwap('/dev/zram0\tpartition\t1\t0\t5', { devices: { ...sound.devices, zram0: { number: '251:0' } } }),
      'in-memory /dev/zram0',
    ],
    [
      'in compressed memory that is written to a plain disk fails',
      withSwap('/dev/zram0\tpartition\t1\t0\t5', {
        devices: { ...sound.devices, zram0: { number: '251:0', files: { backing_dev: '/dev/sdb\n' } } },
      }),
      'plain /dev/zram0',
    ],
  ])('%s', async (_what, machine, expected) => {
    expect(await judge(machine)).toContain(expected);
    expect(await judge(machine, { swap: false })).toEqual(['encrypted /']);
  });
});

describe('what a list of agent.yaml names', () => {
  const settings = { encryptedPaths: { backup: ['/mnt/backup'] } };
  const attached: Machine = {
    ...sound,
    mounts: [...sound.mounts, mountLine('8:16', '/mnt/backup', 'ext4', '/dev/sdb')],
    files: { '/mnt/backup/x': '' },
  };

  test('is judged alone', async () => {
    expect(await judge(attached, { paths: 'backup', swap: false }, settings)).toEqual(['plain /mnt/backup']);
    const whole = { encryptedPaths: { backup: ['/mnt'] } };
    expect(await judge(attached, { paths: 'backup', swap: false }, whole)).toEqual([
      'encrypted /',
      'plain /mnt/backup',
    ]);
    const boot = { encryptedPaths: { backup: ['/boot'] } };
    expect(await judge({ ...attached, files: { '/boot/x': '' } }, { paths: 'backup', swap: false }, boot)).toEqual([
      'plain /boot',
    ]);
  });

  test('is unknown where nobody made it, where a path is missing, and where its disk is not attached', async () => {
    expect(await judge(attached, { paths: 'backup', swap: false })).toEqual(['list-not-set']);
    const bare = { ...sound, files: { '/mnt/other': '' } };
    expect(await judge(bare, { paths: 'backup', swap: false }, settings)).toEqual(['host.missing /mnt/backup']);
    // The empty folder lies on the encrypted disk, which says nothing of the one that belongs there.
    const away = { ...sound, files: { '/mnt/backup/x': '', '/etc/fstab': 'UUID=1 /mnt/backup ext4 noauto 0 0\n' } };
    expect(await judge(away, { paths: 'backup', swap: false }, settings)).toEqual(['detached /mnt/backup']);
    const above = { encryptedPaths: { backup: ['/mnt'] } };
    expect(await judge(away, { paths: 'backup', swap: false }, above)).toEqual(['detached /mnt']);
    const root = { encryptedPaths: { backup: ['/'] } };
    expect(await judge(away, { paths: 'backup', swap: false }, root)).toEqual([
      'encrypted /',
      'plain /boot',
      'in-memory /run',
    ]);
  });
});

test('tells no account by the path of a mount', async () => {
  const home = { ...sound, mounts: [...sound.mounts, mountLine('8:16', '/home/jan', 'ext4', '/dev/sdb')] };
  expect(JSON.stringify(await collect(home))).not.toMatch(/[^@]jan/);
  expect(await judge(home)).toContain('plain /home/@jan');
});

test('is unknown where mounts cannot be listed', () => {
  const facts = { places: unreadable('denied', '/proc/1/mountinfo'), swap: read(0), lists: [], container: null };
  expect(diskEncryption.judge(read(facts), {}, new Date()).map(({ verdict }) => verdict)).toEqual(['unknown']);
});

const mayMount = process.getuid?.() === 0 && tool('unshare') !== undefined && tool('mkfs.ext4') !== undefined;

describe.skipIf(!mayMount || !tool('mkfs.btrfs'))('on real file systems in images', () => {
  test('ext4 and btrfs are followed through their loop devices to the disk of this machine', async () => {
    using folder = temporaryFolder();
    const script = join(import.meta.dirname, 'inside.ts');
    const command = ['--mount', '--propagation', 'private', process.execPath, script, folder.path];
    const { stdout } = await promisify(execFile)('unshare', command);
    const { facts, disk } = JSON.parse(stdout) as { facts: unknown; disk: string };
    const seen = Facts.parse(facts);
    const { places, lists } = seen;
    expect(lists.map(({ paths }) => paths.map(({ places: found }) => found.state))).toEqual([['read', 'read']]);
    const found = places.state === 'read' ? places.value : [];
    for (const [mount, type] of [
      ['ext4', 'ext4'],
      ['btrfs', 'btrfs'],
    ] as const) {
      const place = found.find(({ where }) => where === join(folder.path, mount));
      expect(place).toMatchObject({
        type,
        kind: 'devices',
        legs: read([{ device: disk, medium: 'disk', layers: [] }]),
      });
    }
    expect(
      diskEncryption
        .judge(read({ ...seen, container: null }), { paths: 'images', swap: false }, new Date())
        .map(({ code }) => code),
    ).toEqual(['disk-encryption.plain', 'disk-encryption.plain']);
  });
});
