import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CommandResult, FileStatus } from '../host.ts';

/** Paths of one command at most, and characters of them. */
const maximumPaths = 200;
const maximumLength = 32 * 1024;

/** Commands at one time: more would only share the processor there. */
const maximumCommands = 2;

interface Asked {
  readonly path: string;
  readonly answer: (reading: Reading<FileStatus>) => void;
}

/** Mode with kind in hexadecimal, size, moments in seconds, owners, device, name: of GNU's stat(1), and of busybox' one. */
const forms = {
  exact: '%f %s %.9Y %.9Z %u %g %d %n',
  whole: '%f %s %Y %Z %u %g %d %n',
} as const;

/**
 * Tells what SFTP does not: when a file was changed, on which file system it lies, and moments below a second. One
 * stat(1) answers for all paths that were asked for while the ones before it ran.
 */
export class Statuses {
  readonly #run: (args: readonly string[]) => Promise<Reading<CommandResult>>;
  readonly #form: string;
  readonly #queue: Asked[] = [];
  #running = 0;

  /** @param run runs stat with these arguments; @param isExact whether it has moments below a second */
  constructor(run: (args: readonly string[]) => Promise<Reading<CommandResult>>, isExact: boolean) {
    this.#run = run;
    this.#form = forms[isExact ? 'exact' : 'whole'];
  }

  /** Of what a path leads to, links followed. */
  of(path: string): Promise<Reading<FileStatus>> {
    // A line is one file's.
    if (path.includes('\n')) return Promise.resolve(unreadable('unsupported', path, 'a line break in a path over SSH'));
    return new Promise((resolve) => {
      this.#queue.push({ path, answer: resolve });
      // Whoever asks in the same turn comes along.
      queueMicrotask(() => this.#begin());
    });
  }

  #begin(): void {
    while (this.#running < maximumCommands && this.#queue.length > 0) {
      this.#running++;
      void this.#tell(this.#take()).finally(() => {
        this.#running--;
        this.#begin();
      });
    }
  }

  #take(): Asked[] {
    let length = 0;
    const fits = this.#queue.findIndex(({ path }, count) => {
      length += path.length;
      return count >= maximumPaths || (count > 0 && length > maximumLength);
    });
    return this.#queue.splice(0, fits === -1 ? this.#queue.length : fits);
  }

  async #tell(asked: readonly Asked[]): Promise<void> {
    const paths = [...new Set(asked.map(({ path }) => path))];
    const answer = await this.#run(['-L', '-c', this.#form, '--', ...paths]);
    const found = answer.state === 'unreadable' ? new Map<string, FileStatus>() : statusesIn(answer.value.stdout);
    for (const { path, answer: tell } of asked) {
      const status = found.get(path);
      if (status !== undefined) tell(read(status));
      else if (answer.state === 'unreadable') tell(answer);
      else tell(unreadable('command-failed', `reading ${path}`, answer.value.stderr.trim() || 'stat told nothing'));
    }
  }
}

function statusesIn(text: string): Map<string, FileStatus> {
  const form = /^([0-9a-f]+) (\d+) (\d+(?:\.\d+)?) (\d+(?:\.\d+)?) (\d+) (\d+) (\d+) (.*)$/;
  return new Map(
    text.split('\n').flatMap((line): [string, FileStatus][] => {
      const [, mode = '', size, modified = '', changed = '', uid, gid, device, path] = form.exec(line) ?? [];
      if (path === undefined) return [];
      const bits = parseInt(mode, 16);
      const status: FileStatus = {
        kind: kinds.get(bits & 0o170_000) ?? 'other',
        size: Number(size),
        modifiedAt: momentOf(modified),
        changedAt: momentOf(changed),
        uid: Number(uid),
        gid: Number(gid),
        mode: bits & 0o7777,
        device: Number(device),
      };
      return [[path, status]];
    }),
  );
}

/** The kinds of files in a mode (inode(7)). */
const kinds: ReadonlyMap<number, FileStatus['kind']> = new Map([
  [0o100_000, 'file'],
  [0o040_000, 'directory'],
  [0o140_000, 'socket'],
]);

/** Seconds and nanoseconds to a moment as Node.js rounds it: to the nearest millisecond. */
function momentOf(text: string): Date {
  const [seconds = '', nanoseconds = '0'] = text.split('.');
  return new Date(Math.round(Number(seconds) * 1000 + Number(nanoseconds) / 1e6));
}
