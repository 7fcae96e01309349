import { setTimeout as wait } from 'node:timers/promises';

/** What an agent is sent to do: check its host, deliver what waits, or both, in this order. */
export interface Errand {
  readonly checks: boolean;
  readonly delivers: boolean;
}

/** How an errand ended. `next` is when a check is due after its beginning, in milliseconds since 1970. */
export type Standing =
  | { readonly state: 'done'; readonly next: number }
  /** Reports could not be delivered; the collector is asked again after `after` seconds at the earliest. */
  | { readonly state: 'waiting'; readonly after: number; readonly next: number }
  /** Nobody knows how far it came: it is run again. */
  | { readonly state: 'failed' };

export interface Residency {
  /** When the first check is due, in milliseconds since 1970; at once unless given. */
  readonly next?: number;
  /** Up to this many seconds are waited at random before a check that came due. */
  readonly splay: number;
  readonly run: (errand: Errand, signal: AbortSignal) => Promise<Standing>;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Seconds within which a leap of the clock is seen, or that the machine slept. */
const glance = 60;

/**
 * Has an agent check when that is due and deliver with back-off, one errand at a time, until the signal. Of several checks
 * that came due while an errand ran, one follows it.
 */
export async function keepSchedule({ run, random, splay, next }: Residency, signal: AbortSignal): Promise<void> {
  // What an agent that ended before has left is delivered at the start.
  let owed: Errand = { checks: next === undefined, delivers: true };
  let due = dueAt(next ?? Infinity);
  let attempt = 0;
  let patientUntil = 0;
  while (!isOver(signal)) {
    const isOwing = owed.checks || owed.delivers;
    const untilDue = secondsUntil(due);
    const untilTry = isOwing ? (patientUntil - performance.now()) / 1000 : Infinity;
    if (untilDue > 0 && untilTry > 0) {
      await pause(Math.min(untilDue, untilTry, glance), signal);
      continue;
    }
    if (untilDue <= 0) await pause(random() * splay, signal);
    if (isOver(signal)) return;
    const errand: Errand = { checks: owed.checks || untilDue <= 0, delivers: performance.now() >= patientUntil };
    const standing = await run(errand, signal);
    const isDone = standing.state !== 'failed';
    if (errand.checks) due = dueAt(isDone ? standing.next : Infinity);
    owed = { checks: errand.checks && !isDone, delivers: !errand.delivers || standing.state !== 'done' };
    if (isDone && !errand.delivers) continue;
    attempt = standing.state === 'done' ? 0 : attempt + 1;
    const asked = standing.state === 'waiting' ? standing.after : 0;
    const seconds = standing.state === 'done' ? 0 : Math.max(asked, backOff(attempt - 1, random()));
    patientUntil = performance.now() + seconds * 1000;
  }
}

/** A moment, in milliseconds: by the clock, and by the one that nobody sets. */
interface Due {
  readonly moment: number;
  readonly elapsed: number;
}

function dueAt(moment: number): Due {
  return { moment, elapsed: performance.now() + moment - Date.now() };
}

/** By the clock that says so first: one that was set back, or stood still while the machine slept, keeps no check away. */
function secondsUntil({ moment, elapsed }: Due): number {
  return Math.min(moment - Date.now(), elapsed - performance.now()) / 1000;
}

/**
 * Seconds to wait before try number `attempt` (from 0): anything up to 1, 2, 4 ... 300 at random, so that agents that
 * lost their collector at one moment do not come back at one moment.
 * @param random between 0 and 1
 */
export function backOff(attempt: number, random: number): number {
  return random * Math.min(300, 2 ** Math.min(attempt, 20));
}

/** Asked anew each time: it changes while something is awaited. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Waits that many seconds, or until the signal. */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await wait(seconds * 1000, undefined, { signal }).catch(() => undefined);
}
