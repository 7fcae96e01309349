import { z } from 'zod';
import { dayAt, isAhead, isAsOld } from '../moments.ts';
import { beginningOf, monthAfter, monthOf } from '../people/months.ts';
import { dueAfter, Term, termZone } from '../people/terms.ts';
import { Duration, Moment } from '../quantities.ts';
import { reasonsFrom, type Catalogue, type Reason } from '../reasons.ts';
import { defineCheckKind } from './kind.ts';

/** So many are drawn of each month; a control may ask for fewer, the first of them. */
export const maximumSample = 20;

const Parameters = z.strictObject({
  /** How many controls of hosts are looked at each month. */
  sample: z.int().min(1).max(maximumSample),
  /** By when, after the sample was drawn. */
  within: Term,
  /** How long after it was made too late a spot check makes the control fail, or after a month of which nothing could be drawn it is unknown. */
  remember: Duration.prefault('31d'),
});
type Parameters = z.output<typeof Parameters>;

/** What a control of this kind asks to be looked at. */
export const SampleAsked = z.object({ sample: Parameters.shape.sample, within: Parameters.shape.within });

export const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'expected a month such as 2026-11');

const lot = { host: z.string().min(1).max(253), policy: z.string().max(64), control: z.string().max(64) };

/** A control of a host that is to be looked at. */
export const Lot = z.strictObject(lot);
export type Lot = z.output<typeof Lot>;

/** What somebody found who looked. */
export const SpotCheck = z.strictObject({ ...lot, found: z.enum(['confirmed', 'deviates']), recorded: Moment });
export type SpotCheck = z.output<typeof SpotCheck>;

const MonthFacts = z.strictObject({
  month: Month,
  /** When the log's first entry of the month was received. */
  begun: Moment,
  /** How many controls of hosts could be drawn; null where a document that says so is not there. */
  population: z.int().nonnegative().nullable(),
  /** When a report sealed what is drawn; null while none did. */
  drawn: Moment.nullable(),
  /** In the order in which they were drawn. */
  sample: z.array(Lot).max(maximumSample),
  /** In the order in which they were written down. */
  checks: z.array(SpotCheck).max(10_000),
});
export type MonthFacts = z.output<typeof MonthFacts>;

export const SpotChecksFacts = z.strictObject({
  /** Since when the organisation has followed the document; months that began before it are not asked for. */
  asked: Moment.nullable(),
  /** Those of which the log has an entry, by month. */
  months: z.array(MonthFacts).max(1200),
});
export type SpotChecksFacts = z.output<typeof SpotChecksFacts>;

export const spotChecksReasons = {
  'spot-checks.missing': {
    verdict: 'fail',
    en: 'drawn on {drawn|day}, to be looked at by {due|moment}, and nothing was written down',
    nl: 'getrokken op {drawn|day}, te bekijken voor {due|moment}, en er is niets opgeschreven',
  },
  'spot-checks.late': {
    verdict: 'fail',
    en: 'to be looked at by {due|moment}, and written down on {done|moment}',
    nl: 'te bekijken voor {due|moment}, en opgeschreven op {done|moment}',
  },
  'spot-checks.deviates': {
    verdict: 'fail',
    en: 'looked at on {done|moment} and found otherwise than reported; mend it, look again and write that down',
    nl: 'bekeken op {done|moment} en anders bevonden dan gemeld; herstel het, kijk opnieuw en schrijf dat op',
  },
  'spot-checks.no-entry': {
    verdict: 'unknown',
    en: 'the log holds no entry of this month, so nothing could be drawn',
    nl: 'het log heeft geen regel uit deze maand, dus er kon niets worden getrokken',
  },
  'spot-checks.not-drawn': {
    verdict: 'unknown',
    en: 'the month began on {begun|moment} in the log, and no report has sealed its sample since',
    nl: 'de maand begon in het log op {begun|moment}, en sindsdien heeft geen melding de steekproef verzegeld',
  },
  'spot-checks.unread': {
    verdict: 'unknown',
    en: 'a document that hosts are judged by is not there: nobody can draw the sample',
    nl: 'een document waarnaar hosts worden beoordeeld is er niet: niemand kan de steekproef trekken',
  },
  'spot-checks.nothing': {
    verdict: 'unknown',
    en: 'when the month began on {begun|moment} no host had reported for two days, so nothing could be drawn',
    nl: 'toen de maand begon op {begun|moment} had twee dagen lang geen host gemeld, dus er kon niets worden getrokken',
  },
  'spot-checks.made': {
    verdict: 'pass',
    en: '{count} of {population} drawn on {drawn|day}, each looked at by {done|day}',
    nl: '{count} van {population} getrokken op {drawn|day}, alle bekeken op uiterlijk {done|day}',
  },
  'spot-checks.open': {
    verdict: 'not-applicable',
    en: '{open} of the {count} that were drawn on {drawn|day} are to be looked at by {due|moment}',
    nl: '{open} van de {count} die op {drawn|day} zijn getrokken moeten voor {due|moment} worden bekeken',
  },
  'spot-checks.was-late': {
    verdict: 'not-applicable',
    en: 'looked at too late, on {done|moment} where {due|moment} was due; that is some time ago',
    nl: 'te laat bekeken, op {done|moment} waar {due|moment} gold; dat is een tijd geleden',
  },
  'spot-checks.awaits': {
    verdict: 'not-applicable',
    en: 'the sample is drawn once a host has reported that saw the month begin',
    nl: 'de steekproef wordt getrokken zodra een host heeft gemeld die de maand zag beginnen',
  },
  'spot-checks.had-nothing': {
    verdict: 'not-applicable',
    en: 'when the month began on {begun|moment} no host had reported for two days, so nothing was drawn; that is some time ago',
    nl: 'toen de maand begon op {begun|moment} had twee dagen lang geen host gemeld, dus er is niets getrokken; dat is een tijd geleden',
  },
  'spot-checks.first': {
    verdict: 'not-applicable',
    en: 'the first sample is that of {month}',
    nl: 'de eerste steekproef is die van {month}',
  },
} as const satisfies Catalogue;

