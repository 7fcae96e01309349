import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { join } from 'node:path';
import { temporaryFolder, tool } from '../support/tools.ts';
import { tell } from './figures.ts';
import { prepareFleet, startCollector } from './ingest/collector.ts';
import { commitSeconds } from './ingest/disk.ts';
import { observationsEach } from './ingest/fleet.ts';
import type { Stage } from './ingest/prepare.ts';
import { startPushgateway, writePushes } from './ingest/pushgateway.ts';
import { measureReports } from './ingest/reports.ts';
import { scrapeEachSecond } from './ingest/scraper.ts';
import { send } from './ingest/send.ts';
import type { BenchOptions } from './main.ts';

const fleet = { hosts: 2000, connections: 100 };

const pushing = { hosts: 500, connections: 100 };

/** As it comes, the gateway holds each push against all values that it has: few, or it would take minutes. */
const gateways = [
  { what: 'as it comes', flags: [], pushesEach: 2 },
  { what: 'told to check nothing', flags: ['--push.disable-consistency-check'], pushesEach: 20 },
] as const;

/**
 * The collector in its own process, on this machine's disk: reports that hosts signed beforehand, sent by another
 * process over kept connections, each answered with a proof when it is on disk. Then Debian's pushgateway with the same
 * values, from the same sender.
 */
export async function bench({ reports }: BenchOptions): Promise<void> {
  using folder = temporaryFolder();
  const stage = (name: string, count: number, changesOneIn: number): Stage => {
    return { folder: join(folder.path, name), reportsEach: Math.max(1, Math.round(count / fleet.hosts)), changesOneIn };
  };
  const usual = stage('usual', reports, 10);
  const scraped = stage('scraped', reports / 10, 10);
  const changing = stage('changing', reports / 10, 1);
  await using collector = await startCollector(folder.path);
  await prepareFleet(collector, fleet.hosts, [usual, scraped, changing]);
  const describe = ({ reportsEach }: Stage, what: string): void => {
    process.stdout.write(`  ${fleet.hosts * reportsEach} reports of ${observationsEach} observations, ${what}\n`);
  };
  describe(usual, `${fleet.connections} at a time, one in 10 with new observations`);
  const rate = await measureReports(collector, usual, fleet);
  describe(scraped, `and ${fleet.hosts} hosts are scraped meanwhile`);
  {
    await using _ = scrapeEachSecond(collector.url, collector.newToken({ role: 'metrics' }));
    await measureReports(collector, scraped, fleet);
  }
  describe(changing, 'all with new observations');
  await measureReports(collector, changing, fleet);
  await collector.end();
  await measurePushes(folder.path, rate);
  tellMachine(folder.path);
}

async function measurePushes(folder: string, ours: number): Promise<void> {
  const path = tool('prometheus-pushgateway');
  if (path === undefined) {
    tell('prometheus-pushgateway', 'not installed: nothing to compare with');
    return;
  }
  for (const { what, flags, pushesEach } of gateways) {
    const pushes = join(folder, `pushes-${pushesEach}`);
    const count = pushing.hosts * pushesEach;
    writePushes(pushes, pushing.hosts, pushesEach);
    await using gateway = await startPushgateway(path, flags);
    process.stdout.write(
      `  ${count} pushes of ${observationsEach} values to prometheus-pushgateway, in its memory, ${what}\n`,
    );
    const { rate, median, p99 } = await send({ what: 'pushes', url: gateway.url, folder: pushes, count, ...pushing });
    tell('  pushes', `${rate.toFixed(0)} a second: reports are ${(ours / rate).toFixed(1)} times as many`);
    tell('  answer, median and 99th percentile', `${median.toFixed(0)} ms, ${p99.toFixed(0)} ms`);
  }
}

/** What the figures rest on, to compare machines. */
function tellMachine(folder: string): void {
  const commit = commitSeconds(folder);
  const rows = `${(commit * 1000).toFixed(1)} ms (${(256 / commit).toFixed(0)} rows a second)`;
  process.stdout.write('  this machine\n');
  tell('  a bare SQLite commit of 256 rows', rows);
  tell('  bare Ed25519 verifications, one thread', `${bareVerifications().toFixed(0)} a second`);
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
