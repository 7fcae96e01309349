import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { BackupSet, FileSystem } from './facts.ts';
import { because } from './reasons.ts';

/** File systems whose content lies on the server they are mounted from. */
const networkTypes: readonly string[] = ['nfs', 'nfs4', 'cifs', 'smb3', 'fuse.sshfs', 'fuse.glusterfs'];

/** File systems that lie on a disk or in the memory of the host that mounts them. */
const localTypes: readonly string[] = [
  ...['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'bcachefs', 'zfs', 'f2fs', 'jfs', 'reiserfs', 'tmpfs', 'ramfs'],
  ...['overlay', 'squashfs', 'vfat', 'exfat', 'ntfs', 'ntfs3', 'fuseblk'],
];

/** Judges `offsite`. Another disk of this host is this host: it burns, is stolen and is broken into together with it. */
export function judgePlace(set: BackupSet, hostname: string): Reason {
  const { location } = set;
  if (location.kind === 'unseen') return because('backup.place-unseen', { place: location.through }, set.set);
  if (location.kind === 'remote') return judgeServer(set, location.server, hostname);
  if (location.fileSystem.state === 'unreadable') return obstacleReason(location.fileSystem.obstacle, set.set);
  const { type, mountPoint, server }: FileSystem = location.fileSystem.value;
  const place = `${mountPoint}, ${type}`;
  if (localTypes.includes(type)) return because('backup.on-this-host', { place }, set.set);
  if (!networkTypes.includes(type) || server === undefined) return because('backup.place-unseen', { place }, set.set);
  return judgeServer(set, server, hostname);
}

/** Judges `encrypted`. */
export function judgeEncryption(set: BackupSet): Reason {
  if (set.encrypted === 'yes') return because('backup.encrypted', { tool: set.tool }, set.set);
  return because(set.encrypted === 'no' ? 'backup.not-encrypted' : 'backup.encryption-unseen', {}, set.set);
}

function judgeServer(set: BackupSet, server: string, hostname: string): Reason {
  const name = server.toLowerCase();
  const isOwn = /^(localhost(\..*)?|127\..*|::1|0\.0\.0\.0|::)$/.test(name) || name === hostname.toLowerCase();
  if (isOwn) return because('backup.on-this-host', { place: server }, set.set);
  return because('backup.elsewhere', { server }, set.set);
}
