import { z } from 'zod';
import { Moment } from '../../quantities.ts';
import { Obstacle, readingOf } from '../../reading.ts';
import { Purpose } from './parameters.ts';

/** The most points that are read of one set that is judged as a whole. */
export const maximumPoints = 10_000;

/** The most accounts of a set, points of one account, and points of all accounts of a set together. */
export const maximumAccounts = 5000;
export const maximumPointsPerAccount = 2000;
export const maximumPointsOfAccounts = 200_000;

const Path = z.string().max(1024);
const Server = z.string().min(1).max(255);

/**
 * What the agent's own memory says of a thing: it was there at `firstSeen`, and certainly not at `notBefore`, the look
 * before that (null: nobody looked before).
 */
const FirstSeen = z.strictObject({ notBefore: Moment.nullable(), firstSeen: Moment });

/** One copy that lies there: a snapshot, an archive. */
export const Point = z.strictObject({
  /** The moment the copy says it shows. */
  time: Moment,
  /**
   * Those of the paths in it that are, or lie above, a required path; the others are nobody's business.
   * Left out where the tool does not tell.
   */
  paths: z.array(Path).max(1000).optional(),
  /** Bytes: of the file, or of what was read to make the snapshot. */
  size: z.int().min(0).optional(),
  /** When the file was last written to; a copied file says when it was copied. */
  modifiedAt: Moment.optional(),
  /** The tool's own record of when it began, which nobody could choose. */
  startedAt: Moment.optional(),
  /** When it was finished, by the tool's own record. */
  endedAt: Moment.optional(),
  /** What unpacking showed; said only of files so small that nothing may be in them. */
  content: z.enum(['nothing', 'damaged']).optional(),
  kind: z.enum(['full', 'differential', 'incremental']).optional(),
  /**
   * Why the tool's own record says that it is no good copy: interrupted or still being made; marked as failed; found
   * bad by the tool's own verification; or resting on a point that is not there.
   */
  flaw: z.enum(['unfinished', 'failed', 'corrupt', 'broken-chain']).optional(),
  /** When the tool's own verification last found it good. */
  verifiedAt: Moment.optional(),
  /** The tool's own name of it (a snapshot's id), where another copy could take its place under the same moment. */
  id: z.string().min(1).max(64).optional(),
  /** Said only of those that appeared late: more than `promptSeconds` after their own moment they were not there. */
  firstSeen: FirstSeen.optional(),
});
export type Point = z.output<typeof Point>;

const FileSystem = z.strictObject({
  /** As in /proc/self/mountinfo (proc_pid_mountinfo(5)): `ext4`, `nfs4`, `fuse.sshfs`. */
  type: z.string().max(64),
  mountPoint: Path,
  /** The server that a network file system is mounted from. */
  server: Server.optional(),
});
export type FileSystem = z.output<typeof FileSystem>;

/** Where the copies lie. */
export const Location = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('path'), path: Path, fileSystem: readingOf(FileSystem) }),
  z.strictObject({ kind: z.literal('remote'), server: Server }),
  /** Behind a program that does not tell where it puts things. */
  z.strictObject({ kind: z.literal('unseen'), through: z.string().max(64) }),
]);
export type Location = z.output<typeof Location>;

/** Seconds after its own moment within which a copy's appearing is not worth a word. */
export const promptSeconds = 3600;

/** The copies of one account. */
export const AccountPoints = z.strictObject({
  /** A pseudonym that only the host can turn back. */
  account: z.string().min(1).max(255),
  /** Said only of an account that came while the agent was watching. */
  firstSeen: z.strictObject({ notBefore: Moment, firstSeen: Moment }).optional(),
  /** Sorted by time; none where the account has no copy. */
  points: z.array(Point).max(maximumPointsPerAccount),
});
export type AccountPoints = z.output<typeof AccountPoints>;

const Points = z.discriminatedUnion('state', [
  readingOf(z.array(Point).max(maximumPoints)),
  z.strictObject({
    state: z.literal('per-account'),
    /** Every account that should have copies, sorted by pseudonym. */
    value: z
      .array(AccountPoints)
      .max(maximumAccounts)
      .refine((accounts) => new Set(accounts.map(({ account }) => account)).size === accounts.length, {
        error: 'expected each account once',
      })
      .refine((accounts) => accounts.reduce((sum, { points }) => sum + points.length, 0) <= maximumPointsOfAccounts, {
        error: `expected at most ${maximumPointsOfAccounts} points`,
      }),
  }),
  /** The repository is there and its password is another; `passwordFrom` is the file that was used. */
  z.strictObject({ state: z.literal('wrong-password'), passwordFrom: z.string().max(1024) }),
]);

