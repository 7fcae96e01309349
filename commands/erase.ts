import { Command, Option } from 'commander';
import { ErasureAnswer, ErasureRequest } from '../collector/administration/exchange.ts';
import { AgentName } from '../evidence/report.ts';
import { PayloadErased } from '../evidence/entry.ts';
import { Duration } from '../policies/quantities.ts';
import { addCollectorOptions, CollectorClient, type CollectorOptions } from './collector-client.ts';
import { UsageError } from './subcommand.ts';
import { ProgressLine } from './terminal/progress.ts';

interface EraseOptions extends CollectorOptions {
  readonly host?: string;
  readonly before?: string;
  readonly olderThan?: string;
  readonly ground: ErasureRequest['ground'];
  readonly reference: string;
  readonly dryRun?: boolean;
}

export function command(): Command {
  return addCollectorOptions(new Command('erase'))
    .description('Erase what reports say, for good. The log keeps that they were there, which parts went, and why.')
    .option('--host <name>', 'what this host reported')
    .option('--before <date>', 'what no report received on this day (UTC) or later rests on, such as 2026-01-31')
    .option('--older-than <duration>', 'the same, counted back from now, such as 400d')
    .addOption(
      new Option('--ground <ground>', 'why, as the log will say for ever')
        .choices(PayloadErased.shape.ground.options)
        .makeOptionMandatory(),
    )
    .requiredOption('--reference <number>', 'of the decision in your own records, such as 2026-117; no names')
    .option('--dry-run', 'only count what would be erased')
    .addHelpText(
      'after',
      `
Kept is what the newest report of a host rests on, unless the host was revoked.

Example:
  waarborg erase --host web1.example.nl --ground contract-ended --reference 2026-117 \\
    --collector https://waarborg.example.nl --token-file operator.token`,
    )
    .action(erase);
}

async function erase(options: EraseOptions): Promise<void> {
  const request = requestOf(options, new Date());
  const client = new CollectorClient(options);
  const progress = new ProgressLine();
  let parts = 0;
  let entries = 0;
  for (;;) {
    const answer = await client.post('/api/v1/erasures', request, ErasureAnswer);
    switch (answer.state) {
      case 'reading':
        progress.say(`${answer.read} of ${answer.of} entries read …`);
        continue;
      case 'counted':
        progress.clear();
        process.stdout.write(`${answer.isAll ? '' : 'at least '}${answer.parts} parts would be erased\n`);
        return;
      case 'erased':
        parts += answer.parts;
        entries += answer.index === null ? 0 : 1;
        progress.say(`${parts} parts erased …`);
        if (answer.isLeft) continue;
    }
    progress.clear();
    process.stdout.write(
      parts === 0
        ? 'there was nothing to erase\n'
        : `${parts} parts erased; entries of the log that say so: ${entries}\n`,
    );
    return;
  }
}

function requestOf({ host, ground, reference, dryRun = false, ...age }: EraseOptions, now: Date): ErasureRequest {
  if (host !== undefined && !AgentName.safeParse(host).success) {
    throw new UsageError(`--host ${host}: expected a host name in lower case, such as web1.example.nl`);
  }
  const before = momentOf(age, now);
  if (host === undefined && before === undefined) {
    throw new UsageError('nothing says what to erase: give --host, --before or --older-than');
  }
  const parsed = PayloadErased.shape.reference.safeParse(reference);
  if (!parsed.success) throw new UsageError(`--reference ${reference}: expected a case number such as 2026-117`);
  return {
    v: 1,
    ...(host === undefined ? {} : { host }),
    ...(before === undefined ? {} : { before: before.toISOString() }),
    ...{ ground, reference, dryRun },
  };
}

function momentOf({ before, olderThan }: Pick<EraseOptions, 'before' | 'olderThan'>, now: Date): Date | undefined {
  if (before !== undefined && olderThan !== undefined) throw new UsageError('give --before or --older-than, not both');
  if (before !== undefined) {
    const moment = new Date(`${before}T00:00:00.000Z`);
    const isDay = !Number.isNaN(moment.getTime()) && moment.toISOString().slice(0, 10) === before;
    if (isDay && moment <= now) return moment;
    throw new UsageError(`--before ${before}: expected a day that has begun, such as 2026-01-31`);
  }
  if (olderThan === undefined) return undefined;
  const duration = Duration.safeParse(olderThan);
  if (duration.success) return new Date(now.getTime() - duration.data * 1000);
  throw new UsageError(`--older-than ${olderThan}: expected a duration such as 400d`);
}
