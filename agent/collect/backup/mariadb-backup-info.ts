import { z } from 'zod';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { isShownMoment } from './shown-moment.ts';

/** On the clock of the host that made the copy, without a zone. */
const Shown = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
  .refine(isShownMoment, { error: 'expected a day of the calendar' });

const Flag = z.enum(['Y', 'N']);

/** What is read of `xtrabackup_info`, which is called `mariadb_backup_info` since MariaDB 11.1. */
const Info = z.object({
  /** Of this copy, whatever its folder is called. */
  uuid: z
    .string()
    .regex(/^[0-9A-Za-z-]{1,64}$/)
    .optional(),
  start_time: Shown,
  end_time: Shown,
  partial: Flag,
  incremental: Flag,
  format: z.enum(['file', 'tar', 'xbstream', 'mbstream']),
  /** Percona's only. */
  encrypted: Flag.default('N'),
});

/** Places in InnoDB's log, as decimal texts: they outgrow what numbers hold exactly. */
const Place = z.string().regex(/^\d{1,20}$/);

/** What is read of `xtrabackup_checkpoints`, or `mariadb_backup_checkpoints`. */
const Checkpoints = z.object({
  backup_type: z.enum(['full-backuped', 'incremental', 'full-prepared', 'log-applied']),
  from_lsn: Place,
  to_lsn: Place,
});

export type CopyInfo = z.output<typeof Info> & z.output<typeof Checkpoints> & { readonly writtenAt: Date };

const prefixes = ['mariadb_backup', 'xtrabackup'] as const;

/**
 * What a copy says of itself; `unfinished` where it does not yet: its two files come after its data.
 * @param names of the files in the folder
 */
export async function readInfo(
  host: Host,
  folder: string,
  names: readonly string[],
): Promise<Reading<CopyInfo | 'unfinished'>> {
  const prefix = prefixes.find((one) => names.includes(`${one}_info`) && names.includes(`${one}_checkpoints`));
  if (prefix === undefined) {
    const packed = names.find((name) => /_info\.(qp|lz4|zst)(\.xbcrypt)?$/.test(name));
    if (packed === undefined) return read('unfinished');
    return unreadable(
      'unsupported',
      `${folder}/${packed}`,
      'a copy that packs what it says of itself: use --extra-lsndir',
    );
  }
  const path = `${folder}/${prefix}_info`;
  const status = await host.status(path);
  if (status.state === 'unreadable') return status;
  const info = await readFields(host, path, Info);
  if (info.state === 'unreadable') return info;
  const checkpoints = await readFields(host, `${folder}/${prefix}_checkpoints`, Checkpoints);
  if (checkpoints.state === 'unreadable') return checkpoints;
  return read({ ...info.value, ...checkpoints.value, writtenAt: status.value.modifiedAt });
}

/** Lines `name = value`. The command that made the copy is among them and is left alone. */
async function readFields<Form extends z.ZodType>(
  host: Host,
  path: string,
  form: Form,
): Promise<Reading<z.output<Form>>> {
  const text = await host.readText(path, { maximumSize: 65_536 });
  if (text.state === 'unreadable') return text;
  const fields = text.value.split('\n').flatMap((line): [string, string][] => {
    const [, name, value] = /^(\w+) = (.*?)\s*$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
  const parsed = form.safeParse(Object.fromEntries(fields));
  return parsed.success ? read(parsed.data) : unreadable('unparsable', path, z.prettifyError(parsed.error));
}
