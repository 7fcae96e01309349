import { z } from 'zod';
import { queueSteps, type AnomaliesFacts, type Sent } from '../../../policies/checks/anomalies/facts.ts';
import { stepOf } from '../../../policies/ladder.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { toolFailure } from '../tool-failure.ts';
import { breakFrom, breakSince, closedDays, dayFor, newSeries, seriesOf, type Series } from './days.ts';
import { Place, readNew } from './login-source.ts';
import { senderIn } from './mail-records.ts';
import { openMemory } from './memory.ts';
import { readEximLog } from './exim-log.ts';
import type { TimedRecord } from './records.ts';

const maximumOutput = 32 * 2 ** 20;
/** Where syslog writes what mail programs say. */
export const usualMailLogs: readonly string[] = ['/var/log/mail.log', '/var/log/maillog'];

const maximumAccounts = 1000;
const named = 10;

const Figures = z.object({ records: z.int(), sent: z.int(), accounts: z.record(z.string(), z.int()) });
type Figures = z.output<typeof Figures>;
const Kept = z.object({ place: Place, series: seriesOf(Figures) });
const none: Figures = { records: 0, sent: 0, accounts: {} };

type Program = 'postfix' | 'exim';

interface Queue {
  readonly program: Program;
  readonly queue: Reading<number | null>;
}

/** The queue of Postfix or Exim now, and what accounts handed in by day. */
export async function readMail(
  context: CollectContext,
  zone: string,
  file: string | undefined,
): Promise<AnomaliesFacts['mail']> {
  const found = await readQueue(context);
  if (found.state === 'unreadable') return found;
  if (found.value === null) return null;
  const { program, queue } = found.value;
  return read({ program, queue, sent: await readSent(context, zone, program, file) });
}

async function readQueue({ host, signal }: CollectContext): Promise<Reading<Queue | null>> {
  const postfix = await host.run({ file: 'postqueue', args: ['-j'], timeout: 20, maximumOutput }, signal);
  if (postfix.state === 'read') {
    const { exitCode, stdout } = postfix.value;
    const lines = stdout.split('\n').filter((line) => line.startsWith('{')).length;
    const queue = exitCode === 0 ? step(lines) : toolFailure('postqueue', postfix.value);
    return read({ program: 'postfix', queue });
  }
  if (postfix.obstacle.code !== 'command-missing') return read({ program: 'postfix', queue: postfix });
  for (const file of ['exim4', 'exim']) {
    const exim = await host.run({ file, args: ['-bpc'], timeout: 20 }, signal);
    if (exim.state === 'unreadable') {
      if (exim.obstacle.code === 'command-missing') continue;
      return read({ program: 'exim', queue: exim });
    }
    const { exitCode, stdout } = exim.value;
    const isFigure = exitCode === 0 && /^\d+\s*$/.test(stdout);
    const queue = isFigure ? step(Number(stdout)) : toolFailure(file, exim.value);
    return read({ program: 'exim', queue });
  }
  return read(null);
}

function step(count: number): Reading<number | null> {
  return read(stepOf(count, queueSteps));
}

async function readSent(
  context: CollectContext,
  zone: string,
  program: Program,
  file: string | undefined,
): Promise<Reading<Sent>> {
  const { at, ledger } = context;
  const memory = openMemory(ledger, `anomalies ${program}`, Kept);
  const before = memory.before?.place;
  const series: Series<Figures> = memory.before?.series ?? newSeries(at);
  let last: Date | undefined;
  const take = (record: TimedRecord): void => {
    count(context, zone, series, record);
    last = record.moment;
  };
  const files = file === undefined ? undefined : [file];
  const asked = { files: files ?? usualMailLogs, facilities: 'mail', zone };
  const fresh =
    program === 'exim'
      ? await readEximLog(context, zone, files, before, take)
      : await readNew(context, asked, before, take);
  if (fresh.state === 'unreadable') return fresh;
  if (fresh.value.isBroken && memory.before !== undefined) breakSince(series, at, zone);
  if (fresh.value.isBehind) breakFrom(series, last, at, zone);
  const days = closedDays(series, { at, zone, nothing: none });
  series.until = at.toISOString();
  memory.keep({ place: fresh.value.place, series });
  return read({
    since: ledger.isKept ? series.since : null,
    source: fresh.value.source,
    days: days.map(({ accounts, ...rest }) => ({ ...rest, accounts: mostOf(accounts) })),
  });
}

function count(
  context: CollectContext,
  zone: string,
  series: Series<Figures>,
  { moment, program, message }: TimedRecord,
): void {
  const figures = (series.days[dayFor(series, moment, { at: context.at, zone })] ??= structuredClone(none));
  figures.records += 1;
  const sender = senderIn(program, message);
  if (sender === undefined) return;
  figures.sent += 1;
  const account = context.pseudonym(sender);
  const isRoom = account in figures.accounts || Object.keys(figures.accounts).length < maximumAccounts;
  const name = isRoom ? account : 'others';
  figures.accounts[name] = (figures.accounts[name] ?? 0) + 1;
}

function mostOf(accounts: Readonly<Record<string, number>>): { account: string; sent: number }[] {
  return Object.entries(accounts)
    .map(([account, sent]) => ({ account: account.slice(0, 256), sent }))
    .sort((a, b) => b.sent - a.sent || (a.account < b.account ? -1 : 1))
    .slice(0, named);
}
