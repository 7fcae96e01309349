import type { Clock } from './clock.ts';
import type { Point } from './facts.ts';

/** Copies that are judged together: those of a set, or of one account in it. */
export interface Row {
  /** Whose they are, in reasons. */
  readonly subject: string;
  readonly clock: Clock;
  /** Sorted by time: those that count, and all that lie there. */
  readonly counted: readonly Point[];
  /** The moments of those that count, in milliseconds since 1970. */
  readonly times: readonly number[];
  readonly present: readonly Point[];
  /** By when there certainly was something to copy, where that is known to be later than any promise began. */
  readonly began?: string;
}
