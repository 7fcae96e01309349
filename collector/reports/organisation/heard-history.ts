import type { AgentEnrolled, AgentRevoked } from '../../../evidence/entry.ts';
import { HeardHosts, type HeardHost } from '../../../evidence/heard.ts';
import type { Statement } from '../../../evidence/report.ts';
import { shortestWithin } from '../../../policies/checks/reporting.ts';
import { clockToleranceSeconds, secondsBetween } from '../../../policies/quantities.ts';
import type { Instant } from '../chain.ts';

/** How a host stood from a moment on. */
interface Past {
  readonly at: Instant;
  /** Null where it is not enrolled. */
  readonly heard: HeardHost | null;
  /** Whether it only says the same somewhat later: then nothing that holds of the host can come out worse by it. */
  readonly isRoutine: boolean;
}

/** Which hosts were enrolled, and when each had last reported, at every moment of a log that was read. */
export class HeardHistory {
  readonly #fold = new HeardHosts();
  readonly #pasts = new Map<string, Past[]>();

  enrol(entry: AgentEnrolled): void {
    this.#fold.enrol(entry);
    this.#note(entry.agent, entry.receivedAt, false);
  }

  revoke(entry: AgentRevoked): void {
    this.#fold.revoke(entry);
    this.#note(entry.agent, entry.receivedAt, false);
  }

  report(statement: Pick<Statement, 'agent' | 'epoch' | 'issuedAt'>, receivedAt: string): void {
    const { agent } = statement;
    const before = this.#fold.get(agent)?.last ?? null;
    this.#fold.report(statement, receivedAt);
    const now = this.#fold.get(agent)?.last ?? null;
    if (now !== before) this.#note(agent, receivedAt, before !== null && now !== null && isRoutineAfter(before, now));
  }

  at(moment: Instant): HeardHost[] {
    return [...this.#pasts.values()].flatMap((pasts) => pasts[placeOf(pasts, moment)]?.heard ?? []);
  }

  /**
   * The next moment at which what holds of hosts may change otherwise than by time.
   * @param open the hosts of which any report may change it
   */
  nextAfter(moment: Instant, open: ReadonlySet<string>): Instant {
    let next = Infinity;
    for (const [host, pasts] of this.#pasts) {
      for (let place = placeOf(pasts, moment) + 1; place < pasts.length; place += 1) {
        const past = pasts[place];
        if (past === undefined || past.at >= next) break;
        if (past.isRoutine && !open.has(host)) continue;
        next = past.at;
      }
    }
    return next;
  }

  #note(host: string, moment: string, isRoutine: boolean): void {
    const pasts = this.#pasts.get(host) ?? [];
    this.#pasts.set(host, pasts);
    const past: Past = { at: Date.parse(moment), heard: this.#fold.get(host) ?? null, isRoutine };
    const [first, second] = pasts.slice(-2);
    const issued = first?.heard?.last?.issued;
    // Within the shortest time that a control may ask, the one before says all that the one in between does.
    const isBetween = isRoutine && second?.isRoutine === true && issued !== undefined;
    if (isBetween && past.at - Date.parse(issued) <= shortestWithin * 1000) pasts.pop();
    pasts.push(past);
  }
}

type Last = NonNullable<HeardHost['last']>;

function isRoutineAfter(before: Last, now: Last): boolean {
  return Date.parse(now.issued) >= Date.parse(before.issued) && isAheadOfLog(before) === isAheadOfLog(now);
}

function isAheadOfLog({ issued, received }: Last): boolean {
  return secondsBetween(received, issued) > clockToleranceSeconds;
}

/** Where the last one up to a moment stands; -1 where there is none. */
function placeOf(pasts: readonly Past[], moment: Instant): number {
  let [low, high] = [0, pasts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((pasts[middle]?.at ?? Infinity) <= moment) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
