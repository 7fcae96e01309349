import { z } from 'zod';
import { Moment } from '../../quantities.ts';
import { readingOf } from '../../reading.ts';
import { PamStack } from '../password-policy/pam-rules.ts';

const Name = z.string().min(1).max(256);
const Day = z.iso.date();
const Path = z.string().max(4096);

/** A line of a file of keys that sshd reads for an account. */
const Key = z.strictObject({
  /** A pseudonym of its fingerprint. */
  key: Name,
  /** `~/.ssh/authorized_keys`, with tokens in place of names. */
  file: z.string().max(256),
  line: z.int().positive(),
  /** Whether it lets in whomever it signed a certificate for (`cert-authority`). */
  authority: z.boolean(),
  expires: Moment.nullable(),
});
export type Key = z.output<typeof Key>;

const SshTakes = z.enum(['yes', 'no', 'unasked']);

const Account = z.strictObject({
  /** A pseudonym, as everywhere below. */
  account: Name,
  uid: z.int().nonnegative(),
  /** Whether it is the one that is called root. */
  isRoot: z.boolean(),
  shell: z.enum(['login', 'nologin']),
  /** shadow(5): `locked` a hash behind an exclamation mark, `none` what nothing matches, `elsewhere` no line at all. */
  password: z.enum(['set', 'empty', 'locked', 'none', 'elsewhere']),
  /** The day on which the account itself ends. */
  expires: Day.nullable(),
  /** Whether an SSH server of this host takes keys, and passwords, of it; `unasked` where none could be asked. */
  ssh: z.strictObject({ keys: SshTakes, passwords: SshTakes }),
  keys: z.array(Key).max(1000),
  /** Files, or lines, of keys that could not be read or understood. */
  unreadKeys: z.array(z.strictObject({ file: z.string().max(256), line: z.int().positive().nullable() })).max(100),
  /** Of the groups below those that it is in. */
  groups: z.array(Name).max(256),
  /** The day of its last login by lastlog(8); null where it has none. */
  lastLogin: Day.nullable(),
});
export type Account = z.output<typeof Account>;

const System = z.strictObject({
  /** Sorted by uid, then pseudonym. */
  accounts: z.array(Account).max(100_000),
  malformed: z
    .array(z.strictObject({ file: z.enum(['/etc/passwd', '/etc/shadow', '/etc/group']), line: z.int().positive() }))
    .max(100),
  /** What nsswitch.conf asks for users and groups besides this host's files. */
  directories: readingOf(z.array(z.string().max(64)).max(32)),
  /** The first obstacle in the way of lastlog. */
  lastLogins: readingOf(z.literal('known')),
});

/** What an SSH server asks besides the files of keys. */
const SshServer = z.strictObject({
  server: Path,
  asks: readingOf(
    z.strictObject({
      /** AuthorizedKeysCommand, AuthorizedPrincipalsCommand. */
      commands: z.array(z.string().max(64)).max(8),
      /** Of TrustedUserCAKeys, as pseudonyms of fingerprints. */
      authorities: readingOf(z.array(Name).max(1000)),
    }),
  ),
});

const Who = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('everyone') }),
  z.strictObject({ kind: z.literal('account'), account: Name }),
  z.strictObject({ kind: z.literal('uid'), uid: z.int() }),
  z.strictObject({ kind: z.literal('group'), group: Name }),
  /** A netgroup, or a group of a directory: its members are not on this host. */
  z.strictObject({ kind: z.literal('elsewhere') }),
]);
export type Who = z.output<typeof Who>;

/** A rule by which some may do something as root. */
const Grant = z.strictObject({
  who: z.array(Who).max(1000),
  except: z.array(Who).max(1000),
  /** `all`, or programs: a path below the system's folders, `sudoedit`, or `elsewhere` for any other path. */
  commands: z.union([z.literal('all'), z.array(z.string().max(256)).max(1000)]),
  /** Whether the own password is asked for. */
  authenticate: z.boolean(),
});
export type Grant = z.output<typeof Grant>;

const PrivilegedFile = z.strictObject({
  path: Path,
  /** Permissions in octal (`4755`), or what getcap(8) says (`cap_net_raw=ep`). */
  has: z.string().max(256),
  /** The package that it came with; null where it came with none. Left out for those that every distribution has. */
  package: readingOf(z.string().max(256).nullable()).optional(),
});
export type PrivilegedFile = z.output<typeof PrivilegedFile>;

const Roster = z.strictObject({
  /** Null where the roster names no people at all. */
  people: z
    .array(
      z.strictObject({
        person: Name,
        accounts: z.array(Name).max(1000),
        root: z.boolean(),
        until: Day.nullable(),
        keys: z.array(Name).max(100),
      }),
    )
    .max(10_000)
    .nullable(),
  services: z
    .array(z.strictObject({ account: Name, purpose: z.string(), root: z.boolean(), keys: z.array(Name).max(100) }))
    .max(10_000),
  groups: z.array(z.strictObject({ group: Name, purpose: z.string(), root: z.boolean() })).max(1000),
  authorities: z.array(Name).max(100),
  reviewed: Day.nullable(),
});
export type Roster = z.output<typeof Roster>;

const Site = z.strictObject({
  site: z.string().max(253),
  /** Whose the folder of the site is, by number. */
  owner: readingOf(z.int()),
  /** The database user in its settings, as a pseudonym; null where it has none that is known. */
  database: readingOf(Name.nullable()),
});
export type Site = z.output<typeof Site>;

export const AccountsFacts = z.strictObject({
  system: readingOf(System),
  ssh: readingOf(z.array(SshServer).max(64)),
  /** Null where sudo is not installed; `directories`: where it looks for rules besides this host's files. */
  sudo: readingOf(
    z.strictObject({ grants: z.array(Grant).max(10_000), directories: z.array(z.string().max(64)).max(32) }),
  ).nullable(),
  doas: readingOf(z.array(Grant).max(10_000)).nullable(),
  /** What PAM asks of who calls su, and the group that may without a password (`pam_wheel trust`). */
  su: readingOf(z.strictObject({ rules: PamStack, trusted: Name.nullable() })).nullable(),
  /** Whom polkit takes for administrators, and local files of rules that grant something without asking. */
  polkit: readingOf(
    z.strictObject({ administrators: z.array(Who).max(256), granting: z.array(Path).max(256) }),
  ).nullable(),
  /** Null where no control asks for them. */
  files: readingOf(z.array(PrivilegedFile).max(10_000)).nullable(),
  /** Null where agent.yaml names none. */
  sites: z.array(Site).max(10_000).nullable(),
  /** Null where agent.yaml has none. */
  roster: Roster.nullable(),
});
export type AccountsFacts = z.output<typeof AccountsFacts>;
export type SystemFacts = z.output<typeof System>;
