import { Command } from 'commander';
import { pino } from 'pino';
import { Agent } from '../agent/agent.ts';
import { LocalHost } from '../agent/host/local.ts';
import { LocalVantage } from '../agent/host/vantage.ts';
import { spareMemory } from '../agent/memory.ts';
import { loadAgentSettings } from '../agent/settings.ts';
import { SpoolFullError } from '../agent/spool.ts';
import { loadPolicies } from '../policies/load.ts';
import { untilSignal } from './signals.ts';

interface AgentOptions {
  readonly config: string;
  readonly once?: true;
}

export function command(): Command {
  return new Command('agent')
    .description('Check this host on its schedule, sign what was found, and deliver it to the collector.')
    .requiredOption('--config <file>', 'agent.yaml')
    .option('--once', 'check and deliver once, then end: for a systemd timer')
    .addHelpText(
      'after',
      `
Logs are JSON lines on standard output; WAARBORG_LOG=debug tells more.
Exit code with --once: 0 delivered and proven, 1 kept in the spool because the collector did not take it, or not made
because the spool is full, 2 kept because the log contradicts what it showed before (docs/witness.md), 3 usage.

Example:
  waarborg agent --config /etc/waarborg/agent.yaml`,
    )
    .action(runAgent);
}

async function runAgent({ config, once }: AgentOptions): Promise<void> {
  spareMemory();
  const settings = loadAgentSettings(config);
  const log = pino({ name: 'waarborg-agent', level: process.env.WAARBORG_LOG ?? 'info' });
  using agent = new Agent({
    settings,
    policies: loadPolicies(settings.policies),
    host: new LocalHost(),
    vantage: new LocalVantage(),
    log,
    ...(settings.collector === undefined ? {} : { collector: settings.collector.url }),
  });
  if (once !== true) {
    await untilSignal((signal) => agent.stayResident(signal));
    return;
  }
  try {
    await agent.runOnce();
  } catch (error) {
    // What waits is delivered all the same: nothing else makes room.
    if (!(error instanceof SpoolFullError)) throw error;
    log.error({ code: error.code }, error.message);
    process.exitCode = 1;
  }
  const delivery = await agent.deliverAll();
  if (delivery.state === 'empty') return;
  if (delivery.state === 'halted' || (delivery.state === 'away' && delivery.code !== undefined)) {
    log.error(delivery, 'the log contradicts what it showed before');
    process.exitCode = 2;
    return;
  }
  log.warn(delivery, 'report kept, not delivered');
  process.exitCode = 1;
}
