import { namesHost, hasLabels, picksHosts, placeInPeriod, wholeScope, type Scope } from '../scope.ts';
import { manifestPath } from '../bundle.ts';
import type { HostPart, Statement } from '../report.ts';
import type { Findings } from './findings.ts';

type Place = ReturnType<typeof placeInPeriod>;

/** Entries that are left out, one after the other. */
interface Omitted {
  readonly first: number;
  count: number;
}

/**
 * Holds what a bundle shows of its log against what it says that it shows. An entry that is left out cannot be seen for
 * what it is, only where it stands: between two entries that are shown, and so between their moments. A whole bundle is
 * one whose scope leaves nothing out.
 */
export class Shown {
  readonly scope: Scope;
  /** Whether the bundle says that it shows only a part. */
  readonly isPart: boolean;
  readonly #findings: Findings;
  /** How many entries are left out. */
  omitted = 0;
  #run: Omitted | undefined;
  /** Where the last entry that is shown lies; at the start, where the log's beginning does. */
  #lastPlace: Place;
  /** Where each host is first spoken of. */
  readonly #hosts = new Map<string, string>();
  readonly #labelled = new Set<string>();
  /** Chains of which a report beside the period is shown, at either end. */
  readonly #beside = new Set<string>();
  readonly #policies = new Set<string>();

  /** @param scope null where the bundle says that it shows all */
  constructor(scope: Scope | null, findings: Findings) {
    this.scope = scope ?? wholeScope;
    this.isPart = scope !== null;
    this.#findings = findings;
    this.#lastPlace = this.scope.from === null ? 'in' : 'before';
  }

  isInPeriod(receivedAt: string): boolean {
    return placeInPeriod(this.scope, receivedAt) === 'in';
  }

  /** An entry of which only the hash is here. */
  omit(index: number): void {
    this.omitted += 1;
    this.#run ??= { first: index, count: 0 };
    this.#run.count += 1;
  }

  /** The next entry that is shown. */
  receive(receivedAt: string): void {
    const place = placeInPeriod(this.scope, receivedAt);
    this.#endRun(place);
    this.#lastPlace = place;
  }

  /** In the order in which they are first spoken of. */
  get hosts(): string[] {
    return [...this.#hosts.keys()];
  }

  /** An entry that is about a host. */
  expectHost(agent: string, where: string): void {
    if (!this.#hosts.has(agent)) this.#hosts.set(agent, where);
    if (namesHost(this.scope, agent)) return;
    this.#findings.add('scope.exceeded', where, `it is about ${agent}, a host that this bundle does not say it shows`);
  }

  /** A document that an entry sets. */
  addPolicy(policy: string): void {
    this.#policies.add(policy);
  }

  /**
   * Whether an agent's chain may begin with this report here although it is not the first. With a period, the last
   * report before it is shown as well: were it not, reports might have been taken out from the beginning of the period.
   */
  mayBegin({ agent, seq }: Statement, receivedAt: string, where: string): boolean {
    if (this.scope.from === null) return false;
    if (placeInPeriod(this.scope, receivedAt) === 'before') return true;
    const message = `report ${seq} of ${agent} is the first that is shown, and the one before it is not here: whether reports of the period were left out cannot be shown`;
    this.#findings.add('scope.start', where, message);
    return true;
  }

  /** @returns where a report lies: outside the period only its place in the chain is shown, not its body */
  place({ agent, epoch }: Statement, receivedAt: string, where: string): Place {
    this.expectHost(agent, where);
    const place = placeInPeriod(this.scope, receivedAt);
    if (place === 'in') return place;
    const side = `${place} ${agent} ${epoch}`;
    if (this.#beside.has(side)) {
      const message = `it is of ${receivedAt}, outside the period that this bundle says it shows`;
      this.#findings.add('scope.exceeded', where, message);
    }
    this.#beside.add(side);
    return place;
  }

  /** What a report of the period says that its host is. */
  label(agent: string, { labels }: HostPart): void {
    if (hasLabels(this.scope, labels)) this.#labelled.add(agent);
  }

  /** Whether a chain's reports are known to be all of the period: another follows, or no entry at all is left out after. */
  isClosed({ agent, epoch }: { readonly agent: string; readonly epoch: number }): boolean {
    if (this.scope.until !== null) return this.#beside.has(`after ${agent} ${epoch}`);
    return !picksHosts(this.scope);
  }

  /** To be called once every entry has been verified. */
  finish(): void {
    this.#endRun(this.scope.until === null ? 'in' : 'after');
    if (Object.keys(this.scope.labels).length > 0) {
      for (const [agent, where] of this.#hosts) {
        if (this.#labelled.has(agent)) continue;
        const message = `it is about ${agent}, which in no report here has the labels of what this bundle says it shows`;
        this.#findings.add('scope.exceeded', where, message);
      }
    }
    const absent = [
      ...this.scope.hosts.filter((host) => !this.#hosts.has(host)),
      ...this.scope.policies.filter((policy) => !this.#policies.has(policy)),
    ];
    for (const name of absent) {
      this.#findings.add('scope.absent', manifestPath, `it says that ${name} is shown, and no entry here is about it`);
    }
  }

  /** What is left out between two moments of the period, where no host is picked, should have been shown. */
  #endRun(next: Place): void {
    const run = this.#run;
    this.#run = undefined;
    if (run === undefined || picksHosts(this.scope) || this.#lastPlace !== 'in' || next !== 'in') return;
    const last = run.first + run.count - 1;
    const where = run.count === 1 ? `entry ${last}` : `entries ${run.first} to ${last}`;
    const message = 'left out, and by what this bundle says that it shows it should be here: only its hash is';
    this.#findings.add('entry.omitted', where, message);
  }
}
