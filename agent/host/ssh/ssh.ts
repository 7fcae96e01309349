import type { Duplex } from 'node:stream';
import pLimit from 'p-limit';
import { read, unreadable, type Reading, type Unreadable } from '../../../policies/reading.ts';
import { askCaa } from '../dns.ts';
import {
  hostDefaults,
  type CaaAnswer,
  type Command,
  type CommandResult,
  type Confinement,
  type FileStatus,
  type Host,
  type ReadOver,
} from '../host.ts';
import { showSshAddress } from './address.ts';
import { connectSsh, type SshConnection, type SshTarget } from './connection.ts';
import { execute, type Execution } from './execute.ts';
import { RemoteFiles } from './files.ts';
import { forward } from './forward.ts';
import { canTake, commandLine, endOf } from './line.ts';
import { openSftp, probe, type Probed } from './probe.ts';
import { Statuses } from './statuses.ts';

export interface SshHostOptions extends SshTarget {
  /** Whether files are read and the commands of {@link privilegedCommands} run as root, through sudo(8). */
  readonly sudo?: boolean;
}

/** Commands at one time: sshd allows ten sessions in a connection unless told (MaxSessions), and one is that for files. */
const maximumCommands = 6;

/** A machine that is read over SSH, from {@link SshHost.open} until it is disposed of. */
export class SshHost implements Host, AsyncDisposable {
  readonly hostname: string;
  readonly readOver: ReadOver;
  readonly #where: string;
  readonly #sudo: boolean;
  readonly #limit = pLimit(maximumCommands);
  readonly #way: Way | Unreadable;

  private constructor(options: SshHostOptions, way: Way | Unreadable) {
    this.#where = showSshAddress(options.address);
    this.#sudo = options.sudo === true;
    this.#way = way;
    const isOpen = 'connection' in way;
    this.hostname = isOpen ? way.hostname : options.address.host;
    this.readOver = {
      address: this.#where,
      ...(isOpen ? { hostKey: way.connection.hostKey } : {}),
      sudo: this.#sudo,
    };
  }

  /** Never throws: of a host that cannot be reached, or not be read as it should, nothing can be read, and it says why. */
  static async open(options: SshHostOptions, signal?: AbortSignal): Promise<SshHost> {
    return new SshHost(options, await openWay(options, signal));
  }

  get lost(): Unreadable | undefined {
    return this.#loss();
  }

  #loss(): Unreadable | undefined {
    if (!('connection' in this.#way)) return this.#way;
    const error = this.#way.connection.lost();
    return error === undefined ? undefined : obstacleOf(error, this.#where);
  }

  async run(command: Command, signal?: AbortSignal): Promise<Reading<CommandResult>> {
    const way = this.#way;
    if (!('connection' in way)) return way;
    const { file, args } = command;
    const what = [file, ...args].join(' ');
    if (what.includes('\0') || !canTake(command.env)) {
      return unreadable('command-failed', what, 'a zero byte, or a value of the environment with a line break');
    }
    const { line, input } = commandLine(command, this.#sudo);
    const timeout = command.timeout ?? hostDefaults.timeout;
    const maximumOutput = command.maximumOutput ?? hostDefaults.maximumOutput;
    const execution: Execution = { what, line, timeout, maximumOutput, ...(input === undefined ? {} : { input }) };
    const answer = await this.#limit(() => execute(way.connection, execution, signal));
    return this.#loss() ?? endOf(answer, file, this.#sudo);
  }

  async readText(path: string, options?: { maximumSize?: number } & Confinement): Promise<Reading<string>> {
    const bytes = await this.readBytes(path, options);
    return bytes.state === 'unreadable' ? bytes : read(new TextDecoder().decode(bytes.value));
  }

  readBytes(path: string, options?: { maximumSize?: number } & Confinement): Promise<Reading<Uint8Array>> {
    return this.#ask(({ files }) => files.bytes(path, options?.maximumSize ?? hostDefaults.maximumSize, options));
  }

  readPart(
    path: string,
    part: { offset: number; length: number },
    options?: Confinement,
  ): Promise<Reading<Uint8Array>> {
    return this.#ask(({ files }) => files.part(path, part, options));
  }

  list(path: string, options?: Confinement): Promise<Reading<string[]>> {
    return this.#ask(({ files }) => files.list(path, options));
  }

  status(path: string, options?: Confinement): Promise<Reading<FileStatus>> {
    return this.#ask(async ({ files, statuses }) => {
      const place = await files.place(path, options);
      return place.state === 'unreadable' ? place : statuses.of(place.value);
    });
  }

  realPath(path: string): Promise<Reading<string>> {
    return this.#ask(({ files }) => files.realPath(path));
  }

  /** From there, by a channel (RFC 4254 7.2): so what listens on that host's own loopback is reached. */
  connect(
    address: string,
    port: number,
    options: { timeout?: number; signal?: AbortSignal } = {},
  ): Promise<Reading<Duplex>> {
    return this.#ask(async ({ connection, files }) => {
      const connected = await forward(connection, address, port, options);
      if (connected.state === 'read' || connected.obstacle.code !== 'timeout') return connected;
      // Silence tells of the port only while the way there is sound: it may be the host itself that hangs.
      const alive = await files.realPath('/');
      return alive.state === 'read' ? connected : unreadable('unreachable', this.#where, 'it does not answer itself');
    });
  }

  /** Asked from here, not from there: the resolvers of this machine, unless others are given. */
  caaRecords(
    name: string,
    options: { resolvers?: readonly string[]; signal?: AbortSignal } = {},
  ): Promise<Reading<CaaAnswer>> {
    return askCaa(name, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if ('connection' in this.#way) await this.#way.connection.close();
  }

  /** What is answered when the way is lost may be half of it, or none: the loss is what counts. */
  async #ask<T>(look: (way: Way) => Promise<Reading<T>>): Promise<Reading<T>> {
    if (!('connection' in this.#way)) return this.#way;
    const before = this.#loss();
    if (before !== undefined) return before;
    const looked = await look(this.#way);
    return this.#loss() ?? looked;
  }
}

interface Way {
  readonly connection: SshConnection;
  readonly hostname: string;
  readonly files: RemoteFiles;
  readonly statuses: Statuses;
}

async function openWay(options: SshHostOptions, signal: AbortSignal | undefined): Promise<Way | Unreadable> {
  const where = showSshAddress(options.address);
  const sudo = options.sudo === true;
  let open: SshConnection;
  try {
    open = await connectSsh(options, signal);
  } catch (error) {
    return obstacleOf(error, where);
  }
  try {
    const probed: Reading<Probed> = await probe(open, sudo, signal);
    if (probed.state === 'unreadable') {
      await open.close();
      return probed;
    }
    const { hostname, sftp, hasExactMoments } = probed.value;
    const runStat = (args: readonly string[]): Promise<Reading<CommandResult>> => {
      const { line } = commandLine({ file: 'stat', args }, sudo);
      return execute(open, {
        what: 'stat',
        line,
        timeout: hostDefaults.timeout,
        maximumOutput: hostDefaults.maximumOutput,
      });
    };
    return {
      connection: open,
      hostname,
      files: new RemoteFiles(sftp, () => openSftp(open, sudo)),
      statuses: new Statuses(runStat, hasExactMoments),
    };
  } catch (error) {
    await open.close();
    return obstacleOf(error, where);
  }
}

function obstacleOf(error: unknown, where: string): Unreadable {
  const why = error instanceof Error ? error.message : String(error);
  return unreadable('unreachable', where, why);
}
