import { reasonsFrom, type Catalogue, type Reason } from '../../../reasons.ts';
import type { Grounds } from '../grounds.ts';
import type { Versions } from '../profile.ts';
import { isAtLeast, type Letter } from './letters.ts';
import { rate, type Applied, type Rating } from './rate.ts';
import { ruleReason } from './reasons.ts';
import { ratingSettingsOf, type RatingSettings } from './settings.ts';

export const gradeReasons = {
  'tls.grade-good': {
    verdict: 'pass',
    en: 'has grade {grade} (total score {score}); at least {minimum} is required',
    nl: 'heeft beoordeling {grade} (totaalscore {score}); minstens {minimum} is vereist',
  },
  'tls.grade-good-private-ca': {
    verdict: 'pass',
    en: 'leads to a root that only agent.yaml trusts; SSL Labs would give T',
    nl: 'leidt naar een wortel die alleen agent.yaml vertrouwt; SSL Labs zou T geven',
  },
  'tls.grade-low': {
    verdict: 'fail',
    en: 'has grade {grade} ({ifTrusted} if its certificates are left aside); at least {minimum} is required',
    nl: 'heeft beoordeling {grade} ({ifTrusted} als de certificaten buiten beschouwing blijven); minstens {minimum} is vereist',
  },
  'tls.grade-unclear': {
    verdict: 'unknown',
    en: 'has a grade between {worst} and {best}; at least {minimum} is required',
    nl: 'heeft een beoordeling tussen {worst} en {best}; minstens {minimum} is vereist',
  },
  'tls.grade-open': {
    verdict: 'unknown',
    en: 'gave no clear answer ({why}), so these rules may lower its grade: {rules}',
    nl: 'gaf geen duidelijk antwoord ({why}), dus deze regels kunnen de beoordeling verlagen: {rules}',
  },
  'tls.grade-unread': {
    verdict: 'unknown',
    en: 'has a grade that nobody read: the facts hold nothing to rate it by',
    nl: 'heeft een beoordeling die niemand heeft gelezen: de feiten bevatten niets om op te beoordelen',
  },
} as const satisfies Catalogue;

const because = reasonsFrom(gradeReasons);

interface Facts {
  readonly versions: Versions;
  readonly grounds?: Grounds | undefined;
  readonly name?: string | undefined;
}

interface Demand extends Partial<Record<keyof RatingSettings, RatingSettings[keyof RatingSettings] | undefined>> {
  readonly minimumGrade: Letter;
  readonly aMinusCounts?: boolean | undefined;
}

/** The letter of an endpoint against the one that is demanded, and each rule that keeps it below. */
export function judgeGrade(facts: Facts, demand: Demand, subject: string, at: Date): Reason[] {
  const { versions, grounds, name } = facts;
  if (grounds === undefined) return [because('tls.grade-unread', {}, subject)];
  const rating = rate({ versions, grounds, name }, at, ratingSettingsOf(demand));
  if (rating === undefined) return [because('tls.grade-unread', {}, subject)];
  const minimum = demand.minimumGrade === 'A' && demand.aMinusCounts === true ? 'A-' : demand.minimumGrade;
  const { letter, scores } = rating;
  if (!isAtLeast(letter.best, minimum)) return judgeLow(rating, minimum, subject);
  if (!isAtLeast(letter.worst, minimum)) return judgeOpen(rating, minimum, subject);
  const good = because('tls.grade-good', { grade: spanText(letter), score: spanText(scores.total), minimum }, subject);
  return rating.notes.includes('private-ca') ? [good, because('tls.grade-good-private-ca', {}, subject)] : [good];
}

function judgeLow({ letter, ifTrusted, rules }: Rating, minimum: Letter, subject: string): Reason[] {
  const values = { grade: spanText(letter), ifTrusted: spanText(ifTrusted), minimum };
  const holding = rules.filter((rule) => rule.state === 'applies' && !isAtLeast(rule.letter, minimum));
  return [because('tls.grade-low', values, subject), ...holding.map((rule) => ruleReason(rule, subject))];
}

/** One unanswered question may leave many rules open: they are told together. */
function judgeOpen({ letter: { best, worst }, rules }: Rating, minimum: Letter, subject: string): Reason[] {
  const open = rules.filter((rule) => rule.state === 'open' && !isAtLeast(rule.letter, minimum));
  const byDetail = Map.groupBy(open, ({ detail }) => detail);
  return [
    because('tls.grade-unclear', { best, worst, minimum }, subject),
    ...[...byDetail].map(([why, some]) => because('tls.grade-open', { why, rules: rulesText(some) }, subject)),
  ];
}

function rulesText(rules: readonly Applied[]): string {
  return rules.map(({ id, letter }) => `${id} (${letter})`).join(', ');
}

/** `B`, or `A- to T` where it is open; figures alike. */
function spanText(span: Rating['letter'] | Rating['scores']['total']): string {
  const [first, last] = 'best' in span ? [span.best, span.worst] : [span.highest, span.lowest];
  return first === last ? String(first) : `${first}…${last}`;
}
