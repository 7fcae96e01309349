import { unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { readLines, type NewRecords, type Place } from './login-source.ts';
import { stampReader, type TakeRecord } from './records.ts';

const usual = ['/var/log/exim4/mainlog', '/var/log/exim/main.log', '/var/log/exim_mainlog'];

/** Exim writes a log of its own: `2026-11-22 09:41:40 1abCde-000001-2a <= ...` (Exim specification, 54 Log files). */
export async function readEximLog(
  context: CollectContext,
  zone: string,
  files: readonly string[] = usual,
  before: Place | undefined,
  take: TakeRecord,
): Promise<Reading<NewRecords>> {
  for (const file of files) {
    const status = await context.host.status(file);
    if (status.state === 'unreadable') {
      if (status.obstacle.code === 'missing') continue;
      return status;
    }
    const momentOf = stampReader(zone, context.at);
    return readLines(context, file, before, (line) => {
      const [, stamp = '', message = ''] =
        /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d+)?(?: [+-]\d{4})? (.*)$/.exec(line) ?? [];
      const moment = momentOf(stamp);
      if (moment !== undefined) take({ moment, program: 'exim', message });
      return moment !== undefined;
    });
  }
  return unreadable('missing', files.join(', '));
}
