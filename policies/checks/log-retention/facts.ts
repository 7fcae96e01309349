import { z } from 'zod';
import { Moment } from '../../quantities.ts';
import { readingOf } from '../../reading.ts';

const Name = z.string().min(1).max(256);
const Path = z.string().min(1).max(1024);

/** What logrotate is told about a log (logrotate(8)). */
const Rotation = z.strictObject({
  /** How many old pieces are kept; -1: all of them. */
  rotate: z.int().min(-1),
  /** Seconds from one rotation to the next; null where only the size decides. */
  every: z.int().positive().nullable(),
  /** Days after which a piece is removed whatever `rotate` says; null for none. */
  maxage: z.int().min(0).nullable(),
  /** Whether a large log is rotated earlier (`maxsize`), and whether a small one is not (`minsize`). */
  earlierBySize: z.boolean(),
  laterBySize: z.boolean(),
});
export type Rotation = z.output<typeof Rotation>;

const Log = z.strictObject({
  /** `syslog`, `web`, or a name from agent.yaml. */
  log: Name,
  /** The file that is written now, whose older pieces lie beside it. */
  file: Path,
  /** The first record of each piece that has one, sorted. A piece is the file itself or a rotated one. */
  firsts: readingOf(z.array(Moment).max(400)),
  /** Pieces, also empty ones. */
  pieces: z.int().min(0),
  /** Null where logrotate knows nothing of it. */
  rotation: readingOf(Rotation.nullable()),
});
export type Log = z.output<typeof Log>;

/** systemd-journald's own files. */
const Journal = z.strictObject({
  /** The first record of its oldest file; null where it has none. */
  oldest: readingOf(Moment.nullable()),
  /** Whether all its files lie in memory and vanish with a restart. */
  isVolatile: z.boolean(),
  /** Seconds after which it deletes records (MaxRetentionSec); null for never. */
  maximumRetention: readingOf(z.number().min(0).nullable()),
});
export type Journal = z.output<typeof Journal>;

export const Facts = z.strictObject({
  /** When the host was set up: systemd writes /etc/machine-id at the first start. */
  machineSince: readingOf(Moment),
  /** Sorted by name and file. */
  logs: readingOf(z.array(Log).max(1000)),
  /** Null where there is no journal. */
  journal: Journal.nullable(),
});
export type LogRetentionFacts = z.output<typeof Facts>;
