import { obstacleReason, obstacleReasons } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { judgeCompleteness, judgeSsh } from './accounts/completeness.ts';
import { AccountsFacts } from './accounts/facts.ts';
import { judgeFiles } from './accounts/files.ts';
import { judgeDeparted, judgeKeys, judgeKnown } from './accounts/access.ts';
import { Parameters } from './accounts/parameters.ts';
import { peopleOf } from './accounts/people.ts';
import { because, reasons } from './accounts/reasons.ts';
import { judgeReview, judgeUse } from './accounts/review.ts';
import { judgeRoot } from './accounts/rights.ts';
import { judgeUnique } from './accounts/unique.ts';
import { defineCheckKind } from './kind.ts';

/** Who can log in or become root, by any way, held against the roster. */
export const accounts = defineCheckKind({
  name: 'accounts',
  parameters: Parameters,
  facts: AccountsFacts,
  reasons: { ...obstacleReasons, ...reasons },
  judge(facts, parameters, at): Reason[] {
    const { require, by, reviewedWithin, usedWithin } = parameters;
    if (facts.system.state === 'unreadable') return [obstacleReason(facts.system.obstacle)];
    const system = facts.system.value;
    const wants = (...aspects: typeof require): boolean => aspects.some((aspect) => require.includes(aspect));
    const found: Reason[] = [...judgeCompleteness(system)];
    if (wants('known', 'departed', 'keys')) found.push(...judgeSsh(facts));
    if (wants('unique')) found.push(...judgeUnique(system, facts.sites));
    if (wants('files')) found.push(...judgeFiles(facts.files));
    if (usedWithin !== undefined) found.push(...judgeUse(system, by, usedWithin, at));
    if (reviewedWithin !== undefined) found.push(...judgeReview(facts.roster, reviewedWithin, at));
    if (!wants('known', 'departed', 'keys', 'root')) return found;
    const people = facts.roster === null ? undefined : peopleOf(facts.roster, at);
    if (people === undefined) return [...found, because('accounts.no-roster', {})];
    if (wants('known')) found.push(...judgeKnown(system, people, by, at));
    if (wants('departed')) found.push(...judgeDeparted(system, people, by, at));
    if (wants('keys')) found.push(...judgeKeys(system, people, by, at));
    if (wants('root')) found.push(...judgeRoot(facts, system, people));
    return found;
  },
});
