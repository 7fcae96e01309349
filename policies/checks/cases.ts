import { z } from 'zod';
import { isAsOld } from '../moments.ts';
import { dueAfter, Term, termText } from '../people/terms.ts';
import { Duration, Moment } from '../quantities.ts';
import { reasonsFrom, type Catalogue, type Reason } from '../reasons.ts';
import { defineCheckKind } from './kind.ts';

/** What can have a deadline. */
export const caseKinds = [
  'finding',
  'incident',
  'data-leak',
  'order',
  'vulnerability',
  'erasure',
  'audit',
  'password-replacement',
] as const;
export const CaseKind = z.enum(caseKinds);
export type CaseKind = z.output<typeof CaseKind>;

/** The name of a thing that is done in a case (`customer-told`), or of a field that it has (`consequences`). */
export const StepName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'expected a word such as customer-told');

/**
 * How a finding that the collector opened comes to its end: its hosts pass, an exception from what they fail was approved,
 * or they are gone or not asked any more.
 */
export const endings = ['passed', 'waived', 'gone'] as const;
export type Ending = (typeof endings)[number];

export function isEnding(step: string): step is Ending {
  return endings.some((ending) => ending === step);
}

const Rule = z
  .strictObject({
    step: StepName,
    /** The step after which it is due; the case's beginning unless given. */
    from: StepName.optional(),
    /** By when it is due. */
    within: Term.optional(),
    /** How long it may not be done yet. */
    notBefore: Term.optional(),
  })
  .refine(({ within, notBefore }) => (within === undefined) !== (notBefore === undefined), {
    error: 'expected within or notBefore',
  });
type Rule = z.output<typeof Rule>;

const Parameters = z
  .strictObject({
    of: CaseKind,
    /** Cases that weigh as this only; all unless given. */
    urgency: z.enum(['urgent', 'normal']).optional(),
    steps: z.array(Rule).max(20).default([]),
    /** What a case must say by the time it is closed. */
    fields: z.array(StepName).max(30).default([]),
    /** From the beginning of one case to that of the next, at least. */
    apart: Term.optional(),
    /** How long after it was done too late a step makes the control fail. */
    remember: Duration.prefault('31d'),
  })
  .refine(({ steps, fields, apart }) => steps.length > 0 || fields.length > 0 || apart !== undefined, {
    error: 'expected at least one of steps, fields and apart',
  });
type Parameters = z.output<typeof Parameters>;

const Id = z.string().min(1).max(64);

/** A thing with deadlines. What it is about stands in what can be erased. */
export const Case = z.strictObject({
  id: Id,
  of: CaseKind,
  urgency: z.enum(['urgent', 'normal']).nullable(),
  /** From when its terms count: when it became known, when a contract ended. */
  began: Moment,
  /** When it was written down. */
  recorded: Moment,
  /** In the order in which they were written down, each with the moment of that: what counts is what can be proven. */
  steps: z.array(z.strictObject({ step: StepName, recorded: Moment })).max(1000),
  /** Sorted; what it says something about. */
  fields: z.array(StepName).max(100),
  closed: Moment.nullable(),
});
export type Case = z.output<typeof Case>;

/** A host that reports more failures than findings and exceptions account for. */
const OwedFinding = z.strictObject({
  host: z.string().min(1).max(253),
  /** Controls that fail by its last report, and how many of them are accounted for. */
  failing: z.int().positive(),
  accounted: z.int().nonnegative(),
  /** The report with which that began. */
  since: Moment,
});
export type OwedFinding = z.output<typeof OwedFinding>;

export const CasesFacts = z.strictObject({
  /** Of all kinds, in the order in which they were written down. */
  cases: z.array(Case).max(100_000),
  /** By host. */
  owed: z.array(OwedFinding).max(100_000).default([]),
});
export type CasesFacts = z.output<typeof CasesFacts>;

