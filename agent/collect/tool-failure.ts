import { unreadable, type Obstacle, type Unreadable } from '../../policies/reading.ts';
import type { CommandResult } from '../host/host.ts';

/** How tools tell that they lack a right: EACCES and EPERM in the words of strerror(3), or words of their own. */
const refusal = /permission denied|not permitted|must be (?:run as )?root|only root|superuser/i;

/** What web servers put before a message: another one with every run. */
const noise = [
  /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /,
  /\b\d+#\d+: /,
  /^\[\w{3} \w{3} [\d:. ]+\] /,
  /\[pid \d+(?::tid \d+)?\] /,
];

/** A path of two parts below a folder of the system, or of one elsewhere, and what is below it. */
const path = /(\/(?:dev|etc|proc|run|sys|usr|var)\/[^\s/'":]+|\/[^\s/'":]+)(\/[^\s'":]*)?/g;

const maximumSaid = 200;

/**
 * What it means that a tool did not do what it was asked: `refused` with the line that tells so, or `command-failed` with the
 * last that it said. Of paths only the beginning is told: the rest may hold the names of accounts.
 * @param what the tool, with what it was asked as far as that may be told
 */
export function toolFailure(
  what: string,
  { exitCode, stderr }: Pick<CommandResult, 'exitCode' | 'stderr'>,
): Unreadable {
  const lines = stderr.trim().split('\n');
  const refused = lines.find((line) => refusal.test(line));
  if (refused !== undefined) return unreadable('refused', what, toldOf(refused));
  return unreadable('command-failed', what, toldOf(lines.at(-1) ?? '') || `exit code ${exitCode}`);
}

function toldOf(line: string): string {
  const steady = noise.reduce((text, pattern) => text.replace(pattern, ''), line.trim());
  return steady
    .replace(path, (_, kept: string, rest: string | undefined) => (rest === undefined ? kept : `${kept}/…`))
    .slice(0, maximumSaid);
}

/** An obstacle without what the tool said of it, where no part of that may leave the host. */
export function withoutWords({ code, what }: Obstacle): Unreadable {
  return unreadable(code, what, code === 'refused' ? 'permission denied' : 'run it on the host to see what is wrong');
}
