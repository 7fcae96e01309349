import { z } from 'zod';
import { isOlder } from '../moments.ts';
import { Duration, isFuture } from '../quantities.ts';
import { obstacleReason } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { AvailabilityFacts, purposes, type Target, type Window } from './availability/facts.ts';
import {
  allowanceOf,
  excluded,
  isInTime,
  lengthOf,
  monthAt,
  piecesOf,
  without,
  type Month,
  type Piece,
} from './availability/month.ts';
import { availabilityReasons, because } from './availability/reasons.ts';
import { defineCheckKind } from './kind.ts';
import { isTimeZone } from './updates/local-time.ts';

export const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'expected the name of a time zone such as Europe/Amsterdam');

export const AvailabilityParameters = z
  .strictObject({
    /** Percent of a calendar month. */
    minimum: z.number().min(90).max(100).optional(),
    /** Whose calendar it is. */
    zone: TimeZone.default('Europe/Amsterdam'),
    /** Seconds by which work must be announced before it begins, to be left out. */
    notice: Duration.default(86_400),
    /** Which targets are meant; all where left out. */
    purpose: z.enum(purposes).optional(),
    /** Seconds for which nobody may have looked. */
    longestGap: Duration.optional(),
  })
  .refine(({ minimum, longestGap }) => minimum !== undefined || longestGap !== undefined, {
    message: 'expected minimum, longestGap or both: without them nothing is asked',
  });
export type AvailabilityParameters = z.output<typeof AvailabilityParameters>;

/** Whether a vantage point can tell an outage from its own: one control alone may be down itself. */
export function hasEnoughControls(controls: AvailabilityFacts['controls']): boolean {
  return new Set(controls).size >= 2;
}

/** What a vantage point saw of services over the running month, against the share of it that is promised. */
export const availability = defineCheckKind({
  name: 'availability',
  parameters: AvailabilityParameters,
  facts: AvailabilityFacts,
  reasons: availabilityReasons,
  judge({ controls, maintenance, targets }, parameters, at) {
    if (targets.state === 'unreadable') return [obstacleReason(targets.obstacle)];
    const asked = targets.value.filter(({ purpose }) => (parameters.purpose ?? purpose) === purpose);
    if (asked.length === 0) return [because('availability.none-set', {})];
    if (!hasEnoughControls(controls)) {
      return [because('availability.controls-not-set', { controls: new Set(controls).size })];
    }
    const month = monthAt(at, parameters.zone);
    const ofTargets = asked.flatMap((target) => judgeTarget(target, { maintenance, month, at }, parameters));
    return parameters.minimum === undefined
      ? ofTargets
      : [...ofTargets, ...lateAnnouncements(maintenance, month, parameters.notice)];
  },
});

interface Given {
  readonly maintenance: readonly Window[];
  readonly month: Month;
  readonly at: Date;
}

function judgeTarget(target: Target, given: Given, { minimum, longestGap, notice }: AvailabilityParameters): Reason[] {
  const last = target.stretches.at(-1);
  if (last === undefined) return [because('availability.never-watched', {}, target.target)];
  if (isFuture(last.from, given.at)) return [because('availability.future', { moment: last.from }, target.target)];
  return [
    ...(minimum === undefined ? [] : [judgeShare(target, given, { minimum, notice })]),
    ...(longestGap === undefined ? [] : judgeGaps(target, given, longestGap)),
  ];
}

function judgeShare(
  { target, stretches }: Target,
  { maintenance, month, at }: Given,
  { minimum, notice }: { readonly minimum: number; readonly notice: number },
): Reason {
  const work = excluded(maintenance, target, notice, month);
  const allowance = allowanceOf(month, work, minimum);
  const last = stretches.at(-1);
  // The last stretch goes on until somebody says otherwise: what it comes to is asked of the moment, not counted.
  const lastFrom = Date.parse(last?.from ?? '');
  const all = without(piecesOf(stretches, month, month.until), work);
  const closed = all.filter(({ from }) => from < lastFrom);
  const values = {
    month: month.name,
    minimum,
    allowance: wholeSeconds(allowance),
    down: wholeSeconds(lengthOf(closed.filter(({ state }) => state === 'down'))),
  };
  const unseen = wholeSeconds(lengthOf(closed.filter(({ state }) => state === 'unknown')));
  const open = last === undefined || last.state === 'up' ? undefined : { since: last.from, why: last.why ?? '-' };
  const isDown = last?.state === 'down';
  const spent = spentAt(all, allowance, ['down']);
  if (spent !== undefined && isOlder(spent, 0, at)) {
    if (open === undefined || !isDown || spent < new Date(lastFrom))
      return because('availability.used-up', values, target);
    return because('availability.used-up-now', { ...values, ...open }, target);
  }
  const doubtful = spentAt(all, allowance, ['down', 'unknown']);
  if (doubtful !== undefined && isOlder(doubtful, 0, at)) {
    if (open === undefined) return because('availability.unseen', { ...values, unseen }, target);
    return because('availability.unseen-or-down', { ...values, unseen, ...open }, target);
  }
  if (open === undefined) return because('availability.kept', { ...values, unseen }, target);
  if (isDown) return because('availability.down-now', { ...values, ...open }, target);
  return because('availability.unseen-now', { ...values, unseen, ...open }, target);
}

/** When pieces of these states come to all that is allowed; undefined where they never do. */
function spentAt(pieces: readonly Piece[], allowance: number, states: readonly Piece['state'][]): Date | undefined {
  let left = allowance;
  for (const { from, until, state } of pieces) {
    if (!states.includes(state)) continue;
    if (until - from > left) return new Date(from + left);
    left -= until - from;
  }
  return undefined;
}

function judgeGaps({ target, stretches }: Target, { month, at }: Given, gap: number): Reason[] {
  const reasons = stretches.flatMap(({ from, state, why = '-' }, index) => {
    if (state !== 'unknown') return [];
    const until = stretches[index + 1]?.from;
    if (until === undefined) {
      return isOlder(from, gap, at) ? [because('availability.unwatched-now', { from, why, gap }, target)] : [];
    }
    const isOfMonth = Date.parse(until) > month.from;
    const isLong = Date.parse(until) - Date.parse(from) > gap * 1000;
    return isOfMonth && isLong ? [because('availability.unwatched', { from, until, why, gap }, target)] : [];
  });
  if (reasons.length > 0) return reasons.slice(-maximumGaps);
  return [because('availability.watched', { since: stretches[0]?.from ?? '', month: month.name, gap }, target)];
}

/** Of one target: the newest say enough. */
const maximumGaps = 10;

function lateAnnouncements(windows: readonly Window[], month: Month, notice: number): Reason[] {
  const ofMonth = ({ from, until }: Window): boolean =>
    Date.parse(until) > month.from && Date.parse(from) < month.until;
  return windows
    .filter((window) => ofMonth(window) && !isInTime(window, notice))
    .map(({ from, announcedAt, seenAt }) =>
      because('availability.announced-late', { from, announced: announcedAt, seen: seenAt, notice }),
    );
}

function wholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
