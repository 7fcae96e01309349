import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Receipt, Submission } from '../../../evidence/exchange.ts';
import { verifyReceipt } from '../../../evidence/receipt.ts';
import { tell } from '../figures.ts';
import { entriesOf, type BenchCollector } from './collector.ts';
import type { Fleet } from './fleet.ts';
import type { Stage } from './prepare.ts';
import { send } from './send.ts';
import type { Sample, SendOrder } from './sender.ts';
import { cpuSeconds, residentBytes } from './watched.ts';

/**
 * Sends a stage and tells how that went.
 * @returns reports a second
 */
export async function measureReports(
  { pid, url, logKey }: BenchCollector,
  { folder, reportsEach }: Stage,
  { hosts, connections }: Fleet,
): Promise<number> {
  const count = hosts * reportsEach;
  const file = join(folder, 'samples');
  const samples = { file, oneIn: Math.max(1, Math.floor(count / 200)) };
  const order: SendOrder = { what: 'reports', url, folder, hosts, connections, count, samples };
  const [cpuBefore, entriesBefore] = [cpuSeconds(pid), await entriesOf(url)];
  const resident: number[] = [];
  const measured = await send(order, (tenth) => {
    if ([1, 5, 10].includes(tenth)) resident.push(residentBytes(pid));
  });
  const cpuOf = (seconds: number): string => `${((seconds / count) * 1e6).toFixed(0)} µs`;
  const { rate, median, p99 } = measured;
  tell('  reports, proven and on disk', `${rate.toFixed(0)} a second`);
  tell('  answer, median and 99th percentile', `${median.toFixed(0)} ms, ${p99.toFixed(0)} ms`);
  const cpus = [cpuSeconds(pid) - cpuBefore, measured.cpuSeconds].map(cpuOf);
  tell('  processor time a report, collector and sender', cpus.join(', '));
  const memory = resident.map((bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`);
  tell('  resident memory at 10 %, 50 %, 100 %', memory.join(', '));
  const grown = (await entriesOf(url)) - entriesBefore;
  if (grown < count) throw new Error(`the log grew by ${grown} entries over ${count} reports`);
  tell('  proofs and continuations verified afterwards', `${verifySamples(file, logKey)} of a sample, all sound`);
  return rate;
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
