import type { ControlCompliance, ReportedHost } from '../model.ts';
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

export function subject(about: OscalExport, host: string): Json {
  return { 'subject-uuid': hostUuid(about, host), type: 'inventory-item', title: host };
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
      description: t.checkDescription(check),
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
