import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { enrol } from '../agent/enrol.ts';
import { lockFolder } from '../agent/lock.ts';
import { loadAgentSettings } from '../agent/settings.ts';
import { AgentName } from '../evidence/report.ts';
import { UsageError } from './subcommand.ts';

interface EnrolOptions {
  readonly collector: string;
  readonly token?: string;
  readonly config?: string;
  readonly data?: string;
  readonly agent?: string;
  readonly logKey?: string;
  readonly ca?: string;
}

export function command(): Command {
  return new Command('enrol')
    .description('Make a key for this host and have the collector put it into its log.')
    .requiredOption('--collector <url>', 'where the collector listens')
    .option('--token <token>', 'one-time, made by "waarborg token create --role enrol"; or in WAARBORG_TOKEN')
    .option('--config <file>', 'agent.yaml: its agent name and data folder are used')
    .option('--data <folder>', "the agent's data folder (/var/lib/waarborg/agent)")
    .option('--agent <name>', "the name to report under (this host's)")
    .option('--log-key <key>', "the log's key as the operator published it: another one is refused")
    .option('--ca <file>', 'PEM file with the authorities that may vouch for the collector, in place of the usual ones')
    .addHelpText(
      'after',
      `
Example:
  WAARBORG_TOKEN=wbg_enrol_... waarborg enrol --collector https://waarborg.example.nl --config /etc/waarborg/agent.yaml`,
    )
    .action(runEnrol);
}

async function runEnrol(options: EnrolOptions): Promise<void> {
  // A command line can be read by every user of the host; the environment cannot.
  const token = options.token ?? process.env.WAARBORG_TOKEN;
  if (token === undefined) throw new UsageError('no token: give --token, or set WAARBORG_TOKEN');
  if (!URL.canParse(options.collector)) throw new UsageError(`--collector ${options.collector}: expected a URL`);
  const settings = options.config === undefined ? undefined : loadAgentSettings(options.config);
  const name = options.agent ?? settings?.agent ?? hostname().toLowerCase();
  const agent = AgentName.safeParse(name);
  if (!agent.success)
    throw new UsageError(`--agent ${name}: expected a host name in lower case, such as web1.example.nl`);
  const data = options.data ?? settings?.data ?? '/var/lib/waarborg/agent';
  const ca = options.ca === undefined ? settings?.collector.ca : resolve(options.ca);
  using _ = lockFolder(data);
  const identity = await enrol({
    collector: options.collector,
    token,
    agent: agent.data,
    data,
    ...(options.logKey === undefined ? {} : { logKey: options.logKey }),
    ...(ca === undefined ? {} : { ca }),
  });
  process.stdout.write(`${identity.agent} is enrolled, epoch ${identity.epoch}\nlog key ${identity.logKey}\n`);
}
