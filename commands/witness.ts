import { Command } from 'commander';
import { pino } from 'pino';
import { loadWitnessConfig } from '../witness/config.ts';
import { startWitness } from '../witness/server.ts';
import { aborted, untilSignal } from './signals.ts';

export function command(): Command {
  return new Command('witness')
    .description('Sign the heads of logs that only grow, so that nobody can be shown another history.')
    .requiredOption('--config <file>', 'witness.yaml')
    .addHelpText(
      'after',
      `
Logs are JSON lines on standard output; WAARBORG_LOG=debug tells more. The first line has the witness's key.
Exit code: 0 ended by a signal, 3 usage.

Example:
  waarborg witness --config /etc/waarborg/witness.yaml`,
    )
    .action(runWitness);
}

async function runWitness({ config }: { readonly config: string }): Promise<void> {
  const log = pino({ name: 'waarborg-witness', level: process.env.WAARBORG_LOG ?? 'info' });
  const witness = await startWitness({ config: loadWitnessConfig(config), log });
  log.info({ url: witness.url, key: witness.key }, 'witness listens');
  await untilSignal(aborted);
  await witness.close();
  log.info('witness stopped');
}