export const casesReasons = {
  'cases.none': {
    verdict: 'not-applicable',
    en: 'no such case was written down',
    nl: 'er is geen zaak van deze soort opgeschreven',
  },
  'cases.unopened': {
    verdict: 'unknown',
    en: '{failing} controls fail, {accounted} of them have a finding or an exception; that began with the report received on {since|moment}',
    nl: '{failing} maatregelen voldoen niet, {accounted} daarvan hebben een bevinding of ontheffing; dat begon met de melding die is ontvangen op {since|moment}',
  },
  'cases.overdue': {
    verdict: 'fail',
    en: '{step|steps} was due by {due|moment}, {term|term} after {began|moment}, and is not done',
    nl: '{step|steps} moest gebeurd zijn voor {due|moment}, {term|term} na {began|moment}, en is niet gedaan',
  },
  'cases.late': {
    verdict: 'fail',
    en: '{step|steps} was due by {due|moment}, {term|term} after {began|moment}, and was done on {done|moment}',
    nl: '{step|steps} moest gebeurd zijn voor {due|moment}, {term|term} na {began|moment}, en is gedaan op {done|moment}',
  },
  'cases.early': {
    verdict: 'fail',
    en: '{step|steps} was done on {done|moment}, and was not to be before {due|moment}, {term|term} after {began|moment}',
    nl: '{step|steps} is gedaan op {done|moment}, en mocht niet voor {due|moment}, {term|term} na {began|moment}',
  },
  'cases.incomplete': {
    verdict: 'fail',
    en: 'closed on {closed|moment} without a word on {fields|steps}',
    nl: 'gesloten op {closed|moment} zonder iets te zeggen over {fields|steps}',
  },
  'cases.too-soon': {
    verdict: 'fail',
    en: 'began on {began|moment}, and the one before it on {before|moment}; {term|term} are to lie in between',
    nl: 'begonnen op {began|moment}, en de vorige op {before|moment}; daartussen hoort {term|term} te liggen',
  },
  'cases.backdated': {
    verdict: 'unknown',
    en: 'written down on {recorded|moment}, with a beginning of {began|moment} that lies after it',
    nl: 'opgeschreven op {recorded|moment}, met een begin op {began|moment} dat daarna ligt',
  },
  'cases.was-late': {
    verdict: 'not-applicable',
    en: '{step|steps} was done too late, on {done|moment} where {due|moment} was due; that is some time ago',
    nl: '{step|steps} is te laat gedaan, op {done|moment} waar {due|moment} gold; dat is een tijd geleden',
  },
  'cases.ended': {
    verdict: 'not-applicable',
    en: 'ended by itself on {ended|moment} ({how|steps}), before {step|steps} was due ({due|moment})',
    nl: 'vanzelf geëindigd op {ended|moment} ({how|steps}), voordat {step|steps} gebeurd moest zijn ({due|moment})',
  },
  'cases.pending': {
    verdict: 'not-applicable',
    en: '{step|steps} is due by {due|moment}',
    nl: '{step|steps} moet gebeurd zijn voor {due|moment}',
  },
  'cases.in-time': {
    verdict: 'pass',
    en: '{step|steps} was done on {done|moment}, due by {due|moment}',
    nl: '{step|steps} is gedaan op {done|moment}, de termijn liep tot {due|moment}',
  },
  'cases.complete': {
    verdict: 'pass',
    en: 'closed on {closed|moment} with all that it is to say',
    nl: 'gesloten op {closed|moment} met alles wat erin hoort',
  },
  'cases.spaced': {
    verdict: 'pass',
    en: 'began on {began|moment}, long enough after the one before it',
    nl: 'begonnen op {began|moment}, lang genoeg na de vorige',
  },
} as const satisfies Catalogue;

const because = reasonsFrom(casesReasons);

/** What people answer within a term: incidents, leaks, reports of vulnerabilities, audits. */
export const cases = defineCheckKind({
  name: 'cases',
  source: 'log',
  parameters: Parameters,
  facts: CasesFacts,
  reasons: casesReasons,
  judge(facts, parameters, at) {
    const ofKind = facts.cases.filter((one) => one.of === parameters.of && weighsAs(one, parameters));
    const reasons = ofKind.flatMap((one, index) => [
      ...judgeBeginning(one, at),
      ...parameters.steps.flatMap((rule) => judgeStep(one, rule, parameters, at)),
      ...judgeFields(one, parameters),
      ...judgeApart(one, ofKind[index - 1], parameters, at),
    ]);
    const all = [...judgeOwed(facts, parameters, at), ...reasons];
    return all.length > 0 ? all : [because('cases.none', {})];
  },
});

