import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Bodies made before anything is measured, a file for each host: each after its length in four bytes. */

/** Where the bodies of one host's requests lie. */
export function requestsFile(folder: string, host: number): string {
  return join(folder, `${host}.requests`);
}

export function writeRequests(file: string, bodies: Iterable<string>): void {
  const handle = openSync(file, 'w');
  for (const body of bodies) {
    const bytes = Buffer.from(body);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    writeSync(handle, Buffer.concat([length, bytes]));
  }
  closeSync(handle);
}

/** Reads one body after the other, so that the sender needs little memory. */
export class Requests {
  readonly #handle: number;
  readonly #length = Buffer.alloc(4);

  constructor(file: string) {
    this.#handle = openSync(file, 'r');
  }

  next(): Buffer | undefined {
    if (readSync(this.#handle, this.#length) === 0) return undefined;
    const body = Buffer.allocUnsafe(this.#length.readUInt32BE());
    readSync(this.#handle, body);
    return body;
  }
}
