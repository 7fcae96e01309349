import { fork } from 'node:child_process';
import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Tokens } from '../../collector/access/tokens.ts';
import { Receipt, Submission } from '../../evidence/exchange.ts';
import { verifyReceipt } from '../../evidence/receipt.ts';
import { freePort, startWaarborg, type Running } from '../support/process.ts';
import { temporaryFolder, tool } from '../support/tools.ts';
import { tell } from './figures.ts';
import { commitSeconds } from './ingest/disk.ts';
import { hostName, observationsEach } from './ingest/host.ts';
import type { PrepareInput, Stage } from './ingest/prepare.ts';
import { startPushgateway, writePushes } from './ingest/pushgateway.ts';
import type { Sample, SendOrder, Sent } from './ingest/sender.ts';
import { cpuSeconds, residentBytes } from './ingest/watched.ts';
import type { BenchOptions } from './main.ts';

const hosts = 500;
const connections = 100;
/** Few: each is checked against all values that are there, so that hundreds of hosts make it slow. */
const pushesEach = 2;

/** What one measurement found. */
interface Measured extends Extract<Sent, { seconds: number }> {
  readonly rate: number;
}

/**
 * The collector in its own process, on this machine's disk: reports that hosts signed beforehand, sent by another
 * process over kept connections, each answered with a proof when it is on disk. Then Debian's pushgateway with the same
 * values, from the same sender.
 */
export async function bench({ reports }: BenchOptions): Promise<void> {
  using folder = temporaryFolder();
  const usual: Stage = { folder: join(folder.path, 'usual'), reportsEach: eachOf(reports), changesOneIn: 10 };
  const changing: Stage = { folder: join(folder.path, 'changing'), reportsEach: eachOf(reports / 10), changesOneIn: 1 };
  await using collector = await startCollector(folder.path);
  await prepare(collector, [usual, changing]);
  const rate = await measureReports(collector, usual, 'one in 10 brings new observations');
  await measureReports(collector, changing, 'each brings new observations');
  await collector.running.end('SIGTERM');
  await measurePushes(folder.path, rate);
  const commit = commitSeconds(folder.path);
  tell(
    'a bare SQLite commit of 256 rows here',
    `${(commit * 1000).toFixed(1)} ms (${(256 / commit).toFixed(0)} rows a second)`,
  );
  tell('bare Ed25519 verifications, one thread', `${bareVerifications().toFixed(0)} a second`);
}

interface BenchCollector extends AsyncDisposable {
  readonly running: Running;
  readonly url: string;
  readonly logKey: string;
  readonly data: string;
}

