import type { HostPart } from '../../evidence/report.ts';
import type { Control, Severity, Text } from '../../policies/schema.ts';
import type { Reason } from '../../policies/reasons.ts';
import type { Freshness, ShownVerdict } from '../state/fleet.ts';
import type { HostState } from '../state/host-state.ts';
import type { FleetView } from '../state/seen-fleet.ts';
import type { PolicyShelf } from '../state/shelf.ts';

/** What pages and the API show of the fleet: one computation for both. */

/** From worst to best. Stale stands beside unknown: a failure is worse, a pass is better. What is waived is no pass. */
export const worstFirst: readonly ShownVerdict[] = ['fail', 'stale', 'unknown', 'waived', 'pass', 'not-applicable'];

export type VerdictCounts = Readonly<Record<ShownVerdict, number>>;

export type HostFreshness = Freshness['state'] | 'never-seen';

export interface HostOverview {
  readonly host: string;
  readonly freshness: HostFreshness;
  /** Of the facts, not of their arrival; null for a host that never reported. */
  readonly lastReportAt: string | null;
  readonly counts: VerdictCounts;
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
  readonly freshness: Freshness['state'];
  readonly lastReportAt: string;
  readonly receivedAt: string;
  readonly hostname: string;
  readonly os: string;
  readonly agentVersion: string;
  /** By which host it was read over SSH, where it has no agent of its own. */
  readonly readOver?: HostPart['readOver'];
  readonly labels: Readonly<Record<string, string>>;
  /** The documents that the newest report was judged by. */
  readonly policies: readonly HostPolicy[];
  /** The newest report's place in the log. */
  readonly index: number;
  readonly controls: readonly ShownControl[];
}

export interface HostPolicy {
  readonly policy: string;
  readonly version: number;
  readonly title: Text | undefined;
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

/** A control on one of the hosts that reported it. */
export interface ControlOnHost extends ShownControl {
  readonly host: HostDetail;
}

/** A control over all hosts. Title and definition are those of the newest version that a host reported. */
export interface ControlDetail {
  readonly policy: string;
  readonly control: string;
  readonly policyTitle: Text | undefined;
  readonly definition: Control | undefined;
  /** Of the policy, as hosts reported them; the newest first. */
  readonly versions: readonly number[];
  readonly verdict: ShownVerdict;
  readonly onHosts: readonly ControlOnHost[];
}

export interface FleetDetail {
  /** Those that have reported, by name. */
  readonly hosts: readonly HostDetail[];
  /** Names that are expected and never reported. */
  readonly neverSeen: readonly string[];
  /** By policy and control. */
  readonly controls: readonly ControlDetail[];
  /** Each control once a host. */
  readonly counts: VerdictCounts;
}

export function hostsOverview(fleet: FleetView, at: Date): HostOverview[] {
  const neverSeen = fleet.neverSeen().map(({ agent }) => ({
    host: agent,
    freshness: 'never-seen' as const,
    lastReportAt: null,
    counts: countShown([]),
  }));
  const seen = fleet.hosts().map((host) => overviewOf(host, fleet, at));
  return [...seen, ...neverSeen].sort((a, b) => (a.host < b.host ? -1 : 1));
}

export function hostDetail(host: HostState, fleet: FleetView, shelf: PolicyShelf, at: Date): HostDetail {
  const { hostname, os, agentVersion, readOver, labels } = host.content.host;
  return {
    ...overviewOf(host, fleet, at),
    receivedAt: host.receivedAt,
    hostname,
    os,
    agentVersion,
    ...(readOver === undefined ? {} : { readOver }),
    labels,
    policies: host.content.policies.map(({ policy, version, digest }) => ({
      policy,
      version,
      title: shelf.get(digest)?.title,
    })),
    index: host.index,
    controls: fleet.controls(host, at).map((state) => ({
      ...state,
      definition: shelf.control(host.content.policies, state.policy, state.control),
    })),
  };
}

export function fleetDetail(fleet: FleetView, shelf: PolicyShelf, at: Date): FleetDetail {
  const hosts = fleet.hosts().map((host) => hostDetail(host, fleet, shelf, at));
  return {
    hosts,
    neverSeen: fleet.neverSeen().map(({ agent }) => agent),
    controls: controlDetails(hosts),
    counts: countShown(hosts.flatMap(({ controls }) => controls)),
  };
}

export function controlsOverview(fleet: FleetView, shelf: PolicyShelf, at: Date): ControlOverview[] {
  return fleetDetail(fleet, shelf, at).controls.map(({ policy, control, definition, verdict, onHosts }) => ({
    policy,
    control,
    title: definition?.title,
    clause: definition?.clause,
    severity: definition?.severity,
    verdict,
    hosts: Object.fromEntries(
      [...Map.groupBy(onHosts, ({ host }) => host.host)].map(([host, found]) => [host, worstShown(found)]),
    ),
  }));
}

/** The worst of what is shown. Nothing at all is `unknown`: silence is no evidence. */
export function worstShown(found: readonly { readonly verdict: ShownVerdict }[]): ShownVerdict {
  return worstFirst.find((verdict) => found.some((one) => one.verdict === verdict)) ?? 'unknown';
}

export function countShown(found: readonly { readonly verdict: ShownVerdict }[]): VerdictCounts {
  const counts = { fail: 0, stale: 0, unknown: 0, waived: 0, pass: 0, 'not-applicable': 0 };
  for (const { verdict } of found) counts[verdict]++;
  return counts;
}

const severities: readonly (Severity | undefined)[] = ['critical', undefined, 'warning', 'info'];

/** The severest first. A control whose words are not known may be anything, and so stands high. */
export function bySeverity(a: Control | undefined, b: Control | undefined): number {
  return severities.indexOf(a?.severity) - severities.indexOf(b?.severity);
}

/** The worst first. */
export function byShownVerdict(a: { readonly verdict: ShownVerdict }, b: { readonly verdict: ShownVerdict }): number {
  return worstFirst.indexOf(a.verdict) - worstFirst.indexOf(b.verdict);
}

function controlDetails(hosts: readonly HostDetail[]): ControlDetail[] {
  const all = hosts.flatMap((host) => host.controls.map((control) => ({ ...control, host })));
  return [...Map.groupBy(all, ({ policy, control }) => `${policy}\n${control}`)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, onHosts]) => controlDetail(onHosts));
}

function controlDetail(onHosts: readonly ControlOnHost[]): ControlDetail[] {
  const [newest] = onHosts.toSorted((a, b) => versionOf(b) - versionOf(a));
  if (newest === undefined) return [];
  const { policy, control, definition, host } = newest;
  return [
    {
      policy,
      control,
      policyTitle: host.policies.find((document) => document.policy === policy)?.title,
      definition,
      versions: [...new Set(onHosts.map(versionOf))].sort((a, b) => b - a),
      verdict: worstShown(onHosts),
      onHosts,
    },
  ];
}

/** 0 where a report has a control of a policy that it does not name. */
function versionOf({ policy, host }: ControlOnHost): number {
  return host.policies.find((document) => document.policy === policy)?.version ?? 0;
}

function overviewOf(
  host: HostState,
  fleet: FleetView,
  at: Date,
): HostOverview & { freshness: Freshness['state']; lastReportAt: string } {
  return {
    host: host.agent,
    freshness: fleet.freshness(host, at).state,
    lastReportAt: host.issuedAt,
    counts: countShown(fleet.controls(host, at)),
  };
}
