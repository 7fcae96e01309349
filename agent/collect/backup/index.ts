import pLimit from 'p-limit';
import type { BackupSet, Facts } from '../../../policies/checks/backup/facts.ts';
import { Parameters } from '../../../policies/checks/backup/parameters.ts';
import { defineCollector, type CollectContext } from '../collector.ts';
import { remember } from './memory.ts';
import { readers } from './readers.ts';
import { Settings, type BackupSettings } from './settings.ts';

/** Opening a restic repository costs a processor for a second and 64 MiB (scrypt): few at a time. */
const atOnce = 2;

/** Reads every declared set, whatever the run's controls ask: a set that no control wants is still a fact. */
export const backupCollector = defineCollector({
  kind: 'backup',
  settings: Settings,
  parameters: Parameters,
  async collect(context, settings, wanted): Promise<Facts> {
    const limited = pLimit(atOnce);
    const sets = await Promise.all(
      settings.backups.map(async (declared) => {
        const set = await limited(() => readSet(context, declared));
        return withRestoreTests(context, remember(context, set, declared.source, wanted), declared.source);
      }),
    );
    return { hostname: context.host.hostname, sets: sets.sort((a, b) => (a.set < b.set ? -1 : 1)) };
  },
});

/** Nothing is said where no test was ever made: that a record is empty is no fact about the copies. */
function withRestoreTests(context: CollectContext, set: BackupSet, source: unknown): BackupSet {
  const found = context.restoreTests?.(set.set, source);
  if (found?.state === 'unreadable') return { ...set, restoreTests: found };
  return found === undefined || found.value.length === 0 ? set : { ...set, restoreTests: found.value };
}

async function readSet(context: CollectContext, declared: BackupSettings): Promise<BackupSet> {
  const { set, purpose, timeZone, paths, source, delay } = declared;
  const requiredPaths = paths.toSorted();
  const reader = readers.find(({ tool }) => source[tool] !== undefined);
  if (reader === undefined) throw new Error(`no reader for set ${set}`);
  const found = await reader.read(context, { set, requiredPaths, timeZone }, source[reader.tool]);
  return {
    set,
    purpose,
    tool: reader.tool,
    timeZone,
    requiredPaths,
    ...(delay === undefined ? {} : { delay }),
    ...found,
  };
}
