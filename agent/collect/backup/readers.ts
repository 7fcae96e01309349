import { archives } from './archives.ts';
import { barman } from './barman.ts';
import { borg } from './borg.ts';
import { borgmatic } from './borgmatic.ts';
import { btrfs } from './btrfs.ts';
import { cpanel } from './cpanel.ts';
import { directadmin } from './directadmin.ts';
import { duplicity } from './duplicity.ts';
import { jetbackup } from './jetbackup.ts';
import { json } from './json.ts';
import { pgbackrest } from './pgbackrest.ts';
import { plesk } from './plesk.ts';
import type { BackupReader } from './reader.ts';
import { restic } from './restic.ts';
import { rsnapshot } from './rsnapshot.ts';
import { rsync } from './rsync.ts';
import { s3 } from './s3.ts';
import { zfs } from './zfs.ts';

/** Every backup tool that the agent reads, one line each. */
export const readers: readonly BackupReader[] = [
  archives,
  barman,
  borg,
  borgmatic,
  btrfs,
  cpanel,
  directadmin,
  duplicity,
  jetbackup,
  json,
  pgbackrest,
  plesk,
  restic,
  rsnapshot,
  rsync,
  s3,
  zfs,
];
