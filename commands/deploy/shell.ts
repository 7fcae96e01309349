import { execute } from '../../agent/host/ssh/execute.ts';
import type { SshConnection } from '../../agent/host/ssh/connection.ts';
import { quoteAll } from '../../agent/host/ssh/quote.ts';
import { needShipped } from '../../policies/shipped.ts';

/** Something on a host went wrong; the message says what. */
export class DeployError extends Error {
  readonly code = 'deploy.failed';
  /** Whether what was run is known to have ended: it may still be at work where nothing more was heard of it. */
  readonly hasEnded: boolean;
  constructor(message: string, { hasEnded = true } = {}) {
    super(message);
    this.name = 'DeployError';
    this.hasEnded = hasEnded;
  }
}

/** A root shell on a host: `sh` as who logs in, or through sudo. */
export interface RootShell {
  /** Runs a script that comes with Waarborg, with words and standard input. @returns its output @throws DeployError */
  script(name: string, words: readonly string[], input?: string): Promise<string>;
  /** Runs a line. @throws DeployError */
  line(line: string, input?: Uint8Array): Promise<string>;
}

/** Seconds that one step may take: a program of a hundred megabytes goes over the line in one. */
const patience = 600;

export function rootShell(connection: SshConnection, sudo: boolean): RootShell {
  const run = async (words: readonly string[], input?: string | Uint8Array): Promise<string> => {
    const what = words[0] ?? '';
    const line = `exec env LC_ALL=C ${sudo ? 'sudo -n -- ' : ''}${quoteAll(words)}`;
    const answer = await execute(connection, {
      what,
      line,
      timeout: patience,
      // A script puts back what it did.
      signal: 'TERM',
      maximumOutput: 2 ** 20,
      ...(input === undefined ? {} : { input }),
    });
    if (answer.state === 'unreadable') {
      const { code, detail = code === 'timeout' ? `${what} did not end in time` : code } = answer.obstacle;
      throw new DeployError(detail, { hasEnded: false });
    }
    const { exitCode, stdout, stderr } = answer.value;
    if (exitCode === 0) return stdout;
    const said = stderr.trim().split('\n').at(-1);
    throw new DeployError(said === undefined || said === '' ? `${what} ended with ${exitCode}` : said);
  };
  return {
    script: (name, words, input) =>
      run(['sh', '-c', needShipped(`deploy/remote/${name}`).toString('utf8'), name, ...words], input),
    line: (line, input) => run(['sh', '-c', line], input),
  };
}
