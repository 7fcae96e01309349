import { z } from 'zod';
import { maximumPoints, type BackupSet, type Location, type Point } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading, type Unreadable } from '../../../policies/reading.ts';
import type { CommandResult } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { parseAnswer } from './answer.ts';
import { readEnvironment, variables } from './environment.ts';
import { locate } from './pgbackrest-config.ts';
import { AbsolutePath, defineReader } from './reader.ts';
import { WalSegment } from './wal.ts';

const Source = z.strictObject({
  stanza: z.string().regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'expected the name of a stanza such as main'),
  /** The number of the repository that is meant: each is a set of its own. */
  repo: z.int().min(1).max(256).default(1),
  config: AbsolutePath.default('/etc/pgbackrest.conf'),
  /** The folder of further configuration files, such as /etc/pgbackrest/conf.d; none unless given. */
  includes: AbsolutePath.optional(),
  /** Keys and the repository's passphrase, where the configuration does not hold them. */
  environmentFile: AbsolutePath.optional(),
});
type Source = z.output<typeof Source>;

/** Seconds; below the minute that a whole check may take, so that one silent server does not hide the other sets. */
const timeout = 40;

/** Where no lock can be: to look at one pgBackRest would open it, at the very moment at which a backup may want it. */
const noLocks = '/proc/no-locks';

/** Repositories of pgBackRest, listed with `pgbackrest info`; one stanza in one repository is a set. */
export const pgbackrest = defineReader({
  tool: 'pgbackrest',
  source: Source,
  async read(context, _request, source) {
    const location = await locate(context.host, source);
    if (location.state === 'unreadable') {
      return { location: { kind: 'unseen', through: 'pgbackrest' }, encrypted: 'unseen', points: location };
    }
    const stanza = await readStanza(context, source, location.value);
    if (stanza.state !== 'read') return { location: location.value, encrypted: 'unseen', points: stanza };
    const encrypted = stanza.value.repo[0].cipher === 'none' ? 'no' : 'yes';
    return { location: location.value, encrypted, points: pointsOf(stanza.value) };
  },
});

const Label = z
  .string()
  .max(64)
  .regex(/^\d{8}-\d{6}F(_\d{8}-\d{6}[DI])?$/);

const Backup = z.object({
  label: Label,
  type: z.enum(['full', 'diff', 'incr']),
  timestamp: z.object({ start: z.int().min(0), stop: z.int().min(0) }),
  database: z.object({ id: z.int() }),
  /** Pages whose checksum was wrong; null where nobody looked. */
  error: z.boolean().nullish(),
  reference: z.array(Label).nullish(),
  /** The log that it takes to make the files consistent; none of a backup of a stopped server. */
  archive: z.object({ start: WalSegment.nullable(), stop: WalSegment.nullable() }),
  info: z.object({ size: z.int().min(0) }),
});
type Backup = z.output<typeof Backup>;

/** What is read of `pgbackrest info --output=json`, in the form since 2.33, where several repositories came. */
const Stanza = z.object({
  name: z.string(),
  backup: z.array(Backup),
  archive: z.array(
    z.object({
      database: z.object({ id: z.int() }),
      min: WalSegment.nullable(),
      max: WalSegment.nullable(),
    }),
  ),
  repo: z.tuple([
    z.object({
      key: z.int(),
      cipher: z.enum(['none', 'aes-256-cbc']),
      status: z.object({ code: z.int(), message: z.string() }),
    }),
  ]),
});
type Stanza = z.output<typeof Stanza>;

type Answer = Reading<Stanza> | Extract<BackupSet['points'], { state: 'wrong-password' }>;

