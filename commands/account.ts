import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { LocalHost } from '../agent/host/local.ts';
import { pseudonymKeyFile, pseudonyms } from '../agent/identity.ts';
import { loadAgentSettings } from '../agent/settings.ts';
import { UsageError } from './subcommand.ts';

interface AccountOptions {
  readonly config: string;
  readonly names?: string;
}

export function command(): Command {
  return new Command('account')
    .argument('<pseudonym...>', 'as a report of this host has it, such as account-1a2b3c4d5e6f')
    .description('The account that a pseudonym in this host’s reports stands for. Nothing leaves the host.')
    .requiredOption('--config <file>', 'agent.yaml: its data folder holds the key')
    .option(
      '--names <file>',
      'names to try beside the system’s own accounts, one a line (a panel’s users, a directory’s)',
    )
    .addHelpText(
      'after',
      `
Run it on the host that made the report, with the rights of its agent. The system's own accounts are those of "getent passwd".
Exit code: 0 each is known, 1 one stands for no name that was tried, 3 usage.

Example:
  waarborg account account-1a2b3c4d5e6f --config /etc/waarborg/agent.yaml`,
    )
    .action(resolve);
}

async function resolve(asked: readonly string[], { config, names }: AccountOptions): Promise<void> {
  const { data } = loadAgentSettings(config);
  // A new key would be made for whoever asks, and turn nothing back.
  if (!existsSync(join(data, pseudonymKeyFile))) {
    throw new UsageError(`${data} holds no ${pseudonymKeyFile}: no report with pseudonyms was made from it`);
  }
  const pseudonym = pseudonyms(data);
  const candidates = [...(await systemAccounts()), ...(names === undefined ? [] : linesOf(names))];
  const known = new Map(candidates.map((name) => [pseudonym(name), name]));
  for (const word of asked) {
    // Reports write it behind the set or store that it belongs to, and before the place from which it may log in.
    const [asWritten = word] = /account-[0-9a-f]{12}/.exec(word) ?? [];
    const name = known.get(asWritten);
    process.stdout.write(`${word}\t${name ?? 'stands for none of the names that were tried'}\n`);
    if (name === undefined) process.exitCode = 1;
  }
}

/** @throws UsageError */
async function systemAccounts(): Promise<string[]> {
  const answer = await new LocalHost().run({ file: 'getent', args: ['passwd'] });
  if (answer.state === 'read' && answer.value.exitCode === 0) return firstFields(answer.value.stdout);
  return firstFields(readFileSync('/etc/passwd', 'utf8'));
}

function firstFields(passwd: string): string[] {
  return passwd.split('\n').flatMap((line) => line.split(':')[0] ?? []);
}

/** @throws UsageError */
function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.trim());
  } catch (error) {
    throw new UsageError(`--names ${path}: ${error instanceof Error ? error.message : ''}`);
  }
}
