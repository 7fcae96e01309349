import type { Logger } from 'pino';
import { usualPace } from '../../agent/availability/pace.ts';
import { AvailabilityPart } from '../../agent/availability/settings.ts';
import { watchAvailability } from '../../agent/availability/watch.ts';
import { LocalVantage } from '../../agent/host/vantage.ts';
import { LockedError } from '../../agent/lock.ts';
import { spareMemory } from '../../agent/memory.ts';
import type { Standing } from '../../agent/resident.ts';
import { loadAgentSettings, type AgentSettings } from '../../agent/settings.ts';
import { endAllTheSame } from '../ending.ts';
import { untilSignal } from '../signals.ts';
import { UsageError } from '../subcommand.ts';
import { agentLog } from './log.ts';
import { errandOf, giveSigns, type Message, type PlannedAgent, type Task } from './message.ts';
import { openAgent, tellUnopened } from './open.ts';

/**
 * Does one task for the process that stays, and answers it. Ends early, leaving nothing half done, when a signal comes or
 * that process is gone.
 */
export async function doTask(task: Task, config: string): Promise<void> {
  if (!process.connected) throw new UsageError('--task: expected only where an agent that stays starts it');
  spareMemory();
  giveSigns();
  await untilSignal(async (ended) => {
    const signal = AbortSignal.any([ended, left()]);
    switch (task) {
      case 'plan':
        await answer({ plan: planOf(config) });
        break;
      case 'watch':
        await watch(loadAgentSettings(config), signal);
        break;
      default:
        await answer({ standing: await runErrand(task, loadAgentSettings(config), signal) });
    }
  });
  leave();
  endAllTheSame(agentLog());
}

/** Aborted when the process that stays is gone, or wants this one to end. */
function left(): AbortSignal {
  const controller = new AbortController();
  process.once('disconnect', () => controller.abort());
  // To listen for it must not keep a process whose work is done.
  process.channel?.unref();
  return controller.signal;
}

/** Where nobody is left to hear it, there is nothing to tell. */
async function answer(message: Message): Promise<void> {
  if (process.connected) await new Promise<void>((resolve) => process.send?.(message, () => resolve()));
}

function leave(): void {
  if (process.connected) process.disconnect?.();
}

/**
 * This host, and those that it reads over SSH as far as they can be opened.
 * @throws DocumentError, and what opening this host's agent throws
 */
function planOf(config: string): PlannedAgent[] {
  const log = agentLog();
  const own = loadAgentSettings(config);
  tryOpening(own, log);
  const others = own.remote.flatMap((file) => {
    const settings = loadAgentSettings(file);
    try {
      tryOpening(settings, log);
      return [plannedOf(file, settings)];
    } catch (error) {
      tellUnopened(error, log.child({ host: settings.agent }));
      return [];
    }
  });
  return [plannedOf(config, own), ...others];
}

/**
 * Sees whether an agent can be opened. One whose folder another process has, such as a run by hand, can be in a moment.
 * @throws DataFolderError, NotEnrolledError, DamagedError, DocumentError
 */
function tryOpening(settings: AgentSettings, log: Logger): void {
  try {
    openAgent(settings, log)[Symbol.dispose]();
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    log.info({ code: error.code }, error.message);
  }
}

function plannedOf(config: string, { agent, ssh, data, splay, host }: AgentSettings): PlannedAgent {
  const { targets } = AvailabilityPart.parse(host).availability;
  // Services are watched from where the agent is.
  const watches = ssh === undefined && targets.length > 0;
  return { config, host: ssh === undefined ? undefined : agent, data, splay, watches };
}

async function runErrand(
  task: Parameters<typeof errandOf>[0],
  settings: AgentSettings,
  signal: AbortSignal,
): Promise<Standing> {
  const log = settings.ssh === undefined ? agentLog() : agentLog().child({ host: settings.agent });
  using agent = openAgent(settings, log);
  return await agent.run(errandOf(task), signal);
}

async function watch({ host, data }: AgentSettings, signal: AbortSignal): Promise<void> {
  const { availability } = AvailabilityPart.parse(host);
  const own = { data, now: () => new Date(), log: agentLog() };
  await watchAvailability({ settings: availability, vantage: new LocalVantage(), pace: usualPace, ...own }, signal);
}
