import { z } from 'zod';
import { maximumPoints, type Location, type Point } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading, type Unreadable } from '../../../policies/reading.ts';
import type { CommandResult } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { parseAnswer } from './answer.ts';
import { readEnvironment, variables } from './environment.ts';
import { AbsolutePath, defineReader, type SetReading } from './reader.ts';
import { withoutPasswords } from './restic-repository.ts';
import { locate, readConfig, type WalGSettings } from './wal-g-storage.ts';

const Source = z
  .strictObject({
    /** A configuration file, such as /etc/wal-g.yaml or /var/lib/postgresql/.walg.json. */
    config: AbsolutePath.optional(),
    /** Instead: settings as environment variables. */
    environmentFile: AbsolutePath.optional(),
  })
  .refine(({ config, environmentFile }) => (config === undefined) !== (environmentFile === undefined), {
    error: 'expected either config or environmentFile',
  });
type Source = z.output<typeof Source>;

/** Seconds; below the minute that a whole check may take, so that one silent server does not hide the other sets. */
const timeout = 40;

/** Base backups of PostgreSQL that WAL-G stored, by the metadata that it stored with each. */
export const walG = defineReader({
  tool: 'wal-g',
  source: Source,
  async read(context, _request, source) {
    const settings = await settingsOf(context, source);
    if (settings.state === 'unreadable') return unseen(settings);
    const location = await locate(context.host, settings.value, source.config ?? source.environmentFile ?? '');
    if (location.state === 'unreadable') return unseen(location);
    const points = await readPoints(context, source, settings.value, location.value);
    return { location: location.value, encrypted: 'unseen', points };
  },
});

/** Nothing tells whether the backups are encrypted, in either case: keys may have come later than they. */
function unseen(points: Unreadable): SetReading {
  return { location: { kind: 'unseen', through: 'wal-g' }, encrypted: 'unseen', points };
}

function settingsOf({ host }: CollectContext, { config, environmentFile }: Source): Promise<Reading<WalGSettings>> {
  if (config !== undefined) return readConfig(host, config);
  return readEnvironment(host, environmentFile ?? '', variables['wal-g']);
}

/** `base_`, the first segment of its log and, of a delta, that of the backup it rests on. */
const name = /^base_(?<segment>[0-9A-F]{24})(?:_[0-9A-F]{8})?(?:_D_(?<parent>[0-9A-F]{24})(?:_[0-9A-F]{8})?)?$/;

/** A moment that Go left at its zero is the year 1. */
const Moment = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((moment) => moment.getTime() > 0, { error: 'expected a moment: the metadata lacks it' })
  .transform((moment) => moment.toISOString());

/**
 * What is read of a backup. Its `time` is left alone: that is when its object in the storage was last written to, and
 * copying a bucket renews it.
 */
const Backup = z.object({
  backup_name: z.string().max(64).regex(name),
  start_time: Moment,
  finish_time: Moment,
  /** Bytes; since 0.2.20. */
  uncompressed_size: z.int().min(0).optional(),
});
type Backup = z.output<typeof Backup>;

async function readPoints(
  { host, signal }: CollectContext,
  { config, environmentFile }: Source,
  settings: WalGSettings,
  location: Location,
): Promise<Reading<Point[]>> {
  if (location.kind === 'path') {
    // WAL-G takes a folder that is not there for one without backups, or makes it.
    const status = await host.status(location.path);
    if (status.state === 'unreadable') return status;
  }
  const args = ['backup-list', '--detail', '--json', ...(config === undefined ? [] : ['--config', config])];
  // It would add what it finds in ~/.walg.json.
  const env = { ...(environmentFile === undefined ? {} : settings), HOME: '/proc/no-home' };
  const answer = await host.run({ file: 'wal-g', args, env, timeout }, signal);
  if (answer.state === 'unreadable') return answer;
  const { exitCode, stdout, stderr } = answer.value;
  const message = messageIn(answer.value);
  if (exitCode !== 0 || message !== undefined) {
    return unreadable('command-failed', 'wal-g backup-list', message ?? `exit code ${exitCode}`);
  }
  if (stdout.trim() === '' && /no backups found/i.test(stderr)) return read([]);
  const backups = parseAnswer(stdout, 'the output of wal-g backup-list', z.array(Backup));
  return backups.state === 'unreadable' ? backups : pointsOf(backups.value);
}

/** The first error that it told of, without what differs each time: the moment, and the request's number. */
function messageIn({ stderr }: CommandResult): string | undefined {
  const line = /^(?:ERROR|FATAL|Error):?.*$/m.exec(stderr)?.[0];
  const constant = line
    ?.replace(/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d+)? ?/, '')
    .replace(/[\s,]*request ?id:.*$/i, '');
  return constant === undefined ? undefined : withoutPasswords(constant);
}

function pointsOf(backups: readonly Backup[]): Reading<Point[]> {
  if (backups.length > maximumPoints) return unreadable('too-large', 'the list of WAL-G’s backups');
  const sorted = backups.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  /** First segments of the backups that are whole: what a delta rests on was made before it. */
  const whole = new Set<string>();
  return read(
    sorted.map(({ backup_name: id, start_time: time, finish_time: endedAt, uncompressed_size: size }): Point => {
      const { segment = '', parent } = name.exec(id)?.groups ?? {};
      const isWhole = parent === undefined || whole.has(parent);
      if (isWhole) whole.add(segment);
      return {
        time,
        endedAt,
        id,
        kind: parent === undefined ? 'full' : 'incremental',
        ...(size === undefined ? {} : { size }),
        ...(isWhole ? {} : { flaw: 'broken-chain' }),
      };
    }),
  );
}

function orderOf({ start_time: time, backup_name: id }: Backup): string {
  return `${time} ${id}`;
}
