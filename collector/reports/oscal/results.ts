import type { ControlCompliance, PolicyCompliance } from '../model.ts';
import { front } from '../view/front.ts';
import { standingOf, unheardHosts, type Standing } from '../view/kept.ts';
import { tableTexts } from '../table/texts.ts';
import { texts } from '../view/texts.ts';
import { percentage, periodText } from '../view/words.ts';
import {
  controlId,
  markdown,
  markdownLine,
  metadata,
  objectiveId,
  prop,
  reportUuid,
  some,
  type Json,
  type OscalExport,
} from './document.ts';
import {
  coursesOf,
  figures,
  hostObservation,
  observation,
  observationUuid,
  paragraphs,
  type Course,
} from './observations.ts';
import { fileResource, logResource, type WrittenFile } from './resources.ts';
import { approvers, hostRisk, isAtRisk, risk, riskUuid } from './risks.ts';
import { coursesOf as coursesOfControl } from '../subjects.ts';
import { localDefinitions, organisationParty, origin } from './subjects.ts';
import { oscalTexts } from './texts.ts';

/**
 * The period: an observation a course (a control and host, or the organisation), a finding a control, a risk a course that
 * did not always keep it, and both for every host of which nothing was shown.
 */
export function assessmentResults(about: OscalExport, catalog: WrittenFile, components: WrittenFile): Json {
  const t = oscalTexts[about.language];
  const courses = coursesOf(about);
  return {
    'assessment-results': {
      uuid: reportUuid(about, 'assessment-results'),
      metadata: metadata(about, t.results, [...organisationParty(about, courses), ...approvers(courses)]),
      'import-ap': { href: `#${components.uuid}`, remarks: t.noPlan },
      results: [result(about, courses)],
      'back-matter': {
        resources: [fileResource(catalog), fileResource(components, t.noPlan), logResource(about)],
      },
    },
  };
}

function result(about: OscalExport, courses: readonly Course[]): Json {
  const { report, language } = about;
  const unheard = unheardHosts(report);
  const controls = report.policies.flatMap((policy) => policy.controls.map((control) => ({ policy, control })));
  return {
    uuid: reportUuid(about, 'result'),
    title: markdownLine(periodText(report.period, language)),
    description: markdown(front(report, language).headline.text),
    start: report.period.from,
    end: report.period.until,
    props: [...figures(report.totals), prop('stale-after-seconds', report.staleAfter), ...verificationProps(about)],
    'local-definitions': localDefinitions(about, report.hosts),
    'reviewed-controls': reviewed(controls),
    observations: some([
      ...courses.map((one) => observation(about, one)),
      ...unheard.map((host) => hostObservation(about, host)),
    ]),
    risks: some([
      ...courses.filter(isAtRisk).map((one) => risk(about, one)),
      ...unheard.map((host) => hostRisk(about, host)),
    ]),
    findings: some(controls.map(({ policy, control }) => finding(about, policy, control))),
  };
}

function verificationProps({ report: { verification } }: OscalExport): Json[] {
  if (verification === null) return [prop('made-from', 'store')];
  const { outcome, keyFrom, findings } = verification;
  return [
    prop('made-from', 'bundle'),
    prop('verification', outcome),
    prop('log-key-from', keyFrom),
    prop('verification-findings', findings),
  ];
}

/** Where nothing was reported on, all was reviewed and nothing found: OSCAL has no word for none. */
function reviewed(controls: readonly { policy: PolicyCompliance; control: ControlCompliance }[]): Json {
  const included = some(controls.map(({ policy, control }) => ({ 'control-id': controlId(policy, control) })));
  return {
    'control-selections': [included === undefined ? { 'include-all': {} } : { 'include-controls': included }],
  };
}

const reasons: Readonly<Record<Standing, string>> = { kept: 'pass', failed: 'fail', unshown: 'other' };

function finding(about: OscalExport, policy: PolicyCompliance, control: ControlCompliance): Json {
  const { language } = about;
  const id = controlId(policy, control);
  const standing = standingOf(control);
  const name = tableTexts[language].standings[standing];
  const courses = coursesOfControl(control).map((course) => ({ policy, control, course }));
  const title = markdownLine(control.definition?.title[language] ?? control.control);
  return {
    uuid: reportUuid(about, 'finding', id),
    title,
    description: paragraphs([`${name}; ${texts[language].share}: ${percentage(control.totals, language)}`]),
    props: figures(control.totals),
    origins: [origin(control)],
    target: {
      type: 'objective-id',
      'target-id': objectiveId(id),
      title,
      status: {
        state: standing === 'kept' ? 'satisfied' : 'not-satisfied',
        reason: reasons[standing],
        remarks: markdown(name),
      },
    },
    'related-observations': some(courses.map((one) => ({ 'observation-uuid': observationUuid(about, one) }))),
    'related-risks': some(courses.filter(isAtRisk).map((one) => ({ 'risk-uuid': riskUuid(about, one) }))),
  };
}
