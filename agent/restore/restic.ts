import { z } from 'zod';
import { read, unreadable } from '../../policies/reading.ts';
import { messageIn, openingOf } from '../collect/backup/restic.ts';
import { defineRestorer, maximumListing, parseLines, type CopiedFile, type Copy } from './restorer.ts';

/** Without `--no-lock` restic would write a lock into the repository. */
const common = ['--no-lock', '--no-cache', '--quiet'];

const Snapshot = z.object({ id: z.string(), original: z.string().nullish() });

/** A line of `restic ls --json`; the first is the snapshot itself. */
const Line = z.discriminatedUnion('struct_type', [
  z.object({ struct_type: z.literal('snapshot') }),
  z.object({
    struct_type: z.literal('node'),
    type: z.string(),
    path: z.string(),
    size: z.int().min(0).default(0),
    mtime: z.iso.datetime({ offset: true }),
  }),
]);

/** restic's reading of a blob checks its encryption and its SHA-256; `--verify` reads again what was written. */
export const restic = defineRestorer({
  tool: 'restic',
  source: z.unknown(),
  async open({ host, signal, timeout, scratch }, source, point) {
    const env = await openingOf(host, source);
    if (env.state === 'unreadable') return env;
    const run = (args: readonly string[]) =>
      host.run(
        {
          file: 'restic',
          args: [...args, ...common],
          env: { ...env.value, TMPDIR: scratch },
          timeout,
          maximumOutput: maximumListing,
        },
        signal,
      );
    const listed = await run(['snapshots', '--json']);
    if (listed.state === 'unreadable') return listed;
    const snapshots = z.array(Snapshot).safeParse(jsonIn(listed.value.stdout));
    if (!snapshots.success) return unreadable('unparsable', 'the output of restic snapshots');
    // A snapshot whose tags were changed goes in facts by the name that it had before, and by its beginning alone.
    const { id: name } = point;
    const found = snapshots.data.find(({ id, original }) => name !== undefined && (original ?? id).startsWith(name));
    if (found === undefined) return unreadable('missing', `the restic snapshot of ${point.time}`);
    return read<Copy>({
      async files() {
        const answer = await run(['ls', '--json', found.id]);
        if (answer.state === 'unreadable') return answer;
        const { exitCode, stdout, stderr } = answer.value;
        if (exitCode !== 0) return { state: 'failed', why: messageIn(stderr) };
        const files = parseLines(stdout, Line, fileOf);
        return files === undefined ? unreadable('unparsable', 'the output of restic ls') : read(files);
      },
      async restore(files, folder) {
        const includes = files === 'all' ? [] : files.flatMap(({ path }) => ['--include', literal(path)]);
        const answer = await run(['restore', found.id, '--target', folder, '--verify', ...includes]);
        if (answer.state === 'unreadable') return answer;
        const { exitCode, stderr } = answer.value;
        if (exitCode === 0) return { state: 'restored', isVerified: true };
        return { state: 'failed', why: messageIn(stderr) };
      },
    });
  },
});

function fileOf(line: z.output<typeof Line>): CopiedFile | undefined {
  if (line.struct_type !== 'node' || line.type !== 'file') return undefined;
  return { path: line.path, size: line.size, modifiedAt: new Date(line.mtime), source: line.path };
}

/** A path as a pattern that means it alone: Go's filepath.Match, as restic's manual has it ("Excluding Files"). */
function literal(path: string): string {
  return path.replace(/[\\*?[\]]/g, String.raw`\$&`);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
