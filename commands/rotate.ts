import { Command } from 'commander';
import { pino } from 'pino';
import { Agent } from '../agent/agent.ts';
import { LocalHost } from '../agent/host/local.ts';
import { loadAgentSettings } from '../agent/settings.ts';
import { finishRotation, rotateAuthority } from '../collector/clients/authority.ts';
import { loadCollectorConfig } from '../collector/config.ts';
import { changeLogKey, finishKeyChange } from '../collector/log/change-key.ts';
import { keyidOf } from '../evidence/keys.ts';
import { renderAuthority } from './authority.ts';

export function command(): Command {
  const rotate = new Command('rotate')
    .description(
      'Change a key for a new one. The old key of an agent or a log signs for it, and the log keeps both words.',
    )
    .addHelpText(
      'after',
      `
Exit code: 0 changed, 1 the collector did not take it yet: the same command goes on where it was left, 3 usage.

Example:
  waarborg rotate agent --config /etc/waarborg/agent.yaml
  waarborg rotate log --config /etc/waarborg/collector.yaml
  waarborg rotate log --config /etc/waarborg/collector.yaml --finish
  waarborg rotate authority --config /etc/waarborg/collector.yaml`,
    );
  rotate
    .command('agent')
    .description("Change this host's key. Reports that wait are delivered first. The agent must be stopped.")
    .requiredOption('--config <file>', 'agent.yaml')
    .action(rotateAgent);
  rotate
    .command('log')
    .description("Change the log's key: both sign its heads from then on. The collector must be stopped.")
    .requiredOption('--config <file>', 'collector.yaml')
    .option('--finish', 'have the new key sign alone: whoever knows only the old one takes no head any more')
    .action(rotateLog);
  rotate
    .command('authority')
    .description('Have another authority sign client certificates, from the next start of the collector on.')
    .requiredOption('--config <file>', 'collector.yaml')
    .option('--finish', 'have it count alone: whoever has a certificate of the one before only has none')
    .action(rotateOwnAuthority);
  return rotate;
}

async function rotateLog({ config: file, finish }: { readonly config: string; readonly finish?: true }): Promise<void> {
  const input = { config: loadCollectorConfig(file), log: pino({ level: 'silent' }) };
  if (finish === true) {
    process.stdout.write(`one key signs\nlog key ${finishKeyChange(input)}\n`);
    return;
  }
  const { logKey, index } = await changeLogKey(input);
  process.stdout.write(`entry ${index} names the new key, and both sign\nlog key ${logKey}\n`);
}

function rotateOwnAuthority({ config: file, finish }: { readonly config: string; readonly finish?: true }): void {
  const { data, origin } = loadCollectorConfig(file);
  const authority = finish === true ? finishRotation(data) : rotateAuthority(data, origin, new Date());
  process.stdout.write(`from the next start of the collector on\n${renderAuthority(authority)}`);
}

async function rotateAgent({ config }: { readonly config: string }): Promise<void> {
  const settings = loadAgentSettings(config);
  using agent = new Agent({
    settings,
    policies: [],
    host: new LocalHost(),
    log: pino({ level: 'silent' }),
    collector: settings.collector.url,
    ca: settings.collector.ca,
  });
  const outcome = await agent.rotateKey();
  if (outcome.state === 'rotated') {
    process.stdout.write(`${agent.identity.agent} now signs with key ${keyidOf(agent.identity.key)}\n`);
    return;
  }
  const left = agent.spool.length > 0 ? `; ${agent.spool.length} reports wait` : '';
  process.stderr.write(`waarborg: the key was not changed yet: ${outcome.why}${left}; run the same command again\n`);
  process.exitCode = 1;
}
