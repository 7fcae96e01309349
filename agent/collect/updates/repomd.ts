import type { Repository } from '../../../policies/checks/updates/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';

/** What a repository's repomd.xml says of itself (createrepo_c(8)). */
export interface Repomd {
  /** The newest of its parts' times; null where it gives none. */
  readonly made: string | null;
  /** Where the list of packages lies, below the repository. */
  readonly primary: string | undefined;
  readonly advisories: boolean;
}

/** @returns undefined for what is no repomd.xml */
export function parseRepomd(text: string): Repomd | undefined {
  if (!/<repomd[\s>]/.test(text) || !text.includes('</repomd>')) return undefined;
  const times = [...text.matchAll(/<timestamp>\s*(\d{1,12})(?:\.\d+)?\s*<\/timestamp>/g)].map(([, time]) =>
    Number(time),
  );
  const newest = Math.max(0, ...times);
  const [, primary] = /<data type="primary">.*?<location [^>]*href="([^"]+)"/s.exec(text) ?? [];
  return {
    made: newest > 0 ? new Date(newest * 1000).toISOString() : null,
    primary,
    advisories: text.includes('<data type="updateinfo">'),
  };
}

/**
 * The index of a repository as a package manager keeps it.
 *
 * @param folder that holds `repodata`
 * @param touched which file's time says when the repository was last asked: a manager sets it also when there is nothing new
 */
export async function readIndex(
  host: Host,
  folder: string,
  id: string,
  touched: 'primary' | 'repomd',
): Promise<Repository['index']> {
  const what = `the index of ${id}`;
  const path = `${folder}/repodata/repomd.xml`;
  const text = await host.readText(path);
  if (text.state === 'unreadable') return unreadable(text.obstacle.code, what, text.obstacle.detail);
  const repomd = parseRepomd(text.value);
  if (repomd === undefined) return unreadable('unparsable', what, 'no repomd.xml in the usual form');
  const file = touched === 'repomd' ? path : `${folder}/${repomd.primary ?? 'repodata/primary.xml'}`;
  const status = await host.status(file);
  if (status.state === 'unreadable') return unreadable(status.obstacle.code, what, status.obstacle.detail);
  const { made, advisories } = repomd;
  return read({ made, checked: status.value.modifiedAt.toISOString(), advisories });
}
