import { z } from 'zod';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CommandResult } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { isJournalHidden } from '../journal-rights.ts';
import type { TimedRecord } from './records.ts';

/** Bytes of answer at once: as text and as values they take several times that. */
const maximumOutput = 4 * 2 ** 20;

const Entry = z.object({
  __CURSOR: z.string().max(1024),
  __REALTIME_TIMESTAMP: z.string().regex(/^\d{10,17}$/),
  SYSLOG_IDENTIFIER: z.string().optional(),
  /** Bytes where it is no text. */
  MESSAGE: z.unknown(),
});

export interface JournalRecords {
  readonly cursor: string;
  readonly records: readonly TimedRecord[];
  /** The record that was the last is gone, or there are more than can be read at once. */
  readonly isBroken: boolean;
}

/**
 * What systemd-journald took in since the last look (journalctl(1)); at the first look nothing, and the last record to go on from.
 * A cursor whose record is gone leads to the next one that is left, without a word: so that record itself is asked for again.
 */
export async function readJournal(
  { host, signal }: CollectContext,
  facilities: string,
  before: string | undefined,
): Promise<Reading<JournalRecords>> {
  const options = [
    '--no-pager',
    '--output=json',
    '--output-fields=MESSAGE,SYSLOG_IDENTIFIER',
    `--facility=${facilities}`,
  ];
  const ask = (place: string): Promise<Reading<CommandResult>> =>
    host.run({ file: 'journalctl', args: [...options, place], timeout: 20, maximumOutput }, signal);
  let answer = await ask(before === undefined ? '--lines=1' : `--cursor=${before}`);
  const isTooLarge = answer.state === 'unreadable' && answer.obstacle.code === 'too-large';
  if (isTooLarge) answer = await ask('--lines=1');
  const entries = entriesOf(answer);
  if (entries.state === 'unreadable') return entries;
  const [first, ...rest] = entries.value;
  const cursor = entries.value.at(-1)?.__CURSOR ?? before;
  if (cursor === undefined) return unreadable('missing', 'a record in the journal');
  if (before === undefined || isTooLarge) return read({ cursor, records: [], isBroken: true });
  const isContinued = first?.__CURSOR === before;
  return read({ cursor, records: (isContinued ? rest : entries.value).map(timed), isBroken: !isContinued });
}

function entriesOf(answer: Reading<CommandResult>): Reading<z.output<typeof Entry>[]> {
  if (answer.state === 'unreadable') return answer;
  const { exitCode, stdout, stderr } = answer.value;
  if (isJournalHidden(stderr)) return unreadable('denied', 'the journal');
  if (exitCode !== 0) return unreadable('command-failed', 'journalctl', stderr.trim().slice(0, 200));
  // Where there is nothing it says so in words.
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  const entries = z.array(Entry).safeParse(lines.map(parseJson));
  return entries.success ? read(entries.data) : unreadable('unparsable', 'journalctl');
}

function timed(entry: z.output<typeof Entry>): TimedRecord {
  return {
    moment: new Date(Number(entry.__REALTIME_TIMESTAMP) / 1000),
    program: entry.SYSLOG_IDENTIFIER ?? '',
    message: typeof entry.MESSAGE === 'string' ? entry.MESSAGE : '',
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
