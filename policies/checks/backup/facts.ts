import { z } from 'zod';
import { Moment } from '../../quantities.ts';
import { readingOf } from '../../reading.ts';
import { Purpose } from './parameters.ts';

/** The most points that are read of one set. */
export const maximumPoints = 10_000;

const Path = z.string().max(1024);
const Server = z.string().min(1).max(255);

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
  /** What unpacking showed; said only of files so small that nothing may be in them. */
  content: z.enum(['nothing', 'damaged']).optional(),
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

const Points = z.discriminatedUnion('state', [
  readingOf(z.array(Point).max(maximumPoints)),
  /** The repository is there and its password is another; `passwordFrom` is the file that was used. */
  z.strictObject({ state: z.literal('wrong-password'), passwordFrom: z.string().max(1024) }),
]);

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
});
export type BackupSet = z.output<typeof BackupSet>;

export const Facts = z.strictObject({
  /** This host's own name, so that a repository on itself is not taken for one elsewhere. */
  hostname: z.string().max(255),
  sets: z.array(BackupSet).max(200),
});
export type Facts = z.output<typeof Facts>;
