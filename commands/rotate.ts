import { Command } from 'commander';
import { pino } from 'pino';
import { Agent } from '../agent/agent.ts';
import { LocalHost } from '../agent/host/local.ts';
import { loadAgentSettings } from '../agent/settings.ts';
import { keyidOf } from '../evidence/keys.ts';

export function command(): Command {
  const rotate = new Command('rotate')
    .description('Change a key for a new one. The old key signs for it, and the log keeps both words.')
    .addHelpText(
      'after',
      `
Exit code: 0 changed, 1 the collector did not take it yet: the same command goes on where it was left, 3 usage.

Example:
  waarborg rotate agent --config /etc/waarborg/agent.yaml`,
    );
  rotate
    .command('agent')
    .description("Change this host's key. Reports that wait are delivered first. The agent must be stopped.")
    .requiredOption('--config <file>', 'agent.yaml')
    .action(rotateAgent);
  return rotate;
}

async function rotateAgent({ config }: { readonly config: string }): Promise<void> {
  const settings = loadAgentSettings(config);
  using agent = new Agent({
    settings,
    policies: [],
    host: new LocalHost(),
    log: pino({ level: 'silent' }),
    ...(settings.collector === undefined ? {} : { collector: settings.collector.url }),
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
