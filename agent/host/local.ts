import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { constants, type Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { hostname } from 'node:os';
import type { Duplex, Readable, Writable } from 'node:stream';
import { read, unreadable, type Obstacle, type Reading } from '../../policies/reading.ts';
import { listConfined, readConfined, statusConfined } from './confined.ts';
import { askCaa } from './dns.ts';
import { fileObstacle, systemCode } from './errors.ts';
import { closeFile, openFile, readOpen, statOpen } from './files.ts';
import {
  hostDefaults,
  type CaaAnswer,
  type Command,
  type CommandResult,
  type Confinement,
  type FileStatus,
  type Host,
} from './host.ts';

const maximumStderr = 4096;
const maximumNames = 100_000;
const utf8 = new TextDecoder();
/** Where commands are looked up. */
export const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'] as const;
export const systemPath = systemFolders.join(':');

/** The machine that this program runs on. */
export class LocalHost implements Host {
  readonly hostname = hostname();

  run(command: Command, signal?: AbortSignal): Promise<Reading<CommandResult>> {
    return runCommand(command, signal);
  }

  async readText(path: string, options?: { maximumSize?: number } & Confinement): Promise<Reading<string>> {
    const bytes = await this.readBytes(path, options);
    if (bytes.state === 'unreadable') return bytes;
    return read(utf8.decode(bytes.value));
  }

  async readBytes(path: string, options?: { maximumSize?: number } & Confinement): Promise<Reading<Uint8Array>> {
    const limit = options?.maximumSize ?? hostDefaults.maximumSize;
    if (options?.within !== undefined) return readConfined(path, options.within, { limit, beyond: 'too-large' });
    try {
      using file = await openRegular(path);
      if (file === undefined) return unreadable('not-a-file', path);
      const { descriptor, size } = file;
      if (size > limit) return unreadable('too-large', path);
      const bytes = await readOpen(descriptor, { offset: 0, length: limit + 1, expected: size });
      return bytes.length > limit ? unreadable('too-large', path) : read(bytes);
    } catch (error) {
      return fileObstacle(error, path);
    }
  }

  async readPart(
    path: string,
    part: { offset: number; length: number },
    options?: Confinement,
  ): Promise<Reading<Uint8Array>> {
    if (options?.within !== undefined) {
      return readConfined(path, options.within, { offset: part.offset, limit: part.length, beyond: 'cut' });
    }
    try {
      using file = await openRegular(path);
      if (file === undefined) return unreadable('not-a-file', path);
      const { descriptor, size } = file;
      return read(await readOpen(descriptor, { ...part, expected: Math.max(size - part.offset, 0) }));
    } catch (error) {
      return fileObstacle(error, path);
    }
  }

  async list(path: string, options?: Confinement): Promise<Reading<string[]>> {
    const names = await namesIn(path, options);
    if (names.state === 'unreadable') return names;
    return names.value.length > maximumNames ? unreadable('too-large', path) : read(names.value.sort());
  }

  async status(path: string, options?: Confinement): Promise<Reading<FileStatus>> {
    const found = await statsOf(path, options);
    return found.state === 'unreadable' ? found : read(describeStats(found.value));
  }

  async realPath(path: string): Promise<Reading<string>> {
    try {
      return read(await realpath(path));
    } catch (error) {
      return fileObstacle(error, path);
    }
  }

  connect(
    address: string,
    port: number,
    options: { timeout?: number; signal?: AbortSignal } = {},
  ): Promise<Reading<Duplex>> {
    const what = `${address.includes(':') ? `[${address}]` : address}:${port}`;
    if (options.signal?.aborted) return Promise.resolve(unreadable('timeout', what));
    return new Promise((resolve) => {
      // What is said to a server is short, and waits for its answer: Nagle would hold it back for 40 ms.
      const socket: Socket = connect({ host: address, port, noDelay: true });
      const settle = (reading: Reading<Duplex>): void => {
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', abort);
        if (reading.state === 'unreadable') socket.destroy();
        resolve(reading);
      };
      const abort = (): void => settle(unreadable('timeout', what));
      const timer = setTimeout(abort, (options.timeout ?? 10) * 1000);
      options.signal?.addEventListener('abort', abort, { once: true });
      socket.once('connect', () => settle(read(socket)));
      // Heard for as long as the socket lives: a peer that resets when nobody listens would end the agent.
      socket.on('error', (error) => settle(unreadable('unreachable', what, systemCode(error))));
    });
  }

  caaRecords(
    name: string,
    options: { resolvers?: readonly string[]; signal?: AbortSignal } = {},
  ): Promise<Reading<CaaAnswer>> {
    return askCaa(name, options);
  }
}

async function namesIn(path: string, options: Confinement = {}): Promise<Reading<string[]>> {
  if (options.within !== undefined) return listConfined(path, options.within);
  try {
    return read(await readdir(path));
  } catch (error) {
    return fileObstacle(error, path);
  }
}

async function statsOf(path: string, options: Confinement = {}): Promise<Reading<Stats>> {
  if (options.within !== undefined) return statusConfined(path, options.within);
  try {
    return read(await stat(path));
  } catch (error) {
    return fileObstacle(error, path);
  }
}

function describeStats(found: Stats): FileStatus {
  return {
    kind: found.isFile() ? 'file' : found.isDirectory() ? 'directory' : found.isSocket() ? 'socket' : 'other',
    size: found.size,
    modifiedAt: found.mtime,
    changedAt: found.ctime,
    uid: found.uid,
    gid: found.gid,
    mode: found.mode & 0o7777,
    device: found.dev,
  };
}

interface OpenFile extends Disposable {
  readonly descriptor: number;
  /** Bytes; 0 for files of /proc. */
  readonly size: number;
}

/** Opens a file to read it; undefined for whatever is none. */
async function openRegular(path: string): Promise<OpenFile | undefined> {
  // Asked before opening, because opening a device can set something off; and after it, because what stands at a
  // path can change. Opening a named pipe would wait for a writer but for O_NONBLOCK.
  if (!(await stat(path)).isFile()) return undefined;
  const descriptor = await openFile(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let isKept = false;
  try {
    const status = await statOpen(descriptor);
    isKept = status.isFile();
    return isKept ? { descriptor, size: status.size, [Symbol.dispose]: () => closeFile(descriptor) } : undefined;
  } finally {
    if (!isKept) closeFile(descriptor);
  }
}

function runCommand(command: Command, signal?: AbortSignal): Promise<Reading<CommandResult>> {
  const what = [command.file, ...command.args].join(' ');
  if (signal?.aborted) return Promise.resolve(unreadable('timeout', what));
  let child: ReturnType<typeof start>;
  try {
    child = start(command);
  } catch (error) {
    // What no program can be given at all, such as a zero byte or a list of arguments that is too long.
    return Promise.resolve(unreadable('command-failed', what, systemCode(error)));
  }
  return new Promise((resolve) => {
    const stdout: Buffer[] = [];
    let size = 0;
    let stderr = '';
    let stopped: Obstacle['code'] | undefined;
    const stop = (why: Obstacle['code']): void => {
      stopped ??= why;
      killGroup(child.pid);
      // A grandchild that left the group may hold the pipes open: do not wait for it.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const onAbort = (): void => stop('timeout');
    const timer = setTimeout(onAbort, (command.timeout ?? hostDefaults.timeout) * 1000);
    signal?.addEventListener('abort', onAbort, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > (command.maximumOutput ?? hostDefaults.maximumOutput)) stop('too-large');
      else stdout.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-maximumStderr);
    });
    const settle = (reading: Reading<CommandResult>): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      resolve(reading);
    };
    child.on('error', (error) => settle(spawnObstacle(error, command.file)));
    child.on('close', (exitCode, signalName) => {
      if (stopped !== undefined) settle(unreadable(stopped, what));
      else if (exitCode === null) settle(unreadable('command-failed', what, `ended by ${signalName ?? 'a signal'}`));
      else settle(read({ exitCode, stdout: Buffer.concat(stdout, size).toString(), stderr }));
    });
  });
}

function start({ file, args, env, input }: Command): ChildProcessByStdio<Writable | null, Readable, Readable> {
  const options = {
    shell: false,
    detached: true, // its own process group, so that a kill reaches what it started
    env: { PATH: systemPath, HOME: process.env.HOME ?? '/', LC_ALL: 'C', TZ: 'UTC', ...env },
  };
  if (input === undefined) return spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const child = spawn(file, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  // One that ends without reading all of it is no failure.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return child;
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}

function spawnObstacle(error: unknown, file: string): Reading<never> {
  const code = systemCode(error);
  if (code === 'ENOENT') return unreadable('command-missing', file);
  if (code === 'EACCES') return unreadable('denied', file);
  return unreadable('command-failed', file, code);
}
