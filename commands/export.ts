import { Command } from 'commander';
import { exportBundle } from '../collector/export.ts';
import { hasEvidence } from '../collector/store/store.ts';
import { addCollectorDataOptions, collectorData, type CollectorDataOptions } from './data-options.ts';
import { addScopeOptions, scopeOfOptions, type ScopeOptions } from './export-scope.ts';
import { noteHere } from './note-here.ts';
import { UsageError } from './subcommand.ts';
import { ProgressLine } from './terminal/progress.ts';

export function command(): Command {
  return addScopeOptions(addCollectorDataOptions(new Command('export')))
    .argument('<folder>', 'a new or empty folder for the bundle')
    .description(
      'Write evidence as a bundle that verifies alone: all of it, or what a period, hosts, labels or policies pick. Works while the collector runs.',
    )
    .addHelpText(
      'after',
      `
What is left out of a bundle stays in it as hashes, so that it verifies all the same.

Example:
  waarborg export evidence-2026-11 --config /etc/waarborg/collector.yaml --from 2026-11-01 --to 2026-11-30
  waarborg verify evidence-2026-11`,
    )
    .action(runExport);
}

function runExport(folder: string, options: CollectorDataOptions & ScopeOptions): void {
  const scope = scopeOfOptions(options);
  const data = collectorData(options);
  if (!hasEvidence(data)) throw new UsageError(`no collector has run on ${data} yet; give its --config or --data`);
  noteHere(data, 'export-evidence', scope === undefined ? 'all of it' : JSON.stringify(scope));
  const progress = new ProgressLine();
  const say = (count: number): void => progress.say(`${count} files written …`);
  const { files, manifest } = exportBundle(data, folder, say, scope);
  progress.clear();
  const part = scope === undefined ? '' : 'a part of ';
  process.stdout.write(
    `${part}${manifest.size} entries of ${manifest.origin} in ${files} files: ${folder}\nlog key ${manifest.logKey}\n`,
  );
}