/** The collector looks every few minutes: a failure that is older and has no finding was kept from whoever examines them. */
const openedWithinSeconds = 3600;

function judgeOwed({ owed }: CasesFacts, { of }: Parameters, at: Date): Reason[] {
  if (of !== 'finding') return [];
  return owed
    .filter(({ since }) => isAsOld(since, openedWithinSeconds, at))
    .map(({ host, failing, accounted, since }) => because('cases.unopened', { failing, accounted, since }, host));
}

/** Of which nobody said how much it presses is urgent: else it would have no term at all. */
function weighsAs({ urgency }: Case, asked: Pick<Parameters, 'urgency'>): boolean {
  return asked.urgency === undefined || (urgency ?? 'urgent') === asked.urgency;
}

/** Whoever dates a beginning later than he writes it down gives himself more time. */
function judgeBeginning({ id, began, recorded }: Case, at: Date): Reason[] {
  const isBackdated = Date.parse(began) > Date.parse(recorded) && !isAsOld(began, 0, at);
  return isBackdated ? [because('cases.backdated', { began, recorded }, id)] : [];
}

function judgeStep(one: Case, rule: Rule, { remember }: Parameters, at: Date): Reason[] {
  const { id, steps } = one;
  const { step, from } = rule;
  const began = from === undefined ? one.began : momentOfStep(one, from);
  // What it is due after has a term of its own.
  if (began === undefined) return [];
  const done = steps.find((taken) => taken.step === step)?.recorded;
  if (rule.notBefore !== undefined) return judgeWaiting({ id, step, began, done, term: rule.notBefore });
  if (rule.within === undefined) return [];
  const due = dueAfter(began, rule.within);
  const term = termText(rule.within);
  if (done === undefined) {
    const ending = endingBefore(one, due);
    if (ending !== undefined) {
      return [because('cases.ended', { ended: ending.recorded, how: ending.step, step, due }, id)];
    }
    if (one.closed === null && !isAsOld(due, 0, at)) return [because('cases.pending', { step, due }, id)];
    return [because('cases.overdue', { step, due, term, began }, id)];
  }
  if (Date.parse(done) < Date.parse(due)) return [because('cases.in-time', { step, done, due }, id)];
  if (isAsOld(done, remember, at)) return [because('cases.was-late', { step, done, due }, id)];
  return [because('cases.late', { step, due, term, began, done }, id)];
}

interface Waiting {
  readonly id: string;
  readonly step: string;
  readonly began: string;
  readonly done: string | undefined;
  readonly term: Term;
}

function judgeWaiting({ id, step, began, done, term }: Waiting): Reason[] {
  const due = dueAfter(began, term);
  if (done === undefined) return [];
  if (Date.parse(done) >= Date.parse(due)) return [because('cases.in-time', { step, done, due }, id)];
  return [because('cases.early', { step, due, term: termText(term), began, done }, id)];
}

/** Of a finding: that the collector saw nothing fail any more, where that was before a step was due. */
function endingBefore({ of, closed, steps }: Case, due: string): Case['steps'][number] | undefined {
  if (of !== 'finding' || closed === null) return undefined;
  return steps.find(({ step, recorded }) => isEnding(step) && Date.parse(recorded) < Date.parse(due));
}

function momentOfStep({ steps }: Case, name: string): string | undefined {
  return steps.find(({ step }) => step === name)?.recorded;
}

function judgeFields({ id, closed, fields }: Case, asked: Parameters): Reason[] {
  if (asked.fields.length === 0 || closed === null) return [];
  const missing = asked.fields.filter((field) => !fields.includes(field));
  if (missing.length === 0) return [because('cases.complete', { closed }, id)];
  return [because('cases.incomplete', { closed, fields: missing.join(', ') }, id)];
}

function judgeApart(
  { id, began }: Case,
  before: Case | undefined,
  { apart, remember }: Parameters,
  at: Date,
): Reason[] {
  if (apart === undefined) return [];
  if (before === undefined || Date.parse(began) >= Date.parse(dueAfter(before.began, apart))) {
    return [because('cases.spaced', { began }, id)];
  }
  if (isAsOld(began, remember, at)) return [];
  return [because('cases.too-soon', { began, before: before.began, term: termText(apart) }, id)];
}
