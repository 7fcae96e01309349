import { Command, Option } from 'commander';
import { OrganisationAnswer } from '../../collector/people/exchange.ts';
import type { Act } from '../../evidence/act.ts';
import { isSameLot, Month, type Lot } from '../../policies/checks/spot-checks.ts';
import { monthOf } from '../../policies/people/months.ts';
import { addCollectorOptions, CollectorClient, type CollectorOptions } from '../collector-client.ts';
import { UsageError } from '../subcommand.ts';
import { pad } from '../terminal/style.ts';
import type { SaidOptions } from './said.ts';

type Sample = OrganisationAnswer['samples'][number];

interface SampleOptions extends CollectorOptions {
  readonly month?: string;
  readonly format: 'table' | 'json';
}

interface SpotCheckOptions extends CollectorOptions, SaidOptions {
  readonly policy: string;
  readonly month?: string;
  readonly found: 'confirmed' | 'deviates';
}

export function sampleCommand(): Command {
  return addCollectorOptions(new Command('sample'))
    .description('What is to be looked at of a month, and all that it takes to draw it again.')
    .option('--month <month>', 'such as 2026-11 (all that are asked for)')
    .addOption(new Option('--format <format>', 'the form').choices(['table', 'json']).default('table'))
    .action(printSample);
}

/** @param act takes what was found, with what is said of it, to the collector */
export function spotCheckCommand(act: (done: Act, options: SaidOptions & CollectorOptions) => Promise<void>): Command {
  return addCollectorOptions(new Command('spot-check'))
    .arguments('<host> <control>')
    .option('--text <text>', 'what there is to say of it; it is kept beside the log, and can be erased')
    .option('--file <file...>', 'evidence, kept as it is')
    .description('Write down what you found when you looked at a control of a host that the sample names.')
    .requiredOption('--policy <name>', 'the document that the control stands in')
    .addOption(
      new Option('--found <found>', 'whether it is as the host reports')
        .choices(['confirmed', 'deviates'])
        .makeOptionMandatory(),
    )
    .option('--month <month>', 'of which month (this one)')
    .action(async (host: string, control: string, { policy, month, found, ...options }: SpotCheckOptions) => {
      const of = month === undefined ? monthOf(new Date().toISOString()) : monthOption(month);
      await act({ act: 'spot-check', month: of, host, policy, control, found }, options);
    });
}

async function printSample({ month, format, ...options }: SampleOptions): Promise<void> {
  const { samples } = await new CollectorClient(options).get('/api/v1/organisation', OrganisationAnswer);
  const of = month === undefined ? undefined : monthOption(month);
  const wanted = samples.filter((sample) => of === undefined || sample.month === of);
  if (wanted.length === 0) {
    throw new UsageError(
      `${of === undefined ? '' : `${of}: `}no document that is followed asks for a sample of that time`,
    );
  }
  process.stdout.write(format === 'json' ? `${JSON.stringify(wanted, null, 2)}\n` : wanted.map(sampleTable).join('\n'));
}

function monthOption(text: string): string {
  const month = Month.safeParse(text).data;
  if (month === undefined) throw new UsageError(`--month ${text}: expected a month such as 2026-11`);
  return month;
}

function sampleTable({ month, first, root, population, sealed, sample, asked, due, checks }: Sample): string {
  const from = [
    `first entry  ${first.index}, received ${first.receivedAt}`,
    `tree         ${first.index + 1} entries, root ${root}`,
    `drawn from   ${population ?? 'nobody can tell how many'} controls of hosts`,
  ];
  if (sealed === null) return [month, ...from, 'sealed by    no report yet', ''].join('\n');
  const { index, receivedAt, seed } = sealed;
  const lots = sample.slice(0, asked).map((lot, place) => {
    const last = checks.findLast((check) => isSameLot(check, lot));
    const told = last === undefined ? 'to be looked at' : `${last.found} on ${last.recorded}`;
    return `${pad(String(place + 1), 3)}  ${nameOf(lot)}: ${told}`;
  });
  const drawn = [
    `sealed by    entry ${index}, received ${receivedAt}`,
    `seed         ${seed}`,
    `due          ${due ?? ''}`,
  ];
  return [month, ...from, ...drawn, ...lots, ''].join('\n');
}

function nameOf({ host, policy, control }: Lot): string {
  return `${host} ${policy} ${control}`;
}
