import { unreadable, type Unreadable } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';

/** Bytes: a segment's head and the mark of a finished transaction (borg's manual, "Data structures and file formats"). */
const smallestSegment = 8 + 9;

/**
 * Why a repository in a folder is not to be opened with borg 1.x: where its index does not fit its newest finished
 * transaction, borg writes a new one, lock or no lock, and shows an older state without a word (seen with 1.2.4).
 */
export async function whyNotToOpen(host: Host, path: string): Promise<Unreadable | undefined> {
  const names = await host.list(path);
  if (names.state === 'unreadable') return names;
  if (!names.value.includes('config')) return unreadable('missing', `${path}/config`);
  const numbers = names.value.flatMap((name) => /^index\.(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  if (numbers.length === 0) return unfit(path);
  const folders = await host.list(`${path}/data`);
  if (folders.state === 'unreadable') return folders;
  const transaction = Math.max(...numbers);
  for (const folder of folders.value) {
    const segment = await host.status(`${path}/data/${folder}/${transaction}`);
    if (segment.state === 'read' && segment.value.size >= smallestSegment) return undefined;
  }
  return unfit(path);
}

function unfit(path: string): Unreadable {
  return unreadable(
    'unsupported',
    path,
    'its index does not fit its data, and reading it would change that; run borg check',
  );
}