async function startCollector(folder: string): Promise<BenchCollector> {
  const data = join(folder, 'collector');
  const url = `http://127.0.0.1:${await freePort()}`;
  const config = join(folder, 'collector.yaml');
  writeFileSync(config, `listen: ${url.slice('http://'.length)}\norigin: bench.example/log\ndata: ${data}\n`);
  const running = startWaarborg(['collector', '--config', config]);
  await running.said('collector listens');
  const { logKey } = JSON.parse(running.stdout().split('\n')[0] ?? '') as { logKey: string };
  return { running, url, logKey, data, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

/** Each core signs for its share of the hosts. */
async function prepare({ url, logKey, data }: BenchCollector, stages: readonly Stage[]): Promise<void> {
  using tokens = new Tokens(data);
  const entering = Array.from({ length: hosts }, (_, number) => {
    const token = { role: 'enrol', label: '', validity: 3600, agent: hostName(number) } as const;
    return { number, token: tokens.create(token, new Date()).secret };
  });
  const shares = Map.groupBy(entering, ({ number }) => number % 2).values();
  await Promise.all(
    [...shares].map(async (share) => {
      const input: PrepareInput = { url, logKey, hosts: share, stages };
      const worker = new Worker(new URL('ingest/prepare.ts', import.meta.url), { workerData: input });
      await once(worker, 'exit');
    }),
  );
}

/** @returns reports a second */
async function measureReports(
  { running, url, logKey }: BenchCollector,
  { folder, reportsEach }: Stage,
  mix: string,
): Promise<number> {
  const pid = running.child.pid ?? 0;
  const file = join(folder, 'samples');
  const count = hosts * reportsEach;
  const before = cpuSeconds(pid);
  const logged = await entriesOf(url);
  const resident: number[] = [];
  const order: SendOrder = {
    what: 'reports',
    url,
    folder,
    hosts,
    connections,
    count,
    samples: { file, oneIn: Math.max(1, Math.floor(count / 200)) },
  };
  const {
    rate,
    median,
    p99,
    cpuSeconds: senderSeconds,
  } = await send(order, (tenth) => {
    if ([1, 5, 10].includes(tenth)) resident.push(residentBytes(pid));
  });
  const used = cpuSeconds(pid) - before;
  tell(
    `${count} reports of ${observationsEach} observations, ${mix}`,
    `${rate.toFixed(0)} a second, proven and on disk`,
  );
  tell(
    '  answer, median and 99th percentile',
    `${median.toFixed(0)} ms, ${p99.toFixed(0)} ms (${connections} at a time)`,
  );
  tell(
    '  processor time a report, collector and sender',
    `${perReport(used, count)}, ${perReport(senderSeconds, count)}`,
  );
  tell(
    '  resident memory at 10 %, 50 %, 100 %',
    resident.map((bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`).join(', '),
  );
  const grown = (await entriesOf(url)) - logged;
  if (grown < count) throw new Error(`the log grew by ${grown} entries over ${count} reports`);
  tell('  proofs and continuations verified afterwards', `${verifySamples(file, logKey)} of a sample, all sound`);
  return rate;
}

async function entriesOf(url: string): Promise<number> {
  const { entries } = (await (await fetch(`${url}/readyz`)).json()) as { entries: number };
  return entries;
}

function perReport(seconds: number, count: number): string {
  return `${((seconds / count) * 1e6).toFixed(0)} µs`;
}

async function measurePushes(folder: string, ours: number): Promise<void> {
  const path = tool('prometheus-pushgateway');
  if (path === undefined) {
    tell('prometheus-pushgateway', 'not installed: nothing to compare with');
    return;
  }
  const pushes = join(folder, 'pushes');
  writePushes(pushes, hosts, pushesEach);
  await using gateway = await startPushgateway(path);
  const count = hosts * pushesEach;
  const order: SendOrder = { what: 'pushes', url: gateway.url, folder: pushes, hosts, connections, count };
  const { rate, median, p99 } = await send(order, () => undefined);
  tell(
    `prometheus-pushgateway, ${count} pushes of ${observationsEach} values, in memory`,
    `${rate.toFixed(0)} a second; reports are ${(ours / rate).toFixed(1)} times as many`,
  );
  tell('  answer, median and 99th percentile', `${median.toFixed(0)} ms, ${p99.toFixed(0)} ms`);
}

async function send(order: SendOrder, onTenth: (tenth: number) => void): Promise<Measured> {
  const child = fork(new URL('ingest/sender.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let measured: Measured | undefined;
  child.on('message', (message) => {
    const sent = message as Sent;
    if ('tenth' in sent) onTenth(sent.tenth);
    else measured = { ...sent, rate: order.count / sent.seconds };
  });
  child.send(order);
  await once(child, 'exit');
  if (measured === undefined) throw new Error('the sender ended before it had sent everything');
  return measured;
}

/** As an agent would: the log holds this very envelope, and continues what was held before. */
function verifySamples(file: string, logKey: string): number {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  for (const line of lines) {
    const { submission, receipt, held } = JSON.parse(line) as Sample;
    const { envelope } = Submission.parse(JSON.parse(submission));
    verifyReceipt({
      receipt: Receipt.parse(JSON.parse(receipt)),
      envelope,
      logKey,
      held: held === undefined ? undefined : { checkpoint: held },
    });
  }
  return lines.length;
}

/** Reports of each host, so that all together are about as many and divide by ten. */
function eachOf(reports: number): number {
  return Math.max(1, Math.round(reports / hosts));
}

function bareVerifications(): number {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const message = randomBytes(2000);
  const signature = sign(null, message, privateKey);
  const begun = performance.now();
  let count = 0;
  while (performance.now() - begun < 1000) {
    verify(null, message, publicKey, signature);
    count++;
  }
  return count / ((performance.now() - begun) / 1000);
}
