import pLimit from 'p-limit';
import type { Logger } from 'pino';
import type { Agent } from '../../agent/agent.ts';
import { spareMemory } from '../../agent/memory.ts';
import { loadAgentSettings } from '../../agent/settings.ts';
import { SpoolFullError } from '../../agent/spool.ts';
import { endAllTheSame } from '../ending.ts';
import { untilSignal } from '../signals.ts';
import { compilingEnvironment, isInterpreting, runChild } from './child.ts';
import { agentLog } from './log.ts';
import { giveSigns } from './message.ts';
import { openAgent, openRemote } from './open.ts';
import { maximumRuns } from './turns.ts';

/** Checks this host and those that it reads over SSH, delivers, and sets the exit code that it comes to. */
export async function runAllOnce(config: string): Promise<void> {
  spareMemory();
  giveSigns();
  const own = loadAgentSettings(config);
  if (isInterpreting && (own.ssh !== undefined || own.remote.length > 0)) {
    await untilSignal((signal) => runAgain(config, signal));
    return;
  }
  const log = agentLog();
  const limit = pLimit(maximumRuns);
  using agents = new DisposableStack();
  const first = agents.use(openAgent(own, log));
  const others = own.remote.map(loadAgentSettings).flatMap((settings) => {
    const agent = openRemote(settings, log);
    return agent === undefined ? [] : [agents.use(agent)];
  });
  const ownCode = limit(() => runOnce(first, log));
  const codes = others.map((agent) => limit(() => runRemoteOnce(agent, log)));
  const isOneMissing = others.length < own.remote.length;
  process.exitCode = Math.max(await ownCode, ...(await Promise.all(codes)), isOneMissing ? 1 : 0);
  endAllTheSame(log);
}

async function runAgain(config: string, signal: AbortSignal): Promise<void> {
  const { how } = await runChild(['agent', '--config', config, '--once'], signal, {
    env: compilingEnvironment(),
  });
  process.exitCode = typeof how === 'number' ? how : 1;
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
