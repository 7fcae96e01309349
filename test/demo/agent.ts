import { composeReport } from '../../agent/compose.ts';
import type { Host } from '../../agent/host/host.ts';
import { RecordedHost } from '../../agent/host/recorded.ts';
import type { Identity } from '../../agent/identity.ts';
import { RunLedger } from '../../agent/ledger.ts';
import { askForReceipt } from '../../agent/receipts.ts';
import { runChecks, type Run } from '../../agent/run.ts';
import type { ChainEnd, SpooledReport } from '../../agent/spool.ts';
import { agentVersion } from '../../agent/version.ts';
import type { Collector } from '../../agent/collect/collector.ts';
import type { Checkpoint } from '../../evidence/checkpoint.ts';
import type { Submission } from '../../evidence/exchange.ts';
import { verifyReceipt } from '../../evidence/receipt.ts';
import type { HostSettings } from '../../agent/settings.ts';
import type { Policy } from '../../policies/load.ts';
import type { SimulatedHost } from './fleet.ts';

/** How the facts of a host come about that is not there. */
export interface Readings {
  readonly collectors: readonly Collector[];
  /** What they find at a moment; nothing unless given. */
  readonly hostAt?: (at: Date) => Host;
  readonly settings?: HostSettings;
}

/** The newest head of the log that was proven. */
interface Held {
  readonly checkpoint: Checkpoint;
  readonly note: string;
}

/**
 * An agent on a host that is not there: everything but the reading of the host is as a real agent has it. It keeps its
 * chain in memory, because nobody would wait for a disk ten thousand times.
 */
export class SimulatedAgent {
  readonly #host: Pick<SimulatedHost, 'name' | 'labels' | 'os' | 'policies'>;
  readonly #policies: readonly Policy[];
  readonly #readings: Readings;
  #identity: Identity | undefined;
  #chainEnd: ChainEnd = { seq: 0, prev: null, parts: [] };
  #held: Held | undefined;

  /** @param policies documents, of which it takes those that the host is held to */
  constructor(
    host: Pick<SimulatedHost, 'name' | 'labels' | 'os' | 'policies'>,
    policies: readonly Policy[],
    readings: Readings,
  ) {
    this.#host = host;
    this.#policies = policies.filter(({ policy }) => host.policies.includes(policy));
    this.#readings = readings;
  }

  get isEnrolled(): boolean {
    return this.#identity !== undefined;
  }

  enrolled(identity: Identity): void {
    this.#identity = identity;
  }

  /** Judges what would be found on the host. */
  check(at: Date): Promise<Run> {
    const { collectors, hostAt, settings = {} } = this.#readings;
    return runChecks({
      host: hostAt?.(at) ?? new RecordedHost({ hostname: this.#host.name }),
      at,
      ledger: new RunLedger(at),
      pseudonym: (account) => account,
      mark: (secret) => secret,
      policies: this.#policies,
      labels: this.#host.labels,
      settings,
      collectors,
    });
  }

  /**
   * Signs what was found, delivers it, and verifies the proof.
   * @param collector its address now
   * @throws Error where the log did not take the report; EvidenceError where the proof does not hold
   */
  async deliver(run: Run, collector: string): Promise<void> {
    const { name } = this.#host;
    const identity = this.#identity;
    if (identity === undefined) throw new Error(`${name} is not enrolled`);
    const report = this.#compose(run, identity);
    const answer = await askForReceipt('/api/v1/reports', this.#submission(report), { collector }, undefined);
    if (answer.state !== 'answered') {
      throw new Error(`report ${report.seq} of ${name} was not taken: ${JSON.stringify(answer)}`);
    }
    const { checkpoint, note } = verifyReceipt({
      ...{ receipt: answer.receipt, envelope: report.envelope, logKey: identity.logKey },
      held: this.#held && { checkpoint: this.#held.note },
    });
    this.#held = { checkpoint, note };
    this.#chainEnd = { seq: report.seq, prev: report.statement, parts: report.parts };
  }

  #compose(run: Run, identity: Identity): SpooledReport {
    const { name, labels, os } = this.#host;
    return composeReport({
      identity,
      host: { hostname: name, os: `Debian GNU/Linux ${os.release} (${os.codename})`, agentVersion, labels },
      run,
      policies: this.#policies,
      chainEnd: this.#chainEnd,
      seen: this.#held?.checkpoint ?? null,
    });
  }

  /** Without the parts and documents that the collector has. */
  #submission({ envelope, parts, policies }: SpooledReport): Submission {
    const known = new Set(this.#chainEnd.parts.map(({ commitment }) => commitment));
    return {
      v: 1,
      envelope,
      parts: parts
        .filter(({ commitment }) => !known.has(commitment))
        .map(({ name, salt, zstd }) => ({ name, salt, zstd })),
      policies: this.#chainEnd.seq === 0 ? policies : [],
      held: this.#held?.checkpoint.size ?? 0,
    };
  }
}
