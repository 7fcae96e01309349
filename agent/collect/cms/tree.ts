import { posix } from 'node:path';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { FileStatus, Host } from '../../host/host.ts';

const maximumSize = 256 * 1024;
/** Bytes that are read of one owner's folder in a run: many files that are slow to understand would use up everybody's time. */
const maximumBytes = 8 * 2 ** 20;
const utf8 = new TextDecoder();

/**
 * The files of a site, by paths below its folder. Who owns them may mean harm: nothing outside of certain folders is read,
 * wherever links lead, and nothing that is large. Obstacles name the paths below, which tell of no account.
 */
export class Tree {
  /** Without links. */
  readonly path: string;
  readonly #host: Host;
  readonly #within: readonly string[];
  readonly #allowance: { bytes: number };

  /**
   * @param path without links
   * @param within other folders, without links, that links may lead into
   * @param allowance what may still be read, shared by all trees of one owner's folder
   */
  constructor(host: Host, path: string, within: readonly string[], allowance = { bytes: maximumBytes }) {
    this.#host = host;
    this.path = path;
    this.#within = [path, ...within];
    this.#allowance = allowance;
  }

  /** Another folder, from which the same may be read. */
  at(relative: string): Tree {
    return new Tree(this.#host, posix.join(this.path, relative), this.#within, this.#allowance);
  }

  /** The folder around it, of which no more may be read altogether. */
  around(within: readonly string[]): Tree {
    return new Tree(this.#host, posix.dirname(this.path), within, this.#allowance);
  }

  /** The same folder, from which more may be read. */
  with(folder: string): Tree {
    return new Tree(this.#host, this.path, [...this.#within, folder], this.#allowance);
  }

  async text(relative: string, size = maximumSize): Promise<Reading<string>> {
    if (this.#allowance.bytes <= 0) return unreadable('too-large', 'all that is to be read of the site');
    const text = await this.#host.readText(this.#place(relative), { within: this.#within, maximumSize: size });
    if (text.state === 'read') this.#allowance.bytes -= text.value.length;
    return relabel(text, relative);
  }

  /** The beginning of a file as text. */
  async head(relative: string, length: number): Promise<Reading<string>> {
    if (this.#allowance.bytes <= 0) return unreadable('too-large', 'all that is to be read of the site');
    const part = await this.#host.readPart(this.#place(relative), { offset: 0, length }, { within: this.#within });
    if (part.state === 'unreadable') return relabel(part, relative);
    this.#allowance.bytes -= part.value.length;
    return read(utf8.decode(part.value));
  }

  async names(relative = '.'): Promise<Reading<string[]>> {
    return relabel(await this.#host.list(this.#place(relative), { within: this.#within }), relative);
  }

  async status(relative = '.'): Promise<Reading<FileStatus>> {
    return relabel(await this.#host.status(this.#place(relative), { within: this.#within }), relative);
  }

  /** Of thousands of paths nearly all lead plainly down, and need not be made plain. */
  #place(relative: string): string {
    return relative.startsWith('.') ? posix.join(this.path, relative) : `${this.path}/${relative}`;
  }
}

function relabel<T>(reading: Reading<T>, relative: string): Reading<T> {
  if (reading.state === 'read') return reading;
  const { code } = reading.obstacle;
  // Details may hold the whole path.
  return unreadable(
    code,
    relative,
    code === 'command-failed' || code === 'unsupported' ? 'it could not be opened' : '',
  );
}
