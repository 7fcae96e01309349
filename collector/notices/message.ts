import { explainWithSubject, formatMoment } from '../../policies/explain.ts';
import { isMoment } from '../../policies/quantities.ts';
import { CaseKind } from '../../policies/checks/cases.ts';
import type { Language } from '../../policies/schema.ts';
import { stepWords } from '../../policies/people/step-words.ts';
import { caseName } from '../people/words.ts';
import {
  controlPath,
  hostControlPath,
  hostPath,
  organisationControlPath,
  organisationPath,
} from '../web/page/links.ts';
import { conditionKinds, isEndTold, type Condition, type ConditionKind } from './condition.ts';
import type { Notice } from './outbox.ts';
import { headings, named, noticeTexts, type Heading, type Named } from './words.ts';

/** So many lines stand under one heading; the page has all. */
const listed = 60;

/** A message in one language, before it is written as text or HTML. */
export interface Composed {
  readonly language: Language;
  readonly subject: string;
  readonly sections: readonly Section[];
  /** How many lines are left out, by section. */
  readonly foot: readonly string[];
  /** Where all stands; null where no address is known. */
  readonly link: string | null;
}

interface Section {
  readonly heading: string;
  readonly lines: readonly Line[];
}

export interface Line {
  readonly text: string;
  readonly details: readonly string[];
  readonly link: string | null;
}

export interface ComposeInput {
  readonly receiver: string;
  readonly language: Language;
  /** The log's name, which tells collectors apart. */
  readonly origin: string;
  /** Where people reach the collector. */
  readonly url: string | undefined;
}

/** What one message says of these notices. */
export function compose(notices: readonly Notice[], input: ComposeInput): Composed {
  const { language, receiver, origin, url } = input;
  const t = noticeTexts[language];
  const byHeading = Map.groupBy(notices, headingOf);
  const found = headings.flatMap((heading) => {
    const under = byHeading.get(heading) ?? [];
    return under.length === 0 ? [] : [{ heading, under }];
  });
  const counts = found.map(({ heading, under }) => t.counted[heading](under.length));
  return {
    language,
    subject: `Waarborg: ${counts.join(', ')}`,
    sections: found.map(({ heading, under }) => ({ heading: t.headings[heading], lines: linesOf(under, input) })),
    foot: [t.why(receiver, origin)],
    link: url ?? null,
  };
}

/** That messages arrive. */
export function composeTrial({ receiver, language, origin, url }: ComposeInput): Composed {
  const t = noticeTexts[language];
  const lines = [{ text: t.trialText(receiver), details: [], link: null }];
  const sections = [{ heading: t.trial, lines }];
  return { language, subject: `Waarborg: ${t.trial}`, sections, foot: [t.why(receiver, origin)], link: url ?? null };
}

export function headingOf({ change, condition }: Notice): Heading {
  return change === 'over' ? 'over' : conditionKinds[condition.kind].topic;
}

/** The severest first; what fails on several hosts is one line with a detail for each. */
function linesOf(notices: readonly Notice[], input: ComposeInput): Line[] {
  const groups = Map.groupBy(notices, ({ change, condition: { kind, policy, control, key } }) =>
    isFailure(kind) ? `${change} ${kind} ${policy ?? ''} ${control ?? ''}` : `${change} ${key}`,
  );
  const severities = ['critical', 'warning', 'info'];
  const lines = [...groups.values()].sort(([a], [b]) => rank(a) - rank(b)).flatMap((group) => lineOf(group, input));
  const rest = lines.length - listed;
  if (rest <= 0) return lines;
  const more = { text: noticeTexts[input.language].more(rest), details: [], link: null };
  return [...lines.slice(0, listed), more];

  function rank(notice: Notice | undefined): number {
    return severities.indexOf(notice?.condition.severity ?? 'info');
  }
}

function isFailure(kind: ConditionKind): boolean {
  return kind === 'control-fails' || kind === 'organisation-fails';
}

function lineOf(group: readonly Notice[], input: ComposeInput): Line[] {
  const [first] = group;
  if (first === undefined) return [];
  const { condition } = first;
  const { language } = input;
  const link = linkOf(group, input.url);
  if (!isFailure(condition.kind)) return [{ text: sentenceOf(first, language), details: [], link }];
  const t = noticeTexts[language];
  const { title, policy, control, severity } = condition;
  const text = `${title?.[language] ?? control ?? ''} (${policy ?? ''} ${control ?? ''}, ${t.severity[severity]})`;
  const details = group.flatMap((notice) => detailsOf(notice, language));
  const rest = details.length - listed;
  return [{ text, details: rest > 0 ? [...details.slice(0, listed), t.more(rest)] : details, link }];
}

function detailsOf(notice: Notice, language: Language): string[] {
  const { change, condition } = notice;
  if (change === 'over') return [overOf(notice, language)];
  const place = condition.host ?? noticeTexts[language].organisation;
  const why = condition.reasons.map((reason) => explainWithSubject(reason, language));
  return why.length === 0 ? [place] : why.map((reason) => `${place}: ${reason}`);
}

/** A notice of one matter, as a sentence that stands alone. */
export function sentenceOf(notice: Notice, language: Language): string {
  const { change, condition } = notice;
  const t = noticeTexts[language];
  const { kind } = condition;
  const values = namedOf(condition, language);
  if (change === 'over') {
    const over = overOf(notice, language);
    return isFailure(kind) ? `${values.title}: ${over}` : over;
  }
  if (kind === 'control-fails' || kind === 'organisation-fails') {
    return `${values.title}: ${values.host === '' ? t.organisation : values.host}`;
  }
  return t.begun[kind](values);
}

/** That it is well again, beside what says which control it was. */
function overOf({ condition }: Notice, language: Language): string {
  const { kind } = condition;
  return isEndTold(kind) ? noticeTexts[language].over[kind](namedOf(condition, language)) : '';
}

function namedOf({ values, host, policy, control, title }: Condition, language: Language): Named {
  const kind = CaseKind.safeParse(values.of).data;
  const urgency = values.urgency === 'urgent' || values.urgency === 'normal' ? values.urgency : null;
  const known: Readonly<Record<string, string | number | null>> = {
    ...values,
    ...(values.step === undefined ? {} : { step: stepWords(String(values.step), language) }),
    label: values.label === undefined || values.label === '' ? '' : `, ${values.label}`,
    title: title?.[language] ?? control,
    case: kind === undefined ? '' : caseName({ of: kind, urgency }, language),
    ...{ host, policy },
  };
  const written = named.map((name) => [name, textOf(known[name], language)] as const);
  return Object.fromEntries(written) as Named;
}

function textOf(value: string | number | null | undefined, language: Language): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' && isMoment(value) ? formatMoment(value, language) : String(value);
}

/** Where more is told of a matter. */
function linkOf(group: readonly Notice[], url: string | undefined): string | null {
  const [first] = group;
  if (url === undefined || first === undefined) return null;
  const { kind, host, policy, control } = first.condition;
  return new URL(path(), url).href;

  function path(): string {
    const isOfControl = policy !== null && control !== null;
    if (kind === 'control-fails' && isOfControl) {
      return group.length === 1 && host !== null
        ? hostControlPath(host, policy, control)
        : controlPath(policy, control);
    }
    if (host !== null) return hostPath(host);
    if (isOfControl) return organisationControlPath(policy, control);
    return /^(term|certificate|document)-/.test(kind) ? organisationPath : '/';
  }
}
