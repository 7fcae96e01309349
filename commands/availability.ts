import { Command, Option } from 'commander';
import { agreements, type Agreement } from '../collector/availability/combine.ts';
import { statementFormats, type StatementFormat } from '../collector/availability/formats.ts';
import { availabilityStatement, StatementError, type StatementOrder } from '../collector/availability/statement.ts';
import { storedEvidence } from '../collector/reports/from-store.ts';
import { addCollectorDataOptions } from './data-options.ts';
import { storeOf, verifiedBundle, type EvidenceOptions } from './evidence-options.ts';
import { UsageError } from './subcommand.ts';

interface AvailabilityOptions extends EvidenceOptions {
  readonly month: string;
  readonly policy: string;
  readonly agree: Agreement;
  readonly fee?: string;
  readonly currency: string;
  readonly format: StatementFormat;
}

export function command(): Command {
  return addCollectorDataOptions(new Command('availability'))
    .description(
      'The statement of a month: how long services were up, down and not seen, what is left of the promise, and the credit. From the store of a collector, or from a bundle, which is verified first; both give the same.',
    )
    .requiredOption('--month <month>', 'the month, such as 2026-10')
    .requiredOption('--policy <name>', 'whose promises')
    .addOption(
      new Option('--agree <rule>', 'how many of the vantage points that could see must have seen it down')
        .choices(agreements)
        .default('majority'),
    )
    .option('--fee <amount>', 'what is paid for a service a month, such as 100 or 99.50')
    .option('--currency <code>', 'what the fee is in', 'EUR')
    .option('--bundle <folder>', 'a bundle, rather than the store of a collector')
    .option('--key <log key>', "with --bundle: the log's verification key as its operator published it")
    .addOption(new Option('--format <form>', 'what is printed').choices(Object.keys(statementFormats)).default('table'))
    .addHelpText(
      'after',
      `
Exit code: 0 every promise was kept, 1 one was broken, or the bundle was tampered with, 2 one is unknown and none
broken, or the bundle is incomplete, 3 usage, or nothing that tells of the month.

Example:
  waarborg availability --config /etc/waarborg/collector.yaml --month 2026-10 --policy cloud-provider --fee 100
  waarborg availability --bundle evidence --key waarborg.example.nl/log+1a2b3c4d+AX... --month 2026-10 --policy psohub --format json`,
    )
    .action(runAvailability);
}

function runAvailability(options: AvailabilityOptions): void {
  const order = orderOf(options);
  const statement = options.bundle === undefined ? stored(options, order) : bundled(options.bundle, options, order);
  if (statement === undefined) return;
  process.stdout.write(statementFormats[options.format](statement));
  const outcomes = statement.promises.map(({ outcome }) => outcome);
  const isUnknown = outcomes.length === 0 || outcomes.includes('unknown');
  // What the bundle's verification came to stands where it is worse.
  const own = outcomes.includes('broken') ? 1 : isUnknown ? 2 : 0;
  if (own !== 0) process.exitCode = own;
}

function stored(options: AvailabilityOptions, order: StatementOrder) {
  using evidence = storedEvidence(storeOf(options));
  return made(evidence, order);
}

/** @returns undefined where no statement can rest on the bundle, which has then been said */
function bundled(folder: string, options: AvailabilityOptions, order: StatementOrder) {
  const { verification, evidence } = verifiedBundle(folder, options);
  if (verification.shown !== null) {
    throw new UsageError('the bundle shows a part of its log; expected all of it, so that no report is left out');
  }
  if (evidence !== undefined) return made(evidence, order);
  process.stderr.write('waarborg: no statement can rest on this bundle\n');
  return undefined;
}

function made(evidence: Parameters<typeof availabilityStatement>[0], order: StatementOrder) {
  try {
    return availabilityStatement(evidence, order);
  } catch (error) {
    if (error instanceof StatementError) throw new UsageError(error.message);
    throw error;
  }
}

/** @throws UsageError */
function orderOf({ month, policy, agree: agreement, fee, currency }: AvailabilityOptions): StatementOrder {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month))
    throw new UsageError(`--month ${month}: expected a month such as 2026-10`);
  if (!/^[A-Z]{3}$/.test(currency)) throw new UsageError(`--currency ${currency}: expected a code such as EUR`);
  const order = { month, policy, agreement };
  if (fee === undefined) return order;
  if (!/^\d{1,9}(\.\d{2})?$/.test(fee)) throw new UsageError(`--fee ${fee}: expected an amount such as 100 or 99.50`);
  return { ...order, fee: { amount: Math.round(Number(fee) * 100), currency } };
}
