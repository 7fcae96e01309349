import type { OwedFinding } from '../policies/checks/cases.ts';
import type { HostFindings } from './host-findings.ts';
import type { WaiversInForce } from './waivers-in-force.ts';

interface Failing {
  readonly count: number;
  /** Since when more fails than findings and exceptions account for; null where they do. */
  readonly since: string | null;
}

/**
 * Whether a finding stands for each failure that hosts report. How many controls fail stands in each report's signed
 * statement, so this needs nothing that can be erased: where more fail than findings and exceptions can account for, one
 * at least is missing.
 */
export class OwedFindings {
  readonly #findings: HostFindings;
  readonly #waivers: WaiversInForce;
  readonly #hosts = new Map<string, Failing>();
  #latest = '';

  constructor(findings: HostFindings, waivers: WaiversInForce) {
    this.#findings = findings;
    this.#waivers = waivers;
  }

  /** Something was done: what stands for failures may be another now. */
  pass(receivedAt: string): void {
    this.#latest = receivedAt;
    for (const [host, { count }] of this.#hosts) this.#weigh(host, count);
  }

  /** A report of a host by which so many controls fail. */
  report(host: string, failing: number, receivedAt: string): void {
    this.#latest = receivedAt;
    if (failing > 0) this.#weigh(host, failing);
    else this.#hosts.delete(host);
  }

  /** A host whose key counts no more. */
  forget(agent: string): void {
    this.#hosts.delete(agent);
  }

  /** Forgets every host but these. */
  keepOnly(hosts: ReadonlySet<string>): void {
    for (const host of this.#hosts.keys()) if (!hosts.has(host)) this.#hosts.delete(host);
  }

  /** Sorted by host. */
  owed(): OwedFinding[] {
    return [...this.#hosts]
      .flatMap(([host, { count: failing, since }]) => {
        const accounted = since === null ? failing : this.#accounted(host);
        return since === null || accounted >= failing ? [] : [{ host, failing, accounted, since }];
      })
      .sort((a, b) => (a.host < b.host ? -1 : 1));
  }

  #weigh(host: string, count: number): void {
    const isOwed = count > this.#accounted(host);
    this.#hosts.set(host, { count, since: isOwed ? (this.#hosts.get(host)?.since ?? this.#latest) : null });
  }

  #accounted(host: string): number {
    const waivers = this.#waivers.of(host, new Date(this.#latest));
    const found = this.#findings.controlsOf(host);
    if (waivers.length === 0) return found.size;
    const waived = waivers.map(({ asked: { policy, control } }) => `${policy} ${control}`);
    return new Set([...found.keys(), ...waived]).size;
  }
}
