import { isAsOld, isOlder } from '../../moments.ts';
import { isFuture, secondsBetween } from '../../quantities.ts';
import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import { certainlyKept } from './bounds.ts';
import type { Journal, Log, LogRetentionFacts } from './facts.ts';
import { because } from './reasons.ts';

export interface Minimum {
  readonly minimum: number;
  readonly maximumGap: number;
  readonly young: 'unknown' | 'settings';
}

/** Pieces from which on the distance between them says something. */
const manyPieces = 4;

export function judgeMinimum(log: Log, facts: LogRetentionFacts, asked: Minimum, at: Date): Reason[] {
  const { file, firsts, rotation } = log;
  const { minimum } = asked;
  if (firsts.state === 'unreadable') return [obstacleReason(firsts.obstacle, file)];
  if (rotation.state === 'unreadable') return [obstacleReason(rotation.obstacle, file)];
  const future = firsts.value.find((moment) => isFuture(moment, at));
  if (future !== undefined) return [because('log-retention.future', { moment: future }, file)];
  const kept = rotation.value === null ? undefined : certainlyKept(rotation.value);
  if (kept !== undefined && kept < minimum) return [because('log-retention.settings-short', { kept, minimum }, file)];

  const [oldest] = firsts.value;
  if (oldest === undefined)
    return [because(kept === undefined ? 'log-retention.empty' : 'log-retention.empty-settled', {}, file)];
  const reach = isAsOld(oldest, minimum, at)
    ? because('log-retention.long-enough', { oldest, minimum }, file)
    : judgeShort(log, oldest, kept, facts, asked, at);
  return [reach, ...judgeGaps(log, firsts.value, asked.maximumGap)];
}

function judgeShort(
  { file, pieces, rotation }: Log,
  oldest: string,
  kept: number | undefined,
  { machineSince }: LogRetentionFacts,
  { minimum, young }: Minimum,
  at: Date,
): Reason {
  if (machineSince.state === 'unreadable') return obstacleReason(machineSince.obstacle, file);
  const since = machineSince.value;
  if (!isAsOld(since, minimum, at) && !isFuture(since, at)) {
    return young === 'settings' && kept !== undefined
      ? because('log-retention.young-settings', { since, kept: Math.min(kept, 3650 * 86_400) }, file)
      : because('log-retention.young-host', { oldest, since, minimum }, file);
  }
  const rotate = rotation.state === 'read' ? rotation.value?.rotate : undefined;
  // With all its pieces there, what came before was deleted; with fewer it may just be new.
  return rotate !== undefined && rotate !== -1 && pieces <= rotate
    ? because('log-retention.young-log', { oldest }, file)
    : because('log-retention.too-short', { oldest, minimum }, file);
}

function judgeGaps({ file, rotation }: Log, firsts: readonly string[], maximumGap: number): Reason[] {
  const every = rotation.state === 'read' ? rotation.value?.every : undefined;
  if (every === undefined || every === null || firsts.length < manyPieces) return [];
  const pairs = firsts.slice(1).map((to, index) => ({ from: firsts[index] ?? to, to }));
  const gaps = pairs.filter(({ from, to }) => secondsBetween(from, to) > every + maximumGap);
  // Of a log that is seldom written to, such pauses are the rule.
  if (gaps.length === 0 || gaps.length * 2 > pairs.length) return [];
  return gaps.map(({ from, to }) => because('log-retention.gap', { from, to }, file));
}

export function judgeJournalMinimum(journal: Journal, facts: LogRetentionFacts, asked: Minimum, at: Date): Reason {
  const { oldest, isVolatile, maximumRetention } = journal;
  const { minimum } = asked;
  if (oldest.state === 'unreadable') return obstacleReason(oldest.obstacle, 'journal');
  if (maximumRetention.state === 'unreadable') return obstacleReason(maximumRetention.obstacle, 'journal');
  const kept = maximumRetention.value;
  if (isVolatile) {
    const hasSyslog = facts.logs.state === 'read' && facts.logs.value.some(({ log }) => log === 'syslog');
    return because(hasSyslog ? 'log-retention.volatile-beside' : 'log-retention.volatile', {}, 'journal');
  }
  if (kept !== null && kept < minimum) return because('log-retention.settings-short', { kept, minimum }, 'journal');
  if (oldest.value === null) return because('log-retention.empty', {}, 'journal');
  if (isFuture(oldest.value, at)) return because('log-retention.future', { moment: oldest.value }, 'journal');
  if (isAsOld(oldest.value, minimum, at)) {
    return because('log-retention.long-enough', { oldest: oldest.value, minimum }, 'journal');
  }
  const { machineSince } = facts;
  if (machineSince.state === 'unreadable') return obstacleReason(machineSince.obstacle, 'journal');
  // How much it keeps depends on its size, so that there is no setting to go by.
  return isOlder(machineSince.value, minimum, at)
    ? because('log-retention.too-short', { oldest: oldest.value, minimum }, 'journal')
    : because('log-retention.young-host', { oldest: oldest.value, since: machineSince.value, minimum }, 'journal');
}
