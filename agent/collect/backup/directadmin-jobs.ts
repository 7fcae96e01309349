import { z } from 'zod';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { AbsolutePath } from './reader.ts';

const list = '/usr/local/directadmin/data/admin/backup_crons.list';

const Job = z.discriminatedUnion('where', [
  z.object({
    where: z.literal('local'),
    local_path: z
      .string()
      .transform((path) => path.replace(/(?<=.)\/+$/, ''))
      .pipe(AbsolutePath),
  }),
  z.object({ where: z.literal('ftp') }),
]);

/**
 * The one folder that DirectAdmin's scheduled admin backups write to. Whether a job ran, and for whom, its list cannot
 * tell: the archives do. A line may hold the password of an FTP server, so messages give its number alone.
 */
export async function readBackupFolder(host: Host): Promise<Reading<string>> {
  const text = await host.readText(list);
  if (text.state === 'unreadable') return text;
  const folders = new Set<string>();
  for (const [index, line] of text.value.split('\n').entries()) {
    if (line.trim() === '') continue;
    const job = parseJob(line);
    if (job === undefined) return unreadable('unparsable', list, `line ${index + 1} is no backup job`);
    if (job.where === 'local') folders.add(job.local_path);
  }
  const [folder, ...others] = folders;
  if (folder === undefined) {
    return unreadable('unsupported', list, 'no job writes to a folder of this host; set folder where copies are seen');
  }
  if (others.length > 0) {
    return unreadable('unsupported', list, 'jobs write to several folders; declare a set for each with its folder');
  }
  return read(folder);
}

/** `1=action=backup&append%5Fto%5Fpath=nothing&…`: the job's number, and its settings in the form of a URL's query. */
function parseJob(line: string): z.output<typeof Job> | undefined {
  const settings = /^\d+=(.+)$/.exec(line.trim())?.[1];
  if (settings === undefined) return undefined;
  return Job.safeParse(Object.fromEntries(new URLSearchParams(settings))).data;
}
