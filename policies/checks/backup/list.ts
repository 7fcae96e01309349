import { isOlder } from '../../moments.ts';
import { isFuture } from '../../quantities.ts';
import type { Reason } from '../../reasons.ts';
import type { BackupSet } from './facts.ts';
import { because } from './reasons.ts';

/**
 * Judges the list itself, where copies are known from a list that somebody wrote: what an old one names may be gone.
 * A list is as old as the earlier of its own word and its file's, for either can be renewed without looking again.
 */
export function judgeList({ set, list }: BackupSet, at: Date): Reason[] {
  if (list === undefined) return [];
  const moments = [list.writtenAt, list.modifiedAt].sort((a, b) => Date.parse(a) - Date.parse(b));
  const [earlier = list.writtenAt, later = list.modifiedAt] = moments;
  if (isFuture(later, at)) return [because('backup.list-future', { written: later }, set)];
  const code = isOlder(earlier, list.maximumAge, at) ? 'backup.list-too-old' : 'backup.list-fresh';
  return [because(code, { written: earlier, limit: list.maximumAge }, set)];
}
