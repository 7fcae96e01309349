import { z } from 'zod';
import { maximumPoints, type BackupSet, type Location, type Point } from '../../../policies/checks/backup/facts.ts';
import { holds } from '../../../policies/checks/backup/points.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CommandResult } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { parseAnswer } from './answer.ts';
import { AbsolutePath, defineReader, type SetRequest } from './reader.ts';
import { inScratch } from './scratch.ts';

/** `[[user@realm[!token]@]server[:port]:]datastore`: its documentation, "Backup Repository Locations". */
const form =
  /^(?:(?:(?<user>[\w.-]+@[\w.-]+(?:![\w.-]+)?)@)?(?:\[(?<v6>[0-9a-fA-F:.]+)\]|(?<server>[A-Za-z0-9][\w.-]*))(?::\d{1,5})?:)?(?<store>[A-Za-z0-9_][\w.-]*)$/;

const Archive = z
  .string()
  .regex(/^[\w-]{1,128}\.(pxar|img|conf|log)$/, 'expected the name of an archive such as root.pxar');

const Source = z.strictObject({
  repository: z
    .string()
    .max(512)
    .regex(form, 'expected an address such as agent@pbs!waarborg@backup.example.nl:store1'),
  /** Of a namespace only what lies right in it; the root unless given. */
  namespace: z
    .string()
    .max(256)
    .regex(/^[A-Za-z0-9_][\w.-]*(\/[A-Za-z0-9_][\w.-]*)*$/, 'expected a namespace such as clients/web')
    .optional(),
  /** Whose snapshots are meant. */
  group: z
    .string()
    .max(200)
    .regex(/^(host|vm|ct)\/[A-Za-z0-9_][\w.-]*$/, 'expected a group such as host/web1 or vm/100'),
  passwordFile: AbsolutePath,
  /** SHA-256 of the server's certificate, where no authority vouches for it. */
  fingerprint: z
    .string()
    .regex(/^([0-9a-f]{2}:){31}[0-9a-f]{2}$/i, 'expected 32 bytes such as 64:d3:…')
    .optional(),
  /** The path that each archive holds, where `paths` is set. */
  archives: z.record(Archive, AbsolutePath).optional(),
});
type Source = z.output<typeof Source>;

/** Seconds; below the minute that a whole check may take, so that one silent server does not hide the other sets. */
const timeout = 40;

/** Snapshots of one group on a Proxmox Backup Server. */
export const proxmoxBackup = defineReader({
  tool: 'proxmox-backup',
  source: Source,
  async read(context, request, source) {
    const location = locationOf(source);
    const snapshots = await listSnapshots(context, source);
    if (snapshots.state !== 'read') return { location, encrypted: 'unseen', points: snapshots };
    return { location, encrypted: encryptionOf(snapshots.value), points: pointsOf(snapshots.value, source, request) };
  },
});

function locationOf({ repository }: Source): Location {
  const { v6, server } = form.exec(repository)?.groups ?? {};
  return { kind: 'remote', server: v6 ?? server ?? 'localhost' };
}

const manifest = 'index.json.blob';

/** What is read of a snapshot, as the API of version 2 and later gives it. */
const Snapshot = z.object({
  'backup-type': z.string(),
  'backup-id': z.string(),
  'backup-time': z.int().min(0),
  files: z
    .array(
      z.object({
        filename: z.string().max(255),
        'crypt-mode': z.enum(['none', 'encrypt', 'sign-only']).nullish(),
        size: z.int().min(0).nullish(),
      }),
    )
    .max(1000),
  size: z.int().min(0).nullish(),
  verification: z.object({ state: z.enum(['ok', 'failed']), upid: z.string() }).nullish(),
});
type Snapshot = z.output<typeof Snapshot>;

type Listing = Reading<Snapshot[]> | Extract<BackupSet['points'], { state: 'wrong-password' }>;

/** Runs the client with a home of its own: it keeps tickets and fingerprints there. */
async function listSnapshots({ host, signal }: CollectContext, source: Source): Promise<Listing> {
  const { repository, namespace, group, passwordFile, fingerprint } = source;
  const password = await host.readText(passwordFile, { maximumSize: 4096 });
  if (password.state === 'unreadable') return password;
  return inScratch(host, signal, async (home): Promise<Listing> => {
    const env = {
      PBS_PASSWORD: password.value.split('\n')[0]?.trim() ?? '',
      ...(fingerprint === undefined ? {} : { PBS_FINGERPRINT: fingerprint }),
      ...{ HOME: home, XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home, XDG_RUNTIME_DIR: home },
    };
    const where = ['--repository', repository, ...(namespace === undefined ? [] : ['--ns', namespace])];
    const args = ['snapshot', 'list', group, ...where, '--output-format', 'json'];
    const answer = await host.run({ file: 'proxmox-backup-client', args, env, timeout }, signal);
    if (answer.state === 'unreadable') return answer;
    const failure = failureOf(answer.value, source);
    if (failure !== undefined) return failure;
    const what = 'the output of proxmox-backup-client';
    const snapshots = parseAnswer(answer.value.stdout, what, z.array(Snapshot));
    if (snapshots.state === 'unreadable') return snapshots;
    const isOfGroup = (one: Snapshot): boolean => `${one['backup-type']}/${one['backup-id']}` === group;
    return snapshots.value.every(isOfGroup) ? snapshots : unreadable('unparsable', what, 'it names other groups');
  });
}

