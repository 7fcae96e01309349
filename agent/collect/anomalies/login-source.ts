import { z } from 'zod';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { readJournal } from './journal.ts';
import { parseRecord, stampReader, type TakeRecord } from './records.ts';
import { Position, readAppended } from './tail.ts';

/** Where reading goes on. */
export const Place = z.union([z.object({ file: z.string(), position: Position }), z.object({ cursor: z.string() })]);
export type Place = z.output<typeof Place>;

export interface NewRecords {
  /** The file, or `journal`. */
  readonly source: string;
  readonly place: Place;
  readonly isBroken: boolean;
  readonly isBehind: boolean;
}

interface Asked {
  /** Files of syslog, the first that exists counts. */
  readonly files: readonly string[];
  /** Facilities of the journal to read where there is no such file. */
  readonly facilities: string;
  readonly zone: string;
}

/** Gives what was logged since the last look, from syslog's file where there is one and else from the journal. */
export async function readNew(
  context: CollectContext,
  { files, facilities, zone }: Asked,
  before: Place | undefined,
  take: TakeRecord,
): Promise<Reading<NewRecords>> {
  for (const file of files) {
    const status = await context.host.status(file);
    if (status.state === 'read') return readFile(context, file, zone, before, take);
    if (status.obstacle.code !== 'missing') return status;
  }
  const cursor = before !== undefined && 'cursor' in before ? before.cursor : undefined;
  const journal = await readJournal(context, facilities, cursor);
  if (journal.state === 'unreadable') {
    const isMissing = journal.obstacle.code === 'missing' || journal.obstacle.code === 'command-missing';
    return isMissing ? unreadable('missing', [...files, 'the journal'].join(', ')) : journal;
  }
  const { records, isBroken, cursor: last } = journal.value;
  for (const record of records) take(record);
  return read({ source: 'journal', place: { cursor: last }, isBroken, isBehind: false });
}

async function readFile(
  context: CollectContext,
  file: string,
  zone: string,
  before: Place | undefined,
  take: TakeRecord,
): Promise<Reading<NewRecords>> {
  const momentOf = stampReader(zone, context.at);
  return readLines(context, file, before, (line) => {
    const record = parseRecord(line);
    const moment = record === undefined ? undefined : momentOf(record.stamp);
    if (record === undefined || moment === undefined) return false;
    take({ ...record, moment });
    return true;
  });
}

/** @param take says whether a line is a record; where there are lines and none is, the log has another form */
export async function readLines(
  context: CollectContext,
  file: string,
  before: Place | undefined,
  take: (line: string) => boolean,
): Promise<Reading<NewRecords>> {
  const position = before !== undefined && 'file' in before && before.file === file ? before.position : undefined;
  let [lines, records] = [0, 0];
  const appended = await readAppended(context, file, position, (line) => {
    if (line.trim() === '') return;
    lines += 1;
    if (take(line)) records += 1;
  });
  if (appended.state === 'unreadable') return appended;
  if (lines > 0 && records === 0) return unreadable('unparsable', file, 'no line has the form of its log');
  const { isBroken, isBehind, position: end } = appended.value;
  return read({ source: file, place: { file, position: end }, isBroken, isBehind });
}
