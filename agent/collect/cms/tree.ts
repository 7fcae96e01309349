import { posix } from 'node:path';
import { unreadable, type Reading } from '../../../policies/reading.ts';
import type { FileStatus, Host } from '../../host/host.ts';

const maximumSize = 512 * 1024;

/**
 * The files of a site, by paths below its folder. Who owns them may mean harm: nothing outside of certain folders is read,
 * wherever links lead, and nothing that is large. Obstacles name the paths below, which tell of no account.
 */
export class Tree {
  /** Without links. */
  readonly path: string;
  readonly #host: Host;
  readonly #within: readonly string[];

  /**
   * @param path without links
   * @param within other folders, without links, that links may lead into
   */
  constructor(host: Host, path: string, within: readonly string[]) {
    this.#host = host;
    this.path = path;
    this.#within = [path, ...within];
  }

  /** Another folder, from which the same may be read. */
  at(relative: string): Tree {
    return new Tree(this.#host, posix.join(this.path, relative), this.#within);
  }

  /** The same folder, from which more may be read. */
  with(folder: string): Tree {
    return new Tree(this.#host, this.path, [...this.#within, folder]);
  }

  async text(relative: string, size = maximumSize): Promise<Reading<string>> {
    const path = posix.join(this.path, relative);
    return relabel(await this.#host.readText(path, { within: this.#within, maximumSize: size }), relative);
  }

  /** The beginning of a file as text. */
  async head(relative: string, length: number): Promise<Reading<string>> {
    const path = posix.join(this.path, relative);
    const part = await this.#host.readPart(path, { offset: 0, length }, { within: this.#within });
    return part.state === 'unreadable'
      ? relabel(part, relative)
      : { state: 'read', value: new TextDecoder().decode(part.value) };
  }

  async names(relative = '.'): Promise<Reading<string[]>> {
    return relabel(await this.#host.list(posix.join(this.path, relative), { within: this.#within }), relative);
  }

  async status(relative = '.'): Promise<Reading<FileStatus>> {
    return relabel(await this.#host.status(posix.join(this.path, relative), { within: this.#within }), relative);
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
