import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Command, CommandResult, Confinement, FileStatus } from '../../agent/host/host.ts';
import { LocalHost } from '../../agent/host/local.ts';
import { read, unreadable, type Reading } from '../../policies/reading.ts';

/** A machine whose files are a folder of this one, with their links, owners and modes; its commands are written down. */
export class RootedHost extends LocalHost {
  readonly #root: string;
  readonly #commands: Readonly<Record<string, Partial<CommandResult> | Reading<never>>>;
  /** Every command that was asked for, as one line each. */
  readonly asked: string[] = [];

  /** @param commands by the whole command line; what is not there is not installed */
  constructor(root: string, commands: Readonly<Record<string, Partial<CommandResult> | Reading<never>>> = {}) {
    super();
    this.#root = root;
    this.#commands = commands;
  }

  /** Writes a file, with the folders that lead to it. */
  write(path: string, content: string): void {
    mkdirSync(dirname(this.within(path)), { recursive: true });
    writeFileSync(this.within(path), content);
  }

  folder(path: string): void {
    mkdirSync(this.within(path), { recursive: true });
  }

  /** Makes a link, relative as those of sysfs are. */
  link(path: string, target: string): void {
    mkdirSync(dirname(this.within(path)), { recursive: true });
    symlinkSync(relative(dirname(path), target), this.within(path));
  }

  /** Where a path of that machine lies on this one. */
  within(path: string): string {
    return join(this.#root, path);
  }

  override run({ file, args }: Command): Promise<Reading<CommandResult>> {
    const line = [file, ...args].join(' ');
    this.asked.push(line);
    const answer = this.#commands[line];
    if (answer === undefined) return Promise.resolve(unreadable('command-missing', file));
    return Promise.resolve('state' in answer ? answer : read({ exitCode: 0, stdout: '', stderr: '', ...answer }));
  }

  override async readBytes(path: string, options?: { maximumSize?: number }): Promise<Reading<Uint8Array>> {
    return this.#told(await super.readBytes(this.within(path), options), path);
  }

  override async list(path: string, options?: Confinement): Promise<Reading<string[]>> {
    return this.#told(await super.list(this.within(path), this.#confined(options)), path);
  }

  override async status(path: string, options?: Confinement): Promise<Reading<FileStatus>> {
    return this.#told(await super.status(this.within(path), this.#confined(options)), path);
  }

  override async realPath(path: string): Promise<Reading<string>> {
    const real = await super.realPath(this.within(path));
    if (real.state === 'unreadable') return this.#told(real, path);
    return read(`/${relative(await realpath(this.#root), real.value)}`);
  }

  #confined({ within }: Confinement = {}): Confinement {
    return within === undefined ? {} : { within: within.map((folder) => this.within(folder)) };
  }

  #told<T>(reading: Reading<T>, path: string): Reading<T> {
    return reading.state === 'read' ? reading : unreadable(reading.obstacle.code, path, reading.obstacle.detail);
  }
}
