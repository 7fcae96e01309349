import { z } from 'zod';
import { Moment } from '../../quantities.ts';
import { readingOf } from '../../reading.ts';

export const AccountName = z.string().min(1).max(256);
const Day = z.iso.date();

/**
 * What is recorded of a change: a day (shadow(5)) or a moment (a column of a database); `must-change` where it was set
 * back so that the next login asks for another password; null where nothing is recorded.
 */
const Recorded = z.union([Day, Moment, z.literal('must-change'), z.null()]);
export type Recorded = z.output<typeof Recorded>;

/** The agent saw the hash become another one: it was not there yet at `notBefore`, and it was at `firstSeen`. */
const Seen = z.strictObject({ notBefore: Moment, firstSeen: Moment });
export type Seen = z.output<typeof Seen>;

const changeShape = {
  /** What is recorded now. */
  changed: Recorded,
  /** What was recorded when the agent first saw this hash; left out where that is `changed`. */
  recordedFirst: Recorded.optional(),
  /** Left out where the hash was there at the agent's first look. */
  seen: Seen.optional(),
};

/** A password that opens an account. */
const SetPassword = z.strictObject({ state: z.literal('set'), ...changeShape });
export type SetPassword = z.output<typeof SetPassword>;

/**
 * What stands in the password field (shadow(5), passwd(5)): `set` a hash, `empty` nothing at all, `locked` a hash
 * behind an exclamation mark, `none` something that no password can match, `elsewhere` an `x` without a shadow line.
 */
const Password = z.discriminatedUnion('state', [
  SetPassword,
  z.strictObject({ state: z.literal('empty') }),
  /** `keys`: whether an SSH key is listed for the account. */
  z.strictObject({ state: z.enum(['locked', 'none']), keys: readingOf(z.boolean()) }),
  z.strictObject({ state: z.literal('elsewhere') }),
]);

const Account = z.strictObject({
  /** A pseudonym. */
  account: AccountName,
  uid: z.int().nonnegative(),
  shell: z.enum(['login', 'nologin']),
  password: Password,
  /** The day on which the account itself ends; null where none is set. */
  expires: Day.nullable(),
});
export type Account = z.output<typeof Account>;

const SystemPasswords = z.strictObject({
  /** Sorted by uid, then pseudonym. */
  accounts: z.array(Account).max(100_000),
  /** Lines that are not of the form their manual page gives, counted from 1; the first hundred. */
  malformed: z
    .array(z.strictObject({ file: z.enum(['/etc/passwd', '/etc/shadow']), line: z.int().positive() }))
    .max(100),
  /** What nsswitch.conf asks for accounts besides this host's own files: `sss`, `ldap`, ... */
  directories: readingOf(z.array(z.string().max(64)).max(32)),
  /** The agent's first look at these hashes; left out where nothing is remembered, as by earlier agents. */
  watchedSince: Moment.optional(),
});
export type SystemPasswords = z.output<typeof SystemPasswords>;

const Key = z.strictObject({
  /** The pseudonym of the account that it opens. */
  account: AccountName,
  /** As sshd_config(5) writes it, with tokens in place of names: `~/.ssh/authorized_keys`, `/etc/ssh/keys/%u`. */
  file: z.string().max(256),
  line: z.int().positive(),
  shell: z.enum(['login', 'nologin']),
  /** `expiry-time=` of sshd(8), from which moment on the key opens nothing; null where none is set. */
  expires: Moment.nullable(),
  /** The day on which the account itself ends. */
  accountExpires: Day.nullable(),
  /** When the agent first saw it; `notBefore` is null where nobody looked before. */
  seen: z.strictObject({ notBefore: Moment.nullable(), firstSeen: Moment }),
  /** Whose it is by the roster's lists of keys: someone's who is there, someone's who left then, or not listed. */
  holder: z.union([z.literal('listed'), z.literal('unlisted'), z.strictObject({ left: Day })]),
});
export type Key = z.output<typeof Key>;

