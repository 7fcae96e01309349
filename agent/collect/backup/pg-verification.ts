import type { Point } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { isVerifiable, verifyArchive } from './archive-verification.ts';
import { tarsIn, type Form } from './pg-copy.ts';

/** Seconds for one command; the whole of a reader's time is bounded by its signal. */
const timeout = 40;

export interface Verifiable {
  readonly folder: string;
  readonly form: Form;
  readonly names: readonly string[];
  readonly timeZone: string;
  /** Whether the log lies beside the files. */
  readonly hasLog: boolean;
}

/** Reads a whole copy: with pg_verifybackup, or its tar files to their end. */
export async function verify(host: Host, copy: Verifiable, signal: AbortSignal): Promise<Reading<Pick<Point, 'flaw'>>> {
  return copy.form === 'plain' ? verifyPlain(host, copy, signal) : verifyTars(host, copy, signal);
}

async function verifyTars(
  host: Host,
  { folder, names, timeZone }: Verifiable,
  signal: AbortSignal,
): Promise<Reading<Pick<Point, 'flaw'>>> {
  for (const name of tarsIn(names)) {
    const path = `${folder}/${name}`;
    if (!isVerifiable(name, undefined))
      return unreadable('unsupported', path, 'packed in a way that cannot be verified');
    const status = await host.status(path);
    if (status.state === 'unreadable') return status;
    const finding = await verifyArchive(host, { path, status: status.value }, { timeZone }, signal);
    if (finding.state === 'unreadable') return finding;
    if (finding.value.content !== undefined || finding.value.flaw !== undefined) return read({ flaw: 'corrupt' });
  }
  return read({});
}

/** What pg_verifybackup says of a copy that is not what its manifest says. Anything else went wrong with the reading. */
const damage = /checksum mismatch|in the manifest|has size|WAL parsing failed/;
const hindrance = /permission denied|input\/output error|pg_waldump" is needed/i;

async function verifyPlain(
  host: Host,
  { folder, hasLog }: Verifiable,
  signal: AbortSignal,
): Promise<Reading<Pick<Point, 'flaw'>>> {
  const file = await programFor(host, folder);
  if (file.state === 'unreadable') return file;
  const options = ['--exit-on-error', '--quiet', ...(hasLog ? [] : ['--no-parse-wal'])];
  const answer = await host.run({ file: file.value, args: [...options, folder], timeout }, signal);
  if (answer.state === 'unreadable') return answer;
  const { exitCode, stderr } = answer.value;
  if (exitCode === 0) return read({});
  if (damage.test(stderr) && !hindrance.test(stderr)) return read({ flaw: 'corrupt' });
  return unreadable('command-failed', `pg_verifybackup of ${folder}`, stderr.trim() || `exit code ${exitCode}`);
}

/** That of the copy's own version, which alone understands its log: where Debian and the project's packages put it. */
async function programFor(host: Host, folder: string): Promise<Reading<string>> {
  const version = await host.readText(`${folder}/PG_VERSION`, { maximumSize: 64 });
  if (version.state === 'unreadable') return version;
  const major = /^(\d{2})\n?$/.exec(version.value)?.[1];
  if (major === undefined) return unreadable('unparsable', `${folder}/PG_VERSION`);
  for (const programs of [`/usr/lib/postgresql/${major}/bin`, `/usr/pgsql-${major}/bin`]) {
    const path = `${programs}/pg_verifybackup`;
    if ((await host.status(path)).state === 'read') return read(path);
  }
  return read('pg_verifybackup');
}
