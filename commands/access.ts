import { Command, Option } from 'commander';
import type { AccessRecord } from '../collector/access/access-log.ts';
import { AccessAnswer } from '../collector/access/exchange.ts';
import { addCollectorOptions, CollectorClient, type CollectorOptions } from './collector-client.ts';
import { UsageError } from './subcommand.ts';
import { cleanText } from './terminal/style.ts';

interface ListOptions extends CollectorOptions {
  readonly limit: string;
  readonly before?: string;
  readonly format: 'table' | 'json';
}

/** Something in the access log is missing, or not what it was. */
const exitBroken = 1;

export function command(): Command {
  const access = new Command('access').description('Who did what on the collector, and who saw what.').addHelpText(
    'after',
    `
Exit code of list: 0 the log stands as it was written, 1 something in it is missing or was changed, 3 usage.

Example:
  waarborg access list --limit 50 --collector https://waarborg.example.nl --token-file auditor.token`,
  );
  addCollectorOptions(access.command('list'))
    .description('Records, newest first. Takes a token of an auditor or an operator.')
    .option('--limit <count>', 'so many, 1000 at most', '100')
    .option('--before <number>', 'those before this number')
    .addOption(new Option('--format <format>', 'the form').choices(['table', 'json']).default('table'))
    .action(list);
  return access;
}

async function list({ limit, before, format, ...options }: ListOptions): Promise<void> {
  const query = new URLSearchParams({ limit: wholeNumber('--limit', limit) });
  if (before !== undefined) query.set('before', wholeNumber('--before', before));
  const answer = await new CollectorClient(options).get(`/api/v1/access?${query.toString()}`, AccessAnswer);
  process.stdout.write(format === 'json' ? `${JSON.stringify(answer, null, 2)}\n` : accessTable(answer));
  if (answer.brokenAt !== null) process.exitCode = exitBroken;
}

function wholeNumber(option: string, text: string): string {
  if (/^[1-9]\d{0,14}$/.test(text)) return text;
  throw new UsageError(`${option} ${text}: expected a whole number of 1 or more`);
}

/** A line a record, and what can be relied on. */
export function accessTable({ records, head, dropped, brokenAt }: AccessAnswer): string {
  const lines = records.map(lineOf);
  const state =
    brokenAt === null
      ? `records ${dropped.number + 1} to ${head.number} stand as they were written; the last one's hash is ${head.hash}`
      : `record ${brokenAt} is missing or was changed: what follows cannot be relied on`;
  return `${[...lines, '', state].join('\n')}\n`;
}

function lineOf({ number, at, person, role, from, did, about }: AccessRecord): string {
  const who = person === null ? role : `${person} (${role})`;
  const told = [String(number), at, who, did, about ?? '', from === null ? '' : `from ${from}`];
  return told
    .filter((text) => text !== '')
    .map(cleanText)
    .join('  ');
}