const because = reasonsFrom(spotChecksReasons);

/** What people look at themselves, by a sample that nobody chose: that they do so each month, and in time. */
export const spotChecks = defineCheckKind({
  name: 'spot-checks',
  source: 'log',
  parameters: Parameters,
  facts: SpotChecksFacts,
  reasons: spotChecksReasons,
  judge({ asked, months }, parameters, at) {
    if (asked === null) return [];
    const known = new Map(months.filter(({ begun }) => !isAhead(begun, 0, at)).map((one) => [one.month, one]));
    const first = monthAfter(monthOf(asked));
    const now = dayAt(at, termZone).toPlainYearMonth().toString();
    const reasons: Reason[] = [];
    for (let month = first; month <= now; month = monthAfter(month)) {
      const facts = known.get(month);
      reasons.push(...(facts === undefined ? judgeUnwritten(month, at) : judgeMonth(facts, parameters, at)));
    }
    return reasons.length > 0 ? reasons : [because('spot-checks.first', { month: first })];
  },
});

/** Until a sample could be drawn, from the beginning of its month on, in seconds. */
const drawnWithin = 86_400;

/** The log has no entry of the month. */
function judgeUnwritten(month: string, at: Date): Reason[] {
  const isOver = isAsOld(beginningOf(month), drawnWithin, at);
  return [isOver ? because('spot-checks.no-entry', {}, month) : because('spot-checks.awaits', {}, month)];
}

function judgeMonth(facts: MonthFacts, { sample, within, remember }: Parameters, at: Date): Reason[] {
  const { month, begun, population, checks } = facts;
  if (population === null) return [because('spot-checks.unread', {}, month)];
  if (population === 0) {
    // Who has no host report when a month begins must not be rid of that month.
    const isPast = isAsOld(beginningOf(monthAfter(month)), remember, at);
    return [because(isPast ? 'spot-checks.had-nothing' : 'spot-checks.nothing', { begun }, month)];
  }
  const drawn = facts.drawn !== null && !isAhead(facts.drawn, 0, at) ? facts.drawn : null;
  if (drawn === null) {
    const isOver = isAsOld(begun, drawnWithin, at);
    return [isOver ? because('spot-checks.not-drawn', { begun }, month) : because('spot-checks.awaits', {}, month)];
  }
  const due = dueAfter(drawn, within);
  const lots = facts.sample.slice(0, sample).map((one) => {
    return { one, checks: checks.filter((check) => isSameLot(check, one)), subject: `${month} ${nameOf(one)}` };
  });
  const wrong = lots.flatMap((one) => judgeLot(one, { drawn, due, remember }, at));
  const open = lots.filter((one) => one.checks.length === 0).length;
  const count = lots.length;
  if (open > 0 && !isAsOld(due, 0, at)) wrong.push(because('spot-checks.open', { open, count, drawn, due }, month));
  if (wrong.length > 0) return wrong;
  const done = lots.map((one) => one.checks.at(-1)?.recorded ?? drawn).reduce(later);
  return [because('spot-checks.made', { count, population, drawn, done }, month)];
}

interface JudgedLot {
  readonly checks: readonly SpotCheck[];
  readonly subject: string;
}

interface Times {
  readonly drawn: string;
  readonly due: string;
  readonly remember: number;
}

/** The first look is the one that had to come in time, and the last one tells how it stands. */
function judgeLot({ checks, subject }: JudgedLot, { drawn, due, remember }: Times, at: Date): Reason[] {
  const [first] = checks;
  const last = checks.at(-1);
  if (first === undefined || last === undefined) {
    return isAsOld(due, 0, at) ? [because('spot-checks.missing', { drawn, due }, subject)] : [];
  }
  const reasons: Reason[] = [];
  const { recorded: done } = first;
  if (Date.parse(done) >= Date.parse(due)) {
    const isOld = isAsOld(done, remember, at);
    reasons.push(because(isOld ? 'spot-checks.was-late' : 'spot-checks.late', { due, done }, subject));
  }
  if (last.found === 'deviates') reasons.push(because('spot-checks.deviates', { done: last.recorded }, subject));
  return reasons;
}

export function isSameLot(a: Lot, b: Lot): boolean {
  return a.host === b.host && a.policy === b.policy && a.control === b.control;
}

function nameOf({ host, policy, control }: Lot): string {
  return `${host} ${policy} ${control}`;
}

function later(a: string, b: string): string {
  return Date.parse(a) > Date.parse(b) ? a : b;
}
