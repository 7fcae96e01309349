import { isOlder } from '../../moments.ts';
import { clockToleranceSeconds, isFuture, secondsBetween } from '../../quantities.ts';
import type { Reason } from '../../reasons.ts';
import type { Recorded, SetPassword } from './facts.ts';
import { because } from './reasons.ts';

/**
 * When a password was last changed, as far as that is known. `recorded`: as the system or the database says, and nothing
 * contradicts it. `seen`: the agent saw the hash become another one in that time. `unchanged`: nobody knows, but the
 * agent has seen that it was not changed since. `unknown`: not even that.
 */
export type LastChange =
  | { readonly by: 'recorded'; readonly on: string; readonly watchedSince?: string }
  | { readonly by: 'seen'; readonly after: string; readonly seen: string }
  | { readonly by: 'unchanged'; readonly since: string; readonly claim: Recorded }
  | { readonly by: 'unknown'; readonly claim: 'must-change' | null }
  | { readonly by: 'wrong-clock'; readonly seen: string }
  | { readonly by: 'future'; readonly on: string };

/**
 * Weighs what is recorded against what the agent saw. A record can be set by hand (`chage -d`, an UPDATE), a hash cannot
 * be without another password: a date later than the agent's first look at the very same hash is not believed.
 * @param watchedSince the agent's first look at the store; left out where nothing is remembered
 * @param maximum seconds; a change that was seen counts by its earliest moment where that is within it
 */
export function lastChange(
  password: Omit<SetPassword, 'state'>,
  watchedSince: string | undefined,
  maximum: number,
  at: Date,
): LastChange {
  const { seen } = password;
  const look = seen?.firstSeen ?? watchedSince;
  if (look !== undefined && isFuture(look, at)) return { by: 'wrong-clock', seen: look };
  const claim = believable(password);
  if (isDate(claim) && isFuture(claim, at)) return { by: 'future', on: claim };
  if (seen !== undefined) {
    const change = { by: 'seen', after: seen.notBefore, seen: seen.firstSeen } as const;
    const isCertain = !isOlder(seen.notBefore, maximum, at) || isOlder(seen.firstSeen, maximum, at);
    if (isCertain || !isDate(claim) || !liesWithin(claim, seen.notBefore, seen.firstSeen)) return change;
    return { by: 'recorded', on: claim };
  }
  if (watchedSince === undefined) return isDate(claim) ? { by: 'recorded', on: claim } : { by: 'unknown', claim };
  if (isDate(claim) && !isLater(claim, watchedSince)) return { by: 'recorded', on: claim, watchedSince };
  return { by: 'unchanged', since: watchedSince, claim };
}

/** What was recorded when this password was first seen, or an earlier date that was written since. */
function believable({ changed, recordedFirst = changed }: Pick<SetPassword, 'changed' | 'recordedFirst'>): Recorded {
  if (!isDate(recordedFirst) || !isDate(changed)) return recordedFirst;
  return Date.parse(changed) < Date.parse(recordedFirst) ? changed : recordedFirst;
}

export function isDate(recorded: Recorded): recorded is string {
  return recorded !== null && recorded !== 'must-change';
}

/** Whether a day begins, or a moment lies, after another moment by more than clocks of one host and run differ. */
function isLater(date: string, moment: string): boolean {
  return secondsBetween(moment, date) > clockToleranceSeconds;
}

function liesWithin(date: string, after: string, until: string): boolean {
  const isDay = date.length === 10;
  const isEarlier = isDay ? date < after.slice(0, 10) : isLater(after, date);
  return !isEarlier && !isLater(date, until);
}

/** Judges the age of a password, with a note where its record was moved. */
export function judgeAge(
  password: SetPassword,
  change: LastChange,
  { maximum, subject, silent }: { maximum: number; subject: string; silent: 'no-day' | 'not-recorded' },
  at: Date,
): Reason[] {
  const { changed, recordedFirst } = password;
  const isMoved = recordedFirst !== undefined && believable(password) !== changed;
  const written = (recorded: Recorded): string => (isDate(recorded) ? recorded : '-');
  const note = isMoved
    ? [because('password-age.day-moved', { first: written(recordedFirst), recorded: written(changed) }, subject)]
    : [];
  return [ageReason(change, maximum, subject, silent, at), ...note];
}

function ageReason(
  change: LastChange,
  maximum: number,
  subject: string,
  silent: 'no-day' | 'not-recorded',
  at: Date,
): Reason {
  switch (change.by) {
    case 'wrong-clock':
      return because('password-age.clock', { seen: change.seen }, subject);
    case 'future':
      return because('password-age.future', { changed: change.on }, subject);
    case 'unknown':
      return claimReason(change.claim, subject, silent);
    case 'recorded': {
      const { on: changed, watchedSince: since } = change;
      if (isOlder(changed, maximum, at)) return because('password-age.too-old', { changed, maximum }, subject);
      if (since === undefined) return because('password-age.recent', { changed, maximum }, subject);
      return because('password-age.recent-by-record', { changed, since, maximum }, subject);
    }
    case 'seen': {
      const { after, seen } = change;
      if (isOlder(seen, maximum, at)) {
        return because('password-age.unchanged-too-long', { since: seen, maximum }, subject);
      }
      const code = isOlder(after, maximum, at) ? 'password-age.between' : 'password-age.proven';
      return because(code, { after, seen, maximum }, subject);
    }
    case 'unchanged': {
      const { since, claim } = change;
      if (isOlder(since, maximum, at)) return because('password-age.unchanged-too-long', { since, maximum }, subject);
      if (isDate(claim)) return because('password-age.day-unproven', { changed: claim, since }, subject);
      return claimReason(claim, subject, silent);
    }
  }
}

function claimReason(claim: 'must-change' | null, subject: string, silent: 'no-day' | 'not-recorded'): Reason {
  return because(claim === 'must-change' ? 'password-age.must-change' : `password-age.${silent}`, {}, subject);
}
