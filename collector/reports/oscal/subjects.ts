import { isShownByPeople } from '../../../policies/people/organisation.ts';
import type { ControlCompliance, ReportedHost } from '../model.ts';
import { subjectName, type Subject, type SubjectCourse } from '../subjects.ts';
import { checkUuid } from './components.ts';
import { markdown, prop, some, uuidOf, type Json, type OscalExport } from './document.ts';
import { oscalTexts } from './texts.ts';

/** What a document is about and who found it, so that every reference to it resolves within the document. */
export function localDefinitions(about: OscalExport, hosts: readonly ReportedHost[]): Json {
  return { components: tools(about), 'inventory-items': some(hosts.map((host) => inventoryItem(host, about))) };
}

export function hostUuid({ report: { log } }: OscalExport, host: string): string {
  return uuidOf('host', log.origin, host);
}

export function hostSubject(about: OscalExport, host: string): Json {
  return { 'subject-uuid': hostUuid(about, host), type: 'inventory-item', title: host };
}

/** The organisation is a party of the document's metadata. */
export function subjectOf(about: OscalExport, subject: Subject): Json {
  if (subject.of === 'host') return hostSubject(about, subject.host);
  return {
    'subject-uuid': organisationUuid(about),
    type: 'party',
    title: subjectName(subject, about.language),
  };
}

/** What tells a subject from all others, as a part of the names that UUIDs are made from. */
export function subjectKey(subject: Subject): string[] {
  // A host may have any name; the organisation's course has one name less.
  return subject.of === 'host' ? [subject.host] : [];
}

/** The organisation as a party, where any course is its own. */
export function organisationParty(about: OscalExport, courses: readonly { readonly course: SubjectCourse }[]): Json[] {
  if (!courses.some(({ course }) => course.subject.of === 'organisation')) return [];
  const name = subjectName({ of: 'organisation' }, about.language);
  return [{ uuid: organisationUuid(about), type: 'organization', name }];
}

function organisationUuid({ report: { log } }: OscalExport): string {
  return uuidOf('organisation', log.origin);
}

/** The check by which a control is judged; where its document is not in the evidence, and of a host, the whole. */
export function origin(control: ControlCompliance | undefined): Json {
  const check = control?.definition?.check;
  const uuid = check === undefined ? waarborgUuid : checkUuid(check);
  return { actors: [{ type: 'tool', 'actor-uuid': uuid }] };
}

const waarborgUuid = uuidOf('software', 'waarborg');

function tools({ report, language }: OscalExport): Json[] {
  const t = oscalTexts[language];
  const status = { state: 'operational' };
  const controls = report.policies.flatMap((policy) => policy.controls);
  const checks = [...new Set(controls.flatMap(({ definition }) => definition?.check ?? []))].sort();
  return [
    { uuid: waarborgUuid, type: 'software', title: 'Waarborg', description: t.waarborg, status },
    ...checks.map((check) => ({
      uuid: checkUuid(check),
      type: 'validation',
      title: t.check(check),
      description: isShownByPeople(check) ? t.peopleCheckDescription : t.checkDescription(check),
      status,
    })),
  ];
}

function inventoryItem({ host, labels, reports }: ReportedHost, about: OscalExport): Json {
  return {
    uuid: hostUuid(about, host),
    description: markdown(oscalTexts[about.language].host(host)),
    props: [
      prop('host', host),
      prop('reports', reports),
      ...Object.entries(labels ?? {}).map(([name, value]) => prop(name, value, 'label')),
    ],
  };
}
