import type { Obstacle } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { readServedFolders } from '../discovery/index.ts';
import { withoutWords } from '../tool-failure.ts';
import { expandGlob } from './glob.ts';
import type { CmsOptions } from './settings.ts';

/** What could not be looked into. */
export interface Unread {
  readonly where: string;
  readonly obstacle: Obstacle;
}

/** Where sites may be. */
export interface Roots {
  /** Host names by folder, without links; no names for one that only the settings name. */
  readonly folders: ReadonlyMap<string, ReadonlySet<string>>;
  readonly unread: readonly Unread[];
}

/** The folders that web servers serve, and those of the settings. */
export async function findRoots(context: CollectContext, options: CmsOptions): Promise<Roots> {
  const folders = new Map<string, Set<string>>();
  const unread: Unread[] = [];
  const wanted = new Map<string, Set<string>>();
  for (const { software, folders: served } of await readServedFolders(context)) {
    if (served?.state === 'unreadable') {
      unread.push({ where: software, obstacle: withoutWords(served.obstacle).obstacle });
    }
    for (const { names, path } of served?.state === 'read' ? served.value : []) {
      if (path?.startsWith('/') === true) {
        const known = wanted.get(path) ?? new Set();
        for (const name of names) known.add(name);
        wanted.set(path, known);
      } else {
        const what = `folder of ${names[0] ?? 'a server without a name'}`;
        const detail = 'its configuration does not say plainly where it lies';
        unread.push({ where: software, obstacle: { code: 'unsupported', what, detail } });
      }
    }
  }
  for (const pattern of options.folders ?? []) wanted.set(pattern, wanted.get(pattern) ?? new Set());
  for (const [pattern, names] of wanted) {
    const paths = await expandGlob(context.host, pattern);
    if (paths.state === 'unreadable') {
      if (paths.obstacle.code !== 'missing') unread.push(unreadRoot(context, pattern, names, paths.obstacle));
      continue;
    }
    for (const path of paths.value) {
      const real = await context.host.realPath(path);
      if (real.state === 'read') {
        const known = folders.get(real.value) ?? new Set();
        // One pattern for many folders does not tell which name is whose.
        if (paths.value.length === 1) for (const name of names) known.add(name);
        folders.set(real.value, known);
      } else if (real.obstacle.code !== 'missing') {
        unread.push(unreadRoot(context, path, names, real.obstacle));
      }
    }
  }
  return { folders, unread };
}

/** Paths may tell an account: they stay here. */
function unreadRoot(context: CollectContext, path: string, names: ReadonlySet<string>, { code }: Obstacle): Unread {
  const where = [...names].sort()[0] ?? context.pseudonym(path);
  return { where, obstacle: { code, what: 'its folder' } };
}
