import { isOlder } from '../../moments.ts';
import { isFuture } from '../../quantities.ts';
import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import { possiblyKept } from './bounds.ts';
import type { Journal, Log } from './facts.ts';
import { because } from './reasons.ts';

export interface Maximum {
  readonly maximum: number;
  /** Seconds after which a record must be gone in any case: deleting happens at a certain hour. */
  readonly grace: number;
}

export function judgeMaximum({ file, firsts, rotation }: Log, { maximum, grace }: Maximum, at: Date): Reason {
  if (firsts.state === 'unreadable') return obstacleReason(firsts.obstacle, file);
  const future = firsts.value.find((moment) => isFuture(moment, at));
  if (future !== undefined) return because('log-retention.future', { moment: future }, file);
  const [oldest] = firsts.value;
  if (oldest !== undefined && isOlder(oldest, maximum + grace, at)) {
    return because('log-retention.too-old', { oldest, maximum }, file);
  }
  if (rotation.state === 'unreadable') return obstacleReason(rotation.obstacle, file);
  const kept = rotation.value === null ? undefined : possiblyKept(rotation.value);
  if (kept !== undefined && kept > maximum + grace)
    return because('log-retention.settings-long', { kept, maximum }, file);
  if (oldest === undefined) {
    return because(kept === undefined ? 'log-retention.empty' : 'log-retention.empty-settled', {}, file);
  }
  return kept === undefined
    ? because('log-retention.no-deletion', { oldest, maximum }, file)
    : because('log-retention.deleted-in-time', { oldest, kept, maximum }, file);
}

export function judgeJournalMaximum(
  { oldest, maximumRetention }: Journal,
  { maximum, grace }: Maximum,
  at: Date,
): Reason {
  if (oldest.state === 'unreadable') return obstacleReason(oldest.obstacle, 'journal');
  const first = oldest.value;
  if (first === null) return because('log-retention.empty', {}, 'journal');
  if (isFuture(first, at)) return because('log-retention.future', { moment: first }, 'journal');
  if (isOlder(first, maximum + grace, at))
    return because('log-retention.too-old', { oldest: first, maximum }, 'journal');
  if (maximumRetention.state === 'unreadable') return obstacleReason(maximumRetention.obstacle, 'journal');
  const kept = maximumRetention.value;
  if (kept === null) return because('log-retention.no-deletion', { oldest: first, maximum }, 'journal');
  return kept > maximum + grace
    ? because('log-retention.settings-long', { kept, maximum }, 'journal')
    : because('log-retention.deleted-in-time', { oldest: first, kept, maximum }, 'journal');
}
