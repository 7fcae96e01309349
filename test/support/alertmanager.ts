import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { freePort } from './process.ts';
import { tool } from './tools.ts';

const Alerts = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
    status: z.object({ state: z.enum(['unprocessed', 'active', 'suppressed']), inhibitedBy: z.array(z.string()) }),
    receivers: z.array(z.object({ name: z.string() })),
  }),
);
export type RaisedAlert = z.output<typeof Alerts>[number];

/** A daemon under test, on a free port of 127.0.0.1; ends with its block. */
export interface Daemon extends AsyncDisposable {
  readonly address: string;
}

/** Debian's Alertmanager. */
export function startAlertmanager(config: string, data: string): Promise<Daemon> {
  const flags = [`--config.file=${config}`, `--storage.path=${data}`, '--cluster.listen-address='];
  return startDaemon('prometheus-alertmanager', flags);
}

/** Debian's Prometheus, without a past. */
export function startPlainPrometheus(config: string, data: string): Promise<Daemon> {
  return startDaemon('prometheus', [`--config.file=${config}`, `--storage.tsdb.path=${data}`]);
}

/** What reached it, whether it would tell of it or not. */
export async function alertsOf({ address }: Daemon): Promise<RaisedAlert[]> {
  const response = await fetch(`http://${address}/api/v2/alerts`);
  return Alerts.parse(await response.json());
}

async function startDaemon(name: string, flags: readonly string[]): Promise<Daemon> {
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(tool(name) ?? name, [...flags, `--web.listen-address=${address}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) break;
    const isReady = await fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return { address, [Symbol.asyncDispose]: end };
    await wait(100);
  }
  await end();
  throw new Error(`${name} did not become ready: ${said}`);
}
