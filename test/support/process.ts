import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { resolve } from 'node:path';

export const program = resolve(import.meta.dirname, '../../waarborg.js');

export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** An ordinary user's id, through setpriv. */
  readonly uid?: number;
}

/** A process under test, with what it has said so far. */
export interface Running extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout(): string;
  stderr(): string;
  /** Waits for a text on standard output; throws where the process ends without it. */
  said(text: string): Promise<void>;
  end(signal: NodeJS.Signals): Promise<Ended>;
}

/** Starts the real command line, with the Node.js that runs the test. */
export function startWaarborg(args: readonly string[], options: RunOptions = {}): Running {
  return startScript(program, args, options);
}

/** Runs the real command line to its end. */
export function runWaarborg(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return startWaarborg(args, options).ended;
}

export function startScript(script: string, args: readonly string[], { env, cwd, uid }: RunOptions = {}): Running {
  const command = [process.execPath, script, ...args];
  if (uid !== undefined) command.unshift('setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups');
  const [file = '', ...rest] = command;
  const child = spawn(file, rest, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TZ: 'UTC', ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code]: unknown[]) => ({ code: code as number | null, stdout, stderr }));
  const end = (signal: NodeJS.Signals): Promise<Ended> => {
    child.kill(signal);
    return ended;
  };
  return {
    child,
    ended,
    stdout: () => stdout,
    stderr: () => stderr,
    async said(text) {
      while (!stdout.includes(text)) {
        const more = once(child.stdout, 'data').then(() => true);
        const isOn = await Promise.race([more, ended.then(() => stdout.includes(text))]);
        if (!isOn) throw new Error(`the process ended without saying ${text}: ${stdout}${stderr}`);
      }
    },
    end,
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
    },
  };
}

/** Below the ports that Linux gives to whoever asks for any: between a look at one and its use it is given to nobody else. */
const ownPorts = { lowest: 12_000, perWorker: 2000, workers: 10 } as const;

/** Another place each time: a server of the test file before may leave connections that are not closed yet. */
let nextPort = Math.floor(Math.random() * ownPorts.perWorker);

/** A port that is free, and that no other worker of the same run takes. */
export async function freePort(): Promise<number> {
  const worker = Number(process.env.VITEST_POOL_ID ?? 0) % ownPorts.workers;
  for (let tries = 0; tries < ownPorts.perWorker; tries += 1) {
    nextPort = (nextPort + 1) % ownPorts.perWorker;
    const port = ownPorts.lowest + worker * ownPorts.perWorker + nextPort;
    if (await isFree(port)) return port;
  }
  throw new Error('no port is free');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  await once(server.close(), 'close');
  return true;
}
