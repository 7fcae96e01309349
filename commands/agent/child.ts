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
 * @param env its environment, if not that of this process
 */
export function runChild(words: readonly string[], signal: AbortSignal, env = process.env): Promise<Ended> {
  const [, script = ''] = process.argv;
  const program = isSea() ? [] : [...process.execArgv, script];
  const child = spawn(process.execPath, [...program, ...words], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
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

/** Whether this process was told to make no machine code (`--jitless`), and so has no WebAssembly. */
export const isInterpreting = !('WebAssembly' in globalThis);

/** An environment with WebAssembly, which SSH needs: one of its ciphers is made of it. */
export function compilingEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_OPTIONS: (process.env.NODE_OPTIONS ?? '').replace('--jitless', '') };
}
