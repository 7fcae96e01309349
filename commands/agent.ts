import { Command } from 'commander';
import pLimit from 'p-limit';
import { pino, type Logger } from 'pino';
import { Agent } from '../agent/agent.ts';
import { describedHost } from '../agent/described-host.ts';
import { LocalVantage } from '../agent/host/vantage.ts';
import { spareMemory } from '../agent/memory.ts';
import { loadAgentSettings, type AgentSettings } from '../agent/settings.ts';
import { SpoolFullError } from '../agent/spool.ts';
import { loadPolicies } from '../policies/load.ts';
import { endAllTheSame } from './ending.ts';
import { untilSignal } from './signals.ts';

interface AgentOptions {
  readonly config: string;
  readonly once?: true;
}

/** Hosts that are checked at one time: each keeps its connection and what it reads in memory. */
const maximumRuns = 4;

export function command(): Command {
  return new Command('agent')
    .description(
      'Check this host, and those that it reads over SSH, on their schedules; sign and deliver what was found.',
    )
    .requiredOption('--config <file>', 'agent.yaml')
    .option('--once', 'check and deliver once, then end: for a systemd timer')
    .addHelpText(
      'after',
      `
Logs are JSON lines on standard output; WAARBORG_LOG=debug tells more.
Exit code with --once: 0 delivered and proven, 1 kept in the spool because the collector did not take it, or not made
because the spool is full, 2 kept because the log contradicts what it showed before (docs/witness.md), 3 usage. Of
several hosts the highest counts; one that cannot be begun, for want of its enrolment, is 1.

Example:
  waarborg agent --config /etc/waarborg/agent.yaml`,
    )
    .action(runAgents);
}

async function runAgents({ config, once }: AgentOptions): Promise<void> {
  spareMemory();
  const own = loadAgentSettings(config);
  const log = pino({ name: 'waarborg-agent', level: process.env.WAARBORG_LOG ?? 'info' });
  const limit = pLimit(maximumRuns);
  const inTurn = (run: () => Promise<void>): Promise<void> => limit(run);
  using agents = new DisposableStack();
  const first = agents.use(openAgent(own, log, inTurn));
  const others = own.remote.map(loadAgentSettings).flatMap((settings) => {
    const agent = openRemote(settings, log, inTurn);
    return agent === undefined ? [] : [agents.use(agent)];
  });
  if (once !== true) {
    await untilSignal(async (signal) => {
      await Promise.all([first, ...others].map((agent) => agent.stayResident(signal)));
    });
    return;
  }
  const ownCode = limit(() => runOnce(first, log));
  const codes = others.map((agent) => limit(() => runRemoteOnce(agent, log)));
  const isOneMissing = others.length < own.remote.length;
  process.exitCode = Math.max(await ownCode, ...(await Promise.all(codes)), isOneMissing ? 1 : 0);
  endAllTheSame(log);
}

function openAgent(settings: AgentSettings, log: Logger, inTurn: (run: () => Promise<void>) => Promise<void>): Agent {
  return new Agent({
    settings,
    policies: loadPolicies(settings.policies),
    host: describedHost(settings.ssh, process.env.SSH_AUTH_SOCK),
    // Services are watched from where the agent is.
    ...(settings.ssh === undefined ? { vantage: new LocalVantage() } : {}),
    log,
    inTurn,
    collector: settings.collector.url,
    ca: settings.collector.ca,
  });
}

/** One that is not enrolled yet keeps no other from being checked. */
function openRemote(...[settings, log, inTurn]: Parameters<typeof openAgent>): Agent | undefined {
  const ownLog = log.child({ host: settings.agent });
  try {
    return openAgent(settings, ownLog, inTurn);
  } catch (error) {
    ownLog.error({ err: error }, error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

/** What goes wrong with one that is read from here must not keep the others from being done. */
async function runRemoteOnce(agent: Agent, log: Logger): Promise<number> {
  try {
    return await runOnce(agent, log);
  } catch (error) {
    log.error({ err: error, host: agent.identity.agent }, error instanceof Error ? error.message : String(error));
    return 1;
  }
}

/** @returns the exit code that it comes to */
async function runOnce(agent: Agent, log: Logger): Promise<number> {
  let code = 0;
  try {
    await agent.runOnce();
  } catch (error) {
    // What waits is delivered all the same: nothing else makes room.
    if (!(error instanceof SpoolFullError)) throw error;
    log.error({ code: error.code }, error.message);
    code = 1;
  }
  const delivery = await agent.deliverAll();
  if (delivery.state === 'empty') return code;
  if (delivery.state === 'halted' || (delivery.state === 'away' && delivery.code !== undefined)) {
    log.error(delivery, 'the log contradicts what it showed before');
    return 2;
  }
  log.warn(delivery, 'report kept, not delivered');
  return 1;
}
