import type { Language } from '../../../policies/schema.ts';
import type { ComplianceReport } from '../model.ts';
import type { ReportFile } from '../zip.ts';
import { catalog } from './catalog.ts';
import { componentDefinition } from './components.ts';
import { reportUuid, serialised, type Json, type OscalExport } from './document.ts';
import { planOfAction } from './plan.ts';
import type { WrittenFile } from './resources.ts';
import { assessmentResults } from './results.ts';

/**
 * OSCAL 1.2.1 in JSON, a file a model; each names the ones before it with their digests. Without anything open there is
 * no plan of action.
 */
export function renderOscal(report: ComplianceReport, language: Language): ReportFile[] {
  const about = { report, language };
  const controls = written(about, 'catalog.json', catalog(about));
  const components = written(about, 'component-definition.json', componentDefinition(about, controls));
  const results = written(about, 'assessment-results.json', assessmentResults(about, controls, components));
  const plan = planOfAction(about, controls, results);
  const files = [controls, components, results];
  if (plan !== undefined) files.push(written(about, 'plan-of-action-and-milestones.json', plan));
  return files.map(({ name, content }) => ({ name, content }));
}

function written(about: OscalExport, name: string, document: Json): WrittenFile {
  return { uuid: reportUuid(about, 'file', name), name, content: serialised(document) };
}
