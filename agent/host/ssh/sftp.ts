import type { Duplex } from 'node:stream';
import { unreadable, type Unreadable } from '../../../policies/reading.ts';

/** Message types of version 3 (draft-ietf-secsh-filexfer-02), those that read. */
const message = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  openFolder: 11,
  readFolder: 12,
  realPath: 16,
  stat: 17,
} as const;
const answer = { status: 101, handle: 102, data: 103, name: 104, attributes: 105 } as const;

const openToRead = 1;
const endOfFile = 1;

/** Seconds until a server has said which version it speaks. */
const greeting = 10;

/** Bytes of a name at most, four times what Linux has (NAME_MAX). */
const maximumName = 1024;

/** The longest answer that is taken: a server may send 256 KiB. */
const maximumAnswer = 512 * 1024;

/** What a server says of a path (SSH_FXP_ATTRS); it does not tell of devices and changes, and whole seconds only. */
export interface SftpAttributes {
  readonly size: number;
  /** With the bits of its kind. */
  readonly mode: number;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

interface Answer {
  readonly type: number;
  readonly body: Buffer;
}

/** The server said no: its code and words (draft 7). */
export class SftpError extends Error {
  readonly status: number;
  constructor(status: number, said: string) {
    super(said);
    this.name = 'SftpError';
    this.status = status;
  }
}

/** What it means that a path could not be read. */
export function sftpObstacle(error: unknown, path: string): Unreadable {
  if (!(error instanceof SftpError)) {
    return unreadable('unreachable', path, error instanceof Error ? error.message : String(error));
  }
  if (error.status === 2) return unreadable('missing', path);
  if (error.status === 3) return unreadable('denied', path);
  return unreadable('command-failed', `reading ${path}`, error.message);
}

/**
 * The reading half of SFTP over any stream: a channel of the server's own subsystem, or one of `sudo sftp-server -R`,
 * for which ssh2 has no way. Requests are sent as they come and answered in any order.
 */
export class Sftp {
  readonly #stream: Duplex;
  readonly #waiting = new Map<number, Waiting>();
  readonly #opened: Waiting[] = [];
  #received: Buffer = Buffer.alloc(0);
  #next = 1;
  #ended: Error | undefined;

  private constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
    stream.on('error', (error: Error) => this.end(error));
    stream.on('close', () => this.end(new Error('the file server ended')));
  }

