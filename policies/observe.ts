import { z } from 'zod';
import { checkKind } from './checks/index.ts';

import { obstacleReason, unreadable } from './reading.ts';
import { Reason, reasonsFrom, type Catalogue } from './reasons.ts';
import type { Control } from './schema.ts';
import { compareVerdicts, worstVerdict } from './verdict.ts';

/** One control's verdict and reasons in one run. */
export const Observation = z.strictObject({
  policy: z.string().max(64),
  control: z.string().max(64),
  verdict: Reason.shape.verdict,
  /** Worst first. */
  reasons: z.array(Reason).max(201),
});
export type Observation = z.output<typeof Observation>;

/** Past this many, the best of the reasons are only counted. */
export const maximumReasons = 200;

export const observationReasons = {
  'observation.nothing-found': {
    verdict: 'unknown',
    en: 'nothing was found that could show it either way',
    nl: 'er is niets gevonden waaruit het blijkt',
  },
  'observation.more': {
    verdict: 'not-applicable',
    en: '{count} more of the same or better are not listed',
    nl: '{count} andere, even goede of betere, staan hier niet',
  },
} as const satisfies Catalogue;

const because = reasonsFrom(observationReasons);

/**
 * Judges one control on what was read for its check kind. Agent, collector and auditor all come through here,
 * so the same facts give all of them the same observation.
 * @param facts a `Reading` of the kind's facts; left out where the report has none
 */
export function observe(policy: string, control: Control, facts: unknown, at: Date): Observation {
  const found = judge(control, facts, at).sort((a, b) => compareVerdicts(a.verdict, b.verdict));
  const reasons = found.length > 0 ? found : [because('observation.nothing-found', {})];
  const verdict = worstVerdict(reasons.map((reason) => reason.verdict));
  const listed = reasons.slice(0, maximumReasons);
  if (listed.length < reasons.length)
    listed.push(because('observation.more', { count: reasons.length - listed.length }));
  return { policy, control: control.id, verdict, reasons: listed };
}

function judge(control: Control, facts: unknown, at: Date): Reason[] {
  const kind = checkKind(control.check);
  const name = `check ${control.check}`;
  if (kind === undefined) return [obstacleReason(unreadable('unsupported', name, 'unknown check kind').obstacle)];
  try {
    const reasons = kind.judge(facts ?? unreadable('missing', `facts of ${name}`), control.with, at);
    return z.array(Reason).parse(reasons);
  } catch (error) {
    // Facts or parameters of another form, or a fault in the judge: this control is unknown, and the others go on.
    const why = error instanceof z.ZodError ? describeIssue(error) : String(error);
    return [obstacleReason(unreadable('internal', name, why).obstacle)];
  }
}

function describeIssue({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not of its form'}`;
}
