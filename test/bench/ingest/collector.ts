import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Tokens, type NewToken } from '../../../collector/access/tokens.ts';
import { freePort, startWaarborg } from '../../support/process.ts';
import { hostName } from './fleet.ts';
import type { PrepareInput, Stage } from './prepare.ts';

/** The real collector in a process of its own. */
export interface BenchCollector extends AsyncDisposable {
  readonly pid: number;
  readonly url: string;
  readonly logKey: string;
  newToken(token: Pick<NewToken, 'role' | 'agent'>): string;
  end(): Promise<void>;
}

/** @param settings further lines of collector.yaml */
export async function startCollector(folder: string, settings = ''): Promise<BenchCollector> {
  const data = join(folder, 'collector');
  const url = `http://127.0.0.1:${await freePort()}`;
  const config = join(folder, 'collector.yaml');
  writeFileSync(
    config,
    `listen: ${url.slice('http://'.length)}\norigin: bench.example/log\ndata: ${data}\n${settings}`,
  );
  const running = startWaarborg(['collector', '--config', config]);
  await running.said('collector listens');
  const said = running
    .stdout()
    .split('\n')
    .find((line) => line.includes('collector listens'));
  const { logKey } = JSON.parse(said ?? '') as { logKey: string };
  const tokens = new Tokens(data);
  return {
    pid: running.child.pid ?? 0,
    url,
    logKey,
    newToken: (token) => tokens.create({ label: 'bench', validity: 86_400, ...token }, new Date()).secret,
    async end() {
      tokens[Symbol.dispose]();
      await running.end('SIGTERM');
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

/** Enrols so many hosts and has them sign all that they will send: each processor for its share. */
export async function prepareFleet(collector: BenchCollector, hosts: number, stages: readonly Stage[]): Promise<void> {
  const entering = Array.from({ length: hosts }, (_, number) => {
    return { number, token: collector.newToken({ role: 'enrol', agent: hostName(number) }) };
  });
  const workers = availableParallelism();
  await Promise.all(
    Map.groupBy(entering, ({ number }) => number % workers)
      .values()
      .map(async (share) => {
        const { url, logKey } = collector;
        const workerData: PrepareInput = { url, logKey, hosts: share, stages };
        await once(new Worker(new URL('prepare.ts', import.meta.url), { workerData }), 'exit');
      }),
  );
}

/** Entries that the log has. */
export async function entriesOf(url: string): Promise<number> {
  const { entries } = (await (await fetch(`${url}/readyz`)).json()) as { entries: number };
  return entries;
}
