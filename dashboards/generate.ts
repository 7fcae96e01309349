import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dashboardFiles } from './boards/files.ts';
import { metricsPage } from './metrics-page.ts';
import { defaultRunbooks, rulesFile } from './rules.ts';

/**
 * The files that are made, by their path from this folder.
 * @param runbooks the address below which the pages of the alerts lie
 */
export function filesToMake(runbooks: string = defaultRunbooks): Readonly<Record<string, () => string>> {
  return {
    'prometheus/waarborg.rules.yaml': () => rulesFile(runbooks),
    ...dashboardFiles,
    '../docs/metrics.md': metricsPage,
  };
}

/** As they are checked in. */
export const generated = filesToMake();

if (import.meta.main) {
  const { values } = parseArgs({ options: { runbooks: { type: 'string' } } });
  for (const [path, make] of Object.entries(filesToMake(values.runbooks))) {
    writeFileSync(join(import.meta.dirname, path), make());
  }
}
