import { unreadable, type Reading } from '../../../policies/reading.ts';
import { hostDefaults, type Command, type CommandResult } from '../host.ts';
import { systemPath } from '../local.ts';
import { isPrivileged } from './privileged.ts';
import { quoteAll } from './quote.ts';

/** Takes out what a shell adds to the environment by itself. */
const unset = '-u PWD -u OLDPWD -u SHLVL -u _';

/** For a command that is not there sudo asks for a password, as for one that is not allowed. */
const ifThere =
  'command -v "$0" >/dev/null 2>&1 || { echo "env: $0: No such file or directory" >&2; exit 127; }; exec "$@"';

/** Seconds that a command there may live on after this side gave up, should it not be told. */
const grace = 5;

/**
 * What the user's shell is given to run a command as {@link Host.run} has it: its words as they are, a small fixed
 * environment, a time limit that holds there. Values of the environment go by standard input, because every user of that
 * host can read a command line.
 */
export function commandLine(
  { file, args, env = {}, input, timeout = hostDefaults.timeout }: Command,
  sudo: boolean,
): { line: string; input?: string } {
  const seconds = Math.ceil(timeout) + grace;
  // sudo looks at its own clock: nobody but root can end what it started.
  const sudoed = ['sudo', '-n', '-T', String(seconds), '--', file, ...args];
  const began = sudo && isPrivileged({ file, args }) ? ['sh', '-c', ifThere, file, ...sudoed] : [file, ...args];
  const words = ['timeout', '-s', 'KILL', String(seconds), ...began];
  const clean = `exec env -i PATH=${systemPath} HOME="$HOME" LC_ALL=C TZ=UTC`;
  const names = Object.keys(env);
  if (names.length === 0) return { line: `${clean} ${quoteAll(words)}`, ...(input === undefined ? {} : { input }) };
  const taking = names.map((name) => `IFS= read -r ${name} && export ${name} && `).join('');
  const values = names.map((name) => `${env[name] ?? ''}\n`).join('');
  return {
    line: `${clean} sh -c ${quoteAll([`${taking}exec env ${unset} "$@"`, 'sh', ...words])}`,
    input: `${values}${input ?? ''}`,
  };
}

/** Whether the environment of a command can be given to it at all. */
export function canTake(env: Readonly<Record<string, string>> = {}): boolean {
  return Object.entries(env).every(([name, value]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !/[\n\0]/.test(value));
}

/** timeout(1) tells of a signal by 128 and its number. */
const endedBy = new Map([
  [134, 'SIGABRT'],
  [137, 'SIGKILL'],
  [139, 'SIGSEGV'],
  [143, 'SIGTERM'],
]);

/**
 * sudo ends with 1 where it runs nothing, as many a command does that found nothing; only its words tell. That it cannot
 * look up its own host is a warning, and no refusal.
 */
const refusal = /^(sudo: (?!unable to resolve host)|Sorry, user )/;
const maximumDetail = 200;

/** A command that could not be begun ends with an exit code of the shell's (126, 127) or of sudo: an obstacle, no answer. */
export function endOf(answer: Reading<CommandResult>, file: string, sudo: boolean): Reading<CommandResult> {
  if (answer.state === 'unreadable') return answer;
  const { exitCode, stderr } = answer.value;
  const last = stderr.trim().split('\n').at(-1) ?? '';
  if (exitCode === 127 && /^(timeout|env): .*No such file or directory$/.test(last))
    return unreadable('command-missing', file);
  if (exitCode === 126 && /^(timeout|env): .*Permission denied$/.test(last)) return unreadable('denied', file);
  const signal = endedBy.get(exitCode);
  if (signal !== undefined) return unreadable('command-failed', file, `ended by ${signal}`);
  if (!sudo || exitCode !== 1) return answer;
  return refusal.test(last) ? unreadable('denied', file, last.slice(0, maximumDetail)) : answer;
}
