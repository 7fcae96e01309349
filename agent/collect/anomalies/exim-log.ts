import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import type { NewRecords, Place } from './login-source.ts';
import { stampReader, type TimedRecord } from './records.ts';
import { readAppended } from './tail.ts';

const usual = ['/var/log/exim4/mainlog', '/var/log/exim/main.log', '/var/log/exim_mainlog'];

/** Exim writes a log of its own: `2026-11-22 09:41:40 1abCde-000001-2a <= ...` (Exim specification, 54 Log files). */
export async function readEximLog(
  context: CollectContext,
  zone: string,
  files: readonly string[] = usual,
  before: Place | undefined,
): Promise<Reading<NewRecords>> {
  for (const file of files) {
    const status = await context.host.status(file);
    if (status.state === 'unreadable') {
      if (status.obstacle.code === 'missing') continue;
      return status;
    }
    const position = before !== undefined && 'file' in before && before.file === file ? before.position : undefined;
    const appended = await readAppended(context, file, position);
    if (appended.state === 'unreadable') return appended;
    const { lines, isBroken, isBehind, position: place } = appended.value;
    const momentOf = stampReader(zone, context.at);
    const records: TimedRecord[] = [];
    for (const line of lines) {
      const [, stamp = '', message = ''] =
        /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d+)?(?: [+-]\d{4})? (.*)$/.exec(line) ?? [];
      const moment = momentOf(stamp);
      if (moment !== undefined) records.push({ moment, program: 'exim', message });
    }
    if (records.length === 0 && lines.some((line) => line.trim() !== '')) {
      return unreadable('unparsable', file, 'no line has the form of Exim');
    }
    return read({ source: file, place: { file, position: place }, records, isBroken, isBehind });
  }
  return unreadable('missing', files.join(', '));
}
