import { clockToleranceSeconds, isFuture, secondsBetween } from '../../policies/quantities.ts';
import { verdicts, type Verdict } from '../../policies/verdict.ts';
import { type ControlState, type HostState } from './host-state.ts';

/** A verdict as the collector shows it: what is too old is `stale`, whatever it said, and what is excused `waived`. */
export type ShownVerdict = Verdict | 'stale' | 'waived';
export const shownVerdicts: readonly ShownVerdict[] = [...verdicts, 'stale', 'waived'];

/** A control as it is shown. */
export interface ShownControlState extends Omit<ControlState, 'verdict'> {
  readonly verdict: ShownVerdict;
}

/** What stands between a host's last report and belief in it. */
export type Freshness =
  | { readonly state: 'fresh' }
  | { readonly state: 'stale' }
  /** The report's moment lies after the collector's: a wrong clock, on which nothing can rest. */
  | { readonly state: 'clock-ahead' };

/** A host's name that is expected, but under which nothing ever reported. */
export interface NeverSeen {
  readonly agent: string;
}

/** The controls of a host that are waived at a moment, as `policy control`. */
export type Waived = (host: HostState, at: Date) => ReadonlySet<string>;

/** All hosts as they now stand, in memory. Reports of a transaction count when it is on disk. */
export class Fleet {
  readonly #hosts = new Map<string, HostState>();
  /** Null for a host that is to go. */
  readonly #staged = new Map<string, HostState | null>();
  readonly #staleAfter: number;
  readonly #expected: readonly string[];
  readonly #waived: Waived;
  readonly #registered: () => readonly string[];
  #revision = 0;

  /**
   * @param staleAfter seconds without a report after which a host is stale
   * @param expected names that must report
   * @param registered further ones, by the register as it is now
   */
  constructor(
    hosts: Iterable<HostState>,
    staleAfter: number,
    expected: readonly string[],
    waived: Waived = () => new Set(),
    registered: () => readonly string[] = () => [],
  ) {
    for (const host of hosts) this.#hosts.set(host.agent, host);
    this.#staleAfter = staleAfter;
    this.#expected = expected;
    this.#waived = waived;
    this.#registered = registered;
  }

  /** Another one whenever anything may have changed, an enrolment too. */
  get revision(): number {
    return this.#revision;
  }

  get(agent: string): HostState | undefined {
    return this.#hosts.get(agent);
  }

  /** Sorted by name. */
  hosts(): HostState[] {
    return [...this.#hosts.values()].sort((a, b) => (a.agent < b.agent ? -1 : 1));
  }

  /** In the order in which they came: for whoever asks often. */
  each(): Iterable<HostState> {
    return this.#hosts.values();
  }

  neverSeen(): NeverSeen[] {
    const names = new Set([...this.#expected, ...this.#registered()]);
    return [...names].filter((agent) => !this.#hosts.has(agent)).map((agent) => ({ agent }));
  }

  /** The state that the transaction under way will make true. */
  latest(agent: string): HostState | undefined {
    const staged = this.#staged.get(agent);
    return staged === undefined ? this.#hosts.get(agent) : (staged ?? undefined);
  }

  stage(host: HostState): void {
    this.#staged.set(host.agent, host);
  }

  /** A host that is no longer to be shown; should it report again, it is a new one. */
  stageRemoval(agent: string): void {
    this.#staged.set(agent, null);
  }

  /** @returns the hosts that changed, and the names of those that went */
  settle(): { readonly changed: readonly HostState[]; readonly gone: readonly string[] } {
    const changed: HostState[] = [];
    const gone: string[] = [];
    for (const [agent, host] of this.#staged) {
      if (host === null) {
        this.#hosts.delete(agent);
        gone.push(agent);
      } else {
        this.#hosts.set(agent, host);
        changed.push(host);
      }
    }
    this.#staged.clear();
    this.#revision += 1;
    return { changed, gone };
  }

  undo(): void {
    this.#staged.clear();
  }

  /** A report that was long under way is as old as its facts, not as its arrival. */
  freshness(host: HostState, at: Date): Freshness {
    // Read once: each scrape asks this of every host.
    const issuedAt = new Date(host.issuedAt);
    // Against the arrival, because time alone must not heal it; against now, because the collector's own clock may be behind.
    const isAhead = secondsBetween(host.receivedAt, issuedAt) > clockToleranceSeconds || isFuture(issuedAt, at);
    if (isAhead) return { state: 'clock-ahead' };
    return secondsBetween(issuedAt, at) > this.#staleAfter ? { state: 'stale' } : { state: 'fresh' };
  }

  /** A host's controls as they may be shown. An exception hides no pass, and makes none. */
  controls(host: HostState, at: Date): ShownControlState[] {
    const freshness = this.freshness(host, at);
    const waived = this.#waived(host, at);
    return host.content.controls.map((state) => {
      const verdict = believed(state, freshness);
      // That a host fell silent is no failure that anybody approved of.
      const isOpen = verdict === 'fail' || verdict === 'unknown';
      const isWaived = isOpen && waived.has(`${state.policy} ${state.control}`);
      return { ...state, verdict: isWaived ? 'waived' : verdict };
    });
  }

  /** What of a host's controls depends on the moment: while it stays the same, so does what is shown. */
  standing(host: HostState, at: Date): string {
    const { state } = this.freshness(host, at);
    const waived = this.#waived(host, at);
    return waived.size === 0 ? state : [state, ...waived].join('\n');
  }
}

/** What may be believed of a control: nothing passes on an old report or a wrong clock. */
function believed(control: Pick<ControlState, 'verdict'>, freshness: Freshness): Exclude<ShownVerdict, 'waived'> {
  switch (freshness.state) {
    case 'fresh':
      return control.verdict;
    case 'stale':
      return 'stale';
    case 'clock-ahead':
      return control.verdict === 'fail' ? 'fail' : 'unknown';
  }
}
