import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { CollectorConfig, loadCollectorConfig } from '../collector/config.ts';
import {
  reportFormatNames,
  reportFormats,
  type ReportFormat,
  type ReportFormatName,
} from '../collector/reports/formats.ts';
import { describeOrder, makeReport, makeStoredReport } from '../collector/reports/make.ts';
import type { ComplianceReport } from '../collector/reports/model.ts';
import { periodOf, scopeOf, withinShown } from '../collector/reports/request.ts';
import { hasOrganisation } from '../collector/reports/view/kept.ts';
import { percentage } from '../collector/reports/view/words.ts';
import { Duration } from '../policies/quantities.ts';
import type { Language } from '../policies/schema.ts';
import { addCollectorDataOptions } from './data-options.ts';
import { storeOf, verifiedBundle, type EvidenceOptions } from './evidence-options.ts';
import { noteHere } from './note-here.ts';
import { several, UsageError } from './subcommand.ts';

interface ReportOptions extends EvidenceOptions {
  readonly from?: string;
  readonly to?: string;
  readonly policy?: string[];
  readonly label?: string[];
  readonly host?: string[];
  readonly staleAfter?: string;
  readonly format: ReportFormatName;
  readonly language: Language;
  readonly output: string;
}

export function command(): Command {
  return addCollectorDataOptions(new Command('report'))
    .description(
      'Write a report for auditors: how each control stood on each host over a period, and what proves it. From the store of a collector, while it runs, or from a bundle, which is verified first.',
    )
    .option('--bundle <folder>', 'a bundle to report from, rather than the store of a collector')
    .option('--key <log key>', "with --bundle: the log's verification key as its operator published it")
    .option('--from <day or moment>', 'when the period begins; 30 days before its end unless given')
    .option(
      '--to <day or moment>',
      'the last day, or the moment before which it ends; else now, or the end of the bundle',
    )
    .addOption(new Option('--policy <name>', 'only this policy; may be repeated').argParser(several))
    .addOption(
      new Option('--label <key=value>', 'only hosts with this label; may be repeated: with all of them').argParser(
        several,
      ),
    )
    .addOption(new Option('--host <name>', 'only this host; may be repeated').argParser(several))
    .option('--stale-after <duration>', "how long a report's word stands; else the collector's own setting, or 1h")
    .addOption(new Option('--format <form>', 'the form of the file').choices(reportFormatNames).default('html'))
    .addOption(new Option('--language <language>', 'what it is written in').choices(['nl', 'en']).default('en'))
    .requiredOption('--output <file>', 'where to write it; for oscal a new or empty folder')
    .addHelpText(
      'after',
      `
Exit code: 0 written, whatever it says; 1 the bundle was tampered with, and nothing is written; 2 the bundle is
incomplete, which the report tells, or there is nothing to verify, and nothing is written; 3 usage.

Example:
  waarborg report --config /etc/waarborg/collector.yaml --from 2026-10-01 --to 2026-10-31 --format pdf --output october.pdf
  waarborg report --bundle evidence-2026-11 --key waarborg.example.nl/log+1a2b3c4d+AX... --output report.html`,
    )
    .action(runReport);
}

async function runReport(options: ReportOptions): Promise<void> {
  assertFree(options);
  const report =
    options.bundle === undefined ? await storedReport(options) : await bundledReport(options.bundle, options);
  if (report === undefined) return;
  await writeReport(report, options);
  process.stdout.write(`${summaryOf(report)}: ${options.output}\n`);
}

async function writeReport(report: ComplianceReport, { format: name, language, output }: ReportOptions): Promise<void> {
  const format: ReportFormat = reportFormats[name];
  if (format.kind === 'file') {
    writeFileSync(output, await format.render(report, language));
    return;
  }
  mkdirSync(output, { recursive: true });
  for (const file of await format.render(report, language)) writeFileSync(join(output, file.name), file.content);
}

/** Files of an older report beside those of this one would be taken for part of it. */
function assertFree({ format, output }: ReportOptions): void {
  if (reportFormats[format].kind === 'file' || !existsSync(output)) return;
  if (!statSync(output).isDirectory() || readdirSync(output).length > 0) {
    throw new UsageError(`--output ${output}: expected a new or empty folder, because ${format} is several files`);
  }
}

async function storedReport(options: ReportOptions): Promise<ComplianceReport> {
  const data = storeOf(options);
  const config = options.config === undefined ? undefined : loadCollectorConfig(options.config);
  const staleAfter = staleAfterOf(options, config?.staleAfter);
  const order = { period: periodOf(options, new Date()), scope: scopeOf(lists(options)) };
  noteHere(data, 'make-report', describeOrder(order, options.format));
  return makeStoredReport({ data, staleAfter, expected: config?.hosts ?? [] }, order);
}

/** @returns undefined where no report can rest on the bundle, which has then been said */
async function bundledReport(folder: string, options: ReportOptions): Promise<ComplianceReport | undefined> {
  const { verification, evidence } = verifiedBundle(folder, options);
  if (evidence === undefined) {
    process.stderr.write('waarborg: no report can rest on this bundle: nothing was written\n');
    return undefined;
  }
  const end = verification.shown?.scope.until ?? evidence.log.lastReceivedAt;
  const period = periodOf(options, new Date(), end === null ? new Date() : new Date(end));
  const asked = scopeOf(lists(options));
  const { shown } = verification;
  const scope = shown === null ? asked : withinShown(asked, period, shown.scope);
  return makeReport(evidence, { staleAfter: staleAfterOf(options, undefined), expected: [] }, { period, scope });
}

function lists({ policy = [], label = [], host = [] }: ReportOptions) {
  return { policy, label, host };
}

function staleAfterOf({ staleAfter }: ReportOptions, configured: number | undefined): number {
  if (staleAfter === undefined) return configured ?? CollectorConfig.shape.staleAfter.parse(undefined);
  const duration = Duration.safeParse(staleAfter);
  if (duration.success) return duration.data;
  throw new UsageError(`--stale-after ${staleAfter}: expected a duration such as 90m, 26h or 7d`);
}

function summaryOf(report: ComplianceReport): string {
  const { period, policies, hosts, totals } = report;
  const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
  const controls = policies.reduce((sum, policy) => sum + policy.controls.length, 0);
  const days = `${period.from.slice(0, 16)}Z to ${period.until.slice(0, 16)}Z`;
  const subjects = `${count(hosts.length, 'host')}${hasOrganisation(report) ? ' and the organisation' : ''}`;
  return `${percentage(totals, 'en')} kept, ${count(controls, 'control')} on ${subjects}, ${days}`;
}
