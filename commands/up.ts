import { hostname } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { pino } from 'pino';
import { Agent } from '../agent/agent.ts';
import { enrol } from '../agent/enrol.ts';
import { LocalHost } from '../agent/host/local.ts';
import { LocalVantage } from '../agent/host/vantage.ts';
import { isEnrolled } from '../agent/identity.ts';
import { describeOs } from '../agent/run.ts';
import type { Role, Tokens } from '../collector/access/tokens.ts';
import { startCollector, type Collector } from '../collector/collector.ts';
import { CollectorConfig } from '../collector/config.ts';
import { AgentName } from '../evidence/report.ts';
import { agentFolder, collectorFolder, trialData } from './data-options.ts';
import { addHostOptions, chooseHost, type ChosenHost, type HostOptions } from './host-options.ts';
import { untilSignal } from './signals.ts';
import { UsageError } from './subcommand.ts';
import { renderOutcome } from './terminal/outcome.ts';
import { ProgressLine } from './terminal/progress.ts';
import { paint } from './terminal/style.ts';

interface UpOptions extends HostOptions {
  readonly once?: true;
  readonly data: string;
  readonly port?: string;
}

const defaultPort = 9850;
const runSchedule = '*/15 * * * *';

export function command(): Command {
  return addHostOptions(new Command('up'))
    .description(
      'A collector and an agent for this host in one process, on loopback only: the quickest look at all of it.',
    )
    .option('--once', 'check once, keep the evidence, print the outcome, and end')
    .option('--data <folder>', 'where evidence and keys are kept', trialData)
    .option('--port <number>', `where the page is served (${defaultPort}; with --once any free one)`)
    .addHelpText(
      'after',
      `
Exit code: 0 whatever was found (waarborg check tells by its exit code), 3 where it could not run.

Example:
  waarborg up --once --policy cloud-provider --label role=web`,
    )
    .action(up);
}

async function up({ once, data, port, ...options }: UpOptions): Promise<void> {
  const chosen = chooseHost(options);
  if (chosen.settings.ssh !== undefined)
    throw new UsageError('--config: expected the agent.yaml of this host, not of one over SSH');
  const collector = await startCollector({
    config: CollectorConfig.parse({
      listen: `127.0.0.1:${portOf(port, once === true)}`,
      origin: `waarborg.local/${ownName()}`,
      data: collectorFolder(data),
    }),
    log: quietLog(),
    onFatal(error) {
      process.stderr.write(`waarborg: ${error.message}\n`);
      process.exit(1);
    },
  });
  try {
    await enrolOnce(collector, agentFolder(data));
    using agent = openAgent(collector, agentFolder(data), chosen);
    await showOnce(agent, chosen);
    if (once === true) {
      tellEvidence(data);
      return;
    }
    await untilSignal((signal) => serve(collector, agent, data, signal));
  } finally {
    await collector.close();
  }
}

/** Serves until the signal; the tokens that are printed hold no longer than that. */
async function serve(collector: Collector, agent: Agent, data: string, signal: AbortSignal): Promise<void> {
  const link = temporaryToken(collector.tokens, 'auditor', 'link of waarborg up');
  const scrape = temporaryToken(collector.tokens, 'metrics', 'scrape of waarborg up');
  process.stdout.write(
    `\n${paint('bold', 'Page')}     ${collector.url}/login?token=${link.secret}` +
      `\n${paint('bold', 'Metrics')}  curl -H 'Authorization: Bearer ${scrape.secret}' ${collector.url}/metrics\n`,
  );
  tellEvidence(data);
  process.stdout.write(paint('dim', 'checks run every 15 minutes; Ctrl-C ends\n'));
  await agent.stayResident(signal, { atOnce: false });
  for (const { id } of [link, scrape]) collector.tokens.revoke(id, new Date());
  process.stdout.write('\nended\n');
}

async function enrolOnce(collector: Collector, data: string): Promise<void> {
  if (isEnrolled(data)) return;
  const token = { role: 'enrol', label: 'own agent of waarborg up', validity: 600, agent: ownName() } as const;
  const { secret } = collector.tokens.create(token, new Date());
  await enrol({ collector: collector.url, token: secret, agent: ownName(), data });
}

function openAgent(collector: Collector, data: string, { settings, policies }: ChosenHost): Agent {
  const progress = new ProgressLine();
  return new Agent({
    settings: { ...settings, data, schedule: runSchedule, splay: 1 },
    policies,
    host: new LocalHost(),
    vantage: new LocalVantage(),
    log: quietLog(),
    collector: collector.url,
    onProgress: (kind, state) => progress.change(kind, state),
  });
}

async function showOnce(agent: Agent, { policies }: ChosenHost): Promise<void> {
  const host = new LocalHost();
  const run = await agent.runOnce();
  const os = describeOs(await host.readText('/etc/os-release'));
  process.stdout.write(renderOutcome({ hostname: host.hostname, os, run, policies }));
  const delivery = await agent.deliverAll();
  if (delivery.state === 'empty') return;
  process.stderr.write(`waarborg: the report is kept, but the log did not take it: ${delivery.why}\n`);
}

function tellEvidence(data: string): void {
  const flag = data === trialData ? '' : ` --data ${data}`;
  process.stdout.write(
    `\n${paint('bold', 'Evidence')} ${join(data, 'collector')}` +
      `\n         waarborg export bundle${flag} && waarborg verify bundle ${paint('dim', '(npm run waarborg -- export ...)')}\n`,
  );
}

function temporaryToken(tokens: Tokens, role: Role, label: string): { id: string; secret: string } {
  return tokens.create({ role, label, validity: 30 * 86_400 }, new Date());
}

function portOf(text: string | undefined, isOnce: boolean): number {
  if (text === undefined) return isOnce ? 0 : defaultPort;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UsageError(`--port ${text}: expected a number from 0 to 65535`);
}

function ownName(): string {
  const name = AgentName.safeParse(hostname().toLowerCase());
  return name.success ? name.data : 'this-host';
}

/** A person reads the terminal: only what is wrong, on standard error. */
function quietLog() {
  return pino({ name: 'waarborg', level: process.env.WAARBORG_LOG ?? 'warn' }, pino.destination(2));
}
