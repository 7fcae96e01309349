import type { Language } from '../../../policies/schema.ts';
import type { ComplianceReport, ControlCompliance, Period, PolicyCompliance, SpanState } from '../model.ts';
import { spanStates } from '../states.ts';
import { coursesOf, subjectName } from '../subjects.ts';
import { barOf, type Bar } from './bar.ts';
import { standingOf, type Standing } from './kept.ts';
import { stateNames, texts } from './texts.ts';
import { number, percentage } from './words.ts';

export interface PolicyView {
  readonly policy: string;
  readonly title: string;
  readonly share: string;
  readonly rows: readonly SummaryRow[];
}

export interface SummaryRow {
  readonly control: string;
  readonly title: string;
  readonly clause: string;
  readonly severity: string;
  readonly standing: Standing;
  /** How many hosts it was asked of, or what the organisation itself is called. */
  readonly subjects: string;
  readonly bar: Bar;
  readonly share: string;
  /** The worst state over all hosts when the period ends, and how many have it. */
  readonly atEnd: { readonly state: SpanState; readonly text: string };
}

export function policyViews({ policies, period }: ComplianceReport, language: Language): PolicyView[] {
  return policies.map((policy: PolicyCompliance) => ({
    policy: policy.policy,
    title: policy.title?.[language] ?? policy.policy,
    share: percentage(policy.totals, language),
    rows: policy.controls.map((control) => summaryRow(control, period, language)),
  }));
}

function summaryRow(control: ControlCompliance, period: Period, language: Language): SummaryRow {
  const { definition, totals } = control;
  const courses = coursesOf(control);
  return {
    control: control.control,
    title: definition?.title[language] ?? control.control,
    clause: definition?.clause ?? '',
    severity: definition === null ? '' : texts[language].severities[definition.severity],
    standing: standingOf(control),
    subjects: subjectsText(control, language),
    bar: barOf(
      period,
      courses.flatMap(({ spans }) => spans),
      courses.flatMap(({ waivers }) => waivers),
    ),
    share: percentage(totals, language),
    atEnd: atEnd(control, language),
  };
}

function subjectsText({ hosts, organisation }: ControlCompliance, language: Language): string {
  const own = organisation === null ? [] : [subjectName({ of: 'organisation' }, language)];
  return [...own, ...(hosts.length === 0 ? [] : [number(hosts.length, language)])].join(', ');
}

function atEnd(control: ControlCompliance, language: Language): SummaryRow['atEnd'] {
  const state = stateAtEnd(control);
  const courses = coursesOf(control);
  const count = courses.filter(({ spans }) => spans.at(-1)?.state === state).length;
  const name = stateNames[state][language];
  return { state, text: courses.length === 1 ? name : `${name} (${number(count, language)})` };
}

/** The worst state over all hosts and the organisation when the period ends. */
export function stateAtEnd(control: ControlCompliance): SpanState {
  const states = coursesOf(control).flatMap(({ spans }) => spans.at(-1)?.state ?? []);
  return spanStates.find((one) => states.includes(one)) ?? 'not-asked';
}
