import { Command } from 'commander';
import { pino } from 'pino';
import { startCollector } from '../collector/collector.ts';
import { loadCollectorConfig } from '../collector/config.ts';
import { aborted, untilSignal } from './signals.ts';

export function command(): Command {
  return new Command('collector')
    .description('Receive reports, keep every one in the evidence log, and show what they say.')
    .requiredOption('--config <file>', 'collector.yaml')
    .addHelpText(
      'after',
      `
Logs are JSON lines on standard output; WAARBORG_LOG=debug tells more.
Exit code: 0 ended by a signal, 1 the log could not be written and only a new start can tell what is on disk, 3 usage.

Example:
  waarborg collector --config /etc/waarborg/collector.yaml`,
    )
    .action(runCollector);
}

async function runCollector({ config }: { readonly config: string }): Promise<void> {
  const log = pino({ name: 'waarborg-collector', level: process.env.WAARBORG_LOG ?? 'info' });
  const collector = await startCollector({
    config: loadCollectorConfig(config),
    log,
    onFatal(error) {
      // Not one request more is answered: what is on disk has to be read anew.
      log.fatal({ code: error.code, err: error }, error.message);
      process.exit(1);
    },
  });
  log.info({ url: collector.url, logKey: collector.logKey }, 'collector listens');
  // By what makes services read a new certificate (systemctl reload). Unheard, this signal would end the process.
  const onReload = (): void => collector.renew();
  process.on('SIGHUP', onReload);
  await untilSignal(aborted);
  process.off('SIGHUP', onReload);
  await collector.close();
  log.info('collector stopped');
}
