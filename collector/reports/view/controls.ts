import { isDeepStrictEqual } from 'node:util';
import { formatDuration } from '../../../policies/explain.ts';
import type { Language } from '../../../policies/schema.ts';
import { standardName } from '../../web/texts.ts';
import type { ComplianceReport, ControlCompliance, Period, Span, SpanState, Waiver } from '../model.ts';
import { classOf, spanStates } from '../states.ts';
import { coursesOf, subjectName, type SubjectCourse } from '../subjects.ts';
import { barOf, type Bar } from './bar.ts';
import { standingOf, type Standing } from './kept.ts';
import { stateNames, texts } from './texts.ts';
import { cellMoment, keptText, lengthOf, moment, percentage, proofOf, reasonLines } from './words.ts';

/** A control with its hosts or the organisation, as its own section tells of it. */
export interface ControlView {
  /** For links and bookmarks: `policy.control`. */
  readonly anchor: string;
  readonly control: string;
  readonly policy: string;
  readonly title: string;
  /** Undefined where the document is not in the evidence. */
  readonly words: ControlWords | undefined;
  readonly standing: Standing;
  readonly isKept: boolean;
  readonly share: string;
  /** What the first column of its courses is headed. */
  readonly coursesHead: string;
  /** Those that did not always keep it, worst first; then the others. */
  readonly courses: readonly CourseView[];
  /** Courses that there was no room for. */
  readonly moreCourses: number;
}

interface ControlWords {
  readonly clause: string;
  readonly severity: string;
  readonly promise: string;
  readonly remedy: string;
  /** `ISO/IEC 27001:2022 A.8.24` and so on. */
  readonly serves: readonly string[];
}

export interface CourseView {
  /** Of a host, or what the organisation itself is called. */
  readonly name: string;
  readonly bar: Bar;
  readonly share: string;
  readonly atEnd: { readonly state: SpanState; readonly text: string };
  /** When it was seen failing; undefined where it never was. */
  readonly failing: string | undefined;
  /** When it failed or was unknown, in order of time. */
  readonly spans: readonly SpanView[];
  readonly moreSpans: number;
  /** How much of the time nothing was reported that counts; undefined where that never was. */
  readonly gaps: string | undefined;
  /** What was found last, below a line that says so; empty where it is told already. */
  readonly lastFound: readonly string[];
  readonly waivers: readonly string[];
}

export interface SpanView {
  readonly state: SpanState;
  readonly name: string;
  readonly from: string;
  readonly until: string;
  readonly length: string;
  readonly proof: string;
  readonly reasons: readonly string[];
  readonly isWaived: boolean;
}

/** What a report for reading has room for; other formats hold all. */
const [maximumCourses, maximumSpans] = [100, 30];

export function controlViews({ policies, period }: ComplianceReport, language: Language): ControlView[] {
  return policies.flatMap(({ policy, title, controls }) =>
    controls.map((control): ControlView => {
      const standing = standingOf(control);
      const courses = coursesOf(control).sort(byNeed);
      return {
        anchor: `${policy}.${control.control}`,
        control: control.control,
        policy: title?.[language] ?? policy,
        title: control.definition?.title[language] ?? control.control,
        words: wordsOf(control, language),
        standing,
        isKept: standing === 'kept',
        share: percentage(control.totals, language),
        coursesHead: coursesHead(control, language),
        courses: courses.slice(0, maximumCourses).map((course) => courseView(course, period, language)),
        moreCourses: Math.max(courses.length - maximumCourses, 0),
      };
    }),
  );
}

function coursesHead({ hosts }: ControlCompliance, language: Language): string {
  const { host, state } = texts[language];
  return hosts.length === 0 ? state : `${host}, ${state.toLowerCase()}`;
}

/** Those that were seen failing come first, then those that kept it least, then as they were, which is by name. */
function byNeed(a: SubjectCourse, b: SubjectCourse): number {
  const isFailing = (course: SubjectCourse): number => Number(course.firstFailureAt !== null);
  if (isFailing(a) !== isFailing(b)) return isFailing(b) - isFailing(a);
  const [first, second] = [a.totals.share ?? 1, b.totals.share ?? 1];
  return first - second;
}

