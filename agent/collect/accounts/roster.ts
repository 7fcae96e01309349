import type { Roster as RosterFacts } from '../../../policies/checks/accounts/facts.ts';
import type { Roster } from '../roster.ts';
import type { Names } from './names.ts';

/** The roster as facts have it: people, accounts and keys as pseudonyms, each list in a fixed order. */
export function describeRoster(roster: Roster | undefined, names: Names): RosterFacts | null {
  if (roster === undefined) return null;
  const { people, services, groups, authorities, reviewed } = roster;
  const keysOf = (fingerprints: readonly string[]): string[] => fingerprints.map((one) => names.key(one)).sort();
  return {
    people:
      people
        ?.map(({ person, accounts, root, until, keys }) => ({
          person: names.account(`person ${person}`),
          accounts: accounts.map((name) => names.account(name)).sort(),
          root,
          until: until ?? null,
          keys: keysOf(keys),
        }))
        .sort(byText) ?? null,
    services: services
      .map(({ account, purpose, root, keys }) => ({
        account: names.account(account),
        purpose,
        root,
        keys: keysOf(keys),
      }))
      .sort(byText),
    groups: groups.map(({ group, purpose, root }) => ({ group: names.group(group), purpose, root })).sort(byText),
    authorities: keysOf(authorities),
    reviewed: reviewed ?? null,
  };
}

function byText(a: object, b: object): number {
  const [first, second] = [JSON.stringify(a), JSON.stringify(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}
