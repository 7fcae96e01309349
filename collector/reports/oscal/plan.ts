import { unheardHosts } from '../view/kept.ts';
import { controlId, markdown, metadata, prop, reportUuid, uuidOf, type Json, type OscalExport } from './document.ts';
import {
  coursesOf,
  hostObservation,
  hostObservationUuid,
  observation,
  observationUuid,
  type Course,
} from './observations.ts';
import { fileResource, logResource, type WrittenFile } from './resources.ts';
import { approvers, hostRisk, hostRiskUuid, isAtRisk, risk, riskStatus, riskUuid } from './risks.ts';
import { subjectName } from '../subjects.ts';
import { localDefinitions, organisationParty, origin, subjectKey } from './subjects.ts';
import { texts } from '../view/texts.ts';
import { oscalTexts } from './texts.ts';

/**
 * What was not kept when the period ended, or not shown, and hosts of which nothing was: an item each. What lies under a
 * waiver is an approved deviation.
 * @returns undefined where there is none: OSCAL wants at least one
 */
export function planOfAction(about: OscalExport, catalog: WrittenFile, results: WrittenFile): Json {
  const { report, language } = about;
  const courses = coursesOf(about).filter((one) => isAtRisk(one) && riskStatus(one.course, report.period) !== 'closed');
  const unheard = unheardHosts(report);
  if (courses.length + unheard.length === 0) return undefined;
  const named = new Set([
    ...courses.flatMap(({ course: { subject } }) => (subject.of === 'host' ? [subject.host] : [])),
    ...unheard,
  ]);
  const hosts = report.hosts.filter(({ host }) => named.has(host));
  return {
    'plan-of-action-and-milestones': {
      uuid: reportUuid(about, 'plan-of-action-and-milestones'),
      metadata: metadata(about, oscalTexts[language].plan, [
        ...organisationParty(about, courses),
        ...approvers(courses),
      ]),
      'system-id': { 'identifier-type': 'https://ietf.org/rfc/rfc4122', id: uuidOf('system', report.log.origin) },
      'local-definitions': localDefinitions(about, hosts),
      observations: [
        ...courses.map((one) => observation(about, one)),
        ...unheard.map((host) => hostObservation(about, host)),
      ],
      risks: [...courses.map((one) => risk(about, one)), ...unheard.map((host) => hostRisk(about, host))],
      'poam-items': [...courses.map((one) => item(about, one)), ...unheard.map((host) => hostItem(about, host))],
      'back-matter': { resources: [fileResource(catalog), fileResource(results), logResource(about)] },
    },
  };
}

function item(about: OscalExport, one: Course): Json {
  const { report, language } = about;
  const { policy, control, course } = one;
  const { definition } = control;
  const id = controlId(policy, control);
  return {
    uuid: reportUuid(about, 'poam-item', id, ...subjectKey(course.subject)),
    title: markdown(`${definition?.title[language] ?? control.control}: ${subjectName(course.subject, language)}`),
    description: markdown(definition?.remedy[language] ?? texts[language].definitionMissing),
    props: [prop('control', id), prop('status', riskStatus(course, report.period))],
    origins: [origin(control)],
    'related-observations': [{ 'observation-uuid': observationUuid(about, one) }],
    'related-risks': [{ 'risk-uuid': riskUuid(about, one) }],
  };
}

function hostItem(about: OscalExport, host: string): Json {
  const t = oscalTexts[about.language];
  return {
    uuid: reportUuid(about, 'host-poam-item', host),
    title: markdown(`${t.neverReported}: ${host}`),
    description: t.neverReportedRemedy,
    props: [prop('status', 'open')],
    origins: [origin(undefined)],
    'related-observations': [{ 'observation-uuid': hostObservationUuid(about, host) }],
    'related-risks': [{ 'risk-uuid': hostRiskUuid(about, host) }],
  };
}
