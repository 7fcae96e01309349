import { clockToleranceSeconds, secondsBetween } from '../../policies/quantities.ts';
import type { Statement } from '../report.ts';
import type { Findings } from './findings.ts';

/**
 * A report is dated when its run begins, and holds the newest checkpoint of when it ends, so that may be the newer of
 * the two. An hour is six times what a run may take unless set otherwise.
 */
export const longestRunSeconds = 3600;

/** Two kinds of clocks stand against each other in a log: the collector's in its entries, each agent's in its reports. */
export class Clocks {
  readonly #findings: Findings;
  /** When each entry was received, in milliseconds since 1970. */
  readonly #received: number[] = [];
  #newest = -Infinity;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** An entry's moment: never before that of the one that precedes it. */
  receive(index: number, receivedAt: string, where: string): void {
    const moment = new Date(receivedAt).getTime();
    if (moment < this.#newest) {
      const newest = new Date(this.#newest).toISOString();
      this.#findings.add(
        'entry.clock',
        where,
        `received at ${receivedAt}, before an entry that precedes it (${newest})`,
      );
    }
    this.#newest = Math.max(this.#newest, moment);
    this.#received[index] = moment;
  }

  /** An entry that is left out was received no earlier than the one before it. */
  omit(index: number): void {
    this.#received[index] = this.#newest;
  }

  /**
   * Holds a report's own date against what surrounds it: it cannot be issued after it was received, nor long before the
   * newest entry that its agent had already seen in the log, nor before the agent's report that precedes it.
   * @returns whether verdicts of that moment can be relied on
   */
  verifyIssued(
    { agent, issuedAt, seen }: Statement,
    { receivedAt, previousIssuedAt }: { receivedAt: string; previousIssuedAt: string | undefined },
    where: string,
  ): boolean {
    const newestSeen = seen === null ? undefined : this.#received[seen.size - 1];
    const doubts = clockDoubts(issuedAt, {
      receivedAt,
      previousIssuedAt,
      newestSeenAt:
        newestSeen === undefined || newestSeen === -Infinity ? undefined : new Date(newestSeen).toISOString(),
    });
    for (const doubt of doubts) {
      const message = `${agent} dated this report ${issuedAt}, ${doubt}: its clock was wrong, and verdicts that rest on it prove nothing`;
      this.#findings.add('report.clock', where, message);
    }
    return doubts.length === 0;
  }
}

/** What stands around a report's own date, each a moment. */
export interface Surroundings {
  /** By the collector's clock. */
  readonly receivedAt: string;
  /** Of the agent's report before it. */
  readonly previousIssuedAt: string | undefined;
  /** When the newest entry was received that the agent had seen in the log. */
  readonly newestSeenAt: string | undefined;
}

/** Why verdicts of that date cannot be relied on, as the end of a sentence each; none where they can. */
export function clockDoubts(
  issuedAt: string,
  { receivedAt, previousIssuedAt, newestSeenAt }: Surroundings,
): readonly string[] {
  return [
    secondsBetween(receivedAt, issuedAt) > clockToleranceSeconds && `after it was received (${receivedAt})`,
    newestSeenAt !== undefined &&
      secondsBetween(issuedAt, newestSeenAt) > longestRunSeconds + clockToleranceSeconds &&
      `before the entry of ${newestSeenAt} that it had seen in the log`,
    previousIssuedAt !== undefined &&
      secondsBetween(issuedAt, previousIssuedAt) > clockToleranceSeconds &&
      `before its previous report (${previousIssuedAt})`,
  ].filter((doubt) => doubt !== false);
}