  /** @throws Error where no server of version 3 answers */
  static async open(stream: Duplex): Promise<Sftp> {
    const sftp = new Sftp(stream);
    const version = new Promise<Answer>((resolve, reject) => sftp.#opened.push({ resolve, reject }));
    const timer = setTimeout(() => sftp.end(new Error('the file server does not answer')), greeting * 1000);
    stream.write(frame(message.init, uint32(3)));
    const { type, body } = await version.finally(() => clearTimeout(timer));
    if (type !== message.version || body.readUInt32BE(0) < 3) throw new Error('no SFTP of version 3 answers');
    return sftp;
  }

  /** Nothing more is asked of it; who waits is told why. */
  end(why: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = why;
    for (const { reject } of [...this.#opened, ...this.#waiting.values()]) reject(why);
    this.#waiting.clear();
    this.#stream.destroy();
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  /** Follows links. @throws SftpError */
  async attributes(path: string): Promise<SftpAttributes> {
    return attributesIn(await this.#ask(message.stat, string(path), answer.attributes));
  }

  /** Where a path leads; the last part of it need not be there. @throws SftpError */
  async realPath(path: string): Promise<string> {
    const body = await this.#ask(message.realPath, string(path), answer.name);
    return stringAt(body, 4).toString();
  }

  /** @throws SftpError */
  async open(path: string): Promise<Buffer> {
    const noAttributes = uint32(0);
    const body = await this.#ask(
      message.open,
      Buffer.concat([string(path), uint32(openToRead), noAttributes]),
      answer.handle,
    );
    return stringAt(body, 0);
  }

  /** At most `length` bytes from `offset` on; none at the end. @throws SftpError, Error for more than that */
  async read(handle: Buffer, offset: number, length: number): Promise<Buffer> {
    try {
      const asked = Buffer.concat([string(handle), uint64(offset), uint32(length)]);
      const bytes = stringAt(await this.#ask(message.read, asked, answer.data), 0);
      if (bytes.length > length) throw new Error('the file server gave more than it was asked for');
      return bytes;
    } catch (error) {
      if (error instanceof SftpError && error.status === endOfFile) return Buffer.alloc(0);
      throw error;
    }
  }

  /** Not waited for: nothing depends on it. */
  close(handle: Buffer): void {
    this.#ask(message.close, string(handle), answer.status).catch(() => undefined);
  }

  /** @throws SftpError */
  async openFolder(path: string): Promise<Buffer> {
    return stringAt(await this.#ask(message.openFolder, string(path), answer.handle), 0);
  }

  /** Some of a folder's names; none at its end. @throws SftpError */
  async readFolder(handle: Buffer): Promise<string[]> {
    try {
      return namesIn(await this.#ask(message.readFolder, string(handle), answer.name));
    } catch (error) {
      if (error instanceof SftpError && error.status === endOfFile) return [];
      throw error;
    }
  }

  async #ask(type: number, rest: Buffer, expected: number): Promise<Buffer> {
    if (this.#ended !== undefined) throw this.#ended;
    const id = this.#next++ >>> 0;
    const answered = new Promise<Answer>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#stream.write(frame(type, Buffer.concat([uint32(id), rest])));
    const { type: got, body } = await answered;
    if (got === expected) {
      if (got !== answer.status || body.readUInt32BE(0) === 0) return body;
    }
    if (got !== answer.status) throw new Error(`the file server answered ${got} where ${expected} was expected`);
    throw new SftpError(body.readUInt32BE(0), body.length > 4 ? stringAt(body, 4).toString() : '');
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    try {
      while (this.#received.length >= 5) {
        const length = this.#received.readUInt32BE(0);
        if (length < 1 || length > maximumAnswer)
          throw new Error('what answers is not SFTP: does the login print something?');
        if (this.#received.length < 4 + length) return;
        this.#settle(this.#received.readUInt8(4), this.#received.subarray(5, 4 + length));
        this.#received = this.#received.subarray(4 + length);
      }
    } catch (error) {
      this.end(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #settle(type: number, body: Buffer): void {
    const opened = this.#opened.shift();
    if (opened !== undefined) {
      opened.resolve({ type, body });
      return;
    }
    const id = body.readUInt32BE(0);
    this.#waiting.get(id)?.resolve({ type, body: body.subarray(4) });
    this.#waiting.delete(id);
  }
}

function frame(type: number, body: Buffer): Buffer {
  return Buffer.concat([uint32(body.length + 1), Buffer.of(type), body]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function string(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** @throws RangeError where the answer is shorter than it says */
function stringAt(body: Buffer, at: number): Buffer {
  const length = body.readUInt32BE(at);
  if (at + 4 + length > body.length) throw new RangeError('an answer of the file server is cut off');
  return body.subarray(at + 4, at + 4 + length);
}

/** Flags, then size, owners, mode and times as far as the flags say (draft 5). */
function attributesIn(body: Buffer): SftpAttributes {
  const flags = body.readUInt32BE(0);
  if ((flags & 5) !== 5) throw new Error('the file server tells no size or mode');
  const mode = body.readUInt32BE((flags & 2) === 0 ? 12 : 20);
  return { size: Number(body.readBigUInt64BE(4)), mode };
}

function namesIn(body: Buffer): string[] {
  const names: string[] = [];
  let at = 4;
  for (let left = body.readUInt32BE(0); left > 0; left--) {
    const name = stringAt(body, at);
    at += 4 + name.length;
    at += 4 + stringAt(body, at).length; // the line that `ls -l` would have
    at += lengthOfAttributes(body, at);
    names.push(nameOf(name));
  }
  return names;
}

/** @throws Error for what no file can be called */
function nameOf(bytes: Buffer): string {
  const isName = bytes.length > 0 && bytes.length <= maximumName && !bytes.includes('/') && !bytes.includes(0);
  if (!isName) throw new Error('the file server told of a name that no file can have');
  return bytes.toString();
}

function lengthOfAttributes(body: Buffer, at: number): number {
  const flags = body.readUInt32BE(at);
  let length = 4;
  if ((flags & 1) !== 0) length += 8;
  if ((flags & 2) !== 0) length += 8;
  if ((flags & 4) !== 0) length += 4;
  if ((flags & 8) !== 0) length += 8;
  if (flags >>> 31 === 0) return length;
  let pairs = body.readUInt32BE(at + length);
  length += 4;
  for (; pairs > 0; pairs--) {
    length += 4 + stringAt(body, at + length).length;
    length += 4 + stringAt(body, at + length).length;
  }
  return length;
}
