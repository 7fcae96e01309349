import { explainWithSubject } from '../../../policies/explain.ts';
import type {
  ControlCompliance,
  Course as ControlCourse,
  EntryReference,
  PolicyCompliance,
  Span,
  Totals,
} from '../model.ts';
import { isAbsence, spanStates } from '../states.ts';
import { coursesOf as coursesOfControl, subjectName, type SubjectCourse } from '../subjects.ts';
import { stateNames, texts } from '../view/texts.ts';
import { moment, percentage, proofOf, shownShare } from '../view/words.ts';
import { controlId, markdown, markdownLine, prop, reportUuid, some, type Json, type OscalExport } from './document.ts';
import { logUuid } from './resources.ts';
import { hostSubject, origin, subjectKey, subjectOf } from './subjects.ts';
import { oscalTexts } from './texts.ts';

/** A control on a host, or of the organisation itself, over the period. */
export interface Course {
  readonly policy: PolicyCompliance;
  readonly control: ControlCompliance;
  readonly course: SubjectCourse;
}

export function coursesOf({ report }: OscalExport): Course[] {
  return report.policies.flatMap((policy) =>
    policy.controls.flatMap((control) => coursesOfControl(control).map((course) => ({ policy, control, course }))),
  );
}

export function observationUuid(about: OscalExport, { policy, control, course }: Course): string {
  return reportUuid(about, 'observation', controlId(policy, control), ...subjectKey(course.subject));
}

/** An observation a course: each span is a piece of evidence, by the entries of the log that prove it. */
export function observation(about: OscalExport, one: Course): Json {
  const { report, language } = about;
  const { policy, control, course } = one;
  const { lastReasons, spans, totals, subject } = course;
  const collected = collectedAt(course) ?? report.period.until;
  const t = texts[language];
  const found = lastReasons.map((reason) => explainWithSubject(reason, language));
  const lines = [
    `${t.share}: ${percentage(totals, language)}`,
    ...(found.length === 0 ? [] : [t.lastFound[subject.of], ...found]),
  ];
  return {
    uuid: observationUuid(about, one),
    title: markdownLine(`${control.definition?.title[language] ?? control.control}: ${subjectName(subject, language)}`),
    description: paragraphs(lines),
    props: [prop('control', controlId(policy, control)), ...figures(totals)],
    // What people wrote down was looked at; nothing was tried out.
    methods: [subject.of === 'host' ? 'TEST' : 'EXAMINE'],
    types: ['control-objective'],
    origins: [origin(control)],
    subjects: [subjectOf(about, subject)],
    'relevant-evidence': some(spans.map((span) => evidence(span, about))),
    collected,
    expires:
      subject.of === 'host' ? new Date(Date.parse(collected) + report.staleAfter * 1000).toISOString() : undefined,
  };
}

export function hostObservationUuid(about: OscalExport, host: string): string {
  return reportUuid(about, 'host-observation', host);
}

/** Of a host that should have reported, and of which nothing was shown. */
export function hostObservation(about: OscalExport, host: string): Json {
  const { report, language } = about;
  const gaps = report.hosts.find((one) => one.host === host)?.gaps ?? [];
  return {
    uuid: hostObservationUuid(about, host),
    title: markdownLine(`${oscalTexts[language].neverReported}: ${host}`),
    description: oscalTexts[language].neverReportedStatement,
    methods: ['TEST'],
    types: ['finding'],
    origins: [origin(undefined)],
    subjects: [hostSubject(about, host)],
    'relevant-evidence': some(gaps.map((gap) => evidence({ ...gap, reasons: [] }, about))),
    collected: report.period.until,
  };
}

/** The same figures as the reports for reading: the share as it is shown, and exact seconds. */
export function figures(totals: Totals): Json[] {
  const share = shownShare(totals);
  return [
    ...(share === null ? [] : [prop('share', share)]),
    ...(['counted', 'compliant', 'waived'] as const).map((name) => prop('seconds', totals[name], name)),
    ...spanStates.flatMap((state) => {
      const duration = totals.durations[state];
      return duration === undefined ? [] : [prop('seconds', duration, state)];
    }),
  ];
}

/** Lines that stay lines in Markdown. */
export function paragraphs(lines: readonly string[]): string {
  return lines.map(markdown).join('\n\n');
}

function evidence(span: Span, { report, language }: OscalExport): Json {
  const { state, from, until, begun, ended, reasons } = span;
  const place = `${moment(from, language)} – ${moment(until, language)}, ${proofOf(span, language)}`;
  const why = reasons.map((reason) => explainWithSubject(reason, language));
  return {
    href: `#${logUuid(report.log.origin)}`,
    description: paragraphs([`${stateNames[state][language]}: ${place}`, ...why]),
    props: [
      prop('state', state),
      prop('from', from),
      prop('until', until),
      ...entryProps('first-entry', begun),
      ...entryProps('last-entry', ended),
    ],
  };
}

function entryProps(name: string, entry: EntryReference | null): Json[] {
  return entry === null ? [] : [prop(name, entry.index), prop(`${name}-received`, entry.receivedAt)];
}

/** When the last facts were read that say anything; no later than they were received. */
function collectedAt({ spans }: ControlCourse): string | undefined {
  const told = spans.findLast((span) => !isAbsence(span.state) && span.ended !== null)?.ended;
  if (told === null || told === undefined) return undefined;
  const { issuedAt, receivedAt } = told;
  return issuedAt === null || Date.parse(issuedAt) > Date.parse(receivedAt) ? receivedAt : issuedAt;
}
