import { LocalHost } from '../../agent/host/local.ts';
import type { Command, CommandResult } from '../../agent/host/host.ts';
import { read, unreadable, type Reading } from '../../policies/reading.ts';
import type { DebianRoot } from './debian-root.ts';

/** This machine with the programs of a root: its commands run in there, its files are this machine's. */
export class RootHost extends LocalHost {
  readonly #root: DebianRoot;

  constructor(root: DebianRoot) {
    super();
    this.#root = root;
  }

  override run({ file, args, env = {} }: Command): Promise<Reading<CommandResult>> {
    const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const { status, stdout, stderr } = this.#root.run(['env', ...settings, file, ...args].map(quoted).join(' '));
    // env(1) has it that nothing was found.
    if (status === 127) return Promise.resolve(unreadable('command-missing', file));
    if (status === null) return Promise.resolve(unreadable('timeout', file));
    return Promise.resolve(read({ exitCode: status, stdout, stderr }));
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
