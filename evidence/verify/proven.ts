import type { Gap } from '../entry.ts';
import type { Counts, PartCommitment, Statement } from '../report.ts';
import { namesPolicy } from '../scope.ts';
import type { ErasedParts } from './absences.ts';
import type { Shown } from './shown.ts';

/** What the verified part of a bundle shows. */
export interface Proven {
  /** Reports whose signature, number, chain, dates, body and verdicts hold. */
  readonly reports: number;
  /**
   * Further reports whose signature, number, chain and dates hold, and of which parts are not there: their verdicts were
   * not judged again, and count for nothing here.
   */
  readonly chained: number;
  /** Parts that were removed on purpose, as entries of the log say. */
  readonly erasures: readonly ErasedParts[];
  /** Verdicts in them, each judged again. */
  readonly observations: number;
  /** Verdicts that were not judged again, because the bundle does not show the facts of their policies. */
  readonly unjudged: number;
  /** Parts of these reports that the bundle leaves out on purpose, by name: their commitments stay. */
  readonly withheld: readonly WithheldPart[];
  /** Those verdicts, counted over all reports: sound evidence may well show that promises are broken. */
  readonly verdicts: Counts;
  readonly agents: readonly ProvenAgent[];
  /** Hosts that are shown, and of which no report holds: they were silent, or what they said could not be verified. */
  readonly unheard: readonly string[];
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
  /** Further ones of which parts are not there. */
  readonly chained: number;
  /** The numbers of the first and the last of them all. */
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
  #chained = 0;
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
    const { counts, policies } = statement;
    this.#reports += 1;
    this.#countOf(statement, { reports: 1, chained: 0 });
    for (const [verdict, count] of Object.entries(judged)) {
      this.#verdicts[verdict as keyof Counts] += count;
      this.#unjudged += counts[verdict as keyof Counts] - count;
    }
    for (const { name } of withheld) this.#withheld.set(name, (this.#withheld.get(name) ?? 0) + 1);
    for (const named of policies) {
      if (!namesPolicy(this.#shown.scope, named.policy)) continue;
      this.#policies.set(named.digest, { ...named, reports: (this.#policies.get(named.digest)?.reports ?? 0) + 1 });
    }
  }

  /** A report that holds as far as it is still there. */
  countChained(statement: Statement): void {
    this.#chained += 1;
    this.#countOf(statement, { reports: 0, chained: 1 });
  }

  proven(erasures: readonly ErasedParts[]): Proven {
    const observations = Object.values(this.#verdicts).reduce((sum, count) => sum + count, 0);
    return {
      reports: this.#reports,
      chained: this.#chained,
      erasures,
      observations,
      unjudged: this.#unjudged,
      withheld: [...this.#withheld].map(([name, reports]) => ({ name, reports })),
      verdicts: { ...this.#verdicts },
      agents: [...this.#agents.values()].map((agent) => ({ ...agent, isClosed: this.#shown.isClosed(agent) })),
      unheard: this.#unheard(),
      policies: [...this.#policies.values()],
      gaps: [...this.#gaps],
      firstReceivedAt: this.#firstReceivedAt,
      lastReceivedAt: this.#lastReceivedAt,
    };
  }

  #unheard(): string[] {
    const heard = new Set([...this.#agents.values()].map(({ agent }) => agent));
    return this.#shown.hosts.filter((host) => !heard.has(host));
  }

  #countOf(
    { agent, epoch, seq, issuedAt }: Statement,
    { reports, chained }: Pick<ProvenAgent, 'reports' | 'chained'>,
  ): void {
    const chain = `${agent} ${epoch}`;
    const before = this.#agents.get(chain);
    this.#agents.set(chain, {
      agent,
      epoch,
      reports: (before?.reports ?? 0) + reports,
      chained: (before?.chained ?? 0) + chained,
      firstSeq: before?.firstSeq ?? seq,
      lastSeq: seq,
      firstIssuedAt: before?.firstIssuedAt ?? issuedAt,
      lastIssuedAt: issuedAt,
    });
  }
}
