import type { Duplex } from 'node:stream';
import { read, unreadable, type Reading } from '../../policies/reading.ts';
import {
  hostDefaults,
  type CaaAnswer,
  type Command,
  type CommandResult,
  type Confinement,
  type FileStatus,
  type Host,
} from './host.ts';

export interface Recording {
  readonly hostname?: string;
  /** Content by absolute path; a `Reading` where the obstacle matters. Folders and sizes follow from the paths; links there are none. */
  readonly files?: Readonly<Record<string, string | Uint8Array | Reading<never>>>;
  /** By path; the recording's own moment elsewhere. */
  readonly modifiedAt?: Readonly<Record<string, Date>>;
  /** By the whole command line (`file arg arg`). */
  readonly commands?: Readonly<Record<string, Partial<CommandResult> | Reading<never>>>;
  /** By `address:port`. */
  readonly connect?: (address: string, port: number) => Reading<Duplex>;
  /** By name. */
  readonly caa?: Readonly<Record<string, CaaAnswer | Reading<never>>>;
}

/** A host that answers from what was written down; what was not recorded is missing. For tests and for trying out recordings. */
export class RecordedHost implements Host {
  readonly hostname: string;
  readonly #recording: Recording;
  /** Every command that was asked for, as one line each. */
  readonly asked: string[] = [];

  constructor(recording: Recording) {
    this.#recording = recording;
    this.hostname = recording.hostname ?? 'recorded';
  }

  run(command: Command, signal?: AbortSignal): Promise<Reading<CommandResult>> {
    const line = [command.file, ...command.args].join(' ');
    this.asked.push(line);
    const answer = this.#recording.commands?.[line];
    if (answer === undefined) return Promise.resolve(unreadable('command-missing', command.file));
    if ('state' in answer) return Promise.resolve(answer);
    if (signal?.aborted) return Promise.resolve(unreadable('timeout', line));
    const tooLarge = Buffer.byteLength(answer.stdout ?? '') > (command.maximumOutput ?? hostDefaults.maximumOutput);
    if (tooLarge) return Promise.resolve(unreadable('too-large', line));
    return Promise.resolve(read({ exitCode: 0, stdout: '', stderr: '', ...answer }));
  }

  async readText(path: string, options?: { maximumSize?: number } & Confinement): Promise<Reading<string>> {
    const bytes = await this.readBytes(path, options);
    return bytes.state === 'unreadable' ? bytes : read(new TextDecoder().decode(bytes.value));
  }

  readBytes(path: string, options?: { maximumSize?: number } & Confinement): Promise<Reading<Uint8Array>> {
    if (isOutside(path, options)) return Promise.resolve(unreadable('outside', path));
    const content = this.#recording.files?.[path];
    if (content === undefined) {
      return Promise.resolve(unreadable(this.#names(path).length > 0 ? 'not-a-file' : 'missing', path));
    }
    if (typeof content === 'object' && 'state' in content) return Promise.resolve(content);
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const tooLarge = bytes.length > (options?.maximumSize ?? hostDefaults.maximumSize);
    return Promise.resolve(tooLarge ? unreadable('too-large', path) : read(bytes));
  }

  async readPart(
    path: string,
    { offset, length }: { offset: number; length: number },
    options?: Confinement,
  ): Promise<Reading<Uint8Array>> {
    const content = await this.readBytes(path, { ...options, maximumSize: Infinity });
    return content.state === 'unreadable' ? content : read(content.value.subarray(offset, offset + length));
  }

  list(path: string, options?: Confinement): Promise<Reading<string[]>> {
    if (isOutside(path, options)) return Promise.resolve(unreadable('outside', path));
    const names = this.#names(path);
    return Promise.resolve(names.length > 0 ? read(names) : unreadable('missing', path));
  }

  realPath(path: string): Promise<Reading<string>> {
    const isThere = this.#recording.files?.[path] !== undefined || this.#names(path).length > 0;
    return Promise.resolve(isThere ? read(path) : unreadable('missing', path));
  }

  async status(path: string, options?: Confinement): Promise<Reading<FileStatus>> {
    if (isOutside(path, options)) return unreadable('outside', path);
    const content = await this.readBytes(path, { maximumSize: Infinity });
    const isFolder = this.#names(path).length > 0;
    if (content.state === 'unreadable' && !isFolder) return content;
    return read({
      kind: isFolder ? 'directory' : 'file',
      size: content.state === 'read' ? content.value.length : 0,
      modifiedAt: this.#recording.modifiedAt?.[path] ?? new Date(0),
      changedAt: this.#recording.modifiedAt?.[path] ?? new Date(0),
      uid: 0,
      gid: 0,
      mode: isFolder ? 0o755 : 0o644,
      device: 1,
    });
  }

  connect(address: string, port: number): Promise<Reading<Duplex>> {
    const what = `${address}:${port}`;
    return Promise.resolve(this.#recording.connect?.(address, port) ?? unreadable('unreachable', what, 'ECONNREFUSED'));
  }

  caaRecords(name: string): Promise<Reading<CaaAnswer>> {
    const answer = this.#recording.caa?.[name];
    if (answer === undefined) return Promise.resolve(unreadable('unreachable', `DNS (CAA of ${name})`, 'not recorded'));
    return Promise.resolve('state' in answer ? answer : read(answer));
  }

  #names(folder: string): string[] {
    const prefix = folder.endsWith('/') ? folder : `${folder}/`;
    const below = Object.keys(this.#recording.files ?? {}).filter((path) => path.startsWith(prefix));
    return [...new Set(below.map((path) => path.slice(prefix.length).split('/')[0] ?? ''))].sort();
  }
}

function isOutside(path: string, { within }: Confinement = {}): boolean {
  return within?.every((folder) => path !== folder && !path.startsWith(`${folder}/`)) === true;
}
