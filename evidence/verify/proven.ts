import type { Gap } from '../entry.ts';
import type { Counts, PartCommitment, Statement } from '../report.ts';
import { namesPolicy } from '../scope.ts';
import type { Shown } from './shown.ts';

/** What the verified part of a bundle shows. */
export interface Proven {
  /** Reports whose signature, number, chain, dates, body and verdicts hold. */
  readonly reports: number;
  /** Verdicts in them, each judged again. */
  readonly observations: number;
  /** Verdicts that were not judged again, because the bundle does not show the facts of their policies. */
  readonly unjudged: number;
  /** Parts of these reports that the bundle leaves out on purpose, by name: their commitments stay. */
  readonly withheld: readonly WithheldPart[];
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
  /** The numbers of the first and the last of them. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly firstIssuedAt: string;
  readonly lastIssuedAt: string;
  /**
   * Whether they are known to be all that the host reported in what the bundle shows. Else later ones may have been left
   * out: no report is shown that follows the last.
   */
  readonly isClosed: boolean;
}

export interface WithheldPart {
  readonly name: string;
  readonly reports: number;
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
  readonly #agents = new Map<string, Omit<ProvenAgent, 'isClosed'>>();
  readonly #withheld = new Map<string, number>();
  readonly #shown: Shown;
  #unjudged = 0;
  readonly #policies = new Map<string, ProvenPolicy>();
  readonly #gaps: ProvenGap[] = [];
  #reports = 0;
  #firstReceivedAt: string | null = null;
  #lastReceivedAt: string | null = null;

  constructor(shown: Shown) {
    this.#shown = shown;
  }

  receive(receivedAt: string): void {
    this.#firstReceivedAt ??= receivedAt;
    this.#lastReceivedAt = receivedAt;
  }

  gap({ from, until }: Gap): void {
    this.#gaps.push({ from, until });
  }

  /**
   * A report that holds in every way.
   * @param judged its verdicts, but those of policies that the bundle does not show
   * @param withheld its parts that the bundle does not show
   */
  count(statement: Statement, judged: Counts, withheld: readonly PartCommitment[]): void {
    const { agent, epoch, seq, issuedAt, counts, policies } = statement;
    this.#reports += 1;
    for (const [verdict, count] of Object.entries(judged)) {
      this.#verdicts[verdict as keyof Counts] += count;
      this.#unjudged += counts[verdict as keyof Counts] - count;
    }
    for (const { name } of withheld) this.#withheld.set(name, (this.#withheld.get(name) ?? 0) + 1);
    const chain = `${agent} ${epoch}`;
    const before = this.#agents.get(chain);
    this.#agents.set(chain, {
      agent,
      epoch,
      reports: (before?.reports ?? 0) + 1,
      firstSeq: before?.firstSeq ?? seq,
      lastSeq: seq,
      firstIssuedAt: before?.firstIssuedAt ?? issuedAt,
      lastIssuedAt: issuedAt,
    });
    for (const named of policies) {
      if (!namesPolicy(this.#shown.scope, named.policy)) continue;
      this.#policies.set(named.digest, { ...named, reports: (this.#policies.get(named.digest)?.reports ?? 0) + 1 });
    }
  }

  proven(): Proven {
    const observations = Object.values(this.#verdicts).reduce((sum, count) => sum + count, 0);
    return {
      reports: this.#reports,
      observations,
      unjudged: this.#unjudged,
      withheld: [...this.#withheld].map(([name, reports]) => ({ name, reports })),
      verdicts: { ...this.#verdicts },
      agents: [...this.#agents.values()].map((agent) => ({ ...agent, isClosed: this.#shown.isClosed(agent) })),
      policies: [...this.#policies.values()],
      gaps: [...this.#gaps],
      firstReceivedAt: this.#firstReceivedAt,
      lastReceivedAt: this.#lastReceivedAt,
    };
  }
}
