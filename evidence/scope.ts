import { z } from 'zod';
import { Moment } from '../policies/quantities.ts';
import { Labels, type PolicyDocument } from '../policies/schema.ts';
import { Rotation, type Entry } from './entry.ts';
import { unverifiedPayload } from './envelope.ts';
import { parseJson } from './json.ts';
import { AgentName, factsPartName, isFactsPart, maximumPolicies, type PartCommitment } from './report.ts';

/**
 * What a bundle shows of its log. A report is shown where its host is of the scope and it was received in the period;
 * of each such host also the last report before the period and the first after it, without their bodies, so that the
 * numbers show that none in between is missing. Every other entry is always shown, but for those that name another host.
 *
 * Lists that are empty, and ends that are null, leave nothing out. Lists are ascending, each member once: a scope has
 * one spelling.
 */
export const Scope = z.strictObject({
  /** Received at this moment or later, by the collector's clock. */
  from: Moment.nullable(),
  /** Received before this moment. */
  until: Moment.nullable(),
  /** Names of policies: of facts, only those are shown that a control of these rests on. */
  policies: z.array(z.string().max(64)).max(maximumPolicies).refine(isAscending, 'expected each policy once, in order'),
  /** Hosts that had all these labels in a report of the period; all reports of such a host are shown. */
  labels: Labels.refine((labels) => isAscending(Object.keys(labels)), 'expected labels in order'),
  /** Names of hosts, as agents report under. */
  hosts: z.array(AgentName).max(1000).refine(isAscending, 'expected each host once, in order'),
});
export type Scope = z.output<typeof Scope>;

/** Leaves nothing out. */
export const wholeScope: Scope = { from: null, until: null, policies: [], labels: {}, hosts: [] };

/** The part of a scope that decides which entries are shown. */
type Filter = Pick<Scope, 'from' | 'until' | 'labels' | 'hosts'>;

/** Where a moment lies, seen from the period. */
export function placeInPeriod({ from, until }: Filter, moment: string): 'before' | 'in' | 'after' {
  const time = Date.parse(moment);
  if (from !== null && time < Date.parse(from)) return 'before';
  if (until !== null && time >= Date.parse(until)) return 'after';
  return 'in';
}

/** Whether a host's name is of the scope; its labels may yet keep it out. */
export function namesHost({ hosts }: Filter, agent: string): boolean {
  return hosts.length === 0 || hosts.includes(agent);
}

export function hasLabels(scope: Filter, labels: Labels): boolean {
  return Object.entries(scope.labels).every(([name, value]) => labels[name] === value);
}

/** Whether it picks hosts: else every report of the period is shown. */
export function picksHosts({ hosts, labels }: Filter): boolean {
  return hosts.length > 0 || Object.keys(labels).length > 0;
}

/** Whether it leaves any entry out. */
export function picksEntries(scope: Filter): boolean {
  return scope.from !== null || scope.until !== null || picksHosts(scope);
}

export function namesPolicy({ policies }: Pick<Scope, 'policies'>, policy: string): boolean {
  return policies.length === 0 || policies.includes(policy);
}

/**
 * The parts of a report that are shown: what is told of the host, and the facts that a control of the scope's policies
 * rests on.
 * @param documents those that the report was judged by
 */
export function shownParts(
  scope: Pick<Scope, 'policies'>,
  body: readonly PartCommitment[],
  documents: readonly Pick<PolicyDocument, 'policy' | 'controls'>[],
): PartCommitment[] {
  if (scope.policies.length === 0) return [...body];
  const controls = documents.filter(({ policy }) => namesPolicy(scope, policy)).flatMap(({ controls: all }) => all);
  const needed = new Set(controls.map(({ check }) => factsPartName(check)));
  return body.filter(({ name }) => !isFactsPart(name) || needed.has(name));
}

/** The host that an administrative entry is about; undefined where it is about all of the log. */
export function hostOf(entry: Exclude<Entry, { kind: 'report' }>): string | undefined {
  switch (entry.kind) {
    case 'agent.enrol':
    case 'agent.revoke':
      return entry.agent;
    case 'key.rotate':
      if (entry.rotated.of === 'log') return undefined;
      return Rotation.safeParse(parseJson(unverifiedPayload(entry.rotated.envelope))).data?.agent;
    default:
      return undefined;
  }
}

function isAscending(names: readonly string[]): boolean {
  return names.every((name, index) => index === 0 || (names[index - 1] ?? '') < name);
}
