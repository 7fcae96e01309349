import { read, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { namelessPaths } from '../nameless.ts';
import { readSystemUsers, type User } from '../system-users.ts';

/** Accounts below belong to the system, and their names to no person (Debian policy 9.2.2; login.defs UID_MIN). */
export const firstPerson = 1000;
export const nobody = 65_534;

/** The accounts of this host, and what they are called in facts. */
export interface Accounts {
  readonly people: readonly User[];
  /** A pseudonym for a person's account, the name for one of the system. */
  readonly nameOf: (uid: number) => string;
  /** A path without names of people's accounts. */
  readonly nameless: (path: string) => string;
  /** By name, or by number as configurations may have it. */
  readonly uidOf: (user: string) => number | undefined;
  readonly userOf: (uid: number) => User | undefined;
  /** Numbers of those who are in a group, by /etc/passwd or /etc/group. */
  readonly inGroup: (gid: number) => readonly number[];
}

export async function readAccounts(context: CollectContext): Promise<Reading<Accounts>> {
  const system = await readSystemUsers(context);
  if (system.state === 'unreadable') return system;
  const { users, groups } = system.value;
  const byUid = new Map(users.toReversed().map((user) => [user.uid, user]));
  const byName = new Map(users.map((user) => [user.name, user]));
  const members = new Map<number, Set<number>>();
  const add = (gid: number, uid: number | undefined): void => {
    if (uid === undefined) return;
    members.set(gid, (members.get(gid) ?? new Set<number>()).add(uid));
  };
  for (const { uid, gid } of users) add(gid, uid);
  for (const group of groups) for (const name of group.members) add(group.gid, byName.get(name)?.uid);
  return read({
    people: users.filter(({ uid }) => uid >= firstPerson && uid !== nobody),
    nameOf: (uid) => {
      const name = byUid.get(uid)?.name;
      return uid < firstPerson || uid === nobody
        ? (name ?? `uid ${uid}`)
        : context.pseudonym(name ?? `uid ${uid}`).slice(0, 256);
    },
    nameless: namelessPaths((account) => context.pseudonym(account), users),
    uidOf: (user) => byName.get(user)?.uid ?? (/^\d{1,10}$/.test(user) ? Number(user) : undefined),
    userOf: (uid) => byUid.get(uid),
    inGroup: (gid) => [...(members.get(gid) ?? [])],
  });
}