const SshKeys = z.strictObject({
  /** Sorted by account, file and line. */
  keys: z.array(Key).max(100_000),
  /** Files that could not be read, and lines that are none of sshd(8)'s forms (`line`); the first hundred. */
  unread: z
    .array(z.strictObject({ account: AccountName, file: z.string().max(256), line: z.int().positive().nullable() }))
    .max(100),
  /** What else sshd asks for keys: `AuthorizedKeysCommand`, `TrustedUserCAKeys`. */
  elsewhere: readingOf(z.array(z.string().max(64)).max(8)),
});
export type SshKeys = z.output<typeof SshKeys>;

/** The kinds of stores that passwords and credentials are kept in, and the group by which a control asks for them. */
export const storeGroups = {
  mariadb: 'databases',
  mysql: 'databases',
  postgresql: 'databases',
  typo3: 'sites',
  wordpress: 'sites',
  htpasswd: 'files',
  'ssh-certificates': 'ssh-keys',
} as const;
export type StoreKind = keyof typeof storeGroups;
export type Group = 'system' | (typeof storeGroups)[StoreKind];
export const groups: readonly [Group, ...Group[]] = ['system', 'ssh-keys', 'databases', 'sites', 'files'];

/**
 * How a store lets an account in: `set` and `empty` by a password, `none` not by one (not at all, over a socket for the
 * system's own accounts, by a certificate), `elsewhere` by a password that another system keeps.
 */
const StoredPassword = z.discriminatedUnion('state', [
  SetPassword,
  z.strictObject({ state: z.literal('empty') }),
  z.strictObject({ state: z.literal('none') }),
  z.strictObject({ state: z.literal('elsewhere'), where: z.string().max(64) }),
]);

const StoredAccount = z.strictObject({
  /** A pseudonym. */
  account: AccountName,
  /** From where it may log in, as MariaDB and MySQL tell accounts of one name apart; left out elsewhere. */
  from: z.string().max(255).optional(),
  password: StoredPassword,
  /** Before and from which moment on it opens nothing; null where none is set. */
  begins: Moment.nullable(),
  expires: Moment.nullable(),
});
export type StoredAccount = z.output<typeof StoredAccount>;
export type StoredPassword = StoredAccount['password'];

const Ways = z.strictObject({
  /** How anybody gets in without a password; null where nobody does. */
  open: z.enum(['trust', 'skip-grant-tables']).nullable(),
  /** What else keeps passwords that let people in: `ldap`, `pam`, ... Sorted. */
  keepers: z.array(z.string().max(64)).max(32),
});

const Store = z.strictObject({
  /** Its name in agent.yaml. */
  store: z.string().min(1).max(100),
  kind: z.enum(Object.keys(storeGroups) as [StoreKind, ...StoreKind[]]),
  contents: readingOf(
    z.strictObject({
      /** Sorted by pseudonym, then by `from`. */
      accounts: z.array(StoredAccount).max(100_000),
      /** By which ways it lets people in that no account of it tells. Unreadable where that cannot be told. */
      ways: readingOf(Ways),
      /** The agent's first look at its hashes; left out where nothing is remembered. */
      watchedSince: Moment.optional(),
    }),
  ),
});
export type Store = z.output<typeof Store>;
export type StoreWays = z.output<typeof Ways>;

const Departure = z.strictObject({
  on: Day,
  /** Whose passwords the person knew (pseudonyms). */
  accounts: z.union([z.literal('all'), z.array(AccountName).max(1000)]),
  /** Whether these are the person's own accounts, which may well be gone; else the roster's word on shared ones. */
  own: z.literal(true).optional(),
});
export type Departure = z.output<typeof Departure>;

export const PasswordAgeFacts = z.strictObject({
  system: readingOf(SystemPasswords),
  /** Sorted by day; null where the host has no roster. */
  departures: z.array(Departure).max(11_000).nullable(),
  /** Left out where no control asks for them. */
  sshKeys: readingOf(SshKeys).optional(),
  /** Those of agent.yaml that some control asks for, sorted by name; null where it says nothing of stores. */
  stores: z.array(Store).max(1000).nullable().optional(),
  /** Databases that run here and that agent.yaml does not name; left out where no control asks. */
  undeclared: z.array(z.enum(['mariadb', 'postgresql'])).optional(),
});
export type PasswordAgeFacts = z.output<typeof PasswordAgeFacts>;
