import type { Course as ControlCourse, Period, Waiver } from '../model.ts';
import { classOf } from '../states.ts';
import { subjectName } from '../subjects.ts';
import { waivedSeconds } from '../totals.ts';
import { tableTexts } from '../table/texts.ts';
import { standingOfCourses } from '../view/kept.ts';
import { stateNames, texts } from '../view/texts.ts';
import { keptText, percentage } from '../view/words.ts';
import {
  controlId,
  markdown,
  markdownLine,
  namespace,
  prop,
  reportUuid,
  some,
  uuidOf,
  type Json,
  type OscalExport,
} from './document.ts';
import { hostObservationUuid, observationUuid, paragraphs, type Course } from './observations.ts';
import { origin, subjectKey } from './subjects.ts';
import { oscalTexts } from './texts.ts';

/** What OSCAL calls how a risk stands: when the period ends. */
export type RiskStatus = 'open' | 'deviation-approved' | 'closed';

/** Whether a course was not always kept: then there is a risk. */
export function isAtRisk({ course }: Course): boolean {
  return standingOfCourses([course]) !== 'kept';
}

/** Closed is what is kept when the period ends, or asked no more; a waiver counts only where it covers that end. */
export function riskStatus({ spans, waivers }: ControlCourse, { until }: Period): RiskStatus {
  const last = spans.at(-1);
  const kind = last === undefined ? 'unshown' : classOf(last.state);
  if (kind === 'compliant' || kind === 'outside') return 'closed';
  const end = Date.parse(until);
  const isWaived = waivers.some((waiver) => Date.parse(waiver.from) < end && Date.parse(waiver.until) >= end);
  return isWaived ? 'deviation-approved' : 'open';
}

export function riskUuid(about: OscalExport, { policy, control, course }: Course): string {
  return reportUuid(about, 'risk', controlId(policy, control), ...subjectKey(course.subject));
}

/** A risk a course that was not always kept, with its waivers as deviations. */
export function risk(about: OscalExport, one: Course): Json {
  const { report, language } = about;
  const { policy, control, course } = one;
  const { definition } = control;
  const t = texts[language];
  const standing = tableTexts[language].standings[standingOfCourses([course])];
  const atEnd = stateNames[course.spans.at(-1)?.state ?? 'missing'][language];
  const uuid = riskUuid(about, one);
  return {
    uuid,
    title: markdownLine(`${definition?.title[language] ?? control.control}: ${subjectName(course.subject, language)}`),
    description: paragraphs([`${standing}; ${t.share}: ${percentage(course.totals, language)}; ${t.atEnd}: ${atEnd}`]),
    statement: markdown(definition?.promise[language] ?? t.definitionMissing),
    props: [
      prop('control', controlId(policy, control)),
      ...(course.subject.of === 'host' ? [prop('host', course.subject.host)] : []),
    ],
    status: riskStatus(course, report.period),
    origins: [origin(control)],
    characterizations:
      definition === null
        ? undefined
        : [
            {
              origin: origin(control),
              facets: [{ name: 'severity', system: namespace, value: definition.severity }],
            },
          ],
    remediations:
      definition === null ? undefined : [recommendation(uuid, t.remedy, markdown(definition.remedy[language]))],
    'risk-log': riskLog(about, one),
    'related-observations': [{ 'observation-uuid': observationUuid(about, one) }],
  };
}

export function hostRiskUuid(about: OscalExport, host: string): string {
  return reportUuid(about, 'host-risk', host);
}

/** Of a host that should have reported, and of which nothing was shown. */
export function hostRisk(about: OscalExport, host: string): Json {
  const t = oscalTexts[about.language];
  const uuid = hostRiskUuid(about, host);
  return {
    uuid,
    title: markdownLine(`${t.neverReported}: ${host}`),
    description: t.neverReportedStatement,
    statement: t.neverReportedStatement,
    props: [prop('host', host)],
    status: 'open',
    origins: [origin(undefined)],
    remediations: [recommendation(uuid, texts[about.language].remedy, t.neverReportedRemedy)],
    'related-observations': [{ 'observation-uuid': hostObservationUuid(about, host) }],
  };
}

/** Everyone who approved a waiver, as a party of the document's metadata. */
export function approvers(courses: readonly Course[]): Json[] {
  const names = new Set(courses.flatMap(({ course }) => course.waivers.map(({ approvedBy }) => approvedBy)));
  return [...names].sort().map((name) => ({ uuid: partyUuid(name), type: 'person', name: markdownLine(name) }));
}

function partyUuid(name: string): string {
  return uuidOf('person', name);
}

function recommendation(risk: string, title: string, description: string): Json {
  return { uuid: uuidOf('response', risk), lifecycle: 'recommendation', title, description };
}

interface LogEntry {
  readonly [name: string]: Json;
  readonly start: string;
}

/** Waivers that were approved or ran out, and when it was kept again: in order of time, to the status that it has. */
function riskLog(about: OscalExport, one: Course): Json {
  const { course } = one;
  const uuid = riskUuid(about, one);
  const status = riskStatus(course, about.report.period);
  const entries: LogEntry[] = course.waivers.map((waiver, index) =>
    waiverEntry(waiver, course, uuidOf('waiver', uuid, String(index)), about),
  );
  const ended = course.waivers
    .map(({ until }) => until)
    .sort()
    .at(-1);
  if (status === 'closed') entries.push(closingEntry(course, uuid, about));
  if (status === 'open' && ended !== undefined && ended < about.report.period.until) {
    entries.push(reopeningEntry(ended, uuid, about));
  }
  const log = entries.sort((a, b) => (a.start < b.start ? -1 : 1));
  return some(log) && { entries: log };
}

/** It changes how the risk stands only where something was not kept under it. */
function waiverEntry(waiver: Waiver, { spans }: ControlCourse, uuid: string, { language }: OscalExport): LogEntry {
  const { from, until, approvedBy } = waiver;
  const reason = keptText(waiver.reason, language);
  const isNeeded = spans.some((span) => waivedSeconds(span, [waiver]) > 0);
  return {
    uuid,
    title: markdownLine(`${texts[language].waived}: ${reason}`),
    description: paragraphs([reason, `${texts[language].approvedBy}: ${approvedBy}`]),
    start: from,
    end: until,
    'logged-by': [{ 'party-uuid': partyUuid(approvedBy) }],
    'status-change': isNeeded ? 'deviation-approved' : undefined,
  };
}

function reopeningEntry(start: string, risk: string, { language }: OscalExport): LogEntry {
  return { uuid: uuidOf('reopened', risk), title: oscalTexts[language].waiverEnded, start, 'status-change': 'open' };
}

function closingEntry({ spans }: ControlCourse, risk: string, { report, language }: OscalExport): LogEntry {
  const t = oscalTexts[language];
  const open = spans.findLastIndex(({ state }) => classOf(state) === 'failing' || classOf(state) === 'unshown');
  return {
    uuid: uuidOf('closed', risk),
    title: t.closed,
    description: t.closedDescription,
    start: spans[open + 1]?.from ?? report.period.until,
    'status-change': 'closed',
  };
}
