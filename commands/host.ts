import { Command, Option } from 'commander';
import { RevocationAnswer, type RevocationRequest } from '../collector/administration/exchange.ts';
import { AgentRevoked } from '../evidence/entry.ts';
import { AgentName } from '../evidence/report.ts';
import { addCollectorOptions, CollectorClient, type CollectorOptions } from './collector-client.ts';
import { UsageError } from './subcommand.ts';

interface RevokeOptions extends CollectorOptions {
  readonly reason: RevocationRequest['reason'];
  readonly epoch?: string;
}

export function command(): Command {
  const host = new Command('host')
    .description('End the enrolment of a host: an entry of the log says so for ever.')
    .addHelpText(
      'after',
      `
Example:
  waarborg host revoke web1.example.nl --reason retired --collector https://waarborg.example.nl --token-file operator.token`,
    );
  addCollectorOptions(host.command('revoke <host>'))
    .description('No report under its key is taken any more. A retired host is no longer shown.')
    .addOption(
      new Option('--reason <reason>', 'what became of the host or its key')
        .choices(AgentRevoked.shape.reason.options)
        .makeOptionMandatory(),
    )
    .option('--epoch <number>', 'one enrolment only (all that still count)')
    .action(revoke);
  return host;
}

async function revoke(host: string, { reason, epoch, ...options }: RevokeOptions): Promise<void> {
  const agent = AgentName.safeParse(host);
  if (!agent.success) throw new UsageError(`${host}: expected a host name in lower case, such as web1.example.nl`);
  if (epoch !== undefined && !/^[1-9][0-9]{0,8}$/.test(epoch)) {
    throw new UsageError(`--epoch ${epoch}: expected a whole number of 1 or more`);
  }
  const request: RevocationRequest = { v: 1, reason, ...(epoch === undefined ? {} : { epoch: Number(epoch) }) };
  const client = new CollectorClient(options);
  const { revoked } = await client.post(`/api/v1/hosts/${agent.data}/revoke`, request, RevocationAnswer);
  for (const { epoch: ended, index } of revoked) {
    process.stdout.write(`${agent.data} of epoch ${ended} is revoked as ${reason}: entry ${index} of the log\n`);
  }
}
