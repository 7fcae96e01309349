import { spanOfRecord } from '../../../evidence/registers.ts';
import type { ReportedLine } from '../model.ts';
import type { DescribedActs } from './acts.ts';

/** Lines of registers that held at some time of the period, as they stood when it ended; in the order of the log. */
export function describeRegisters({
  organisation,
  acts,
  period,
}: Pick<DescribedActs, 'organisation' | 'acts' | 'period'>): ReportedLine[] {
  return [...organisation.records.values()].flatMap(({ id, record, files }) => {
    const span = spanOfRecord(record);
    const written = acts.findLast(({ taken: { act } }) => act.act === 'record' && act.id === id);
    if (written === undefined || span.from >= period.until || span.until <= period.from) return [];
    return [{ id, record, files, by: written.taken.by, entry: written.entry }];
  });
}
