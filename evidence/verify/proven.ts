import type { Gap } from '../entry.ts';
import type { Counts, Statement } from '../report.ts';

/** What the verified part of a bundle shows. */
export interface Proven {
  /** Reports whose signature, number, chain, dates, body and verdicts hold. */
  readonly reports: number;
  /** Verdicts in them, each judged again. */
  readonly observations: number;
  /** Those verdicts, counted over all reports: sound evidence may well show that promises are broken. */
  readonly verdicts: Counts;
  readonly agents: readonly ProvenAgent[];
  /** The documents that they were judged by: compare the digests with the documents that you know. */
  readonly policies: readonly ProvenPolicy[];
  /** When the collector took no reports, by its own word: hosts may have reported then, and were not heard. */
  readonly gaps: readonly ProvenGap[];
  /** By the collector's clock, of all entries. */
  readonly firstReceivedAt: string | null;
  readonly lastReceivedAt: string | null;
}

export interface ProvenAgent {
  readonly agent: string;
  readonly epoch: number;
  readonly reports: number;
  readonly firstIssuedAt: string;
  readonly lastIssuedAt: string;
}

/** Moments. */
export interface ProvenGap {
  readonly from: string;
  readonly until: string;
}

export interface ProvenPolicy {
  readonly policy: string;
  readonly version: number;
  readonly digest: string;
  readonly reports: number;
}

/** Counts what has been verified. */
export class Tally {
  readonly #verdicts: Counts = { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0 };
  readonly #agents = new Map<string, ProvenAgent>();
  readonly #policies = new Map<string, ProvenPolicy>();
  readonly #gaps: ProvenGap[] = [];
  #reports = 0;
  #firstReceivedAt: string | null = null;
  #lastReceivedAt: string | null = null;

  receive(receivedAt: string): void {
    this.#firstReceivedAt ??= receivedAt;
    this.#lastReceivedAt = receivedAt;
  }

  gap({ from, until }: Gap): void {
    this.#gaps.push({ from, until });
  }

  /** A report that holds in every way. */
  count({ agent, epoch, issuedAt, counts, policies }: Statement): void {
    this.#reports += 1;
    for (const [verdict, count] of Object.entries(counts)) this.#verdicts[verdict as keyof Counts] += count;
    const chain = `${agent} ${epoch}`;
    const before = this.#agents.get(chain);
    this.#agents.set(chain, {
      agent,
      epoch,
      reports: (before?.reports ?? 0) + 1,
      firstIssuedAt: before?.firstIssuedAt ?? issuedAt,
      lastIssuedAt: issuedAt,
    });
    for (const named of policies) {
      this.#policies.set(named.digest, { ...named, reports: (this.#policies.get(named.digest)?.reports ?? 0) + 1 });
    }
  }

  proven(): Proven {
    const observations = Object.values(this.#verdicts).reduce((sum, count) => sum + count, 0);
    return {
      reports: this.#reports,
      observations,
      verdicts: { ...this.#verdicts },
      agents: [...this.#agents.values()],
      policies: [...this.#policies.values()],
      gaps: [...this.#gaps],
      firstReceivedAt: this.#firstReceivedAt,
      lastReceivedAt: this.#lastReceivedAt,
    };
  }
}
