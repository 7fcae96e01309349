import { contains, parseNetwork, type Address, type Network } from '../../../policies/networks.ts';
import { groupsOf, type Group, type User } from '../system-users.ts';
import type { MatchBlock } from './config.ts';
import type { Effective } from './effective.ts';

/** Users whom no Match line and no root rule tells apart: what holds for the first holds for all. */
export interface UserClass {
  readonly users: readonly [User, ...User[]];
}

/** Parts users by which `User` and `Group` criteria match them. Root is a class of its own, for PermitRootLogin. */
export function classesOf(
  users: readonly User[],
  groups: readonly Group[],
  blocks: readonly MatchBlock[],
): UserClass[] {
  const criteria = blocks.flat().filter(({ criterion }) => criterion === 'user' || criterion === 'group');
  const byMark = new Map<string, [User, ...User[]]>();
  for (const user of users) {
    const own = criteria.length === 0 ? [] : groupsOf(user, groups);
    const matches = criteria.map(({ criterion, patterns }) =>
      criterion === 'user' ? matchesList(user.name, patterns) : own.some((name) => matchesList(name, patterns)),
    );
    const mark = JSON.stringify([user.uid === 0, matches]);
    const same = byMark.get(mark);
    if (same === undefined) byMark.set(mark, [user]);
    else same.push(user);
  }
  return [...byMark.values()].map((members) => ({ users: members }));
}

/** A pattern list of ssh_config(5), PATTERNS: one that is negated and matches decides. */
export function matchesList(text: string, patterns: readonly string[]): boolean {
  const negated = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  if (negated.some((pattern) => matches(text, pattern))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && matches(text, pattern));
}

function matches(text: string, pattern: string): boolean {
  const source = pattern.replace(/[^A-Za-z0-9]/g, (sign) => (sign === '*' ? '.*' : sign === '?' ? '.' : `\\${sign}`));
  return new RegExp(`^${source.replace(/(\.\*)+/g, '.*')}$`, 's').test(text);
}

/**
 * The networks that an address pattern stands for; none for a name, undefined for a pattern whose addresses are no
 * range, such as `10.*.0.1`.
 */
export function networksOf(pattern: string): Network[] | undefined {
  const bare = pattern.replace(/^!/, '');
  const network = parseNetwork(bare);
  if (network !== undefined) return [network];
  if (bare === '*') return [];
  const [, start = ''] = /^((?:\d{1,3}\.){1,3})\*$/.exec(bare) ?? [];
  const given = start.split('.').filter((part) => part !== '');
  if (given.length > 0) {
    const padded = [...given, '0', '0', '0'].slice(0, 4).join('.');
    const range = parseNetwork(`${padded}/${given.length * 8}`);
    return range === undefined ? undefined : [range];
  }
  return /[a-z]/i.test(bare) && !bare.includes(':') ? [] : undefined;
}

/** Whether AllowUsers, DenyUsers, AllowGroups and DenyGroups let a user in from an address, in sshd's own order. */
export function isLetIn(user: User, groups: readonly string[], address: Address, settings: Effective): boolean {
  const list = (keyword: string): readonly string[] => settings.get(keyword) ?? [];
  const isNamed = (keyword: string, ifUnclear: boolean): boolean =>
    list(keyword).some((pattern) => matchesUser(user.name, address, pattern, ifUnclear));
  const hasGroup = (keyword: string): boolean => groups.some((name) => matchesList(name, list(keyword)));
  if (isNamed('denyusers', false)) return false;
  if (list('allowusers').length > 0 && !isNamed('allowusers', true)) return false;
  if (hasGroup('denygroups')) return false;
  return list('allowgroups').length === 0 || hasGroup('allowgroups');
}

/** `user` or `user@host`; where the host is a name, only DNS could tell, and the answer is `ifUnclear`. */
function matchesUser(name: string, address: Address, pattern: string, ifUnclear: boolean): boolean {
  const at = pattern.lastIndexOf('@');
  if (at < 0) return matchesList(name, [pattern]);
  if (!matchesList(name, [pattern.slice(0, at)])) return false;
  const host = pattern.slice(at + 1);
  if (host === '*') return true;
  const networks = networksOf(host);
  if (networks === undefined || networks.length === 0) return ifUnclear;
  return networks.some((network) => contains(network, address));
}
