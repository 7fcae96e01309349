import type { Logger } from 'pino';
import { Agent } from '../../agent/agent.ts';
import { describedHost } from '../../agent/described-host.ts';
import type { AgentSettings } from '../../agent/settings.ts';
import { loadPolicies } from '../../policies/load.ts';

/**
 * The agent of an agent.yaml, on its data folder.
 * @throws LockedError, DataFolderError, NotEnrolledError, DamagedError, DocumentError
 */
export function openAgent(settings: AgentSettings, log: Logger): Agent {
  return new Agent({
    settings,
    policies: loadPolicies(settings.policies),
    host: describedHost(settings.ssh, process.env.SSH_AUTH_SOCK),
    log,
    collector: settings.collector.url,
    ca: settings.collector.ca,
  });
}

/** One that cannot be opened, such as one that is not enrolled yet, keeps no other from being checked. */
export function openRemote(settings: AgentSettings, log: Logger): Agent | undefined {
  const ownLog = log.child({ host: settings.agent });
  try {
    return openAgent(settings, ownLog);
  } catch (error) {
    tellUnopened(error, ownLog);
    return undefined;
  }
}

export function tellUnopened(error: unknown, log: Logger): void {
  log.error({ err: error }, error instanceof Error ? error.message : String(error));
}
