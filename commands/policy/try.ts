import { Command, Option } from 'commander';
import { storedEvidence } from '../../collector/reports/from-store.ts';
import { tryPolicy, type Trial, type TrialChange } from '../../collector/trial/trial.ts';
import { explainWithSubject } from '../../policies/explain.ts';
import { loadPolicy, type Policy } from '../../policies/load.ts';
import { addCollectorDataOptions } from '../data-options.ts';
import { storeOf, verifiedBundle, type EvidenceOptions } from '../evidence-options.ts';
import { noteHere } from '../note-here.ts';
import { UsageError } from '../subcommand.ts';
import { pad, paint } from '../terminal/style.ts';

interface TryOptions extends EvidenceOptions {
  readonly format: 'table' | 'json';
}

export function tryCommand(): Command {
  return addCollectorDataOptions(new Command('try'))
    .argument('<policy>', 'a document: a file, or one that comes with Waarborg')
    .description(
      'Judge what hosts reported last, and what people did, by a changed document, and tell what would come out otherwise.',
    )
    .option('--bundle <folder>', 'a bundle to judge, rather than the store of a collector')
    .option('--key <log key>', "with --bundle: the log's verification key as its operator published it")
    .addOption(new Option('--format <format>', 'the form').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      `
Exit code: 0 nothing would fail that does not fail now; 1 something would; 2 nothing would, but something would be unknown
that is not now; 3 usage, or a bundle that nothing can rest on.

Example:
  waarborg policy try my-policy.yaml --config /etc/waarborg/collector.yaml
  waarborg policy try my-policy.yaml --bundle evidence-2026-11 --format json`,
    )
    .action(runTry);
}

async function runTry(reference: string, options: TryOptions): Promise<void> {
  const tried = loadPolicy(reference);
  const trial =
    options.bundle === undefined ? await tryOnStore(tried, options) : await tryOnBundle(tried, options.bundle, options);
  process.stdout.write(options.format === 'json' ? jsonOf(tried, trial) : tableOf(tried, trial));
  process.exitCode = exitCodeOf(trial);
}

async function tryOnStore(tried: Policy, options: TryOptions): Promise<Trial> {
  const data = storeOf(options);
  noteHere(data, 'try-policy', `${tried.policy} ${tried.digest}`);
  using evidence = storedEvidence(data);
  return await tryPolicy(evidence, tried);
}

async function tryOnBundle(tried: Policy, folder: string, options: TryOptions): Promise<Trial> {
  const { evidence } = verifiedBundle(folder, options);
  if (evidence === undefined) throw new UsageError(`${folder}: nothing can rest on this bundle`);
  return tryPolicy(evidence, tried);
}

function exitCodeOf({ changes }: Trial): 0 | 1 | 2 {
  if (changes.some(({ to }) => to === 'fail')) return 1;
  return changes.some(({ to }) => to === 'unknown') ? 2 : 0;
}

function jsonOf({ policy, version, digest }: Policy, { hosts, hasOrganisation, unchanged, changes }: Trial): string {
  const trial = { v: 1, policy: { policy, version, digest }, hosts, organisation: hasOrganisation, unchanged, changes };
  return `${JSON.stringify(trial, null, 2)}\n`;
}

function tableOf({ policy, version }: Policy, { hosts, hasOrganisation, unchanged, changes }: Trial): string {
  const subjects = `${hosts.length} host${hosts.length === 1 ? '' : 's'}${hasOrganisation ? ' and the organisation' : ''}`;
  const width = Math.max(0, ...changes.map(({ host }) => nameOf(host).length));
  const byControl = Map.groupBy(changes, ({ control }) => control);
  const parts = [...byControl].map(([control, ofControl]) => {
    return [paint('bold', control), ...ofControl.flatMap((change) => linesOf(change, width)), ''].join('\n');
  });
  const head = `${policy}, version ${version}, on ${subjects}: ${changes.length} would change, ${unchanged} would not`;
  return [head, '', ...parts].join('\n');
}

/** So many reasons are told; JSON has all. */
const toldReasons = 3;

function linesOf({ host, from, to, reasons }: TrialChange, width: number): string[] {
  const told = reasons.filter(({ verdict }) => verdict === to).slice(0, toldReasons);
  return [
    `  ${pad(nameOf(host), width)}  ${from} -> ${to}`,
    ...told.map((reason) => `    ${explainWithSubject(reason, 'en')}`),
  ];
}

function nameOf(host: string | null): string {
  return host ?? 'organisation';
}
