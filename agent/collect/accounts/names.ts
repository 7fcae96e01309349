import type { CollectContext } from '../collector.ts';
import { namelessPaths } from '../nameless.ts';
import type { SystemUsers } from '../system-users.ts';

/** How accounts, groups, keys and paths are called in facts, so that they tell nobody's name. */
export interface Names {
  account(name: string): string;
  /** A group that is called like a person's account has a pseudonym too. */
  group(name: string): string;
  groupOf(gid: number): string | undefined;
  /** Undefined where this host's files have no such group. */
  groupNamed(name: string): string | undefined;
  /** Whether a group is not one of this host's files, and a directory may have it. */
  isElsewhere(group: string): boolean;
  key(fingerprint: string): string;
  path(path: string): string;
}

export function namesFor(context: CollectContext, { users, groups, directories }: SystemUsers): Names {
  const path = namelessPaths((name) => context.pseudonym(name), users);
  const known = new Set(groups.map(({ name }) => name));
  const hasDirectories = directories.state === 'unreadable' || directories.value.users.length > 0;
  return {
    account: (name) => context.pseudonym(name),
    group: path,
    groupOf(gid) {
      const group = groups.find((one) => one.gid === gid);
      return group === undefined ? undefined : path(group.name);
    },
    groupNamed: (name) => (known.has(name) ? path(name) : undefined),
    isElsewhere: (name) => !known.has(name) && hasDirectories,
    key: (fingerprint) => context.pseudonym(fingerprint),
    path,
  };
}
