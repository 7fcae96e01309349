import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboardFiles } from './boards/files.ts';
import { metricsPage } from './metrics-page.ts';
import { rulesFile } from './rules.ts';

/** The files that are checked in, by their path from this folder. */
export const generated: Readonly<Record<string, () => string>> = {
  'prometheus/waarborg.rules.yaml': () => rulesFile(),
  ...dashboardFiles,
  '../docs/metrics.md': metricsPage,
};

if (import.meta.main) {
  for (const [path, make] of Object.entries(generated)) writeFileSync(join(import.meta.dirname, path), make());
}
