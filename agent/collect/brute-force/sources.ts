import type { Log, Source } from '../../../policies/checks/brute-force/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { isJournalHidden } from '../journal-rights.ts';

/** The calendar day in UTC. */
export function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

export async function readLog({ host }: CollectContext, path: string): Promise<Log> {
  const status = await host.status(path);
  if (status.state === 'unreadable') return { path, written: status };
  const { modifiedAt, size } = status.value;
  return { path, written: read({ on: dayOf(modifiedAt), isEmpty: size === 0 }) };
}

export async function readFiles(context: CollectContext, paths: readonly string[]): Promise<Source> {
  const kept = [...new Set(paths)].sort().slice(0, 64);
  return { kind: 'files', logs: await Promise.all(kept.map((path) => readLog(context, path))) };
}

/**
 * What part of the journal a guard reads.
 * @param words arguments of journalctl(1) that choose entries
 */
export async function readJournal(context: CollectContext, words: readonly string[]): Promise<Source> {
  const match = words.join(' ').slice(0, 1024);
  return { kind: 'journal', match, newestOn: await newestEntry(context, words) };
}

async function newestEntry(
  { host, signal }: CollectContext,
  words: readonly string[],
): Promise<Reading<string | null>> {
  const args = ['--no-pager', '-n', '1', '-o', 'short-unix', ...words];
  const result = await host.run({ file: 'journalctl', args, timeout: 10 }, signal);
  if (result.state === 'unreadable') return result;
  const { exitCode, stdout, stderr } = result.value;
  const what = 'journalctl';
  if (isJournalHidden(stderr)) {
    return unreadable('refused', what, 'it shows the messages of other users to root and to the group systemd-journal');
  }
  if (stdout.trim() === '' || stdout.trim() === '-- No entries --') {
    const isEmpty = exitCode === 0 || (exitCode === 1 && stderr.trim() === '');
    return isEmpty ? read(null) : unreadable('command-failed', what, stderr.trim() || `exit code ${exitCode}`);
  }
  const seconds = Number(/^\d+/.exec(stdout)?.[0]);
  return Number.isNaN(seconds)
    ? unreadable('unparsable', what, 'no time in its first column')
    : read(dayOf(new Date(seconds * 1000)));
}
