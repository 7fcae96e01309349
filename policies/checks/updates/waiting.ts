import { isOlder } from '../../moments.ts';
import { isFuture } from '../../quantities.ts';
import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { AptFacts, Waiting } from './facts.ts';
import { because } from './reasons.ts';

/**
 * Judges how long security updates wait. Since when is known as an interval only: after the last run that did not
 * see the update, and at the latest at the first run that did.
 *
 * @param sound whether the lists are ground to say which updates there are
 * @param maximum seconds
 */
export function judgeWaiting(packages: AptFacts['packages'], sound: boolean, maximum: number, at: Date): Reason[] {
  if (packages.state === 'unreadable') return [obstacleReason(packages.obstacle)];
  const { installed, waiting } = packages.value;
  const judged = waiting.flatMap((update) => judgeUpdate(update, maximum, at));
  if (!sound) return [...judged, because('updates.lists-no-ground', {})];
  return judged.length > 0 ? judged : [because('updates.none-waiting', { installed })];
}

function judgeUpdate(update: Waiting, maximum: number, at: Date): Reason[] {
  if (update.security === null) return [];
  const subject = update.package;
  const { version, since } = update.security;
  if (since === null) return [because('updates.waiting-not-timed', { version }, subject)];
  const { firstSeen, notBefore } = since;
  if (isFuture(firstSeen, at)) return [because('updates.waiting-clock', { version, firstSeen }, subject)];
  if (isOlder(firstSeen, maximum, at)) {
    const values = { installed: update.installed, version, firstSeen, maximum };
    return update.held || update.candidate === update.installed
      ? [because('updates.kept-back-too-long', values, subject)]
      : [because('updates.waiting-too-long', values, subject)];
  }
  if (notBefore !== null && !isFuture(notBefore, at) && !isOlder(notBefore, maximum, at)) {
    return [because('updates.waiting-briefly', { version, notBefore, maximum }, subject)];
  }
  return [because('updates.waiting-since-unknown', { version, firstSeen }, subject)];
}
