import { spawn } from 'node:child_process';
import { isSea } from 'node:sea';

/** How a child ended. */
export interface Ended {
  /** What it answered, if it did. */
  readonly answer: unknown;
  /** Its exit code, the signal that ended it, or why it could not be started. */
  readonly how: number | string;
}

/**
 * Starts this very program once more, with other words, and waits until it has ended: all memory that it took is then the
 * host's again. It writes where this process does.
 * @param signal the child is told that nobody waits for it any more, and ends by itself
 */
export function runChild(words: readonly string[], signal: AbortSignal): Promise<Ended> {
  const [, script = ''] = process.argv;
  const program = isSea() ? [] : [...process.execArgv, script];
  const child = spawn(process.execPath, [...program, ...words], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const leave = (): void => {
    if (child.connected) child.disconnect();
  };
  signal.addEventListener('abort', leave);
  if (signal.aborted) leave();
  return new Promise<Ended>((resolve) => {
    let answer: unknown;
    let how: number | string | undefined;
    // Its last message may come after its end.
    const settle = (): void => {
      if (how !== undefined && !child.connected) resolve({ answer, how });
    };
    child.once('message', (message) => (answer = message));
    child.once('disconnect', settle);
    child.once('error', (error) => resolve({ answer: undefined, how: error.message }));
    child.once('exit', (code, by) => {
      how = code ?? by ?? 'unknown';
      settle();
    });
  }).finally(() => signal.removeEventListener('abort', leave));
}
