import { Command, Option } from 'commander';
import { NoticesAnswer, TrialAnswer } from '../collector/notices/exchange.ts';
import { addCollectorOptions, CollectorClient, type CollectorOptions } from './collector-client.ts';
import { cleanText, pad } from './terminal/style.ts';

interface ListOptions extends CollectorOptions {
  readonly format: 'table' | 'json';
}

export function command(): Command {
  const notices = new Command('notices')
    .description('Who is told of what changes, and what became of each message.')
    .addHelpText(
      'after',
      `
Example:
  waarborg notices test desk --collector https://waarborg.example.nl --token-file operator.token
  waarborg notices list --collector https://waarborg.example.nl`,
    );
  addCollectorOptions(notices.command('list'))
    .description('Receivers, and their messages of the last 90 days, newest first.')
    .addOption(new Option('--format <format>', 'the form').choices(['table', 'json']).default('table'))
    .action(list);
  addCollectorOptions(notices.command('test <receiver>'))
    .description('Send a trial to a receiver at once, and say whether it was taken.')
    .action(test);
  return notices;
}

async function list({ format, ...options }: ListOptions): Promise<void> {
  const answer = await new CollectorClient(options).get('/api/v1/notices', NoticesAnswer);
  process.stdout.write(format === 'json' ? `${JSON.stringify(answer, null, 2)}\n` : noticesTable(answer));
}

async function test(receiver: string, options: CollectorOptions): Promise<void> {
  await new CollectorClient(options).post('/api/v1/notices/trial', { v: 1, receiver }, TrialAnswer);
  process.stdout.write(`${receiver} took it\n`);
}

/** Receivers with their figures, then a line a message. */
export function noticesTable({ receivers, messages }: NoticesAnswer): string {
  if (receivers.length === 0) return 'nobody is told anything: collector.yaml has no notices\n';
  const figures = receivers.map(({ name, by, pending, waiting, sent, failed }) =>
    [name, by, String(sent), String(waiting), String(failed), String(pending)].map(cleanText),
  );
  const told = messages.map(({ made, receiver, state, subject, error }) =>
    [made, receiver, state, error === null ? subject : `${subject} (${error})`].map(cleanText),
  );
  const tables = [[['receiver', 'by', 'sent', 'waiting', 'given up', 'not enclosed'], ...figures], told];
  return tables
    .filter((rows) => rows.length > 0)
    .map((rows) => `${columns(rows).join('\n')}\n`)
    .join('\n');
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
