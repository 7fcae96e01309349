import type { Key, SshKeys } from '../../../policies/checks/password-age/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { secondsBetween } from '../../../policies/quantities.ts';
import type { Host } from '../../host/host.ts';
import type { User } from '../account-files.ts';
import type { CollectContext, FirstSeen } from '../collector.ts';
import type { Roster } from '../roster.ts';
import { parseAuthorizedKey, type AuthorizedKey } from '../ssh/authorized-keys.ts';
import type { KeyPlaces } from './key-places.ts';
import { compareText } from './order.ts';
import { shellOf, type SystemAccounts } from './accounts.ts';

/** The SSH keys of one account. */
export interface AccountKeys {
  readonly keys: readonly { readonly file: string; readonly line: number; readonly key: AuthorizedKey }[];
  /** A whole file where `line` is null. */
  readonly unread: readonly { readonly file: string; readonly line: number | null }[];
  /** Whether there is any; unreadable where that cannot be told. */
  readonly opening: Reading<boolean>;
}

const maximumSize = 2 ** 20;

/** Seconds for which a key that went is remembered: one that comes back is the old one. */
const rememberedFor = 2 * 366 * 86_400;

/** Reads the keys of each account by name. Labels tell no account: they have tokens in place of names. */
export async function readAccountKeys(
  context: CollectContext,
  users: readonly User[],
  places: KeyPlaces,
): Promise<Map<string, AccountKeys>> {
  const hidden = await hiddenFolders(context.host);
  const found = await Promise.all(
    users.map(async (user) => [user.name, await readKeysOf(context, user, places, hidden)] as const),
  );
  return new Map(found);
}

/** Folders of homes that a unit's ProtectHome=yes hides behind an empty one that nobody may enter (systemd.exec(5)). */
async function hiddenFolders(host: Host): Promise<readonly string[]> {
  const folders = ['/home', '/root'];
  const statuses = await Promise.all(folders.map((folder) => host.status(folder)));
  return folders.filter((_, index) => {
    const status = statuses[index];
    return status?.state === 'read' && (status.value.mode & 0o777) === 0;
  });
}

async function readKeysOf(
  context: CollectContext,
  user: User,
  { files }: KeyPlaces,
  hidden: readonly string[],
): Promise<AccountKeys> {
  const keys: AccountKeys['keys'][number][] = [];
  const unread: AccountKeys['unread'][number][] = [];
  for (const pattern of files) {
    const file = labelOf(pattern);
    const path = pathOf(pattern, user);
    if (hidden.some((folder) => path === folder || path.startsWith(`${folder}/`))) {
      unread.push({ file, line: null });
      continue;
    }
    const found = await readKeyFile(context, path);
    if (found.state === 'read') {
      keys.push(...found.value.keys.map((one) => ({ file, ...one })));
      unread.push(...found.value.unread.map((line) => ({ file, line })));
    } else if (found.obstacle.code !== 'missing') {
      unread.push({ file, line: null });
    }
  }
  const [first] = unread;
  const opening =
    keys.length > 0 || first === undefined
      ? read(keys.length > 0)
      : unreadable(first.line === null ? 'denied' : 'unparsable', first.file);
  return { keys, unread, opening };
}

interface KeyFile {
  readonly keys: readonly { readonly line: number; readonly key: AuthorizedKey }[];
  /** Lines of no known form. */
  readonly unread: readonly number[];
}

/** Each file once a run: several kinds ask for keys, and some files belong to all accounts. */
function readKeyFile(context: CollectContext, path: string): Promise<Reading<KeyFile>> {
  return context.once(`ssh keys ${path}`, async () => {
    const text = await context.host.readText(path, { maximumSize });
    if (text.state === 'unreadable') return text;
    const lines = text.value.split('\n').map((line, index) => ({ line: index + 1, key: parseAuthorizedKey(line) }));
    return read({
      keys: lines.flatMap(({ line, key }) => (key === undefined || key === 'none' ? [] : [{ line, key }])),
      unread: lines.flatMap(({ line, key }) => (key === undefined ? [line] : [])),
    });
  });
}

