import { bundledEvidence } from '../collector/reports/from-bundle.ts';
import { hasEvidence } from '../collector/store/store.ts';
import { folderReader } from './bundle-folder.ts';
import { collectorData, type CollectorDataOptions } from './data-options.ts';
import { UsageError } from './subcommand.ts';
import { ProgressLine } from './terminal/progress.ts';
import { renderVerification } from './terminal/verification.ts';

/** What commands ask that work on a collector's own store, or on a bundle. */
export interface EvidenceOptions extends CollectorDataOptions {
  readonly bundle?: string;
  readonly key?: string;
}

/**
 * The data folder of a collector that has run.
 * @throws UsageError
 */
export function storeOf(options: EvidenceOptions): string {
  if (options.key !== undefined) throw new UsageError('--key is for a bundle; give --bundle with it');
  const data = collectorData(options);
  if (!hasEvidence(data)) throw new UsageError(`no collector has run on ${data} yet; give its --config or --data`);
  return data;
}

/**
 * Verifies a bundle. What is not sound is told, and sets the exit code: 1 where it was tampered with, else 2.
 * @returns `evidence` is undefined where nothing can rest on it
 * @throws UsageError
 */
export function verifiedBundle(
  folder: string,
  { config, data, key }: EvidenceOptions,
): ReturnType<typeof bundledEvidence> {
  if (config !== undefined || data !== undefined) {
    throw new UsageError('--bundle stands instead of --config and --data; give one of them');
  }
  const progress = new ProgressLine();
  const bundled = bundledEvidence(folderReader(folder), {
    ...(key === undefined ? {} : { logKey: key }),
    onProgress: (done, of) => progress.say(`${done} of ${of} entries verified …`),
  });
  progress.clear();
  const { outcome } = bundled.verification;
  if (outcome !== 'sound') {
    process.stderr.write(renderVerification(bundled.verification));
    process.exitCode = outcome === 'tampered' ? 1 : 2;
  }
  return bundled;
}
