import { Command, Option } from 'commander';
import { describedHost } from '../agent/described-host.ts';
import { openHost } from '../agent/host/open.ts';
import { passingMarks } from '../agent/identity.ts';
import { RunLedger } from '../agent/ledger.ts';
import { restoreTestsOf } from '../agent/restore/record.ts';
import { osOf, runChecks } from '../agent/run.ts';
import { worstVerdict } from '../policies/verdict.ts';
import { addHostOptions, chooseHost, type HostOptions } from './host-options.ts';
import { outcomeFormats } from './terminal/formats.ts';
import { addRemoteOptions, remoteHost, type RemoteOptions } from './remote-options.ts';
import { ProgressLine } from './terminal/progress.ts';

interface CheckOptions extends HostOptions, RemoteOptions {
  readonly format: keyof typeof outcomeFormats;
  readonly host?: string;
}

export function command(): Command {
  return addRemoteOptions(addHostOptions(new Command('check')))
    .description('Check this host against policies, once. Nothing leaves the host, and nothing on it is changed.')
    .option('--host <ssh://user@host>', 'check that host instead, over SSH, with nothing installed there')
    .addOption(
      new Option('--format <form>', 'how to print the outcome').choices(Object.keys(outcomeFormats)).default('table'),
    )
    .addHelpText(
      'after',
      `
Exit code: 0 all controls pass or do not apply, 1 something fails, 2 something is unknown and nothing fails, 3 usage.

Example:
  waarborg check --policy cloud-provider --label role=web --config /etc/waarborg/agent.yaml
  waarborg check --host ssh://root@web1.example.nl --label role=web --format markdown`,
    )
    .action(check);
}

async function check({ format, host: url, ...options }: CheckOptions): Promise<void> {
  const { settings, policies, data } = chooseHost(options);
  await using opened = await openHost(
    url === undefined ? describedHost(settings.ssh, process.env.SSH_AUTH_SOCK) : remoteHost(url, options),
  );
  const { host } = opened;
  const at = new Date();
  const progress = new ProgressLine();
  const run = await runChecks({
    host,
    at,
    ledger: new RunLedger(at),
    // Nothing leaves the host, so that accounts may have their own names.
    pseudonym: (account) => account,
    mark: passingMarks(),
    ...(data === undefined ? {} : { restoreTests: (set, source) => restoreTestsOf(data, set, source) }),
    policies,
    labels: settings.labels,
    settings: settings.host,
    limits: settings.limits,
    onProgress: (kind, state) => progress.change(kind, state),
  });
  progress.clear();
  const os = await osOf(host);
  process.stdout.write(outcomeFormats[format]({ hostname: host.hostname, os, run, policies }));
  const worst = worstVerdict(run.observations.map(({ verdict }) => verdict));
  process.exitCode = worst === 'fail' ? 1 : worst === 'unknown' ? 2 : 0;
}
