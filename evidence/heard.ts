import type { KnownHost } from '../policies/checks/reporting.ts';
import type { AgentEnrolled, AgentRevoked } from './entry.ts';
import { expectedHosts, type Records } from './registers.ts';

/** A host that is enrolled, with the last report of it that counts. */
export interface HeardHost {
  readonly host: string;
  /** Since when it is enrolled, under whatever key. */
  readonly enrolled: string;
  readonly last: { readonly issued: string; readonly received: string } | null;
}

/** Whatever knows which hosts are enrolled and when they last reported. */
export interface HeardSource {
  all(): Iterable<HeardHost>;
}

interface Kept {
  readonly epoch: number;
  /** Whether reports under its key still count. */
  readonly isCounting: boolean;
  /** Null once it was retired. */
  readonly heard: HeardHost | null;
}

/**
 * The hosts that the log has heard of, by its entries in their order. Only reports under a host's newest enrolment count,
 * as they do for what the collector shows. A retired host is forgotten; one whose key was lost stays, and falls silent.
 */
export class HeardHosts implements HeardSource {
  readonly #hosts = new Map<string, Kept>();

  enrol({ agent, epoch, receivedAt }: Pick<AgentEnrolled, 'agent' | 'epoch' | 'receivedAt'>): void {
    const before = this.#hosts.get(agent);
    if (before !== undefined && epoch <= before.epoch) return;
    // Whoever enrols again has no longer for a first report.
    const { enrolled, last } = before?.heard ?? { enrolled: receivedAt, last: null };
    this.#hosts.set(agent, { epoch, isCounting: true, heard: { host: agent, enrolled, last } });
  }

  revoke({ agent, epoch, reason }: Pick<AgentRevoked, 'agent' | 'epoch' | 'reason'>): void {
    const before = this.#hosts.get(agent);
    if (before?.epoch !== epoch) return;
    this.#hosts.set(agent, { epoch, isCounting: false, heard: reason === 'retired' ? null : before.heard });
  }

  report({ agent, epoch, issuedAt }: { agent: string; epoch: number; issuedAt: string }, receivedAt: string): void {
    const before = this.#hosts.get(agent);
    if (before?.epoch !== epoch || !before.isCounting || before.heard === null) return;
    const last = { issued: issuedAt, received: receivedAt };
    this.#hosts.set(agent, { ...before, heard: { ...before.heard, last } });
  }

  /** Undefined where it is not enrolled. */
  get(host: string): HeardHost | undefined {
    return this.#hosts.get(host)?.heard ?? undefined;
  }

  *all(): Iterable<HeardHost> {
    for (const { heard } of this.#hosts.values()) if (heard !== null) yield heard;
  }
}

/** Every host that is enrolled or that the register speaks of, sorted by name. */
export function knownHosts(heard: Iterable<HeardHost>, records: Records): KnownHost[] {
  const known = new Map<string, KnownHost>();
  for (const [host, spans] of expectedHosts(records)) {
    const expected = spans.map(({ from, until }) => {
      return { from: new Date(from).toISOString(), until: until === Infinity ? null : new Date(until).toISOString() };
    });
    known.set(host, { host, expected, enrolled: null, last: null });
  }
  for (const { host, enrolled, last } of heard) {
    known.set(host, { host, expected: known.get(host)?.expected ?? [], enrolled, last });
  }
  return [...known.values()].sort((a, b) => (a.host < b.host ? -1 : 1));
}