/** A list of copies that somebody wrote, and that is good for `maximumAge` seconds. */
const List = z.strictObject({
  /** By its own word. */
  writtenAt: Moment,
  /** When its file was last written to. */
  modifiedAt: Moment,
  maximumAge: z.int().min(1),
});

/** A test in which copies were really restored. */
export const RestoreTest = z.strictObject({
  at: Moment,
  /** By the agent itself, or elsewhere, as somebody states. */
  how: z.enum(['restored', 'attested']),
  /** What came out, held against what was copied. */
  result: z.enum(['same', 'differs', 'failed']),
  /** The moment of the point that was restored. */
  point: Moment.optional(),
  /** How much was restored and compared. */
  files: z.int().min(0),
  bytes: z.int().min(0),
  /** What the files were drawn by: the same again from the same copy. */
  seed: z.string().min(1).max(64).optional(),
  /** Whose word an attested one is, or where it is written: a role or a ticket, no name of a person. */
  reference: z.string().min(1).max(100).optional(),
});
export type RestoreTest = z.output<typeof RestoreTest>;

/** A copy that counted once and is there no more. */
export const Vanished = z.strictObject({
  /** The moment that the copy said it shows. */
  time: Moment,
  firstSeen: Moment,
  /** The first look at which it was not there. */
  goneBy: Moment,
  /** Whose it was, in a set with accounts. */
  account: z.string().min(1).max(255).optional(),
});
export type Vanished = z.output<typeof Vanished>;

export const maximumRestoreTests = 200;
export const maximumVanished = 1000;

/** Until when the place itself lets nobody remove a copy; `governance` can be lifted by whoever has the right to. */
export const Lock = z.strictObject({ mode: z.enum(['governance', 'compliance']), until: Moment });

/** One set of copies: the same thing, copied again and again. */
export const BackupSet = z.strictObject({
  set: z.string().min(1).max(100),
  purpose: Purpose,
  /** Its reader's name: `restic`, `archives`. */
  tool: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  /** The zone of its calendar days and of names without a zone (IANA name). */
  timeZone: z.string().max(64),
  requiredPaths: z.array(Path).max(100),
  location: Location,
  /** Whether the copies themselves are encrypted, by the nature of the tool; `unseen` where only a name claims it. */
  encrypted: z.enum(['yes', 'no', 'unseen']),
  /** Bytes that a point must at least have. */
  minimumSize: z.int().min(1).optional(),
  /** In a repository of several hosts: whose points these are, and which other hosts have points there (the first ten). */
  ofHost: z.string().max(255).optional(),
  otherHosts: z.array(z.string().max(255)).max(10).optional(),
  /** Sorted by time. */
  points: Points,
  /** Of the newest copy, said where the place can lock copies; null where this one is not locked. */
  lock: readingOf(Lock.nullable()).optional(),
  /** Said where the points are known from a list alone. */
  list: List.optional(),
  /** Seconds that a copy may appear after it was made, where copies come here by way of another place. */
  delay: z.int().min(promptSeconds).optional(),
  /** Since when the agent remembers what lies there; left out where it could not look. */
  watchedSince: Moment.optional(),
  /** Sorted by time: those that went so early that a control of the run minds, the newest `maximumVanished`. */
  vanished: z.array(Vanished).max(maximumVanished).optional(),
  /** Sorted by `at`, the newest `maximumRestoreTests`; or why the agent's record of them says nothing. */
  restoreTests: z
    .union([
      z.array(RestoreTest).max(maximumRestoreTests),
      z.strictObject({ state: z.literal('unreadable'), obstacle: Obstacle }),
    ])
    .optional(),
});
export type BackupSet = z.output<typeof BackupSet>;

export const Facts = z.strictObject({
  /** This host's own name, so that a repository on itself is not taken for one elsewhere. */
  hostname: z.string().max(255),
  sets: z.array(BackupSet).max(200),
});
export type Facts = z.output<typeof Facts>;