function failureOf(
  { exitCode, stderr }: CommandResult,
  { repository, passwordFile }: Source,
): Exclude<Listing, { state: 'read' }> | undefined {
  if (exitCode === 0) return undefined;
  const message = stderr.trim();
  if (/permission check failed|\b403\b/i.test(message)) return unreadable('refused', repository, message);
  if (/\b401\b|authentication failed|invalid (?:credentials|ticket|token|password)/i.test(message)) {
    return { state: 'wrong-password', passwordFrom: passwordFile };
  }
  if (/error trying to connect|connection (?:refused|timed out)|dns error/i.test(message)) {
    return unreadable('unreachable', repository, message);
  }
  return unreadable('command-failed', 'proxmox-backup-client', message === '' ? `exit code ${exitCode}` : message);
}

/** The archives in a snapshot that its manifest names: not the manifest itself, which is never encrypted, nor a log. */
function archivesIn({ files }: Snapshot): Snapshot['files'] {
  const others = [manifest, 'client.log.blob', 'rsa-encrypted.key.blob'];
  return files.filter(({ filename, size }) => typeof size === 'number' && !others.includes(filename));
}

function encryptionOf(snapshots: readonly Snapshot[]): BackupSet['encrypted'] {
  const archives = snapshots.flatMap(archivesIn);
  if (archives.length === 0) return 'unseen';
  return archives.every((archive) => archive['crypt-mode'] === 'encrypt') ? 'yes' : 'no';
}

function pointsOf(
  snapshots: readonly Snapshot[],
  { archives }: Source,
  { requiredPaths }: SetRequest,
): Reading<Point[]> {
  if (snapshots.length > maximumPoints) return unreadable('too-large', 'the list of snapshots');
  const points = snapshots.map((snapshot): Point => {
    const { size, verification } = snapshot;
    const flaw = flawOf(snapshot);
    const verifiedAt = verification?.state === 'ok' ? momentOfTask(verification.upid) : undefined;
    return {
      time: new Date(snapshot['backup-time'] * 1000).toISOString(),
      ...(typeof size === 'number' ? { size } : {}),
      ...(flaw === undefined ? {} : { flaw }),
      ...(verifiedAt === undefined ? {} : { verifiedAt }),
      ...(archives === undefined ? {} : { paths: pathsIn(snapshot, archives, requiredPaths) }),
    };
  });
  return read(points.sort((a, b) => (a.time < b.time ? -1 : 1)));
}

/** The manifest comes last, with the sizes in it: without the one it is being made or was given up, without the other it is damaged. */
function flawOf({ files, verification }: Snapshot): Point['flaw'] {
  const index = files.find(({ filename }) => filename === manifest);
  if (index === undefined) return 'unfinished';
  return typeof index.size !== 'number' || verification?.state === 'failed' ? 'corrupt' : undefined;
}

/** When a task began, which its name says: `UPID:node:pid:pstart:task:starttime:…`, in hexadecimal seconds. */
function momentOfTask(upid: string): string | undefined {
  const seconds = /^UPID:[^:]+:(?:[0-9A-F]+:){3}([0-9A-F]{8,9}):/i.exec(upid)?.[1];
  return seconds === undefined ? undefined : new Date(Number.parseInt(seconds, 16) * 1000).toISOString();
}

function pathsIn(
  snapshot: Snapshot,
  archives: Readonly<Record<string, string>>,
  requiredPaths: readonly string[],
): string[] {
  const names = new Set(archivesIn(snapshot).map(({ filename }) => filename));
  const isThere = (archive: string): boolean => {
    const split = ['.mpxar.didx', '.ppxar.didx'].map((end) => archive.replace(/\.pxar$/, end));
    return (
      ['.didx', '.fidx', '.blob'].some((end) => names.has(archive + end)) || split.every((name) => names.has(name))
    );
  };
  const paths = Object.entries(archives).flatMap(([archive, path]) => (isThere(archive) ? [path] : []));
  return [...new Set(paths)].filter((path) => requiredPaths.some((required) => holds([path], required))).sort();
}
