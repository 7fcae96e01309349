import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../support/process.ts';
import { observationsEach } from './fleet.ts';
import { requestsFile, writeRequests } from './requests.ts';

export interface Pushgateway extends AsyncDisposable {
  readonly url: string;
}

/** Debian's prometheus-pushgateway on a free port of 127.0.0.1: as it comes, it keeps values in memory only. */
export async function startPushgateway(path: string, flags: readonly string[]): Promise<Pushgateway> {
  const port = await freePort();
  const own = [`--web.listen-address=127.0.0.1:${port}`, '--log.level=error'];
  const child = spawn(path, [...own, ...flags], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  while (!(await isReady(url))) {
    if (child.exitCode !== null) throw new Error('prometheus-pushgateway ended before it was ready');
    await sleep(50);
  }
  return {
    url,
    async [Symbol.asyncDispose]() {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/-/ready`)).ok;
  } catch {
    return false;
  }
}

/** The values of as many controls as a report has observations, in the text format. */
export function writePushes(folder: string, hosts: number, pushesEach: number): void {
  mkdirSync(folder, { recursive: true });
  for (let host = 0; host < hosts; host++) {
    writeRequests(
      requestsFile(folder, host),
      Array.from({ length: pushesEach }, (_, push) => valuesOf(host + push)),
    );
  }
}

function valuesOf(seq: number): string {
  const lines = Array.from({ length: observationsEach }, (_, index) => {
    const isFailing = index === seq % observationsEach;
    return `waarborg_control_compliant{policy="quick",control="Q-${index}",severity="warning"} ${isFailing ? 0 : 1}\n`;
  });
  return `# TYPE waarborg_control_compliant gauge\n${lines.join('')}`;
}