/** Tokens of sshd_config(5); what does not begin at the root lies in the home folder. */
function pathOf(pattern: string, user: User): string {
  const tokens: Record<string, string> = { '%': '%', h: user.home, u: user.name, U: String(user.uid) };
  const path = pattern.replace(/%(.)/g, (whole, token: string) => tokens[token] ?? whole);
  return path.startsWith('/') ? path : `${user.home}/${path}`;
}

function labelOf(pattern: string): string {
  const label = pattern.replace(/^%h\//, '~/');
  return (label.startsWith('/') || label.startsWith('~/') ? label : `~/${label}`).slice(0, 256);
}

/**
 * The facts of SSH keys, with what the ledger knows of each. An account whose files could not all be read was not looked
 * at: keys that show later are then not new.
 */
export function describeKeys(
  context: CollectContext,
  { users }: SystemAccounts,
  places: Reading<KeyPlaces>,
  byName: ReadonlyMap<string, AccountKeys>,
  roster: Roster | undefined,
): SshKeys {
  const keys: Key[] = [];
  const unread: SshKeys['unread'] = [];
  const came = rememberKeys(context, byName);
  const holderOf = holders(roster);
  for (const { user, shadow } of users) {
    const account = context.pseudonym(user.name);
    const found = byName.get(user.name);
    for (const { file, line } of found?.unread ?? []) unread.push({ account, file, line });
    for (const { file, line, key } of found?.keys ?? []) {
      const { notBefore, firstSeen } = came(user.name, key);
      keys.push({
        account,
        file,
        line,
        shell: shellOf(user),
        expires: key.expires?.toISOString() ?? null,
        accountExpires: shadow?.expires ?? null,
        seen: { notBefore, firstSeen },
        holder: holderOf(key.fingerprint),
      });
    }
  }
  const inOrder = (a: OrderedPlace, b: OrderedPlace): number =>
    compareText(a.account, b.account) || compareText(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0);
  return {
    keys: keys.sort(inOrder),
    unread: unread.sort(inOrder).slice(0, 100),
    elsewhere: places.state === 'read' ? read([...places.value.elsewhere]) : places,
  };
}

type OrderedPlace = { readonly account: string; readonly file: string; readonly line: number | null };

/** When each key of an account was first seen; of an account whose files cannot all be read, now. */
function rememberKeys(
  { ledger, at, ...context }: CollectContext,
  byName: ReadonlyMap<string, AccountKeys>,
): (name: string, key: AuthorizedKey) => FirstSeen {
  const unseen: FirstSeen = { notBefore: null, firstSeen: at.toISOString() };
  const keyOf = (name: string, { fingerprint }: AuthorizedKey): string => context.mark(`key\0${name}\0${fingerprint}`);
  const topic = `password-age ${context.mark('').slice(0, 8)} ssh-keys`;
  const seen = new Map<string, FirstSeen>();
  for (const [name, { keys, unread }] of byName) {
    if (unread.some(({ line }) => line === null)) continue;
    const marks = keys.map(({ key }) => keyOf(name, key));
    // Each account is a memory of its own, as it may be unreadable for itself.
    const watched = ledger.watch(
      `${topic} ${context.mark(`account\0${name}`).slice(0, 12)}`,
      marks,
      ({ goneBy }) => secondsBetween(goneBy, at) < rememberedFor,
    );
    for (const [key, first] of watched.seen) seen.set(key, first);
  }
  return (name, key) => seen.get(keyOf(name, key)) ?? unseen;
}

/** Whose a key is, by the roster's fingerprints. Of several people the one who is still there counts. */
function holders({ people = [], services = [], authorities = [] }: Partial<Roster> = {}): (
  fingerprint: string,
) => Key['holder'] {
  const left = new Map<string, string>();
  const listed = new Set<string>([...authorities, ...services.flatMap(({ keys }) => keys)]);
  for (const { keys, until } of people) {
    for (const key of keys) {
      if (until === undefined) listed.add(key);
      else left.set(key, until);
    }
  }
  return (fingerprint) => {
    if (listed.has(fingerprint)) return 'listed';
    const day = left.get(fingerprint);
    return day === undefined ? 'unlisted' : { left: day };
  };
}
