import { z } from 'zod';
import { maximumPoints, type Point } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading, type Unreadable } from '../../../policies/reading.ts';
import type { CommandResult, Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { ArchivePattern, matcherOf, momentOf } from './archive-names.ts';
import { locatePath } from './place.ts';
import { AbsolutePath, defineReader } from './reader.ts';

const Source = z.strictObject({
  /** Holds one received snapshot a copy. */
  folder: AbsolutePath,
  /** The form of a snapshot's name. */
  pattern: ArchivePattern.refine((pattern) => pattern.includes('{date}'), { error: 'expected {date}' }),
});
type Source = z.output<typeof Source>;

/**
 * Snapshots that `btrfs receive` wrote. Only those that it finished are marked with the uuid of what they were sent from
 * and are read-only (btrfs-receive(8)); when each came is the file system's own record, when it was taken only its name's.
 */
export const btrfs = defineReader({
  tool: 'btrfs',
  source: Source,
  async read(context, { timeZone }, source) {
    return {
      location: await locatePath(context.host, source.folder),
      encrypted: 'no',
      points: await readSnapshots(context, source, timeZone),
    };
  },
});

async function readSnapshots(
  { host, signal }: CollectContext,
  { folder, pattern }: Source,
  timeZone: string,
): Promise<Reading<Point[]>> {
  const names = await host.list(folder);
  if (names.state === 'unreadable') return names;
  const match = matcherOf(pattern);
  const dated = names.value.flatMap((name) => {
    const named = match(name);
    return named === undefined ? [] : [{ path: `${folder}/${name}`, named }];
  });
  if (dated.length > maximumPoints) return unreadable('too-large', folder);
  const found: (Subvolume & { readonly time: string })[] = [];
  for (const { path, named } of dated) {
    const subvolume = await readSubvolume(host, path, signal);
    if (subvolume.state === 'unreadable') return subvolume;
    const time = subvolume.value && momentOf(named, timeZone, new Date(subvolume.value.cameAt));
    if (subvolume.value !== undefined && time !== undefined)
      found.push({ ...subvolume.value, time: time.toISOString() });
  }
  const points = found.map((subvolume): Point => {
    const { time, cameAt, receivedUuid, uuid, isReadOnly } = subvolume;
    const isReceived = isReadOnly && receivedUuid !== undefined && !isTakenOf(subvolume, found);
    return { time, modifiedAt: cameAt, id: uuid, ...(isReceived ? {} : { flaw: 'unfinished' }) };
  });
  return read(points.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)));
}

/** A snapshot of a received one carries the same mark, and shows nothing newer: the first that came is the copy. */
function isTakenOf({ number, receivedUuid }: Subvolume, all: readonly Subvolume[]): boolean {
  return all.some((other) => other.receivedUuid === receivedUuid && other.number < number);
}

function orderOf({ time, id }: Point): string {
  return `${time} ${id ?? ''}`;
}

interface Subvolume {
  /** Rises from one to the next that is made. */
  readonly number: number;
  readonly uuid: string;
  readonly receivedUuid: string | undefined;
  readonly cameAt: string;
  readonly isReadOnly: boolean;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The lines of `btrfs subvolume show` that are used; it writes times in the zone of TZ, with its offset. */
const Shown = z.object({
  'Subvolume ID': z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
  UUID: z.string().regex(uuid),
  'Received UUID': z.union([z.literal('-').transform(() => undefined), z.string().regex(uuid)]),
  'Creation time': z
    .string()
    .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}$/)
    .transform((text) => new Date(text.replace(' ', 'T').replace(' ', '')).toISOString()),
  Flags: z.string().max(64),
});

/** Seconds; it asks the kernel, and reads no content. */
const timeout = 20;

/** @returns undefined for what is no subvolume, or went since the folder was listed */
async function readSubvolume(host: Host, path: string, signal: AbortSignal): Promise<Reading<Subvolume | undefined>> {
  const answer = await host.run({ file: 'btrfs', args: ['subvolume', 'show', '--', path], timeout }, signal);
  if (answer.state === 'unreadable') return answer;
  if (isNoSubvolume(answer.value)) return read(undefined);
  if (answer.value.exitCode !== 0) return failureOf(answer.value, path);
  const lines = [...answer.value.stdout.matchAll(/^\t([A-Z][A-Za-z ]*): *\t+ *(.*?) *$/gm)];
  const shown = Shown.safeParse(Object.fromEntries(lines.map(([, name, value]) => [name, value])));
  if (!shown.success) {
    return unreadable('unparsable', `the output of btrfs subvolume show ${path}`, z.prettifyError(shown.error));
  }
  const { 'Subvolume ID': number, UUID, 'Received UUID': receivedUuid, 'Creation time': cameAt, Flags } = shown.data;
  return read({ number, uuid: UUID, receivedUuid, cameAt, isReadOnly: Flags.split(/[ ,|]+/).includes('readonly') });
}

function isNoSubvolume({ exitCode, stderr }: CommandResult): boolean {
  return exitCode !== 0 && /not a (btrfs )?subvolume|No such file/i.test(stderr);
}

function failureOf({ exitCode, stderr }: CommandResult, path: string): Unreadable {
  if (/permission denied/i.test(stderr)) return unreadable('denied', path);
  if (/not permitted/i.test(stderr)) return unreadable('refused', path, 'btrfs asks for CAP_SYS_ADMIN');
  return unreadable('command-failed', `btrfs subvolume show ${path}`, stderr.trim() || `exit code ${exitCode}`);
}
