import { z } from 'zod';
import { maximumPoints, type BackupSet, type Location, type Point } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { failureOf, parseStatus, type DuplicitySet } from './duplicity-status.ts';
import { readEnvironment, variables } from './environment.ts';
import { locatePath } from './place.ts';
import { AbsolutePath, defineReader } from './reader.ts';
import { holdsPassword, withoutPasswords } from './restic-repository.ts';
import { inScratch } from './scratch.ts';

/** A scheme, perhaps with the way that it is spoken before it (`paramiko+sftp`), and an address. */
const form = /^(?:file:\/\/(?<path>\/.*)|(?:[a-z0-9]+\+)?(?<scheme>(?!file:)[a-z][a-z0-9]*):\/\/(?<address>[^\s]+))$/;

const Source = z.strictObject({
  /** As in duplicity(1), "URL FORMAT", without a password. */
  url: z
    .string()
    .max(1024)
    .regex(form, 'expected an address such as file:///srv/duplicity or sftp://user@host/duplicity')
    .refine((url) => !holdsPassword(url), {
      error: 'expected no password here: write FTP_PASSWORD to environmentFile',
    }),
  /** Keys of the back end; collection-status needs no passphrase. */
  environmentFile: AbsolutePath.optional(),
});
type Source = z.output<typeof Source>;

/** Seconds; below the minute that a whole check may take, so that one silent server does not hide the other sets. */
const timeout = 40;

/** duplicity's chains of full and incremental backups, from the names of the files where they lie. */
export const duplicity = defineReader({
  tool: 'duplicity',
  source: Source,
  async read(context, _request, source) {
    const location = await locate(context.host, source.url);
    const sets = await readStatus(context, source, location);
    if (sets.state === 'unreadable') return { location, encrypted: 'unseen', points: sets };
    return { location, encrypted: encryptionOf(sets.value), points: pointsOf(sets.value) };
  },
});

async function locate(host: Host, url: string): Promise<Location> {
  const { path, scheme = '', address = '' } = form.exec(url)?.groups ?? {};
  if (path !== undefined) return locatePath(host, path.replace(/(?<=.)\/+$/, ''));
  // The storage of these is named by their owner: it is never this host.
  if (['b2', 'azure', 'gs'].includes(scheme)) return { kind: 'remote', server: scheme };
  if (scheme === 's3' && url.startsWith('boto3+')) return { kind: 'remote', server: 's3.amazonaws.com' };
  const hasServer = ['sftp', 'scp', 'ssh', 'rsync', 'ftp', 'ftps', 'ftpes', 'webdav', 'webdavs'].includes(scheme);
  const match = /^(?:[^@/]*@)?(?:\[(?<v6>[0-9a-fA-F:.%]+)\]|(?<host>[^:/[\]]+))/.exec(address);
  const server = match?.groups?.v6 ?? match?.groups?.host;
  if (!hasServer || server === undefined) return { kind: 'unseen', through: scheme.slice(0, 64) };
  return { kind: 'remote', server: server.slice(0, 255) };
}

/**
 * Runs `duplicity collection-status`. It lists names and opens none, so it needs no passphrase. The archive folder, in
 * which it mirrors what lies at the other end, is a new one each time: the real one may hold what is there no more.
 */
async function readStatus(
  { host, signal }: CollectContext,
  { url, environmentFile }: Source,
  location: Location,
): Promise<Reading<DuplicitySet[]>> {
  const env =
    environmentFile === undefined ? read({}) : await readEnvironment(host, environmentFile, variables.duplicity);
  if (env.state === 'unreadable') return env;
  if (location.kind === 'path') {
    // duplicity would make a folder that is not there.
    const status = await host.status(location.path);
    if (status.state === 'unreadable') return status;
    if (status.value.kind !== 'directory') return unreadable('missing', `${location.path}/`);
  }
  return inScratch(host, signal, async (folder): Promise<Reading<DuplicitySet[]>> => {
    const options = ['--archive-dir', folder, '--log-fd', '1', '--num-retries', '1', '--timeout', '30'];
    const args = ['collection-status', ...options, url];
    const command = { file: 'duplicity', args, env: { ...env.value, GNUPGHOME: folder, TMPDIR: folder }, timeout };
    const answer = await host.run(command, signal);
    if (answer.state === 'unreadable') {
      // Without the folder's name, which is another each time.
      return unreadable(answer.obstacle.code, 'duplicity collection-status', answer.obstacle.detail);
    }
    const { stdout, stderr, exitCode } = answer.value;
    const clean = (text: string): string => withoutPasswords(text).replaceAll(folder, '');
    const place = location.kind === 'path' ? location.path : 'the duplicity folder';
    const failure = failureOf({ exitCode, stdout: clean(stdout), stderr: clean(stderr) }, place);
    return failure ?? parseStatus(answer.value);
  });
}

function encryptionOf(sets: readonly DuplicitySet[]): BackupSet['encrypted'] {
  if (sets.length === 0) return 'unseen';
  return sets.every(({ encrypted }) => encrypted) ? 'yes' : 'no';
}

function pointsOf(sets: readonly DuplicitySet[]): Reading<Point[]> {
  if (sets.length > maximumPoints) return unreadable('too-large', 'the list of duplicity’s backups');
  return read(sets.map(({ time, kind, orphaned }) => ({ time, kind, ...(orphaned ? { flaw: 'broken-chain' } : {}) })));
}
