import { longestSilenceSeconds } from '../../evidence/silence.ts';
import { secondsBetween } from '../../policies/quantities.ts';
import type { Head, NewEntry } from './log.ts';

/** Whether nothing was written for so long that the log has to say so: the collector was off, or its clock moved ahead. */
export function isSilent({ size, receivedAt }: Head, now: Date): boolean {
  return size > 0 && secondsBetween(receivedAt, now) > longestSilenceSeconds;
}

/**
 * What the log has to say of the time since its newest entry before it goes on; undefined where it took what came.
 * @param hasRefused whether it refused reports since then, for want of room or of a clock that is right
 */
export function gapSince(head: Head, now: Date, hasRefused: boolean): NewEntry | undefined {
  const isOwed = isSilent(head, now) || (hasRefused && head.size > 0 && secondsBetween(head.receivedAt, now) > 0);
  return isOwed ? { kind: 'gap', from: head.receivedAt, until: now.toISOString() } : undefined;
}
