import { z } from 'zod';
import { read, unreadable, type Reading } from '../../policies/reading.ts';
import { openingOf } from '../collect/backup/borg.ts';
import { environmentIn, listArchives } from '../collect/backup/borg-listing.ts';
import { locateBorgRepository } from '../collect/backup/borg-repository.ts';
import { withoutPasswords } from '../collect/backup/restic-repository.ts';
import type { CommandResult } from '../host/host.ts';
import { defineRestorer, maximumListing, parseLines, type CopiedFile, type Copy } from './restorer.ts';

/** A line of `borg list --json-lines`. Its moment has no zone: that of TZ, which is UTC. */
const Line = z.object({
  type: z.string(),
  path: z.string(),
  size: z.int().min(0),
  source: z.string(),
  mtime: z.iso.datetime({ local: true }).transform((time) => new Date(`${time}Z`)),
});

/**
 * borg holds each piece of a file against the MAC or hash that it is stored under, and needs no lock for reading what
 * nobody deletes: another that deletes it meanwhile makes the test fail.
 */
export const borg = defineRestorer({
  tool: 'borg',
  source: z.unknown(),
  async open({ host, signal, timeout, scratch }, source, point) {
    const opening = await openingOf({ host }, source);
    if (opening.state === 'unreadable') return opening;
    const { repository, version, passwordFrom } = opening.value;
    if (version === 2) return unreadable('unsupported', repository, 'copies of borg 2 cannot be restored here');
    const location = await locateBorgRepository(host, repository);
    const listed = await listArchives({ host, signal }, opening.value, location);
    if (listed.state === 'wrong-password') return unreadable('denied', passwordFrom, 'the passphrase is another');
    if (listed.state === 'unreadable') return listed;
    const found = listed.value.archives.find(({ id }) => point.id !== undefined && id.startsWith(point.id));
    if (found === undefined) return unreadable('missing', `the borg archive of ${point.time}`);
    const env = environmentIn(scratch, opening.value);
    const run = (args: readonly string[], folder = scratch): Promise<Reading<CommandResult>> =>
      host.run(
        {
          file: 'env',
          args: [`--chdir=${folder}`, 'borg', ...args],
          env: { ...env, TMPDIR: scratch },
          timeout,
          maximumOutput: maximumListing,
        },
        signal,
      );
    return read<Copy>({
      async files() {
        const format = '{type}{path}{size}{source}{mtime}';
        const answer = await run(['list', '--bypass-lock', '--json-lines', '--format', format, `::${found.name}`]);
        if (answer.state === 'unreadable') return answer;
        const { exitCode, stdout, stderr } = answer.value;
        if (exitCode !== 0) return { state: 'failed', why: messageIn(stderr) };
        const files = parseLines(stdout, Line, fileOf);
        return files === undefined ? unreadable('unparsable', 'the output of borg list') : read(files);
      },
      async restore(files, folder) {
        // A file and what lies below it, whatever characters it has: borg-patterns(1). With `pf:` borg 1.2 extracts the
        // file and complains all the same that it matched nothing.
        const paths = files === 'all' ? [] : files.map(({ path }) => `pp:${path}`);
        const answer = await run(['extract', '--bypass-lock', `::${found.name}`, ...paths], folder);
        if (answer.state === 'unreadable') return answer;
        const { exitCode, stderr } = answer.value;
        return exitCode === 0
          ? { state: 'restored', isVerified: true }
          : { state: 'failed', why: `exit code ${exitCode}: ${messageIn(stderr)}` };
      },
    });
  },
});

/** Of a file with several names only the first holds content; the others say so in `source`. */
function fileOf({ type, path, size, source, mtime }: z.output<typeof Line>): CopiedFile | undefined {
  if (type !== '-' || source !== '') return undefined;
  return { path, size, modifiedAt: mtime, source: path.startsWith('/') ? path : `/${path}` };
}

/** The last line that says something; a stack trace ends with the error. */
function messageIn(stderr: string): string {
  const lines = stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(Platform|Borg|PID|Linux|CWD|sys\.argv)/.test(line));
  return withoutPasswords(lines.slice(-3).join(' ')).slice(0, 500);
}
