import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSlices, plainSlices } from '../../collector/metrics/chunk.ts';
import { Exposition } from '../../collector/metrics/exposition.ts';
import { paced } from '../../collector/metrics/pace.ts';
import { Fleet } from '../../collector/state/fleet.ts';
import { PolicyShelf } from '../../collector/state/shelf.ts';
import { quickPolicy } from '../support/road.ts';
import { temporaryFolder } from '../support/tools.ts';
import { secondsOf, tell } from './figures.ts';
import { prepareFleet, startCollector } from './ingest/collector.ts';
import { observationsEach } from './ingest/fleet.ts';
import { send } from './ingest/send.ts';
import type { BenchOptions } from './main.ts';
import { statesOf, stateOf } from './metrics/fleet.ts';
import { registryOf } from './metrics/prom-client.ts';
import { scrapeEachSecond } from './metrics/scrapes.ts';
import { longestWait } from './metrics/waits.ts';

const scrapes = 5;

/** A scrape beside prom-client with the same series, in this process; then a real collector that is scraped while hosts report. */
export async function bench({ hosts }: BenchOptions): Promise<void> {
  process.stdout.write(`  ${hosts} hosts with ${observationsEach} controls each\n`);
  await renderBesidePeer(hosts);
  await reportMeanwhile(hosts);
}

async function renderBesidePeer(hosts: number): Promise<void> {
  const at = new Date();
  const states = statesOf(hosts, at);
  const fleet = new Fleet(states, 3600, []);
  const exposition = new Exposition({ fleet, shelf: new PolicyShelf([quickPolicy.text]), seriesLimit: Infinity });
  const before = await memoryInUse();
  const rendering = await secondsOf(() => {
    for (const state of states) exposition.update(state, at);
  });
  const firstPlain = await secondsOf(() => void plain(exposition, at));
  const ours = await mean(() => plain(exposition, at));
  const first = await secondsOf(() => void zipped(exposition, at));
  const kept = await mean(() => zipped(exposition, at));
  const memory = ((await memoryInUse()) - before) / hosts / 1024;
  tell('memory a host: its lines, plain and compressed', `${memory.toFixed(1)} KiB`);
  const change = (round: number): void => {
    for (let number = round; number < hosts; number += 100) {
      fleet.stage(stateOf(number, at, number + round + 1));
    }
    for (const host of fleet.settle().changed) exposition.update(host, at);
  };
  const changed = await mean((round) => {
    change(round);
    return zipped(exposition, at);
  });
  change(scrapes);
  const waited = await longestWait(() => Array.fromAsync(paced(gzipSlices(exposition.chunks(at, 'text')))));
  const text = Buffer.concat(plain(exposition, at)).toString();
  const { registry, series } = registryOf(text);
  const theirs = await mean(() => registry.metrics());
  const size = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  tell(
    `a scrape of ${series} series`,
    `${milliseconds(ours)}, ${size(text.length)}; the first one ${milliseconds(firstPlain)}`,
  );
  tell('  compressed', `${milliseconds(kept)}, ${size(zipped(exposition, at))}; the first one ${milliseconds(first)}`);
  tell('  compressed, after one host in 100 changed', milliseconds(changed));
  tell('    of which others wait at most, at once', `${waited.toFixed(1)} ms`);
  tell('prom-client, the same series', `${milliseconds(theirs)} (${(theirs / ours).toFixed(1)} times as long)`);
  tell('rendering one host anew', `${((rendering / hosts) * 1e6).toFixed(0)} µs`);
}

/** What is sent, slice by slice. */
function plain(exposition: Exposition, at: Date): Buffer[] {
  return [...plainSlices(exposition.chunks(at, 'text'))];
}

/** @returns bytes */
function zipped(exposition: Exposition, at: Date): number {
  let bytes = 0;
  for (const slice of gzipSlices(exposition.chunks(at, 'text'))) bytes += slice.length;
  return bytes;
}

/** Seconds, of some scrapes. */
async function mean(scrape: (round: number) => unknown): Promise<number> {
  const seconds = await secondsOf(async () => {
    for (let round = 0; round < scrapes; round++) await scrape(round);
  });
  return seconds / scrapes;
}

/** In bytes, after everything that is not used was given back. */
async function memoryInUse(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Twice: what zlib holds is freed after the first.
  for (let round = 0; round < 2; round++) {
    collect();
    await setTimeout(100);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Reports of every host, first without scrapes and then with one each second. */
async function reportMeanwhile(hosts: number): Promise<void> {
  using folder = temporaryFolder();
  const stage = (name: string) => ({ folder: join(folder.path, name), reportsEach: 2, changesOneIn: 10 });
  const [quiet, scraped] = [stage('quiet'), stage('scraped')];
  await using collector = await startCollector(folder.path, 'seriesLimit: 10000000\n');
  await prepareFleet(collector, hosts, [quiet, scraped]);
  const report = ({ folder: from, reportsEach }: typeof quiet) => {
    const count = hosts * reportsEach;
    return send({ what: 'reports', url: collector.url, folder: from, hosts, connections: 100, count });
  };
  const alone = await report(quiet);
  const scraper = scrapeEachSecond(collector.url, collector.newToken({ role: 'metrics' }));
  const meanwhile = await report(scraped);
  const { count, median, longest, bytes } = await scraper.end();
  await collector.end();
  tell('reports a second, 100 at a time: alone, scraped', `${alone.rate.toFixed(0)}, ${meanwhile.rate.toFixed(0)}`);
  const ratio = (meanwhile.p99 / alone.p99).toFixed(2);
  tell('  99th percentile of answers', `${alone.p99.toFixed(0)} ms, ${meanwhile.p99.toFixed(0)} ms (${ratio} times)`);
  const took = `median ${median.toFixed(0)} ms, longest ${longest.toFixed(0)} ms, ${(bytes / 2 ** 20).toFixed(1)} MiB compressed`;
  tell(`  ${count} scrapes meanwhile, one a second`, took);
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(0)} ms`;
}
