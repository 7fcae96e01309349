import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { pino, type Logger } from 'pino';
import { Agent, type AgentInput } from '../../agent/agent.ts';
import { enrol } from '../../agent/enrol.ts';
import { RecordedHost } from '../../agent/host/recorded.ts';
import { defaultLimits, type HostSettings, type Limits } from '../../agent/settings.ts';
import { startCollector, type Collector, type CollectorInput } from '../../collector/collector.ts';
import { CollectorConfig } from '../../collector/config.ts';
import { parsePolicy, type Policy } from '../../policies/load.ts';

/** A small policy, a recorded host, and both ends of the road between agent and log, for tests of that road. */

export const quickPolicyText = `policy: quick
version: 1
title: { nl: Snel, en: Quick }
source: { document: Test, publisher: Test, dated: 2026-01-01 }
controls:
  - id: Q-password
    clause: "1"
    title: { nl: Wachtwoorden, en: Passwords }
    promise: { nl: Wachtwoorden zijn jonger dan een half jaar., en: Passwords are younger than half a year. }
    remedy: { nl: Wijzig ze., en: Change them. }
    severity: warning
    maps: {}
    check: password-age
    with: { maximumAge: 183d, afterDeparture: false }
`;

export const quickPolicy: Policy = parsePolicy(quickPolicyText, 'quick.yaml');

export function writeQuickPolicy(folder: string): string {
  const file = join(folder, 'quick.yaml');
  writeFileSync(file, quickPolicyText);
  return file;
}

/** A day as shadow(5) writes it. */
export function shadowDay(moment: Date): number {
  return Math.floor(moment.getTime() / 86_400_000);
}

/** The files of a host whose one password was changed on a day. */
export function passwordFiles(changed: Date): { '/etc/passwd': string; '/etc/shadow': string } {
  return {
    '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
    '/etc/shadow': `root:$y$j9T$salt$hash:${shadowDay(changed)}:0:99999:7:::\n`,
  };
}

export const silent: Logger = pino({ level: 'silent' });

export const origin = 'test.example/log';

/** A collector on a free port of 127.0.0.1 and on `data`; end it with its block. */
export async function collectorOn(
  data: string,
  { config = {}, ...input }: { config?: object } & Partial<Omit<CollectorInput, 'config'>> = {},
): Promise<Collector & AsyncDisposable> {
  const collector = await startCollector({
    config: CollectorConfig.parse({ listen: '127.0.0.1:0', origin, data, ...config }),
    log: silent,
    onFatal(error) {
      throw error;
    },
    // A test's own clock may go where it likes.
    ...(input.now === undefined ? {} : { elapsed: () => (input.now?.().getTime() ?? 0) / 1000 }),
    ...input,
  });
  let ended = false;
  const close = async (): Promise<void> => {
    if (!ended) await collector.close();
    ended = true;
  };
  return { ...collector, close, [Symbol.asyncDispose]: close };
}

export interface AgentChoices extends Partial<Pick<AgentInput, 'host' | 'vantage' | 'policies' | 'now' | 'log'>> {
  readonly limits?: Partial<Limits>;
  /** What the check kinds read of agent.yaml. */
  readonly hostSettings?: HostSettings;
}

/** Enrols an agent and opens it. */
export async function enrolAgentAt(
  collector: Pick<Collector, 'url' | 'tokens'>,
  data: string,
  agent: string,
  choices: AgentChoices = {},
): Promise<Agent> {
  const token = { role: 'enrol', label: '', validity: 600, agent } as const;
  const { secret } = collector.tokens.create(token, choices.now?.() ?? new Date());
  await enrol({ collector: collector.url, token: secret, agent, data });
  return agentOn(data, choices, collector.url);
}

/** Opens an agent that is enrolled. */
export function agentOn(
  data: string,
  { limits, hostSettings = {}, ...choices }: AgentChoices = {},
  collector?: string,
): Agent {
  return new Agent({
    settings: {
      labels: {},
      host: hostSettings,
      limits: { ...defaultLimits, ...limits },
      data,
      schedule: '0 0 1 1 *',
      splay: 1,
    },
    policies: [quickPolicy],
    host: new RecordedHost({ hostname: 'recorded', files: passwordFiles(new Date()) }),
    log: silent,
    ...(collector === undefined ? {} : { collector }),
    ...choices,
  });
}
