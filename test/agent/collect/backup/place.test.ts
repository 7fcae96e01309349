import { describe, expect, test } from 'vitest';
import { locatePath } from '../../../../agent/collect/backup/place.ts';
import {
  isRepository,
  locateRepository,
  withoutPasswords,
} from '../../../../agent/collect/backup/restic-repository.ts';
import type { FileStatus } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { read, unreadable, type Reading } from '../../../../policies/reading.ts';

const mounts = [
  '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
  '30 22 259:65537 / /mnt/big\\040disk rw - xfs /dev/nvme0n1p1 rw',
  '31 22 0:50 / /mnt/nas rw shared:9 master:2 - nfs4 nas.example.nl:/export rw',
  '32 22 0:51 / /mnt/win rw - cifs //files/share rw',
  '33 22 0:52 / /mnt/ssh rw - fuse.sshfs backup@10.0.0.4:/srv rw',
  '34 22 0:53 / /mnt/six rw - nfs4 [fd00::4]:/export rw',
  '35 22 0:50 /deep /srv/bound rw - nfs4 nas.example.nl:/export rw',
  'a line of another kernel',
].join('\n');

/** A host whose folders lie on the devices given. */
class Mounted extends RecordedHost {
  readonly #devices: Readonly<Record<string, number>>;

  constructor(devices: Readonly<Record<string, number>>) {
    super({ hostname: 'web1', files: { '/proc/self/mountinfo': mounts } });
    this.#devices = devices;
  }

  override status(path: string): Promise<Reading<FileStatus>> {
    const device = this.#devices[path];
    if (device === undefined) return Promise.resolve(unreadable('missing', path));
    const moments = { modifiedAt: new Date(0), changedAt: new Date(0) };
    return Promise.resolve(
      read({ kind: 'directory', size: 0, ...moments, uid: 0, gid: 0, mode: 0o700, device } as const),
    );
  }
}

describe('where a folder lies', () => {
  test.each([
    ['/backup', 0x801, { type: 'ext4', mountPoint: '/' }],
    ['/mnt/big disk/b', makedev(259, 65_537), { type: 'xfs', mountPoint: '/mnt/big disk' }],
    ['/mnt/nas/b', 50, { type: 'nfs4', mountPoint: '/mnt/nas', server: 'nas.example.nl' }],
    ['/srv/bound/b', 50, { type: 'nfs4', mountPoint: '/srv/bound', server: 'nas.example.nl' }],
    ['/mnt/win/b', 51, { type: 'cifs', mountPoint: '/mnt/win', server: 'files' }],
    ['/mnt/ssh/b', 52, { type: 'fuse.sshfs', mountPoint: '/mnt/ssh', server: '10.0.0.4' }],
    ['/mnt/six/b', 53, { type: 'nfs4', mountPoint: '/mnt/six', server: 'fd00::4' }],
    // A symbolic link out of a network mount leads home.
    ['/mnt/nas/link', 0x801, { type: 'ext4', mountPoint: '/' }],
  ])('%s', async (path, device, fileSystem) => {
    const found = await locatePath(new Mounted({ [path]: device }), path);
    expect(found).toEqual({ kind: 'path', path, fileSystem: read(fileSystem) });
  });

  test('a device that the mount table lacks, or a missing folder, is an obstacle', async () => {
    const subvolume = await locatePath(new Mounted({ '/home': 77 }), '/home');
    expect(subvolume).toMatchObject({ fileSystem: { obstacle: { code: 'unsupported' } } });
    const missing = await locatePath(new Mounted({}), '/none');
    expect(missing).toMatchObject({ fileSystem: { obstacle: { code: 'missing' } } });
  });

  test('the real mount table of this machine is understood', async () => {
    const found = await locatePath(new LocalHost(), '/proc');
    expect(found).toMatchObject({ fileSystem: { value: { type: 'proc', mountPoint: '/proc' } } });
  });
});

describe('where a restic repository lies', () => {
  test.each([
    ['sftp:backup@nas.example.nl:/srv/restic', 'nas.example.nl'],
    ['sftp:nas:restic', 'nas'],
    ['sftp://backup@[fd00::4]:2222//srv/restic', 'fd00::4'],
    ['rest:https://user:geheim@nas.example.nl:8000/web1', 'nas.example.nl'],
    ['rest:http://localhost:8000/', 'localhost'],
    ['s3:s3.amazonaws.com/bucket', 's3.amazonaws.com'],
    ['s3:https://minio.example.nl:9000/bucket', 'minio.example.nl'],
    ['b2:bucket:web1', 'b2'],
    ['gs:bucket:/', 'gs'],
    ['azure:container:/', 'azure'],
  ])('%s', async (name, server) => {
    expect(isRepository(name)).toBe(true);
    expect(await locateRepository(new RecordedHost({}), name)).toEqual({ kind: 'remote', server });
  });

  test('rclone and swift do not tell', async () => {
    const host = new RecordedHost({});
    expect(await locateRepository(host, 'rclone:remote:web1')).toEqual({ kind: 'unseen', through: 'rclone' });
    expect(await locateRepository(host, 'swift:container:/')).toEqual({ kind: 'unseen', through: 'swift' });
  });

  test('a path, with or without local:', async () => {
    const host = new Mounted({ '/srv/restic': 0x801 });
    expect(await locateRepository(host, 'local:/srv/restic/')).toMatchObject({ kind: 'path', path: '/srv/restic' });
    expect(await locateRepository(host, '/srv/restic')).toMatchObject({ fileSystem: { value: { type: 'ext4' } } });
    expect(isRepository('srv/restic')).toBe(false);
  });

  test('passwords are struck out of messages', () => {
    expect(withoutPasswords('Head "http://u:p@h:1/config": and rest:https://u:q@h/')).toBe(
      'Head "http://u:***@h:1/config": and rest:https://u:***@h/',
    );
  });
});

/** As glibc packs a device's numbers: the low twelve bits of the major beside the minor, the others around them. */
function makedev(major: number, minor: number): number {
  const packed =
    ((BigInt(major) & 0xfffn) << 8n) |
    ((BigInt(major) & 0xfffff000n) << 32n) |
    (BigInt(minor) & 0xffn) |
    ((BigInt(minor) & 0xffffff00n) << 12n);
  return Number(packed);
}