async function readStanza({ host, signal }: CollectContext, source: Source, location: Location): Promise<Answer> {
  const { stanza, repo, config, includes, environmentFile } = source;
  const env =
    environmentFile === undefined ? read({}) : await readEnvironment(host, environmentFile, variables.pgbackrest);
  if (env.state === 'unreadable') return env;
  const logs = ['--log-level-console=off', '--log-level-stderr=error', '--log-level-file=off'];
  const files = [`--config=${config}`, ...(includes === undefined ? [] : [`--config-include-path=${includes}`])];
  const which = [`--stanza=${stanza}`, `--repo=${repo}`, `--lock-path=${noLocks}`];
  const args = ['info', '--output=json', ...files, ...which, ...logs];
  const answer = await host.run({ file: 'pgbackrest', args, env: env.value, timeout }, signal);
  if (answer.state === 'unreadable') return answer;
  if (answer.value.exitCode !== 0) return failureOf(answer.value, config);
  // A message may quote what a wrong passphrase made of a file; no control character in it means anything.
  const stdout = answer.value.stdout.replace(/\p{Cc}/gu, ' ');
  const stanzas = parseAnswer(stdout, 'the output of pgbackrest info', z.tuple([Stanza]));
  if (stanzas.state === 'unreadable') return stanzas;
  const [found] = stanzas.value;
  if (found.name !== stanza || found.repo[0].key !== repo) {
    return unreadable('unparsable', 'the output of pgbackrest info', 'it is about another stanza or repository');
  }
  return troubleOf(found, source, location) ?? read(found);
}

/** Exit codes: pgBackRest's error list, 41 (file that cannot be opened) and 55 (file that is missing). */
function failureOf({ exitCode, stderr }: CommandResult, config: string): Unreadable {
  if (exitCode === 55) return unreadable('missing', config);
  if (/permission denied/i.test(stderr)) return unreadable('denied', config);
  return unreadable('command-failed', 'pgbackrest info', stderr.trim() || `exit code ${exitCode}`);
}

/**
 * What the status of this repository says is wrong, and not that of the whole stanza, which other repositories colour.
 * Codes: pgBackRest's manual, "info": 0 ok, 1 no folder of the stanza, 2 no valid backups, 3 no data of the stanza.
 */
function troubleOf(
  { name, repo: [{ cipher, key, status }] }: Stanza,
  { config, environmentFile }: Source,
  location: Location,
): Exclude<Answer, { state: 'read' }> | undefined {
  if (status.code === 0 || status.code === 2) return undefined;
  const place = location.kind === 'path' ? location.path : `repository ${key} of pgBackRest`;
  if (status.code === 1 || status.code === 3) return unreadable('missing', `${place}: stanza ${name}`);
  if (/permission denied/i.test(status.message)) return unreadable('denied', place);
  // A wrong passphrase makes nonsense of what it reads, and only sometimes is that seen to be so.
  if (cipher !== 'none' && /^\[(Crypto|Format|Checksum|Json\w*)Error\]/.test(status.message)) {
    return { state: 'wrong-password', passwordFrom: environmentFile ?? config };
  }
  return unreadable('command-failed', 'pgbackrest info', status.message);
}

function pointsOf(stanza: Stanza): Reading<Point[]> {
  if (stanza.backup.length > maximumPoints) return unreadable('too-large', 'the list of pgBackRest’s backups');
  const labels = new Set(stanza.backup.map(({ label }) => label));
  const points = stanza.backup.map((backup): Point => {
    const flaw = flawOf(backup, labels, stanza.archive);
    return {
      time: momentOf(backup.timestamp.start),
      endedAt: momentOf(backup.timestamp.stop),
      id: backup.label,
      size: backup.info.size,
      kind: ({ full: 'full', diff: 'differential', incr: 'incremental' } as const)[backup.type],
      ...(flaw === undefined ? {} : { flaw }),
    };
  });
  return read(points.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)));
}

function momentOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

function orderOf({ time, id = '' }: Point): string {
  return `${time} ${id}`;
}

/** All that a backup refers to must be there, and the log that makes its files consistent: names of segments sort by age. */
function flawOf(
  { error, reference, database, archive }: Backup,
  labels: ReadonlySet<string>,
  archives: Stanza['archive'],
): Point['flaw'] {
  if (error === true) return 'corrupt';
  if (reference?.some((label) => !labels.has(label))) return 'broken-chain';
  const { start, stop } = archive;
  if (start === null || stop === null) return undefined;
  const hasLog = archives.some(
    ({ database: { id }, min, max }) =>
      id === database.id && min !== null && max !== null && min <= start && stop <= max,
  );
  return hasLog ? undefined : 'broken-chain';
}
