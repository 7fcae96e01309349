import type { Repository } from '../../../policies/checks/updates/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { runTool, withoutSecrets } from './command.ts';
import { readIndex } from './repomd.ts';

const caches = { 4: '/var/cache/dnf', 5: '/var/cache/libdnf5' } as const;

/** Every enabled repository, as dnf itself reads its configuration, also those that it would silently skip. */
export async function readDnfRepositories(
  host: Host,
  generation: 4 | 5,
  signal: AbortSignal,
): Promise<Reading<Repository[]>> {
  const listed = await runTool(host, { file: 'dnf', args: ['-C', '-q', 'repolist', '--enabled'] }, signal);
  if (listed.state === 'unreadable') return listed;
  const rows = listed.value.stdout.split('\n').filter((line) => line.trim() !== '' && !/^repo id\s/.test(line));
  const folder = caches[generation];
  const kept = await host.list(folder);
  const repositories: Repository[] = [];
  for (const row of rows) {
    const [, id, name = ''] = /^(\S+)(?:\s+(.*))?$/.exec(row) ?? [];
    if (id === undefined) return unreadable('unparsable', 'dnf repolist', `a line has no id: ${withoutSecrets(row)}`);
    const index = kept.state === 'unreadable' ? kept : await readCached(host, folder, kept.value, id);
    repositories.push({ id: id.slice(0, 256), name: name.trim().slice(0, 256) || id.slice(0, 256), index });
  }
  return read(repositories.sort((a, b) => (a.id < b.id ? -1 : 1)));
}

/**
 * A repository's cache is named after it and a hash of its address, so that one which moved leaves an older folder
 * behind: the newest is the one in use, and dnf refuses to answer where the one in use is not there (dnf-updates.ts).
 */
async function readCached(
  host: Host,
  folder: string,
  names: readonly string[],
  id: string,
): Promise<Repository['index']> {
  let best: Repository['index'] = unreadable('missing', `the index of ${id}`);
  for (const name of names) {
    if (!name.startsWith(`${id}-`) || !/^[0-9a-f]{16}$/.test(name.slice(id.length + 1))) continue;
    const index = await readIndex(host, `${folder}/${name}`, id, 'primary');
    if (best.state === 'unreadable' || (index.state === 'read' && index.value.checked > best.value.checked))
      best = index;
  }
  return best;
}
