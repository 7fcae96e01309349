import type { Reason } from '../../reasons.ts';
import type { Account, Key, SystemFacts } from './facts.ts';
import { loginsOf, type Logins } from './logins.ts';
import type { Parameters } from './parameters.ts';
import type { People } from './people.ts';
import { because } from './reasons.ts';

/** Whoever can log in stands in the roster. Root is on every host; its keys are somebody's. */
export function judgeKnown({ accounts }: SystemFacts, people: People, by: Parameters['by'], at: Date): Reason[] {
  return accounts.flatMap((account): Reason[] => {
    const logins = loginsOf(account, by, at);
    const { ways } = logins;
    const unclear = unclearWays(account, logins);
    if (ways.includes('empty password')) return [because('accounts.empty-password', {}, account.account)];
    if (ways.length === 0) return unclear;
    const isKnown = account.isRoot || people.purposeOf(account) !== undefined;
    const code = isKnown ? 'accounts.known' : 'accounts.unknown';
    return [because(code, { ways: ways.join(', ') }, account.account), ...unclear];
  });
}

/** What may let somebody in, and could not be looked at. */
function unclearWays({ account, password }: Account, { unread }: Logins): Reason[] {
  return [
    ...(password === 'elsewhere' ? [because('accounts.password-elsewhere', {}, account)] : []),
    ...unreadFiles(unread).map((file) => because('accounts.key-unread', { file }, account)),
  ];
}

function unreadFiles(unread: Logins['unread']): string[] {
  return [...new Set(unread.map(({ file }) => file))];
}

/** Who left cannot log in: not to his accounts, and not with his keys to any other. */
export function judgeDeparted({ accounts }: SystemFacts, people: People, by: Parameters['by'], at: Date): Reason[] {
  const found: Reason[] = [];
  let open = 0;
  for (const account of accounts) {
    const logins = loginsOf(account, by, at);
    if (logins.ways.length > 0) open++;
    const owner = people.departed.find((person) => person.accounts.includes(account.account));
    const isTakenOver = people.purposeOf(account) === 'person' || people.purposeOf(account) === 'service';
    if (owner?.until && !isTakenOver) {
      const { until } = owner;
      const unclear = unclearWays(account, logins);
      if (logins.ways.length > 0) {
        const ways = logins.ways.join(', ');
        found.push(because('accounts.departed-login', { until, ways }, account.account));
      } else
        found.push(
          ...(unclear.length > 0 ? unclear : [because('accounts.departed-closed', { until }, account.account)]),
        );
      continue;
    }
    found.push(...unreadFiles(logins.unread).map((file) => because('accounts.key-unread', { file }, account.account)));
    found.push(...logins.keys.flatMap((key) => judgeKeyOfDeparted(key, account, people)));
  }
  const isClean = found.every(({ verdict }) => verdict === 'pass');
  return isClean ? [...found, because('accounts.nobody-departed', { accounts: open })] : found;
}

function judgeKeyOfDeparted({ key, file, line, authority }: Key, account: Account, people: People): Reason[] {
  const holder = people.holderOf(key);
  if (holder === 'present') return [];
  if (holder !== undefined) {
    return [because('accounts.departed-key', { file, line, until: holder.until }, account.account)];
  }
  // A person's own account holds a person's own keys; an authority signs for others.
  if (people.isOwn(account) && !authority) return [];
  return [because('accounts.key-unattributed', { file, line }, account.account)];
}

/** Every key that lets somebody in is somebody's who is there. */
export function judgeKeys({ accounts }: SystemFacts, people: People, by: Parameters['by'], at: Date): Reason[] {
  const found = accounts.flatMap((account): Reason[] => {
    const { keys, unread } = loginsOf(account, by, at);
    const unclear = unreadFiles(unread).map((file) => because('accounts.key-unread', { file }, account.account));
    const unlisted = keys.filter(({ key, authority }) =>
      authority ? !people.knowsAuthority(key) : people.holderOf(key) !== 'present',
    );
    if (unlisted.length > 0) {
      return unlisted.map(({ file, line }) => because('accounts.key-unknown', { file, line }, account.account));
    }
    const known = keys.length > 0 ? [because('accounts.key-known', { keys: keys.length }, account.account)] : [];
    return [...known, ...unclear];
  });
  return found.length > 0 ? found : [because('accounts.no-keys', {})];
}
