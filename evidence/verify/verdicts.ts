import { isDeepStrictEqual } from 'node:util';
import type { Policy } from '../../policies/load.ts';
import { observe, type Observation } from '../../policies/observe.ts';
import { selectControls } from '../../policies/select.ts';
import { parseExactJson } from '../json.ts';
import {
  countVerdicts,
  HostPart,
  hostPartName,
  ObservationsPart,
  observationsPartName,
  type Statement,
} from '../report.ts';
import { namesPolicy, type Scope } from '../scope.ts';
import type { Body } from './bodies.ts';
import type { Findings, FindingCode } from './findings.ts';

/** What a report says of its host. */
export interface Told {
  readonly host: HostPart;
  readonly observations: readonly Observation[];
}

/** The parts that say what was observed, in their one form, and counted as the statement counts them. */
export function openTold(body: Body, { counts }: Statement, where: string, findings: Findings): Told | undefined {
  const host = parseExactJson(HostPart, body.bytes(hostPartName) ?? new Uint8Array());
  const told = parseExactJson(ObservationsPart, body.bytes(observationsPartName) ?? new Uint8Array());
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

/**
 * Selects and judges again, with the documents that the report names, at the moment at which it was issued: every
 * control that holds for the host must be there once, with the verdict and the reasons that its facts give. Of policies
 * that the bundle does not show, it has no facts to judge: only that their controls are there.
 */
export function* disagreements(
  { host, observations }: Told,
  body: Body,
  documents: readonly Policy[],
  scope: Scope,
  at: Date,
): Iterable<Disagreement> {
  const reported = Map.groupBy(observations, nameOf);
  for (const document of documents) {
    for (const control of selectControls(document, host.labels)) {
      const name = nameOf({ policy: document.policy, control: control.id });
      const [found, ...rest] = reported.get(name) ?? [];
      reported.set(name, rest);
      if (found === undefined) {
        yield { code: 'verdict.missing', message: `${name} holds for ${host.hostname} and was left out` };
      } else if (namesPolicy(scope, document.policy)) {
        yield* compare(found, observe(document.policy, control, body.facts(control.check), at), host);
      }
    }
  }
  for (const observation of [...reported.values()].flat()) {
    const message = `${nameOf(observation)} is reported twice, or its policies do not have it for this host`;
    yield { code: 'verdict.extra', message };
  }
}

function* compare(found: Observation, expected: Observation, host: HostPart): Iterable<Disagreement> {
  const name = nameOf(expected);
  const by = `(judged by agent version ${host.agentVersion})`;
  if (found.verdict !== expected.verdict) {
    const message = `${name} was reported as ${found.verdict}; its facts give ${expected.verdict} ${by}`;
    yield { code: 'verdict.differs', message };
  } else if (!isSameJson(found, expected)) {
    const message = `${name} is ${found.verdict}, as reported, but its facts give other reasons for it ${by}`;
    yield { code: 'reasons.differ', message };
  }
}

function nameOf({ policy, control }: Pick<Observation, 'policy' | 'control'>): string {
  return `${policy} ${control}`;
}

/** What was reported went through JSON, where -0 is 0: so what is expected has to as well. */
function isSameJson(reported: Observation, expected: Observation): boolean {
  return isDeepStrictEqual(reported, JSON.parse(JSON.stringify(expected)));
}
