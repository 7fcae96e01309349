import type { Control, Text } from '../../policies/schema.ts';
import { worstVerdict } from '../../policies/verdict.ts';
import type { Reason } from '../../policies/reasons.ts';
import { shownVerdict, shownVerdicts, type Fleet, type Freshness, type ShownVerdict } from '../state/fleet.ts';
import type { HostState } from '../state/host-state.ts';
import type { PolicyShelf } from '../state/shelf.ts';

/** What pages and the API show of the fleet: one computation for both. */

export interface HostOverview {
  readonly host: string;
  readonly freshness: Freshness['state'] | 'never-seen';
  /** Of the facts, not of their arrival; null for a host that never reported. */
  readonly lastReportAt: string | null;
  readonly counts: Readonly<Record<ShownVerdict, number>>;
}

export interface ShownControl {
  readonly policy: string;
  readonly control: string;
  readonly verdict: ShownVerdict;
  readonly reasons: readonly Reason[];
  readonly since: string;
  readonly failingSince: string | null;
  readonly definition: Control | undefined;
}

export interface HostDetail extends HostOverview {
  readonly hostname: string;
  readonly os: string;
  readonly agentVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The newest report's place in the log. */
  readonly index: number;
  readonly controls: readonly ShownControl[];
}

export interface ControlOverview {
  readonly policy: string;
  readonly control: string;
  readonly title: Text | undefined;
  readonly clause: string | undefined;
  readonly severity: Control['severity'] | undefined;
  readonly verdict: ShownVerdict;
  readonly hosts: Readonly<Record<string, ShownVerdict>>;
}

export function hostsOverview(fleet: Fleet, at: Date): HostOverview[] {
  const neverSeen = fleet.neverSeen().map(({ agent }) => ({
    host: agent,
    freshness: 'never-seen' as const,
    lastReportAt: null,
    counts: countShown([]),
  }));
  const seen = fleet.hosts().map((host) => overviewOf(host, fleet.freshness(host, at)));
  return [...seen, ...neverSeen].sort((a, b) => (a.host < b.host ? -1 : 1));
}

export function hostDetail(host: HostState, fleet: Fleet, shelf: PolicyShelf, at: Date): HostDetail {
  const freshness = fleet.freshness(host, at);
  const { hostname, os, agentVersion, labels } = host.content.host;
  return {
    ...overviewOf(host, freshness),
    hostname,
    os,
    agentVersion,
    labels,
    index: host.index,
    controls: host.content.controls.map((state) => ({
      ...state,
      verdict: shownVerdict(state, freshness),
      definition: shelf.control(host.content.policies, state.policy, state.control),
    })),
  };
}

export function controlsOverview(fleet: Fleet, shelf: PolicyShelf, at: Date): ControlOverview[] {
  const details = fleet.hosts().map((host) => hostDetail(host, fleet, shelf, at));
  const all = details.flatMap(({ host, controls }) => controls.map((control) => ({ host, ...control })));
  return [...Map.groupBy(all, ({ policy, control }) => `${policy}\n${control}`).values()].flatMap((ofControl) => {
    const [first] = ofControl;
    if (first === undefined) return [];
    return [
      {
        policy: first.policy,
        control: first.control,
        title: first.definition?.title,
        clause: first.definition?.clause,
        severity: first.definition?.severity,
        verdict: worstShown(ofControl.map(({ verdict }) => verdict)),
        hosts: Object.fromEntries(ofControl.map(({ host, verdict }) => [host, verdict])),
      },
    ];
  });
}

function overviewOf(host: HostState, freshness: Freshness): HostOverview {
  return {
    host: host.agent,
    freshness: freshness.state,
    lastReportAt: host.issuedAt,
    counts: countShown(host.content.controls.map((control) => shownVerdict(control, freshness))),
  };
}

/** Stale stands beside unknown: a failure is worse, a pass is better. */
function worstShown(found: readonly ShownVerdict[]): ShownVerdict {
  const worst = worstVerdict(found.filter((verdict) => verdict !== 'stale'));
  const isStale = found.includes('stale');
  return isStale && (worst !== 'fail' || !found.includes('fail')) ? 'stale' : worst;
}

function countShown(found: readonly ShownVerdict[]): Record<ShownVerdict, number> {
  const count = (verdict: ShownVerdict): number => found.filter((one) => one === verdict).length;
  return Object.fromEntries(shownVerdicts.map((verdict) => [verdict, count(verdict)])) as Record<ShownVerdict, number>;
}
