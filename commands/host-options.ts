import { Option, type Command } from 'commander';
import { defaultLimits, loadAgentSettings, type AgentSettings } from '../agent/settings.ts';
import { loadPolicies, shippedPolicies, type Policy } from '../policies/load.ts';
import { Labels } from '../policies/schema.ts';
import { several, UsageError } from './subcommand.ts';

export interface HostOptions {
  readonly config?: string;
  readonly policy?: string[];
  readonly label?: string[];
}

/** What `check` and `up` share: where the host's settings come from, and what it is checked against. */
export function addHostOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--policy <name or file>', 'a policy document; may be repeated (all shipped ones)').argParser(several),
    )
    .addOption(
      new Option('--label <key=value>', 'what this host is, such as role=web; may be repeated').argParser(several),
    )
    .option('--config <file>', 'agent.yaml with endpoints, backup sets and the like of this host');
}

export interface ChosenHost {
  readonly settings: Pick<AgentSettings, 'labels' | 'host' | 'limits' | 'ssh'>;
  readonly policies: Policy[];
  /** The agent's data folder, where its settings were given. */
  readonly data?: string;
}

/** @throws UsageError, DocumentError */
export function chooseHost({ config, policy, label }: HostOptions): ChosenHost {
  const settings = config === undefined ? undefined : loadAgentSettings(config);
  const references = policy ?? settings?.policies ?? shippedPolicies();
  return {
    settings: {
      labels: { ...settings?.labels, ...parseLabels(label ?? []) },
      host: settings?.host ?? {},
      limits: settings?.limits ?? defaultLimits,
      ssh: settings?.ssh,
    },
    policies: loadPolicies(references),
    ...(settings === undefined ? {} : { data: settings.data }),
  };
}

/** @throws UsageError where a word is not KEY=VALUE */
export function parseLabels(pairs: readonly string[]): Labels {
  const labels = Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      return [pair.slice(0, equals === -1 ? undefined : equals), equals === -1 ? '' : pair.slice(equals + 1)];
    }),
  );
  const parsed = Labels.safeParse(labels);
  if (parsed.success) return parsed.data;
  throw new UsageError(`--label ${pairs.join(' ')}: expected KEY=VALUE, such as role=web`);
}
