import { z } from 'zod';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { WalSegment } from './wal.ts';

/** `None` in Python's spelling, for what is not known yet. */
function known<Form extends z.ZodType>(form: Form) {
  return z.union([z.literal('None').transform(() => undefined), form]);
}

const Moment = known(
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$/, 'expected a moment with its offset')
    .transform((text) => text.replace(' ', 'T'))
    .pipe(z.iso.datetime({ offset: true }))
    .transform((text) => new Date(text).toISOString()),
);

const Count = known(
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
);

/** What barman wrote down about a backup. */
const BarmanInfo = z.object({
  status: z.enum(['EMPTY', 'STARTED', 'WAITING_FOR_WALS', 'DONE', 'SYNCING', 'FAILED']),
  begin_time: Moment.optional(),
  end_time: Moment.optional(),
  begin_wal: known(WalSegment).optional(),
  end_wal: known(WalSegment).optional(),
  size: Count.optional(),
  xlog_segment_size: Count.optional(),
  /** What an incremental backup rests on, since 3.11. */
  parent_backup_id: z.string().max(64).default('None'),
  /** Snapshots of a cloud's disks in place of files, since 3.4. */
  snapshots_info: z.string().default('None'),
  /** Since 3.15. */
  encryption: z.string().default('None'),
});
export type BarmanInfo = z.output<typeof BarmanInfo>;

/** Reads a `backup.info`: a line `name=value` for each field (barman's infofile module). */
export function parseInfo(text: string, path: string): Reading<BarmanInfo> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const end = line.indexOf('=');
    if (end > 0) fields.set(line.slice(0, end), line.slice(end + 1));
  }
  const parsed = BarmanInfo.safeParse(Object.fromEntries(fields));
  return parsed.success ? read(parsed.data) : unreadable('unparsable', path, z.prettifyError(parsed.error));
}
