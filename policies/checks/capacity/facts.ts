import { z } from 'zod';
import { Moment } from '../../quantities.ts';
import { readingOf } from '../../reading.ts';

/** Percent of what there is, rounded up. */
const Percent = z.int().min(0).max(100);
const Path = z.string().min(1).max(1024);

/** A reading of what a file system held, kept once a week. */
const HeldReading = z.strictObject({
  at: Moment,
  /** MiB. */
  used: z.int().min(0),
  /** MiB that may be used: without what is reserved for root. */
  size: z.int().min(0),
});
export type HeldReading = z.output<typeof HeldReading>;

const Filesystem = z.strictObject({
  mount: Path,
  type: z.string().min(1).max(256),
  /**
   * `failed`: the kernel stopped writing after an error. `remounted`: read-only, and /etc/fstab wants it writable.
   * `read-only`: meant to be so.
   */
  state: z.enum(['writable', 'read-only', 'remounted', 'failed']),
  space: readingOf(
    z.strictObject({
      /** Of what ordinary users may use: what is reserved for root counts as used up. */
      used: Percent,
      /** Null where the file system makes inodes as it needs them. */
      inodes: Percent.nullable(),
    }),
  ),
  /** Of btrfs: what its metadata takes of all that it could get; null elsewhere. */
  metadata: readingOf(Percent).nullable(),
  /** Oldest first; null where the agent keeps no memory, or the file system lies in memory. */
  history: z.array(HeldReading).max(60).nullable(),
});
export type Filesystem = z.output<typeof Filesystem>;

const Pool = z.strictObject({
  pool: z.string().min(1).max(256),
  /** Null where the kernel takes no writes to it any more, because its metadata are damaged. */
  use: z.strictObject({ data: Percent, metadata: Percent }).nullable(),
});
export type Pool = z.output<typeof Pool>;

const Memory = z.strictObject({
  /** What programs can still get, rounded down to 5 %. */
  available: Percent.multipleOf(5),
  /** What of swap is in use, rounded up to 5 %; null without swap. */
  swap: Percent.multipleOf(5).nullable(),
});

const Load = z.strictObject({
  /** The average of 15 minutes, for each processor, rounded up to 0.5. */
  perProcessor: z.number().min(0).multipleOf(0.5),
  processors: z.int().min(1),
});

const Quotas = z.strictObject({
  sources: z
    .array(
      z.strictObject({
        /** `kernel`: the file systems' own; `directadmin`: its tally of each night. */
        source: z.enum(['kernel', 'directadmin']),
        /** When the oldest figure was made; null where figures are of now. */
        asOf: Moment.nullable(),
        /** Users with a limit. */
        limited: z.int().min(0),
      }),
    )
    .max(2),
  /** Users with half of their quota or more in use. Sorted. */
  users: z
    .array(
      z.strictObject({
        /** A pseudonym. */
        user: z.string().min(1).max(256),
        source: z.enum(['kernel', 'directadmin']),
        of: z.enum(['space', 'files']),
        /** Percent of the lowest limit, rounded up; a soft limit may be passed for some days. */
        used: z.int().min(50).max(1_000_000),
      }),
    )
    .max(20_000),
});
export type Quotas = z.output<typeof Quotas>;

export const Facts = z.strictObject({
  /** Sorted by mount; each file system once. */
  filesystems: readingOf(z.array(Filesystem).max(2000)),
  /** Thin pools of LVM, sorted. */
  pools: readingOf(z.array(Pool).max(256)),
  memory: readingOf(Memory),
  load: readingOf(Load),
  quotas: readingOf(Quotas),
});
export type CapacityFacts = z.output<typeof Facts>;
