import { isDeepStrictEqual } from 'node:util';
import type { Policy } from '../../policies/load.ts';
import type { Observation } from '../../policies/observe.ts';
import type { Control } from '../../policies/schema.ts';
import { selectControls } from '../../policies/select.ts';
import { asExactJson } from '../json.ts';
import { readObservations } from '../observations.ts';
import { countVerdicts, HostPart, hostPartName, observationsPartName, type Statement } from '../report.ts';
import type { Body } from './bodies.ts';
import type { Findings, FindingCode } from './findings.ts';

/** What a report says of its host. */
export interface Told {
  readonly host: HostPart;
  readonly observations: readonly Observation[];
}

/** The parts that say what was observed, in their one form, and counted as the statement counts them. */
export function openTold(body: Body, { counts }: Statement, where: string, findings: Findings): Told | undefined {
  const host = asExactJson(HostPart, body.part(hostPartName));
  const told = readObservations(body.part(observationsPartName));
  if (host === undefined || told === undefined) {
    const name = host === undefined ? hostPartName : observationsPartName;
    findings.add('report.body', where, `its part ${name} is not there, or not of version 1 in its one form`);
    return undefined;
  }
  if (!isDeepStrictEqual(countVerdicts(told.observations), counts)) {
    findings.add('report.counts', where, 'the statement counts other verdicts than its observations have');
    return undefined;
  }
  return { host, observations: told.observations };
}

/** What a report says otherwise than its facts do. */
export interface Disagreement {
  readonly code: Extract<FindingCode, `verdict.${string}` | 'reasons.differ'>;
  readonly message: string;
}

/** A control that holds for the host, and what the report says of it. */
export interface ReportedControl {
  readonly document: Policy;
  readonly control: Control;
  readonly observation: Observation;
}

/** Selects again: every control of the documents that holds for the host must be there once, and no other. */
export function matchControls(
  { host, observations }: Told,
  documents: readonly Policy[],
): { controls: ReportedControl[]; disagreements: Disagreement[] } {
  const reported = Map.groupBy(observations, nameOf);
  const controls: ReportedControl[] = [];
  const disagreements: Disagreement[] = [];
  for (const document of documents) {
    for (const control of selectControls(document, host.labels)) {
      const name = nameOf({ policy: document.policy, control: control.id });
      const [observation, ...rest] = reported.get(name) ?? [];
      reported.set(name, rest);
      if (observation !== undefined) {
        controls.push({ document, control, observation });
        continue;
      }
      const message = `${name} holds for ${host.hostname} and was left out`;
      disagreements.push({ code: 'verdict.missing', message });
    }
  }
  for (const observation of [...reported.values()].flat()) {
    const message = `${nameOf(observation)} is reported twice, or its policies do not have it for this host`;
    disagreements.push({ code: 'verdict.extra', message });
  }
  return { controls, disagreements };
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
