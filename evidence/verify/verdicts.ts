import { isDeepStrictEqual } from 'node:util';
import type { Policy } from '../../policies/load.ts';
import type { Observation } from '../../policies/observe.ts';
import type { Control } from '../../policies/schema.ts';
import { selectControls } from '../../policies/select.ts';
import { parseExactJson } from '../json.ts';
import { readObservations } from '../observations.ts';
import { HostPart, hostPartName, observationsPartName } from '../report.ts';
import type { Body } from './bodies.ts';
import type { Findings, FindingCode } from './findings.ts';

/** The part that says whom the report is about, in its one form. */
export function openHost(body: Body, where: string, findings: Findings): HostPart | undefined {
  const host = parseExactJson(HostPart, body.bytes(hostPartName) ?? new Uint8Array());
  if (host === undefined) findings.add('report.body', where, notThere(hostPartName));
  return host;
}

/** The part that says what was observed, in its one form. */
export function openObservations(body: Body, where: string, findings: Findings): Observation[] | undefined {
  const observations = readObservations(body.bytes(observationsPartName) ?? new Uint8Array())?.observations;
  if (observations === undefined) findings.add('report.body', where, notThere(observationsPartName));
  return observations;
}

function notThere(name: string): string {
  return `its part ${name} is not there, or not of version 1 in its one form`;
}

/** What a report says otherwise than its facts do. */
export interface Disagreement {
  readonly code: Extract<FindingCode, `verdict.${string}` | 'reasons.differ'>;
  readonly message: string;
}

/** A control that holds for a host. */
export interface HeldControl {
  readonly document: Policy;
  readonly control: Control;
}

/** Selects again, in the order in which a report has them: every control of the documents that holds for the host. */
export function controlsFor({ labels }: HostPart, documents: readonly Policy[]): HeldControl[] {
  return documents.flatMap((document) => selectControls(document, labels).map((control) => ({ document, control })));
}

/** Every control must be reported once, and no other. */
export function matchControls<Held extends HeldControl>(
  held: readonly Held[],
  observations: readonly Observation[],
  { hostname }: HostPart,
): { reported: { control: Held; observation: Observation }[]; disagreements: Disagreement[] } {
  const byName = Map.groupBy(observations, nameOf);
  const reported: { control: Held; observation: Observation }[] = [];
  const disagreements: Disagreement[] = [];
  for (const one of held) {
    const { document, control } = one;
    const name = nameOf({ policy: document.policy, control: control.id });
    const [observation, ...rest] = byName.get(name) ?? [];
    byName.set(name, rest);
    if (observation !== undefined) {
      reported.push({ control: one, observation });
      continue;
    }
    const message = `${name} holds for ${hostname} and was left out`;
    disagreements.push({ code: 'verdict.missing', message });
  }
  for (const observation of [...byName.values()].flat()) {
    const message = `${nameOf(observation)} is reported twice, or its policies do not have it for this host`;
    disagreements.push({ code: 'verdict.extra', message });
  }
  return { reported, disagreements };
}

/** Holds what was reported of a control against what its facts give; undefined where they are the same. */
export function compare(
  found: Observation,
  expected: Observation,
  { agentVersion }: HostPart,
): Disagreement | undefined {
  const name = nameOf(expected);
  const by = `(judged by agent version ${agentVersion})`;
  if (found.verdict !== expected.verdict) {
    const message = `${name} was reported as ${found.verdict}; its facts give ${expected.verdict} ${by}`;
    return { code: 'verdict.differs', message };
  }
  if (isSameJson(found, expected)) return undefined;
  const message = `${name} is ${found.verdict}, as reported, but its facts give other reasons for it ${by}`;
  return { code: 'reasons.differ', message };
}

function nameOf({ policy, control }: Pick<Observation, 'policy' | 'control'>): string {
  return `${policy} ${control}`;
}

/** What was reported went through JSON, where -0 is 0: so what is expected has to as well. */
function isSameJson(reported: Observation, expected: Observation): boolean {
  return isDeepStrictEqual(reported, JSON.parse(JSON.stringify(expected)));
}
