import { z } from 'zod';
import { checkKind } from './checks/index.ts';
import type { JudgeAt, ReadFacts } from './checks/kind.ts';
import { isWithin, spanOfOnly, watchMoment, type Span } from './moments.ts';
import { obstacleReason, unreadable } from './reading.ts';
import { isReason, Reason, reasonsFrom, type Catalogue } from './reasons.ts';
import type { Control } from './schema.ts';
import { hasMembers, isList, isText } from './shapes.ts';
import { compareVerdicts, isVerdict, worstVerdict } from './verdict.ts';

/** Past this many, the best of the reasons are only counted. */
export const maximumReasons = 200;

const maximumName = 64;

/** One control's verdict and reasons in one run. */
export const Observation = z.strictObject({
  policy: z.string().max(maximumName),
  control: z.string().max(maximumName),
  verdict: Reason.shape.verdict,
  /** Worst first. */
  reasons: z.array(Reason).max(maximumReasons + 1),
});
export type Observation = z.output<typeof Observation>;

/** What `Observation` says of a value whose members are in its order, in a tenth of its time. */
export function isObservation(json: unknown): json is Observation {
  return (
    hasMembers(json, ['policy', 'control', 'verdict', 'reasons']) &&
    isText(json.policy, maximumName) &&
    isText(json.control, maximumName) &&
    isVerdict(json.verdict) &&
    isList(json.reasons, maximumReasons + 1) &&
    json.reasons.every(isReason)
  );
}

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
  return observerOf(policy, control, readFacts(control.check, facts))(at).observation;
}

/** The facts of a check kind, parsed once for all that is judged by them. Facts of another form make each control unknown. */
export function readFacts(check: string, facts: unknown): ReadFacts {
  const name = `check ${check}`;
  const kind = checkKind(check);
  if (kind === undefined)
    return unjudged(obstacleReason(unreadable('unsupported', name, 'unknown check kind').obstacle));
  try {
    return kind.read(facts ?? unreadable('missing', `facts of ${name}`));
  } catch (error) {
    return unjudged(fault(check, error));
  }
}

function unjudged(reason: Reason): ReadFacts {
  return () => () => [reason];
}

/** A control on its facts, judged at whatever moment. */
export type Observer = (at: Date) => Observed;

/** An observation, and for how long it stays what it is. */
export interface Observed {
  readonly observation: Observation;
  /** As a report has it. */
  readonly json: string;
  /** The moments at which the control comes out as this, as long as its facts stay. */
  readonly span: Span;
}

/** Asks the judge only where its last answer does not hold any more: one policy is held against thousands of moments. */
export function observerOf(policy: string, control: Control, facts: ReadFacts): Observer {
  let judge: JudgeAt | undefined;
  let last: Observed | undefined;
  return (at) => {
    if (last !== undefined && isWithin(last.span, at)) return last;
    const watched = watchMoment(at);
    const reasons = reasonsOf(control, () => (judge ??= facts(control.with))(watched.at));
    const observation = { policy, control: control.id, ...conclude(reasons) };
    last = { observation, json: JSON.stringify(observation), span: watched.span() ?? spanOfOnly(at) };
    return last;
  };
}

function conclude(found: readonly Reason[]): Pick<Observation, 'verdict' | 'reasons'> {
  const sorted = found.toSorted((a, b) => compareVerdicts(a.verdict, b.verdict));
  const reasons = sorted.length > 0 ? sorted : [because('observation.nothing-found', {})];
  const verdict = worstVerdict(reasons.map((reason) => reason.verdict));
  if (reasons.length <= maximumReasons) return { verdict, reasons };
  const more = because('observation.more', { count: reasons.length - maximumReasons });
  return { verdict, reasons: [...reasons.slice(0, maximumReasons), more] };
}

/** Facts or parameters of another form, or a fault in the judge: this control is unknown, and the others go on. */
function reasonsOf(control: Control, judge: () => Reason[]): Reason[] {
  try {
    const reasons = judge();
    return reasons.every(isReason) ? reasons : z.array(Reason).parse(reasons);
  } catch (error) {
    return [fault(control.check, error)];
  }
}

function fault(check: string, error: unknown): Reason {
  const why = error instanceof z.ZodError ? describeIssue(error) : String(error);
  return obstacleReason(unreadable('internal', `check ${check}`, why).obstacle);
}

function describeIssue({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not of its form'}`;
}
