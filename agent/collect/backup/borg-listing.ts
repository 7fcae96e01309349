import { z } from 'zod';
import type { BackupSet, Location } from '../../../policies/checks/backup/facts.ts';
import { unreadable, type Reading } from '../../../policies/reading.ts';
import type { CommandResult } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { parseAnswer } from './answer.ts';
import { whyNotToOpen } from './borg-index.ts';
import { pathOfRepository } from './borg-repository.ts';
import { withoutPasswords } from './restic-repository.ts';
import { inScratch } from './scratch.ts';

/** borg 1.x writes times without a zone, in the one that TZ names: UTC, as the host interface sets it. */
const Time = z.iso
  .datetime({ local: true, offset: true })
  .transform((time) => new Date(/(Z|[+-]\d\d:?\d\d)$/.test(time) ? time : `${time}Z`).toISOString());

const Archive = z.object({
  name: z.string().max(1024),
  id: z.string().regex(/^[0-9a-f]{64}$/),
  hostname: z.string().max(255),
  start: Time,
  end: Time,
});
export type Archive = z.output<typeof Archive>;

/** What is read of an answer. Its `last_modified` is not: deleting an archive renews it. */
const Listing = z.object({
  archives: z.array(Archive),
  encryption: z.object({ mode: z.string().max(64) }),
});
export type Listing = z.output<typeof Listing>;

/** How a repository is opened. */
export interface Opening {
  readonly repository: string;
  readonly version: 1 | 2;
  /** BORG_PASSPHRASE and the like. */
  readonly env: Readonly<Record<string, string>>;
  /** The file that the passphrase comes from. */
  readonly passwordFrom: string;
}

type WrongPassword = Extract<BackupSet['points'], { state: 'wrong-password' }>;
export type ListingReading = Reading<Listing> | WrongPassword;
type Failure = Exclude<ListingReading, { state: 'read' }>;

/** Seconds; below the minute that a whole check may take, so that one silent server does not hide the other sets. */
const timeout = 40;

const format = '{name}{id}{hostname}{start}{end}';
const common = ['--json', '--log-json', '--bypass-lock', '--format', format];
/** `::` and borg 2's silence stand for BORG_REPO, so that no list of processes shows the address. */
const argumentsOf = {
  1: ['list', ...common, '--consider-checkpoints', '::'],
  2: ['repo-list', ...common],
} as const;

/**
 * Lists the archives of a repository. `--bypass-lock`: otherwise borg would write a lock into it, or wait for another's.
 * Borg's own notes (cache, security) go to a folder that vanishes again; its questions are answered beforehand, as
 * those notes are always missing.
 */
export async function listArchives(
  { host, signal }: Pick<CollectContext, 'host' | 'signal'>,
  { repository, version, env, passwordFrom }: Opening,
  location: Location,
): Promise<ListingReading> {
  const path = pathOfRepository(repository);
  const unready = path === undefined || version === 2 ? undefined : await whyNotToOpen(host, path);
  if (unready !== undefined) return unready;
  return inScratch(host, signal, async (folder): Promise<ListingReading> => {
    const args = argumentsOf[version];
    const environment = environmentIn(folder, { repository, env });
    const answer = await host.run({ file: 'borg', args, env: environment, timeout }, signal);
    if (answer.state === 'unreadable') return answer;
    return failureOf(answer.value, `borg ${args[0]}`, passwordFrom, location) ?? parse(answer.value.stdout, args[0]);
  });
}

/** The environment that opens a repository, with borg's own notes in that folder. */
export function environmentIn(
  folder: string,
  { repository, env }: Pick<Opening, 'repository' | 'env'>,
): Readonly<Record<string, string>> {
  return {
    ...env,
    BORG_BASE_DIR: folder,
    BORG_REPO: repository,
    BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
  };
}

/** A line of standard error, as --log-json has it (borg's manual, "Frontends"). */
const LogLine = z.object({
  type: z.literal('log_message'),
  levelname: z.string(),
  message: z.string(),
  msgid: z.string().optional(),
});
type LogLine = z.output<typeof LogLine>;

/**
 * What an answer says went wrong. A complaint beside a list makes that list doubtful, whatever the exit code; but what
 * a server says by itself ("Remote: Welcome") is no complaint.
 */
function failureOf(
  { exitCode, stderr }: CommandResult,
  what: string,
  passwordFrom: string,
  location: Location,
): Failure | undefined {
  const complaints = linesOf(stderr).filter(
    ({ levelname, message }) => ['WARNING', 'ERROR', 'CRITICAL'].includes(levelname) && !message.startsWith('Remote:'),
  );
  if (exitCode === 0 && complaints.length === 0) return undefined;
  const isAbout = (id: RegExp): boolean => complaints.some(({ msgid }) => msgid !== undefined && id.test(msgid));
  if (isAbout(/^PassphraseWrong$/) && passwordFrom !== '') return { state: 'wrong-password', passwordFrom };
  const place = location.kind === 'path' ? location.path : 'the borg repository';
  if (/permission ?denied|PermissionError/i.test(stderr)) return unreadable('denied', place);
  if (isAbout(/^Repository\.DoesNotExist$/) && location.kind === 'path') return unreadable('missing', place);
  const said = complaints.length > 0 ? complaints.map(shortOf).join('; ') : stderr.trim().slice(-500);
  return unreadable('command-failed', what, said === '' ? `exit code ${exitCode}` : withoutPasswords(said));
}

function linesOf(stderr: string): LogLine[] {
  return stderr.split('\n').flatMap((line) => {
    try {
      const parsed = LogLine.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      // A banner of ssh, or a line whose beginning was cut off.
      return [];
    }
  });
}

/** One line of a message; of a stack trace the one that names the error. */
function shortOf({ message }: LogLine): string {
  const error = message.startsWith('Traceback') ? /^[A-Za-z_.]+(Error|Exception)\b.*$/m.exec(message)?.[0] : undefined;
  return error ?? message.split('\n')[0] ?? '';
}

function parse(stdout: string, action: string): Reading<Listing> {
  return parseAnswer(stdout, `the output of borg ${action}`, Listing);
}
