import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { hostDefaults, type Confinement } from '../host.ts';
import { sftpObstacle, type Sftp, type SftpAttributes } from './sftp.ts';

const maximumNames = 100_000;

/** What one request asks for, which every server gives, and how many are under way for one file. */
const piece = 32 * 1024;
const ahead = 16;

/** Seconds that one reading may take: a file server hangs on a pipe that took the place of a file. */
const patience = hostDefaults.timeout;

/** Reads files there over one SFTP channel; a new one is opened where the last one ended. */
export class RemoteFiles {
  readonly #open: () => Promise<Sftp>;
  #sftp: Promise<Sftp>;

  /** @param open opens a channel; the first one is given */
  constructor(first: Sftp, open: () => Promise<Sftp>) {
    this.#open = open;
    this.#sftp = Promise.resolve(first);
  }

  bytes(path: string, limit: number, confinement: Confinement = {}): Promise<Reading<Uint8Array>> {
    return this.#look(path, confinement, async (sftp, place) => {
      const attributes = await sftp.attributes(place);
      // Asked before opening, because opening a device can set something off, and a pipe would hang the file server.
      if (!isRegular(attributes)) return unreadable('not-a-file', path);
      if (attributes.size > limit) return unreadable('too-large', path);
      // One byte more tells whether there is more than may be.
      const bytes = await readRange(sftp, place, { offset: 0, length: limit + 1, size: attributes.size });
      return bytes.length > limit ? unreadable('too-large', path) : read(bytes);
    });
  }

  part(
    path: string,
    { offset, length }: { offset: number; length: number },
    confinement: Confinement = {},
  ): Promise<Reading<Uint8Array>> {
    return this.#look(path, confinement, async (sftp, place) => {
      const attributes = await sftp.attributes(place);
      if (!isRegular(attributes)) return unreadable('not-a-file', path);
      return read(await readRange(sftp, place, { offset, length, size: attributes.size }));
    });
  }

  list(path: string, confinement: Confinement = {}): Promise<Reading<string[]>> {
    return this.#look(path, confinement, async (sftp, place) => {
      const names = await namesIn(sftp, place);
      return names.length > maximumNames ? unreadable('too-large', path) : read(names.sort());
    });
  }

  realPath(path: string): Promise<Reading<string>> {
    return this.#look(path, {}, async (sftp) => {
      // The server names a place also where nothing is; only together they tell of one where something is.
      const [place] = await Promise.all([sftp.realPath(path), sftp.attributes(path)]);
      return read(place);
    });
  }

  /** Where a path leads that is there, and lies in the folders that it must lie in. */
  place(path: string, confinement: Confinement = {}): Promise<Reading<string>> {
    return this.#look(path, confinement, async (sftp, place) => {
      await sftp.attributes(place);
      return read(place);
    });
  }

  /**
   * Does something with what a path leads to. Confined, the path is followed before and once more after: SFTP has no way
   * to hold a thing and ask where it lies, so one who swaps folders for links and back within that time gets through.
   */
  async #look<T>(
    path: string,
    { within }: Confinement,
    look: (sftp: Sftp, place: string) => Promise<Reading<T>>,
  ): Promise<Reading<T>> {
    return this.#inTime(path, async (sftp) => {
      if (within === undefined) return look(sftp, path);
      const [place] = await Promise.all([sftp.realPath(path), sftp.attributes(path)]);
      if (!isWithin(place, within)) return unreadable('outside', path);
      const looked = await look(sftp, place);
      return (await sftp.realPath(place)) === place ? looked : unreadable('outside', path);
    });
  }

  async #inTime<T>(path: string, look: (sftp: Sftp) => Promise<Reading<T>>): Promise<Reading<T>> {
    let timer: NodeJS.Timeout | undefined;
    try {
      const opened = await this.#channel();
      const late = new Promise<Reading<T>>((resolve) => {
        timer = setTimeout(() => {
          resolve(unreadable('timeout', path));
          opened.end(new Error('the file server hung'));
        }, patience * 1000);
      });
      return await Promise.race([look(opened).catch((error: unknown) => sftpObstacle(error, path)), late]);
    } catch (error) {
      return sftpObstacle(error, path);
    } finally {
      clearTimeout(timer);
    }
  }

  async #channel(): Promise<Sftp> {
    const before = this.#sftp;
    const isOver = await before.then(
      (sftp) => sftp.hasEnded,
      () => true,
    );
    // Of several that find it ended, the first opens another, and all use that one.
    if (isOver && this.#sftp === before) this.#sftp = this.#open();
    return this.#sftp;
  }
}

function isRegular({ mode }: SftpAttributes): boolean {
  return (mode & 0o170_000) === 0o100_000;
}

function isWithin(place: string, within: readonly string[]): boolean {
  return within.some((folder) => place === folder || place.startsWith(`${folder.replace(/\/$/, '')}/`));
}

/**
 * The bytes of a file, fewer than asked where it ends before. A short answer is no end: files of /proc come in pieces of
 * their own, and say size 0.
 */
async function readRange(
  sftp: Sftp,
  path: string,
  { offset, length, size }: { offset: number; length: number; size: number },
): Promise<Buffer> {
  const handle = await sftp.open(path);
  try {
    const got: Buffer[] = [];
    let filled = 0;
    while (filled < length) {
      const left = Math.min(length - filled, Math.max(size - offset - filled, 0) + 1, ahead * piece);
      const asked = size === 0 ? Math.min(length - filled, piece) : left;
      const answers = await readPieces(sftp, handle, offset + filled, asked);
      const count = answers.reduce((sum, { length: bytes }) => sum + bytes, 0);
      if (count === 0) break;
      got.push(...answers);
      filled += count;
      if (count < asked && offset + filled === size) break;
    }
    return Buffer.concat(got, filled);
  } finally {
    sftp.close(handle);
  }
}

/** What is there without a gap, of pieces that are asked for at one time. */
async function readPieces(sftp: Sftp, handle: Buffer, from: number, length: number): Promise<Buffer[]> {
  const lengths = Array.from({ length: Math.ceil(length / piece) }, (_, n) => Math.min(piece, length - n * piece));
  const answers = await Promise.all(lengths.map((asked, n) => sftp.read(handle, from + n * piece, asked)));
  const short = answers.findIndex((answer, n) => answer.length < (lengths[n] ?? 0));
  return short === -1 ? answers : answers.slice(0, short + 1);
}

async function namesIn(sftp: Sftp, path: string): Promise<string[]> {
  const handle = await sftp.openFolder(path);
  try {
    const names: string[] = [];
    for (;;) {
      // The second request mostly finds the end, and need not wait for the first.
      const [some, more] = await Promise.all([sftp.readFolder(handle), sftp.readFolder(handle)]);
      names.push(...some, ...more);
      if (more.length === 0 || names.length > maximumNames + 2) break;
    }
    return names.filter((name) => name !== '.' && name !== '..');
  } finally {
    sftp.close(handle);
  }
}