function wordsOf({ definition }: ControlCompliance, language: Language): ControlWords | undefined {
  if (definition === null) return undefined;
  const { clause, severity, promise, remedy, maps } = definition;
  return {
    clause,
    severity: texts[language].severities[severity],
    promise: promise[language],
    remedy: remedy[language],
    serves: Object.entries(maps).map(
      ([standard, clauses]) => `${standardName(standard, language)} ${clauses.join(', ')}`,
    ),
  };
}

function courseView(course: SubjectCourse, period: Period, language: Language): CourseView {
  const t = texts[language];
  const { subject, spans, totals, waivers, firstFailureAt, lastFailureAt } = course;
  const state = spans.at(-1)?.state ?? 'not-asked';
  const problems = spans.filter((span) => span.state === 'fail' || span.state === 'unknown');
  const shown = new Set(problems.toSorted(byWeight).slice(0, maximumSpans));
  const isFailing = firstFailureAt !== null && lastFailureAt !== null;
  const lastFound = reasonLines(course.lastReasons, language);
  // A state that stands at the end has its reasons told already, unless they have changed since it began.
  const isTold = isDeepStrictEqual(lastFound, reasonLines(spans.at(-1)?.reasons ?? [], language));
  return {
    name: subjectName(subject, language),
    bar: barOf(period, spans, waivers),
    share: percentage(totals, language),
    atEnd: { state, text: stateNames[state][language] },
    failing: isFailing ? t.failing(moment(firstFailureAt, language), moment(lastFailureAt, language)) : undefined,
    spans: problems.filter((span) => shown.has(span)).map((span) => spanView(span, waivers, language)),
    moreSpans: problems.length - shown.size,
    gaps: gapsLine(spans, language),
    lastFound: isTold || lastFound.length === 0 ? [] : [`${t.lastFound[subject.of]}:`, ...lastFound],
    waivers: waivers.map((waiver) => waiverLine(waiver, language)),
  };
}

/** Gaps are the host's, the same for all its controls: their own chapter lists them. */
function gapsLine(spans: readonly Span[], language: Language): string | undefined {
  const gaps = spans.filter(({ state }) => classOf(state) === 'unshown' && state !== 'unknown');
  if (gaps.length === 0) return undefined;
  const seconds = gaps.reduce((sum, { from, until }) => sum + Date.parse(until) - Date.parse(from), 0) / 1000;
  const names = spanStates.filter((state) => gaps.some((gap) => gap.state === state));
  const list = names.map((state) => stateNames[state][language]).join(', ');
  return texts[language].gapsLine(formatDuration(seconds, language), list);
}

/** What is failing first, then what lasted longest. */
function byWeight(a: Span, b: Span): number {
  const [first, second] = [spanStates.indexOf(a.state), spanStates.indexOf(b.state)];
  if (first !== second) return first - second;
  return Date.parse(b.until) - Date.parse(b.from) - (Date.parse(a.until) - Date.parse(a.from));
}

function spanView(span: Span, waivers: readonly Waiver[], language: Language): SpanView {
  return {
    state: span.state,
    name: stateNames[span.state][language],
    from: cellMoment(span.from, language),
    until: cellMoment(span.until, language),
    length: lengthOf(span, language),
    proof: proofOf(span, language),
    reasons: reasonLines(span.reasons, language),
    isWaived: waivers.some(({ from, until }) => from < span.until && until > span.from),
  };
}

function waiverLine({ from, until, reason, approvedBy }: Waiver, language: Language): string {
  const t = texts[language];
  const dates = `${moment(from, language)} – ${moment(until, language)}`;
  return `${t.waived} ${dates}: ${keptText(reason, language)} (${t.approvedBy.toLowerCase()} ${approvedBy})`;
}
