import { isOlder } from '../../moments.ts';
import { isFuture } from '../../quantities.ts';
import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { ManagedFacts, Since, Waiting } from './facts.ts';
import { because } from './reasons.ts';

/**
 * Judges how long security updates wait. Since when is known as an interval only: after the last run that did not
 * see the update, and at the latest at the first run that did.
 *
 * @param sound whether the lists are ground to say which updates there are
 * @param maximum seconds
 */
export function judgeWaiting(packages: ManagedFacts['packages'], sound: boolean, maximum: number, at: Date): Reason[] {
  if (packages.state === 'unreadable') return [obstacleReason(packages.obstacle)];
  const { installed, waiting } = packages.value;
  const judged = waiting.flatMap((update) => [
    ...judgeSecurity(update, maximum, at),
    ...judgeUnlabelled(update, maximum, at),
  ]);
  if (!sound) return [...judged, because('updates.lists-no-ground', {})];
  return judged.length > 0 ? judged : [because('updates.none-waiting', { installed })];
}

function judgeSecurity(update: Waiting, maximum: number, at: Date): Reason[] {
  if (update.security === null) return [];
  const { package: subject, security } = update;
  const { version, since } = security;
  if (since === null) return [because('updates.waiting-not-timed', { version }, subject)];
  const { firstSeen, notBefore } = since;
  if (isFuture(firstSeen, at)) return [because('updates.waiting-clock', { version, firstSeen }, subject)];
  if (isOlder(firstSeen, maximum, at)) return [judgeTooLong(update, version, firstSeen, maximum)];
  if (notBefore !== null && isBrief(since, maximum, at)) {
    return [because('updates.waiting-briefly', { version, notBefore, maximum }, subject)];
  }
  return [because('updates.waiting-since-unknown', { version, firstSeen }, subject)];
}

function judgeTooLong(update: Waiting, version: string, firstSeen: string, maximum: number): Reason {
  const { package: subject, installed, candidate, held } = update;
  if (installed === null) return because('updates.patch-too-long', { version, firstSeen, maximum }, subject);
  const isKept = held || candidate === installed;
  const code = isKept ? 'updates.kept-back-too-long' : 'updates.waiting-too-long';
  return because(code, { installed, version, firstSeen, maximum }, subject);
}

/** What may be about security may wait no longer than what is; that it is nobody says, so that it never fails. */
function judgeUnlabelled({ package: subject, unlabelled }: Waiting, maximum: number, at: Date): Reason[] {
  if (!unlabelled) return [];
  const { version, source, since } = unlabelled;
  const notBefore = since?.notBefore ?? null;
  if (since !== null && notBefore !== null && isBrief(since, maximum, at)) {
    return [because('updates.unlabelled-briefly', { version, source, notBefore, maximum }, subject)];
  }
  return [because('updates.unlabelled-waiting', { version, source }, subject)];
}

/** Whether it certainly waits no longer than allowed. */
function isBrief({ notBefore, firstSeen }: Since, maximum: number, at: Date): boolean {
  return notBefore !== null && !isFuture(firstSeen, at) && !isFuture(notBefore, at) && !isOlder(notBefore, maximum, at);
}
