import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '../tools.ts';

/** A real server that a test started. */
export interface Server extends AsyncDisposable {
  readonly folder: string;
}

export interface ServerOrder {
  /** Writes what the server needs into its folder, and says how to start it in the foreground. */
  readonly prepare: (folder: string) => {
    readonly file: string;
    readonly args: readonly string[];
    readonly uid?: number;
  };
  /** Ports of 127.0.0.1 on which it will listen. */
  readonly ports: readonly number[];
}

/** Starts a server in a folder of its own, in its own process group, and waits until it listens; ends it with its block. */
export async function startServer({ prepare, ports }: ServerOrder): Promise<Server> {
  const folder = temporaryFolder();
  // Servers that drop their rights have to get at their files.
  chmodSync(folder.path, 0o755);
  const { file, args, uid } = prepare(folder.path);
  const owner = uid === undefined ? {} : { uid, gid: uid };
  const server = spawn(file, args, { cwd: folder.path, detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...owner });
  let said = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(server, 'exit');
  const stop = async (): Promise<void> => {
    if (server.exitCode === null) server.kill('SIGTERM');
    await Promise.race([ended, sleep(5000)]);
    killGroup(server.pid);
    await ended;
    folder[Symbol.dispose]();
  };
  for (const port of ports) {
    while (!(await isListening(port))) {
      if (server.exitCode !== null || server.signalCode !== null) {
        await stop();
        throw new Error(`${file} ended: ${said}`);
      }
      await sleep(20);
    }
  }
  return { folder: folder.path, [Symbol.asyncDispose]: stop };
}

/** Those of its group that it left behind. */
function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const opened = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return opened;
}
