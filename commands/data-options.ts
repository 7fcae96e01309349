import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { guardFile, loadCollectorConfig } from '../collector/config.ts';

/** Where `waarborg up` keeps its data unless told otherwise: below the working folder, so that a trial leaves nothing else behind. */
export const trialData = 'waarborg-data';

export interface CollectorDataOptions {
  readonly config?: string;
  readonly data?: string;
}

/** For commands that work on a collector's data folder. */
export function addCollectorDataOptions(command: Command): Command {
  return command
    .option('--config <file>', 'collector.yaml: its data folder is used')
    .option('--data <folder>', `the data folder of "waarborg up" (${trialData})`);
}

export function collectorData({ config, data }: CollectorDataOptions): string {
  if (config !== undefined) return loadCollectorConfig(config).data;
  return collectorFolder(data ?? trialData);
}

/** Where the guard of the log in that data folder is kept. */
export function collectorGuard({ config, data }: CollectorDataOptions): string {
  return guardFile(config === undefined ? { data: collectorFolder(data ?? trialData) } : loadCollectorConfig(config));
}

/** Where `up` keeps the collector's part. */
export function collectorFolder(data: string): string {
  return join(resolve(data), 'collector');
}

export function agentFolder(data: string): string {
  return join(resolve(data), 'agent');
}
