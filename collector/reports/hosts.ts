import type { AgentEnrolled, AgentRevoked } from '../../evidence/entry.ts';
import type { Labels } from '../../policies/schema.ts';
import { Chain, type Instant } from './chain.ts';
import type { EntryReference } from './model.ts';

/** From here on a host was part of the fleet, or no longer. */
export interface EnrolmentChange {
  readonly at: Instant;
  readonly isEnrolled: boolean;
  readonly reference: EntryReference;
}

/** A host as the log tells of it. */
export interface HostRecord {
  readonly host: string;
  /** In the order of the log. */
  readonly enrolments: EnrolmentChange[];
  /** By epoch. */
  readonly chains: Map<number, Chain>;
  reports: number;
  /** The newest within the period. */
  lastReport: EntryReference | null;
  /** Of its newest report that can be read, or stands, in the period. */
  labels: Labels | null;
  /** All that it had in the period, each once, as JSON. */
  readonly hadLabels: Set<string>;
}

/** The hosts that entries of the log enrol, and the chains of their reports. */
export class HostRecords {
  readonly #records = new Map<string, HostRecord>();
  readonly #chain: { readonly staleAfter: number; readonly from: Instant };

  /** @param chain `staleAfter` in milliseconds, and when the period begins */
  constructor(chain: { readonly staleAfter: number; readonly from: Instant }) {
    this.#chain = chain;
  }

  all(): Iterable<HostRecord> {
    return this.#records.values();
  }

  get(host: string): HostRecord | undefined {
    return this.#records.get(host);
  }

  enrol({ agent, epoch, receivedAt }: AgentEnrolled, reference: EntryReference): void {
    const record = this.#records.get(agent) ?? newRecord(agent);
    this.#records.set(agent, record);
    record.chains.set(epoch, new Chain(receivedAt, this.#chain));
    record.enrolments.push({ at: Date.parse(receivedAt), isEnrolled: true, reference });
  }

  revoke({ agent, epoch, reason, receivedAt }: AgentRevoked, reference: EntryReference): void {
    const record = this.#records.get(agent);
    const at = Date.parse(receivedAt);
    record?.chains.get(epoch)?.revoke(at);
    // A key that was lost or stolen leaves its host in the fleet, and silent.
    const isGone = reason === 'retired' && record !== undefined && epoch === Math.max(...record.chains.keys());
    if (isGone) record.enrolments.push({ at, isEnrolled: false, reference });
  }
}

/** A host of which the log tells nothing yet. */
export function newRecord(host: string): HostRecord {
  return { host, enrolments: [], chains: new Map(), reports: 0, lastReport: null, labels: null, hadLabels: new Set() };
}
