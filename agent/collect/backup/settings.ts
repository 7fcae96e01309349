import { z } from 'zod';
import { promptSeconds } from '../../../policies/checks/backup/facts.ts';
import { anyPurpose, Purpose } from '../../../policies/checks/backup/parameters.ts';
import { Duration } from '../../../policies/quantities.ts';
import { AbsolutePath } from './reader.ts';
import { readers } from './readers.ts';

const tools = readers.map((reader) => reader.tool);

/** One key, a tool's name, and under it what that tool's reader wants to know. */
const Source = z
  .strictObject(Object.fromEntries(readers.map((reader) => [reader.tool, reader.source.optional()])))
  .refine((source) => Object.values(source).filter((value) => value !== undefined).length === 1, {
    error: `expected exactly one of ${tools.join(', ')}`,
  });

const TimeZone = z.string().max(64).refine(isTimeZone, { error: 'expected a time zone such as Europe/Amsterdam' });

const BackupSettings = z.strictObject({
  /** Its name in reports. */
  set: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'expected a name of letters, digits, dots and hyphens'),
  purpose: Purpose.refine((purpose) => purpose !== anyPurpose, {
    error: 'expected a purpose of its own: any is what a control asks of every set',
  }).default('system'),
  /** What every copy must hold; one that lacks any of them does not count. */
  paths: z.array(AbsolutePath).max(100).default([]),
  /** The zone of its calendar days, and of names that hold a date. */
  timeZone: TimeZone.default('UTC'),
  /** How long after it was made a copy may appear here. */
  delay: Duration.refine((seconds) => seconds >= promptSeconds, { error: 'expected at least 1h' }).optional(),
  source: Source,
});

/** The part of agent.yaml about backups. */
export const Settings = z.object({
  backups: z
    .array(BackupSettings)
    .max(200)
    .refine((sets) => new Set(sets.map(({ set }) => set)).size === sets.length, {
      error: 'expected each set to have a name of its own',
    })
    .default([]),
});
export type BackupSettings = z.output<typeof BackupSettings>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
