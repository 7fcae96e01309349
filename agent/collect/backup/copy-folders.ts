import { maximumPoints } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';

/** A folder that may be a copy. */
export interface CopyFolder {
  readonly path: string;
  /** Of the files and folders in it. */
  readonly names: readonly string[];
}

/** The folders right below one, where each copy is a folder. Files beside them are nobody's business. */
export async function foldersIn(host: Host, folder: string, signal: AbortSignal): Promise<Reading<CopyFolder[]>> {
  const listed = await host.list(folder);
  if (listed.state === 'unreadable') return listed;
  if (listed.value.length > maximumPoints) return unreadable('too-large', folder);
  const found: CopyFolder[] = [];
  for (const name of listed.value) {
    if (signal.aborted) return unreadable('timeout', folder);
    const path = `${folder === '/' ? '' : folder}/${name}`;
    const names = await host.list(path);
    // A file, or a folder that was deleted since it was listed.
    if (names.state === 'unreadable' && names.obstacle.code === 'missing') continue;
    if (names.state === 'unreadable') return names;
    found.push({ path, names: names.value });
  }
  return read(found);
}
