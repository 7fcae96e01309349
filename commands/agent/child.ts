import { spawn, type ChildProcess } from 'node:child_process';
import { isSea } from 'node:sea';
import { beat } from './message.ts';

/** How a child ended. */
export interface Ended {
  /** What it answered, if it did. */
  readonly answer: unknown;
  /** Its exit code, the signal that ended it, or why it could not be started. */
  readonly how: number | string;
}

/** How a child is started, and for how long it may be silent. */
export interface Upbringing {
  /** Its environment, if not that of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Seconds between two looks whether it has given a sign of life, and so many looks in vain. */
  readonly patience?: { readonly each: number; readonly looks: number };
}

/** Whatever keeps a child so long from giving a sign of life, it does not come out of it. */
const usualPatience = { each: beat, looks: 10 } as const;

/**
 * Starts this very program once more, with other words, and waits until it has ended: all memory that it took is then the
 * host's again. It writes where this process does. One that hangs is killed.
 * @param signal the child is told that nobody waits for it any more, and ends by itself
 */
export async function runChild(
  words: readonly string[],
  signal: AbortSignal,
  { env = process.env, patience = usualPatience }: Upbringing = {},
): Promise<Ended> {
  let child: ChildProcess;
  try {
    child = start(words, env);
  } catch (error) {
    // Where the host has no memory left, say: it may have some again later.
    return { answer: undefined, how: error instanceof Error ? error.message : String(error) };
  }
  const leave = (): void => {
    if (child.connected) child.disconnect();
  };
  signal.addEventListener('abort', leave);
  if (signal.aborted) leave();
  const watch = killWhenSilent(child, patience);
  try {
    return await endOf(child);
  } finally {
    clearInterval(watch);
    signal.removeEventListener('abort', leave);
  }
}

/** @throws Error where the system refuses at once */
function start(words: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const [, script = ''] = process.argv;
  const program = isSea() ? [] : [...process.execArgv, script];
  return spawn(process.execPath, [...program, ...words], { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

/** Looks are counted rather than time: a machine that slept wakes up to one look, and not to a child that was silent. */
function killWhenSilent(child: ChildProcess, { each, looks }: Required<Upbringing>['patience']): NodeJS.Timeout {
  let inVain = 0;
  child.on('message', () => (inVain = 0));
  return setInterval(() => {
    inVain += 1;
    if (inVain >= looks) child.kill('SIGKILL');
  }, each * 1000);
}

function endOf(child: ChildProcess): Promise<Ended> {
  return new Promise<Ended>((resolve) => {
    let answer: unknown;
    let how: number | string | undefined;
    // Its last message may come after its end.
    const settle = (): void => {
      if (how !== undefined && !child.connected) resolve({ answer, how });
    };
    child.on('message', (message) => {
      if (!isSignOfLife(message)) answer = message;
    });
    child.once('disconnect', settle);
    child.on('error', (error) => {
      if (child.pid === undefined) resolve({ answer: undefined, how: error.message });
    });
    child.once('exit', (code, by) => {
      how = code ?? by ?? 'unknown';
      settle();
    });
  });
}

function isSignOfLife(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'alive' in message;
}

/** Whether this process was told to make no machine code (`--jitless`), and so has no WebAssembly. */
export const isInterpreting = !('WebAssembly' in globalThis);

/** An environment with WebAssembly, which SSH needs: one of its ciphers is made of it. */
export function compilingEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_OPTIONS: (process.env.NODE_OPTIONS ?? '').replace('--jitless', '') };
}
