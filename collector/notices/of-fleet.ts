import { secondsBetween } from '../../policies/quantities.ts';
import { isCompliant, type HostState } from '../state/host-state.ts';
import type { Fleet } from '../state/fleet.ts';
import type { PolicyShelf } from '../state/shelf.ts';
import { condition, type Condition, type Outcome, type Source } from './condition.ts';

/** So many reasons of a failure are told. */
export const toldReasons = 3;

export interface FleetSourceInput {
  readonly fleet: Pick<Fleet, 'hosts' | 'get' | 'neverSeen' | 'freshness' | 'controls' | 'standing'>;
  readonly shelf: PolicyShelf;
  /** Seconds without a report after which a host is stale. */
  readonly staleAfter: number;
  /** When the collector began to listen: no host was silent before. */
  readonly begun: Date;
}

/** Controls that fail on hosts, and hosts that cannot be heard or believed. */
export class FleetSource implements Source {
  readonly kinds = ['control-fails', 'host-stale', 'host-clock-ahead', 'host-never-seen'] as const;
  readonly #input: FleetSourceInput;
  /** Of each host as it stood when it was last looked at: most stay as they are. */
  readonly #known = new Map<
    string,
    { readonly of: HostState['content']; readonly standing: string; readonly found: Condition[] }
  >();

  constructor(input: FleetSourceInput) {
    this.#input = input;
  }

  *conditions(at: Date): Iterable<Condition> {
    const { fleet } = this.#input;
    for (const host of fleet.hosts()) yield* this.#ofHost(host, at);
    for (const agent of this.#known.keys()) if (fleet.get(agent) === undefined) this.#known.delete(agent);
    for (const { agent } of fleet.neverSeen()) yield condition('host-never-seen', agent, { host: agent });
  }

  outcome({ kind, host: agent, policy, control }: Condition, at: Date): Outcome {
    const { fleet } = this.#input;
    const host = agent === null ? undefined : fleet.get(agent);
    if (host === undefined) return 'gone';
    if (kind !== 'control-fails') return fleet.freshness(host, at).state === 'fresh' ? 'well' : 'open';
    const found = fleet.controls(host, at).find((state) => state.policy === policy && state.control === control);
    if (found === undefined || found.verdict === 'waived') return 'gone';
    return isCompliant(found.verdict) ? 'well' : 'open';
  }

  #ofHost(host: HostState, at: Date): Condition[] {
    const { fleet } = this.#input;
    const { agent, content } = host;
    const standing = `${fleet.standing(host, at)}\n${String(this.#isListening(at))}`;
    const known = this.#known.get(agent);
    if (known?.of === content && known.standing === standing) return known.found;
    const found = [...this.#silence(host, at), ...this.#failures(host, at)];
    this.#known.set(agent, { of: content, standing, found });
    return found;
  }

  /** After a start everybody has been silent as long as the collector was away. */
  #isListening(at: Date): boolean {
    return secondsBetween(this.#input.begun, at) >= this.#input.staleAfter;
  }

  #silence(host: HostState, at: Date): Condition[] {
    const { agent, issuedAt, content } = host;
    const more = { host: agent, labels: content.host.labels, values: { last: issuedAt } };
    switch (this.#input.fleet.freshness(host, at).state) {
      case 'fresh':
        return [];
      case 'clock-ahead':
        return [condition('host-clock-ahead', agent, more)];
      case 'stale':
        return this.#isListening(at) ? [condition('host-stale', agent, more)] : [];
    }
  }

  #failures(host: HostState, at: Date): Condition[] {
    const { fleet, shelf } = this.#input;
    const { agent, content } = host;
    const failing = fleet.controls(host, at).filter(({ verdict }) => verdict === 'fail');
    return failing.map(({ policy, control, reasons, failingSince, since }) => {
      const definition = shelf.control(content.policies, policy, control);
      return condition('control-fails', `${agent} ${policy} ${control}`, {
        ...{ policy, control, host: agent, labels: content.host.labels },
        severity: definition?.severity ?? 'warning',
        title: definition?.title ?? null,
        reasons: reasons.filter((reason) => reason.verdict === 'fail').slice(0, toldReasons),
        values: { since: failingSince ?? since },
      });
    });
  }
}
