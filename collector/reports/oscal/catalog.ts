import type { Control } from '../../../policies/schema.ts';
import type { ControlCompliance, PolicyCompliance } from '../model.ts';
import { texts } from '../view/texts.ts';
import {
  controlId,
  markdown,
  markdownLine,
  metadata,
  objectiveId,
  prop,
  reportUuid,
  some,
  uuidOf,
  type Json,
  type OscalExport,
} from './document.ts';
import { oscalTexts } from './texts.ts';

/** The controls of the report's policies, a group a policy: what the other documents refer to. */
export function catalog(about: OscalExport): Json {
  const { report, language } = about;
  const publishers = new Set(report.policies.flatMap(({ source }) => source?.publisher ?? []));
  const parties = [...publishers].map((name) => ({
    uuid: uuidOf('organization', name),
    type: 'organization',
    name: markdownLine(name),
  }));
  return {
    catalog: {
      uuid: reportUuid(about, 'catalog'),
      metadata: metadata(about, oscalTexts[language].catalog, parties),
      groups: some(report.policies.map((policy) => group(policy, about))),
      'back-matter': documents(report.policies, about),
    },
  };
}

function group(policy: PolicyCompliance, about: OscalExport): Json {
  const { title, versions, controls } = policy;
  return {
    id: policy.policy,
    class: 'policy',
    title: markdownLine(title?.[about.language] ?? policy.policy),
    links: some(versions.map(({ digest }) => ({ href: `#${uuidOf('document', digest)}`, rel: 'reference' }))),
    controls: some(controls.map((one) => control(policy, one, about))),
  };
}

function control(policy: PolicyCompliance, one: ControlCompliance, { language }: OscalExport): Json {
  const id = controlId(policy, one);
  const label = { name: 'label', value: one.control };
  const { definition } = one;
  if (definition === null) {
    const prose = texts[language].definitionMissing;
    const parts = [{ id: objectiveId(id), name: 'assessment-objective', prose }];
    return { id, class: 'control', title: one.control, props: [label], parts };
  }
  const { clause, severity, check, maps, title, promise, remedy } = definition;
  const serves = Object.entries(maps).flatMap(([standard, clauses]) => clauses.map((each) => `${standard} ${each}`));
  return {
    id,
    class: 'control',
    title: markdownLine(title[language]),
    params: some(parameters(id, definition)),
    props: [
      label,
      prop('clause', clause),
      prop('severity', severity),
      prop('check', check),
      ...serves.map((value) => prop('serves', value)),
    ],
    parts: [
      { id: `${id}_smt`, name: 'statement', prose: markdown(promise[language]) },
      { id: `${id}_gdn`, name: 'guidance', prose: markdown(remedy[language]) },
      { id: objectiveId(id), name: 'assessment-objective', prose: markdown(promise[language]) },
    ],
  };
}

/** As the policy document has them; what is no plain value is written as JSON. */
function parameters(id: string, { with: given }: Control): Json[] {
  return Object.entries(given).map(([name, value]) => {
    const values: readonly unknown[] = Array.isArray(value) && value.length > 0 ? value : [value];
    return {
      id: `${id}_prm_${name}`,
      label: markdownLine(name),
      values: values.map((each) =>
        typeof each === 'string' && /^\S(.*\S)?$/.test(each) ? each : JSON.stringify(each),
      ),
    };
  });
}

/** Each document by which hosts were judged, with the digest by which reports name it. */
function documents(policies: readonly PolicyCompliance[], { language }: OscalExport): Json {
  const resources = policies.flatMap(({ policy, source, versions }) =>
    versions.map(({ version, digest }) => ({
      uuid: uuidOf('document', digest),
      title: markdownLine(`${policy}, ${texts[language].version(String(version))}`),
      description: source === null ? undefined : markdown(`${source.publisher}, ${source.document}`),
      'document-ids': [{ identifier: `sha256:${digest}` }],
    })),
  );
  return some(resources) && { resources };
}
