import { Command } from 'commander';
import { exportBundle } from '../collector/export.ts';
import { hasEvidence } from '../collector/store/store.ts';
import { addCollectorDataOptions, collectorData, type CollectorDataOptions } from './data-options.ts';
import { UsageError } from './subcommand.ts';
import { ProgressLine } from './terminal/progress.ts';

export function command(): Command {
  return addCollectorDataOptions(new Command('export'))
    .argument('<folder>', 'a new or empty folder for the bundle')
    .description('Write all evidence as a bundle that verifies alone. Works while the collector runs.')
    .addHelpText(
      'after',
      `
Example:
  waarborg export evidence-2026-11 --config /etc/waarborg/collector.yaml
  waarborg verify evidence-2026-11`,
    )
    .action(runExport);
}

function runExport(folder: string, options: CollectorDataOptions): void {
  const data = collectorData(options);
  if (!hasEvidence(data)) throw new UsageError(`no collector has run on ${data} yet; give its --config or --data`);
  const progress = new ProgressLine();
  const { files, manifest } = exportBundle(data, folder, (count) => progress.say(`${count} files written …`));
  progress.clear();
  process.stdout.write(
    `${manifest.size} entries of ${manifest.origin} in ${files} files: ${folder}\nlog key ${manifest.logKey}\n`,
  );
}
