import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';

export interface RsnapshotConfig {
  readonly root: string;
  readonly logfile: string;
  /** The names of the intervals, the shortest first. */
  readonly intervals: readonly string[];
}

/** Reads rsnapshot.conf: a name, tabs and a value on each line, # before remarks (rsnapshot(1), "CONFIGURATION"). */
export async function readConfig(host: Host, path: string): Promise<Reading<RsnapshotConfig>> {
  const text = await host.readText(path, { maximumSize: 262_144 });
  if (text.state === 'unreadable') return text;
  const lines = text.value.split('\n').filter((line) => /^[a-z]/.test(line));
  const values = (name: string): string[] =>
    lines.map((line) => line.split(/\t+/)).flatMap(([key, value]) => (key === name ? [(value ?? '').trim()] : []));
  // It may even run a command, and what it brings in would be missing here.
  if (values('include_conf').length > 0) return unreadable('unsupported', path, 'include_conf is not followed');
  const root = values('snapshot_root')
    .at(-1)
    ?.replace(/(?<=.)\/+$/, '');
  const logfile = values('logfile').at(-1);
  if (!root?.startsWith('/')) return unreadable('unparsable', path, 'no snapshot_root');
  if (!logfile?.startsWith('/')) {
    return unreadable('unsupported', path, 'no logfile, and only that tells a copy from one that was rolled back');
  }
  return read({ root, logfile, intervals: [...values('retain'), ...values('interval')] });
}
