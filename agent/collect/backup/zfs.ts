import { z } from 'zod';
import { maximumPoints, type Location, type Point } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading, type Unreadable } from '../../../policies/reading.ts';
import type { Command, CommandResult } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { defineReader } from './reader.ts';

/** Plain names only: over ssh they pass through a shell. */
const Dataset = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9][\w.:-]*(\/[A-Za-z0-9][\w.:-]*)*$/, 'expected a dataset such as tank/www');

const Source = z
  .strictObject({
    /** The replica, whose snapshots are the copies. */
    dataset: Dataset,
    /** What it is a replica of, on this host. */
    of: Dataset,
    /** Where the replica lies, for ssh; this host unless given. */
    server: z
      .string()
      .max(255)
      .regex(/^([a-z_][\w.-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*$/, 'expected user@host')
      .optional(),
  })
  .refine(({ dataset, of, server }) => server !== undefined || poolOf(dataset) !== poolOf(of), {
    path: ['dataset'],
    error: 'expected a dataset of another pool: a snapshot is lost together with the pool that it lies on',
  });
type Source = z.output<typeof Source>;

/**
 * Replicas of ZFS datasets, made with `zfs send` and `zfs receive`. A snapshot that was received keeps the moment at
 * which it was taken and its guid (zfsprops(7)), so that the source tells which of the replica's came from it.
 */
export const zfs = defineReader({
  tool: 'zfs',
  source: Source,
  async read(context, _request, source) {
    // Whether a dataset is encrypted is no property of its snapshots' list.
    return { location: locationOf(source), encrypted: 'unseen', points: await readReplica(context, source) };
  },
});

function poolOf(dataset: string): string | undefined {
  return dataset.split('/')[0];
}

function locationOf({ dataset, server }: Source): Location {
  if (server !== undefined) return { kind: 'remote', server: server.split('@').at(-1) ?? server };
  return { kind: 'path', path: dataset, fileSystem: read({ type: 'zfs', mountPoint: dataset }) };
}

async function readReplica(context: CollectContext, { dataset, of, server }: Source): Promise<Reading<Point[]>> {
  const originals = await listSnapshots(context, of, undefined);
  if (originals.state === 'unreadable') return originals;
  const replicas = await listSnapshots(context, dataset, server);
  if (replicas.state === 'unreadable') return replicas;
  if (replicas.value.length === 0) return read([]);
  const guids = new Set(originals.value.map(({ guid }) => guid));
  const newestCommon = replicas.value.findLastIndex(({ guid }) => guids.has(guid));
  if (newestCommon < 0) {
    const detail = `no snapshot of it is one of ${of}, so nobody can tell which came from there`;
    return unreadable('unsupported', dataset, detail);
  }
  // Later ones were taken on the replica itself, after the last one came. There are none before: receiving needs the one
  // that came last as the replica's newest, and with -F destroys what was taken since (zfs-receive(8)).
  const received = replicas.value.slice(0, newestCommon + 1);
  if (received.length > maximumPoints) return unreadable('too-large', dataset);
  const points = received.map(({ creation, guid, referenced }) => ({ time: creation, size: referenced, id: guid }));
  return read(points.sort((a, b) => (a.time + a.id < b.time + b.id ? -1 : 1)));
}

/** Seconds; two of them fit into the minute that a whole check may take. */
const timeout = 20;

/** `createtxg` is the dataset's own order, whatever clocks said. */
const columns = ['name', 'creation', 'guid', 'referenced'] as const;
const listing = ['list', '-Hp', '-t', 'snapshot', '-d', '1', '-s', 'createtxg', '-o', columns.join(',')];

const Snapshot = z.tuple([
  z.string().max(512),
  z
    .string()
    .regex(/^\d{1,11}$/)
    .transform((seconds) => new Date(Number(seconds) * 1000).toISOString()),
  z.string().regex(/^\d{1,20}$/),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);

interface Snapshot {
  readonly creation: string;
  readonly guid: string;
  /** Bytes. */
  readonly referenced: number;
}

/** A dataset's snapshots in the order in which they came to it. */
async function listSnapshots(
  { host, signal }: CollectContext,
  dataset: string,
  server: string | undefined,
): Promise<Reading<Snapshot[]>> {
  const answer = await host.run(commandFor([...listing, dataset], server), signal);
  if (answer.state === 'unreadable') return answer;
  return failureOf(answer.value, dataset, server) ?? parse(answer.value.stdout, dataset);
}

function commandFor(args: readonly string[], server: string | undefined): Command {
  if (server === undefined) return { file: 'zfs', args, timeout };
  const options = ['BatchMode=yes', 'StrictHostKeyChecking=yes', 'ConnectTimeout=10'].flatMap((one) => ['-o', one]);
  return { file: 'ssh', args: [...options, '--', server, 'zfs', ...args], timeout };
}

function failureOf(
  { exitCode, stderr }: CommandResult,
  dataset: string,
  server: string | undefined,
): Unreadable | undefined {
  if (exitCode === 0) return undefined;
  const said = stderr.trim();
  // ssh(1): 255 for an error of its own.
  if (server !== undefined && exitCode === 255) return unreadable('unreachable', server, said);
  if (/dataset does not exist/i.test(said)) return unreadable('missing', dataset);
  if (/permission denied/i.test(said)) return unreadable('refused', dataset, said);
  return unreadable('command-failed', `zfs list of ${dataset}`, said === '' ? `exit code ${exitCode}` : said);
}

function parse(stdout: string, dataset: string): Reading<Snapshot[]> {
  const what = `the output of zfs list of ${dataset}`;
  if (stdout !== '' && !stdout.endsWith('\n')) return unreadable('unparsable', what, 'its last line is cut off');
  const snapshots: Snapshot[] = [];
  for (const line of stdout.split('\n').slice(0, -1)) {
    const parsed = Snapshot.safeParse(line.split('\t'));
    if (!parsed.success) return unreadable('unparsable', what, z.prettifyError(parsed.error));
    const [name, creation, guid, referenced] = parsed.data;
    if (!name.startsWith(`${dataset}@`)) return unreadable('unparsable', what, `it names ${name}`);
    snapshots.push({ creation, guid, referenced });
  }
  return read(snapshots);
}
