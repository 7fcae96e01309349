import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import { secondsBetween } from '../../quantities.ts';
import type { BackupSet } from './facts.ts';
import { because } from './reasons.ts';

/**
 * Judges `locked` on the newest copy: whoever makes copies may set another time for each, so what the place does unless
 * told otherwise proves nothing of them.
 * @param asked seconds
 */
export function judgeLock({ set, tool, points, lock }: BackupSet, asked: number): Reason {
  if (lock === undefined) return because('backup.lock-unseen', { tool }, set);
  if (lock.state === 'unreadable') return obstacleReason(lock.obstacle, set);
  const newest = points.state === 'read' ? points.value.at(-1)?.time : undefined;
  if (lock.value === null || newest === undefined) return because('backup.not-locked', { asked }, set);
  const { mode, until } = lock.value;
  if (mode === 'governance') return because('backup.lock-lifted', { until }, set);
  if (secondsBetween(newest, until) < asked) return because('backup.lock-short', { newest, until, asked }, set);
  return because('backup.locked', { newest, until }, set);
}
