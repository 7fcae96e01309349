import type { Account, SystemPasswords } from '../../../policies/checks/password-age/facts.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import type { Shadow, User } from '../account-files.ts';
import type { CollectContext } from '../collector.ts';
import { nameServices } from '../system-users.ts';
import type { AccountKeys } from './account-keys.ts';
import { rememberHashes, type StoredSecret } from './memory.ts';
import { compareText } from './order.ts';
import { shellOf, type SystemAccounts } from './accounts.ts';

/** Reads /etc/passwd, /etc/shadow and /etc/nsswitch.conf. Hashes are looked at here and go no further than the ledger. */
export async function readSystemPasswords(
  context: CollectContext,
  system: Reading<SystemAccounts>,
  keys: ReadonlyMap<string, AccountKeys>,
): Promise<Reading<SystemPasswords>> {
  if (system.state === 'unreadable') return system;
  const { users, malformed } = system.value;
  const { watchedSince, changeOf } = remember(context, users);
  const accounts = users.map(({ user, shadow }): Account => {
    const expires = shadow?.expires ?? null;
    return {
      account: context.pseudonym(user.name),
      uid: user.uid,
      shell: shellOf(user),
      password: describePassword(user, shadow, keys.get(user.name), changeOf),
      expires,
    };
  });
  return read({
    accounts: accounts.sort((a, b) => a.uid - b.uid || compareText(a.account, b.account)),
    malformed: malformed.slice(0, 100),
    directories: nameServices(await context.host.readText('/etc/nsswitch.conf'), ['passwd', 'shadow']),
    ...(watchedSince === undefined ? {} : { watchedSince }),
  });
}

/** Any other field of /etc/passwd than `x` counts instead of the shadow line, and no day belongs to it (passwd(5)). */
function passwordField(user: User, shadow: Shadow | undefined): Pick<Shadow, 'field' | 'changed'> | undefined {
  return user.field === 'x' ? shadow : { field: user.field, changed: null };
}

/** Hashes behind a lock are remembered too: one that is unlocked later is no new password. */
function remember(context: CollectContext, users: SystemAccounts['users']) {
  const secrets = users.flatMap(({ user, shadow }): StoredSecret[] => {
    const { field, changed } = passwordField(user, shadow) ?? { field: '', changed: null };
    const hash = behindLock(field);
    const recorded = changed === '1970-01-01' ? 'must-change' : changed;
    return isHash(hash) ? [{ account: user.name, hash, recorded }] : [];
  });
  const { passwords, ...rest } = rememberHashes(context, { topic: 'system', isComplete: true }, secrets);
  const byName = new Map(secrets.map(({ account }, index) => [account, passwords[index]]));
  return { ...rest, changeOf: (name: string) => byName.get(name) };
}

function behindLock(field: string): string {
  return field.replace(/^!+/, '');
}

function isHash(field: string): boolean {
  return field !== '' && !field.startsWith('*');
}

function describePassword(
  user: User,
  shadow: Shadow | undefined,
  keys: AccountKeys | undefined,
  changeOf: (name: string) => Account['password'] | undefined,
): Account['password'] {
  const source = passwordField(user, shadow);
  if (source === undefined) return { state: 'elsewhere' };
  if (source.field === '') return { state: 'empty' };
  const hash = behindLock(source.field);
  const opening = keys?.opening ?? read(false);
  if (!isHash(hash)) return { state: 'none', keys: opening };
  if (hash !== source.field) return { state: 'locked', keys: opening };
  return changeOf(user.name) ?? { state: 'set', changed: null };
}
