import { isShownByPeople } from '../../../policies/people/organisation.ts';
import type { ComplianceReport, ControlCompliance, PolicyCompliance } from '../model.ts';
import { fileResource, type WrittenFile } from './resources.ts';
import {
  controlId,
  markdown,
  metadata,
  prop,
  reportUuid,
  some,
  uuidOf,
  type Json,
  type OscalExport,
} from './document.ts';
import { oscalTexts } from './texts.ts';

interface DefinedControl {
  readonly policy: PolicyCompliance;
  readonly control: ControlCompliance;
}

/** The check kinds, each with the controls that it shows. */
export function componentDefinition(about: OscalExport, catalog: WrittenFile): Json {
  const byCheck = [...controlsByCheck(about.report)];
  return {
    'component-definition': {
      uuid: reportUuid(about, 'component-definition'),
      metadata: metadata(about, oscalTexts[about.language].components),
      components: some(byCheck.map(([check, controls]) => component(check, controls, about, catalog))),
      'back-matter': { resources: [fileResource(catalog)] },
    },
  };
}

/** By name. Of a control whose document is not in the evidence nobody knows the check. */
function controlsByCheck({ policies }: ComplianceReport): [string, DefinedControl[]][] {
  const all = policies.flatMap((policy) => policy.controls.map((control) => ({ policy, control })));
  const known = all.flatMap((one) => {
    const check = one.control.definition?.check;
    return check === undefined ? [] : [{ check, one }];
  });
  return [...Map.groupBy(known, ({ check }) => check)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([check, ofCheck]) => [check, ofCheck.map(({ one }) => one)]);
}

function component(check: string, controls: readonly DefinedControl[], about: OscalExport, catalog: WrittenFile): Json {
  const t = oscalTexts[about.language];
  return {
    uuid: checkUuid(check),
    type: 'validation',
    title: t.check(check),
    description: isShownByPeople(check) ? t.peopleCheckDescription : t.checkDescription(check),
    props: [prop('check', check)],
    'control-implementations': [
      {
        uuid: reportUuid(about, 'control-implementation', check),
        source: `#${catalog.uuid}`,
        description: t.implementation,
        'implemented-requirements': controls.map(({ policy, control }) => ({
          uuid: uuidOf('implemented-requirement', check, controlId(policy, control)),
          'control-id': controlId(policy, control),
          description: markdown(isShownByPeople(check) ? t.peopleRequirement(check) : t.requirement(check)),
        })),
      },
    ],
  };
}

export function checkUuid(check: string): string {
  return uuidOf('check', check);
}
