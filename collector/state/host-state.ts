import { z } from 'zod';
import {
  HostPart,
  hostPartName,
  ObservationsPart,
  observationsPartName,
  type Statement,
} from '../../evidence/report.ts';
import { Observation } from '../../policies/observe.ts';
import { Moment } from '../../policies/quantities.ts';
import type { Verdict } from '../../policies/verdict.ts';
import { Measure } from '../metrics/measure.ts';
import { measuresOf } from '../metrics/measures.ts';

/** One control on one host, as its last report has it. */
export const ControlState = z.strictObject({
  ...Observation.shape,
  /** The report with which this verdict began. */
  since: Moment,
  /** Since when it has not been passing, over changes between fail and unknown; null while it passes. */
  failingSince: Moment.nullable(),
});
export type ControlState = z.output<typeof ControlState>;

/** What a report's body says, kept so that parts which have not changed need not be read again. */
export const HostContent = z.strictObject({
  v: z.literal(1),
  epoch: z.int().positive(),
  policies: z.array(z.strictObject({ policy: z.string(), version: z.int(), digest: z.string() })),
  /** Commitments by part. */
  parts: z.record(z.string(), z.string()),
  host: HostPart,
  controls: z.array(ControlState),
  /** By part: the figures that its facts give. */
  measures: z.record(z.string(), z.array(Measure)),
});
export type HostContent = z.output<typeof HostContent>;

/** A host as the collector knows it. */
export interface HostState {
  readonly agent: string;
  /** The newest report's place in the log. */
  readonly index: number;
  readonly seq: number;
  readonly issuedAt: string;
  readonly receivedAt: string;
  readonly content: HostContent;
}

/** The content of a body's parts that had to be read, because they changed. */
export interface ChangedParts {
  readonly host: HostPart | undefined;
  readonly observations: ObservationsPart | undefined;
  /** The others by name, of whatever form. */
  readonly facts: ReadonlyMap<string, unknown>;
}

export function isRead(part: string, { host, observations, facts }: ChangedParts): boolean {
  if (part === hostPartName) return host !== undefined;
  return part === observationsPartName ? observations !== undefined : facts.has(part);
}

/** The names of the body's parts whose content is not what `content` was made from. */
export function changedParts(statement: Statement, content: HostContent | undefined): string[] {
  return statement.body.filter(({ name, commitment }) => content?.parts[name] !== commitment).map(({ name }) => name);
}

/**
 * What a host's content becomes with its next report; `previous` itself where nothing changed.
 * @param read at least every part that `changedParts` names
 * @throws RangeError where it is not
 */
export function nextContent(previous: HostContent | undefined, statement: Statement, read: ChangedParts): HostContent {
  const policies = [...statement.policies];
  const changed = new Set(changedParts(statement, previous));
  const isSame =
    previous?.epoch === statement.epoch &&
    changed.size === 0 &&
    Object.keys(previous.parts).length === statement.body.length &&
    JSON.stringify(previous.policies) === JSON.stringify(policies);
  if (isSame) return previous;
  const host = changed.has(hostPartName) ? read.host : previous?.host;
  const observations = changed.has(observationsPartName) ? read.observations?.observations : previous?.controls;
  if (host === undefined || observations === undefined) throw new RangeError('a part that changed was not read');
  const before = new Map(previous?.controls.map((control) => [keyOf(control), control]));
  const measures = statement.body.flatMap(({ name }) => {
    const known = changed.has(name)
      ? measuresOf(name, read.facts.get(name), new Date(statement.issuedAt), previous?.measures[name])
      : previous?.measures[name];
    return known === undefined ? [] : [[name, known] as const];
  });
  return {
    v: 1,
    epoch: statement.epoch,
    policies,
    parts: Object.fromEntries(statement.body.map(({ name, commitment }) => [name, commitment])),
    host,
    controls: observations.map((observation) =>
      nextControl(before.get(keyOf(observation)), observation, statement.issuedAt),
    ),
    measures: Object.fromEntries(measures),
  };
}

function keyOf({ policy, control }: Pick<Observation, 'policy' | 'control'>): string {
  return `${policy} ${control}`;
}

function nextControl(before: ControlState | undefined, observation: Observation, at: string): ControlState {
  const { policy, control, verdict, reasons } = observation;
  const since = before?.verdict === verdict ? before.since : at;
  const failingSince = isCompliant(verdict) ? null : (before?.failingSince ?? at);
  return { policy, control, verdict, reasons, since, failingSince };
}

export function isCompliant(verdict: Verdict | 'stale' | 'waived' | 'never-seen'): boolean {
  return verdict === 'pass' || verdict === 'not-applicable';
}
