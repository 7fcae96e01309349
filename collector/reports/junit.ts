import { explainWithSubject } from '../../policies/explain.ts';
import type { Language } from '../../policies/schema.ts';
import type { ComplianceReport, ControlCompliance, Course, PolicyCompliance } from './model.ts';
import { coursesOf, subjectName, type SubjectCourse } from './subjects.ts';
import { standingOfCourses, unheardHosts } from './view/kept.ts';
import { tableTexts } from './table/texts.ts';
import { stateNames, texts } from './view/texts.ts';
import { keptText, moment, percentage, proofOf } from './view/words.ts';
import { escapeXml } from './xml.ts';

/** What becomes of a pipeline: a failure that was seen, something that was not shown, or nothing that applied. */
type Outcome = 'failure' | 'error' | 'skipped' | 'passed';

interface Case {
  readonly outcome: Outcome;
  readonly xml: string;
}

/**
 * A suite a policy, a case a control and host, or the organisation itself. A control that was seen failing at any time of the period is a failure;
 * one that could not be shown at any time is an error; one that never applied is skipped. A waiver changes none of that.
 * Hosts that never reported, and documents that were followed and are not there, are errors in suites of their own.
 */
export function renderJunit(report: ComplianceReport, language: Language): string {
  const suites = report.policies.map((policy) => {
    const cases = policy.controls.flatMap((control) =>
      coursesOf(control).map((course) => caseOf(policy, control, course, language)),
    );
    return suite(policy.policy, cases, report);
  });
  const unheard = unheardHosts(report).map((host) => unheardCase(host, language));
  // A run without a single case would pass.
  if (report.totals.counted === 0 && unheard.length === 0) unheard.push(nothingCase(language));
  if (unheard.length > 0) suites.push(suite('waarborg.hosts', unheard, report));
  const missing = report.organisation?.missing ?? [];
  if (missing.length > 0) {
    const cases = missing.map(({ policy }) => missingCase(policy, language));
    suites.push(suite('waarborg.organisation', cases, report));
  }
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="waarborg">\n${suites.join('')}</testsuites>\n`;
}

function suite(name: string, cases: readonly Case[], { period, log, totals }: ComplianceReport): string {
  const count = (outcome: Outcome): number => cases.filter((one) => one.outcome === outcome).length;
  const counts = `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
  const properties = { from: period.from, until: period.until, origin: log.origin, size: log.size, root: log.root };
  const all = Object.entries({ ...properties, counted: totals.counted, compliant: totals.compliant });
  return [
    `  <testsuite name="${escapeXml(name)}" timestamp="${period.from}" ${counts}>\n    <properties>\n`,
    ...all.map(([key, value]) => `      <property name="${key}" value="${escapeXml(String(value))}"/>\n`),
    `    </properties>\n${cases.map(({ xml }) => xml).join('')}  </testsuite>\n`,
  ].join('');
}

function caseOf(
  { policy }: PolicyCompliance,
  { control, definition }: ControlCompliance,
  course: SubjectCourse,
  language: Language,
): Case {
  const outcome = outcomeOf(course);
  const share = `${texts[language].share}: ${percentage(course.totals, language)}`;
  const standing = tableTexts[language].standings[standingOfCourses([course])];
  const story = escapeXml([share, ...storyOf(course, language)].join('\n'));
  const message = escapeXml(`${standing}: ${definition?.promise[language] ?? control}`);
  const title = `${control} ${definition?.title[language] ?? ''}`.trim();
  const inside = {
    failure: `<failure type="fail" message="${message}">${story}</failure>`,
    error: `<error type="unshown" message="${message}">${story}</error>`,
    skipped: `<skipped message="${escapeXml(stateNames['not-applicable'][language])}"/>`,
    passed: `<system-out>${story}</system-out>`,
  }[outcome];
  const name = escapeXml(`${title}: ${subjectName(course.subject, language)}`);
  const xml = `    <testcase classname="${escapeXml(`${policy}.${control}`)}" name="${name}">${inside}</testcase>\n`;
  return { outcome, xml };
}

function outcomeOf(course: Course): Outcome {
  const standing = standingOfCourses([course]);
  if (standing === 'failed') return 'failure';
  if (standing === 'unshown') return 'error';
  return course.totals.durations.pass === undefined ? 'skipped' : 'passed';
}

/** Each span that was not kept, with what proves it and why. */
function storyOf({ spans, waivers }: Course, language: Language): string[] {
  const t = texts[language];
  return [
    ...spans.flatMap((span) => [
      `${stateNames[span.state][language]}: ${moment(span.from, language)} – ${moment(span.until, language)}, ${proofOf(span, language)}`,
      ...span.reasons.map((reason) => `  ${explainWithSubject(reason, language)}`),
    ]),
    ...waivers.map(
      ({ from, until, reason, approvedBy }) =>
        `${t.waived}: ${moment(from, language)} – ${moment(until, language)}: ${keptText(reason, language)} (${approvedBy})`,
    ),
  ];
}

function unheardCase(host: string, language: Language): Case {
  return hostsCase(host, texts[language].headlineSilent(1));
}

function nothingCase(language: Language): Case {
  return hostsCase('*', texts[language].headlineNone);
}

/** A document that was followed and is not there asks who knows what. */
function missingCase(policy: string, language: Language): Case {
  return unshownCase('waarborg.organisation', policy, texts[language].headlineMissing(1));
}

function hostsCase(name: string, message: string): Case {
  return unshownCase('waarborg.hosts', name, message);
}

function unshownCase(suiteName: string, name: string, message: string): Case {
  const error = `<error type="unshown" message="${escapeXml(message)}"/>`;
  const xml = `    <testcase classname="${suiteName}" name="${escapeXml(name)}">${error}</testcase>\n`;
  return { outcome: 'error', xml };
}
