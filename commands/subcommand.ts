import { CommanderError, type Command } from 'commander';

/** What each file of this folder exports. */
export interface Subcommand {
  readonly command: () => Command;
}

/** A wrong word on the command line: what, and what was expected. */
export class UsageError extends Error {
  readonly code = 'usage';
}

/** Nothing could be done as asked: usage, configuration, or the place asked for. */
export const exitUsage = 3;

/**
 * Runs a subcommand with its words. Whatever stops it is one line (or one line a problem) on standard error and
 * exit code 3; other exit codes are the subcommand's own, set as `process.exitCode`.
 */
export async function exitWith(command: Command, words: readonly string[]): Promise<void> {
  process.stdout.once('error', endQuietly);
  command
    .exitOverride()
    // One line: commander puts its guess of what was meant on a second one.
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, 'waarborg: ').replace('\n(', ' (')),
    });
  for (const nested of command.commands) nested.exitOverride().copyInheritedSettings(command);
  try {
    await command.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : exitUsage;
      return;
    }
    process.stderr.write(`waarborg: ${describe(error)}\n`);
    process.exitCode = exitUsage;
  }
}

/** Whoever reads the output has seen enough (`waarborg check | head`): no reason to complain. */
function endQuietly(error: Error): void {
  if ('code' in error && error.code === 'EPIPE') process.exit();
  throw error;
}

/** Our own errors carry a code and a whole sentence; anything else is a fault of the program, and its stack helps. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && typeof error.code === 'string') {
    return error.code in systemErrors ? `${error.message} (${systemErrors[error.code] ?? ''})` : error.message;
  }
  return error.stack ?? error.message;
}

const systemErrors: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is taken: stop what listens there, or choose another with --port',
  EACCES: 'no permission: run as the owner of the folder, or choose another with --data',
  ENOSPC: 'the disk is full',
};

/** Collects an option that may be given several times. */
export function several(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}
