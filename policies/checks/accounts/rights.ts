import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import { canPassWithout } from '../pam-auth.ts';
import type { Account, AccountsFacts, Grant, SystemFacts } from './facts.ts';
import type { People } from './people.ts';
import { because } from './reasons.ts';
import { rootWaysOf, type RootWay } from './root.ts';

/** Nobody becomes root, or does something as root, but by the roster. */
export function judgeRoot(facts: AccountsFacts, system: SystemFacts, people: People): Reason[] {
  const { sudo, doas, polkit } = facts;
  const grants: readonly (readonly [string, readonly Grant[]])[] = [
    ['sudo', sudo?.state === 'read' ? sudo.value.grants : []],
    ['doas', doas?.state === 'read' ? doas.value : []],
  ];
  const found = [
    ...[sudo, doas, polkit, facts.su].flatMap((reading) =>
      reading?.state === 'unreadable' ? [obstacleReason(reading.obstacle)] : [],
    ),
    ...(sudo?.state === 'read' ? sudo.value.directories : []).map((service) =>
      because('accounts.directory', { what: 'sudoers', service }),
    ),
    ...grants.flatMap(([by, rules]) => judgeBroad(by, rules)),
    ...(polkit?.state === 'read' ? polkit.value.granting : []).map((path) => because('accounts.polkit-rule', { path })),
    ...system.accounts
      .filter(({ isRoot }) => !isRoot)
      .flatMap((account) => judgeAccount(account, rootWaysOf(account, facts), people)),
  ];
  const none = found.length > 0 ? [] : [because('accounts.no-root', { accounts: system.accounts.length })];
  return [...found, ...none, ...judgeSu(facts, system)];
}

/** Rules for more than the accounts of this host. */
function judgeBroad(by: string, grants: readonly Grant[]): Reason[] {
  const has = (kind: string): boolean => grants.some(({ who }) => who.some((one) => one.kind === kind));
  return [
    ...(has('everyone') ? [because('accounts.root-for-everyone', { ways: by })] : []),
    ...(has('elsewhere') ? [because('accounts.root-for-others', { ways: by })] : []),
  ];
}

function judgeAccount(account: Account, ways: readonly RootWay[], people: People): Reason[] {
  const wayNames = (chosen: readonly RootWay[]): string => [...new Set(chosen.map(({ way }) => way))].join(', ');
  const whole = ways.filter(({ programs }) => programs === undefined);
  if (whole.length > 0) {
    const code = people.mayBecomeRoot(account) ? 'accounts.root-granted' : 'accounts.root-not-granted';
    return [because(code, { ways: wayNames(whole) }, account.account)];
  }
  if (ways.length === 0) return [];
  const all = [...new Set(ways.flatMap(({ programs }) => programs ?? []))].sort();
  const programs = all.length > 10 ? `${all.slice(0, 10).join(', ')}, …` : all.join(', ');
  const code = people.purposeOf(account) === undefined ? 'accounts.commands-not-granted' : 'accounts.commands-granted';
  return [because(code, { ways: wayNames(ways), programs }, account.account)];
}

/** Whoever knows root's password can use it, unless su is for a group alone. The call by root itself does not count. */
function judgeSu({ su }: AccountsFacts, { accounts }: SystemFacts): Reason[] {
  const hasPassword = accounts.some(({ isRoot, password }) => isRoot && (password === 'set' || password === 'empty'));
  if (su?.state !== 'read' || !hasPassword) return [];
  return canPassWithout(su.value.rules, ['pam_wheel', 'pam_rootok']) ? [because('accounts.su-open', {})] : [];
}
