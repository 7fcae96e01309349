import { archives } from './archives.ts';
import { bareos } from './bareos.ts';
import { barman } from './barman.ts';
import { borg } from './borg.ts';
import { borgmatic } from './borgmatic.ts';
import { btrfs } from './btrfs.ts';
import { cpanel } from './cpanel.ts';
import { directadmin } from './directadmin.ts';
import { duplicity } from './duplicity.ts';
import { jetbackup } from './jetbackup.ts';
import { json } from './json.ts';
import { mariadbBackup } from './mariadb-backup.ts';
import { pgBasebackup } from './pg-basebackup.ts';
import { pgbackrest } from './pgbackrest.ts';
import { plesk } from './plesk.ts';
import { proxmoxBackup } from './proxmox-backup.ts';
import type { BackupReader } from './reader.ts';
import { restic } from './restic.ts';
import { rsnapshot } from './rsnapshot.ts';
import { rsync } from './rsync.ts';
import { s3 } from './s3.ts';
import { walG } from './wal-g.ts';
import { zfs } from './zfs.ts';

/** Every backup tool that the agent reads, one line each. */
export const readers: readonly BackupReader[] = [
  archives,
  bareos,
  barman,
  borg,
  borgmatic,
  btrfs,
  cpanel,
  directadmin,
  duplicity,
  jetbackup,
  json,
  mariadbBackup,
  pgBasebackup,
  pgbackrest,
  plesk,
  proxmoxBackup,
  restic,
  rsnapshot,
  rsync,
  s3,
  walG,
  zfs,
];
