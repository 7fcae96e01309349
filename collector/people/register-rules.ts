import type { Act } from '../../evidence/act.ts';
import { clockToleranceSeconds, secondsBetween } from '../../policies/quantities.ts';
import { Problem } from '../problem.ts';

/**
 * What a line of a register must be, for anything to be judged by it.
 * @throws Problem
 */
export function assertRecord({ record }: Extract<Act, { act: 'record' }>, receivedAt: string): void {
  const { from, until } = record;
  if (until !== null && Date.parse(until) <= Date.parse(from)) {
    throw new Problem(400, 'act.moment', `expected an end after the beginning, ${from}`);
  }
  switch (record.of) {
    case 'certificate':
      if (until === null) throw new Problem(400, 'act.moment', 'a certificate has an end: give the one that it names');
      break;
    case 'maintenance':
      if (until === null) throw new Problem(400, 'act.moment', 'announced work has an end');
      break;
    case 'sub-processor':
      if (record.told !== null && secondsBetween(receivedAt, record.told) > clockToleranceSeconds) {
        throw new Problem(
          400,
          'act.moment',
          `customers who were told on ${record.told}, later than now (${receivedAt})`,
        );
      }
      break;
    case 'host':
    case 'person':
    case 'customer':
      break;
  }
}
