import type { Journal } from '../../../policies/checks/log-retention/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { isJournalHidden } from '../journal-rights.ts';
import { runTool } from '../updates/command.ts';

/** systemd.time(7). */
const units: Readonly<Record<string, number>> = {
  '': 1, s: 1, sec: 1, second: 1, seconds: 1, m: 60, min: 60, minute: 60, minutes: 60, h: 3600, hr: 3600, hour: 3600,
  hours: 3600, d: 86_400, day: 86_400, days: 86_400, w: 604_800, week: 604_800, weeks: 604_800, M: 2_629_800,
  month: 2_629_800, months: 2_629_800, y: 31_557_600, year: 31_557_600, years: 31_557_600,
}; // prettier-ignore

/**
 * What systemd-journald keeps, from the headers of its own files, and how long it may, from its settings in their order.
 * @returns null where there is no journalctl, or not a single file
 */
export async function readJournal({ host, signal }: CollectContext): Promise<Journal | null> {
  const header = await host.run({ file: 'journalctl', args: ['--header', '--no-pager'], timeout: 20 }, signal);
  if (header.state === 'unreadable') {
    return header.obstacle.code === 'command-missing' ? null : unseen(header);
  }
  const { exitCode, stdout, stderr } = header.value;
  const files = [...stdout.matchAll(/^File path: (.*)$/gm)].map(([, path]) => path ?? '');
  if (isJournalHidden(stderr)) return unseen(unreadable('denied', 'the journal'));
  if ((stderr + stdout).includes('No journal files were found')) return null;
  if (exitCode !== 0 || files.length === 0) {
    return unseen(unreadable('command-failed', 'journalctl --header', stderr.trim().slice(0, 200)));
  }
  return {
    oldest: oldestOf(stdout),
    isVolatile: files.every((path) => path.startsWith('/run/')),
    maximumRetention: await readRetention(host, signal),
  };
}

function unseen(reading: Reading<never>): Journal {
  return { oldest: reading, isVolatile: false, maximumRetention: reading };
}

/** `Head realtime timestamp: Sat 2026-11-21 23:46:06 UTC (643f...)`: the number is microseconds since 1970. */
function oldestOf(header: string): Journal['oldest'] {
  const lines = [...header.matchAll(/^Head realtime timestamp: (.*?)(?:\(([0-9a-f]+)\))?$/gim)];
  const heads = lines.map(([, , number]) => Number.parseInt(number ?? '', 16)).filter((number) => number !== 0);
  if (lines.length === 0 || heads.some(Number.isNaN)) return unreadable('unparsable', 'journalctl --header');
  return read(heads.length === 0 ? null : new Date(Math.min(...heads) / 1000).toISOString());
}

/** journald.conf(5) with its drop-ins, as systemd itself puts them in order: the last assignment holds, 0 is for ever. */
async function readRetention(host: CollectContext['host'], signal: AbortSignal): Promise<Journal['maximumRetention']> {
  const command = { file: 'systemd-analyze', args: ['cat-config', 'systemd/journald.conf', '--no-pager'] };
  const text = await runTool(host, command, signal);
  if (text.state === 'unreadable') return text;
  const assigned = [...text.value.stdout.matchAll(/^\s*MaxRetentionSec\s*=\s*(.*?)\s*$/gm)].at(-1)?.[1] ?? '';
  const parts = [...assigned.matchAll(/(\d+(?:\.\d+)?)\s*([A-Za-z]*)/g)];
  const seconds = parts.reduce((sum, [, figure, unit]) => sum + Number(figure) * (units[unit ?? ''] ?? Number.NaN), 0);
  if (Number.isNaN(seconds) || (assigned !== '' && parts.length === 0)) {
    return unreadable('unparsable', 'MaxRetentionSec of journald.conf', assigned.slice(0, 64));
  }
  return read(seconds === 0 ? null : seconds);
}
