import { isOlder } from '../../moments.ts';
import { isFuture } from '../../quantities.ts';
import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { Roster, SystemFacts } from './facts.ts';
import { loginsOf } from './logins.ts';
import type { Parameters } from './parameters.ts';
import { because } from './reasons.ts';

/** Somebody held the roster against what people need, not too long ago. */
export function judgeReview(roster: Roster | null, maximum: number, at: Date): Reason[] {
  if (roster === null) return [because('accounts.no-roster', {})];
  const { reviewed } = roster;
  if (reviewed === null) return [because('accounts.review-unknown', {})];
  if (isFuture(reviewed, at)) return [because('accounts.future', { day: reviewed })];
  const code = isOlder(reviewed, maximum, at) ? 'accounts.review-due' : 'accounts.reviewed';
  return [because(code, { reviewed, maximum })];
}

/** Accounts that can be logged in to are used. */
export function judgeUse(
  { accounts, lastLogins }: SystemFacts,
  by: Parameters['by'],
  maximum: number,
  at: Date,
): Reason[] {
  if (lastLogins.state === 'unreadable') return [obstacleReason(lastLogins.obstacle)];
  return accounts
    .filter((account) => loginsOf(account, by, at).ways.length > 0)
    .map(({ account, lastLogin }) => {
      if (lastLogin === null) return because('accounts.never-used', {}, account);
      if (isFuture(lastLogin, at)) return because('accounts.future', { day: lastLogin }, account);
      const code = isOlder(lastLogin, maximum, at) ? 'accounts.unused' : 'accounts.used';
      return because(code, { used: lastLogin, maximum }, account);
    });
}
