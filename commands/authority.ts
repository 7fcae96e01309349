import { Command } from 'commander';
import { createAuthority, requireAuthority, type ClientAuthority } from '../collector/clients/authority.ts';
import { loadCollectorConfig } from '../collector/config.ts';

export function command(): Command {
  const authority = new Command('authority')
    .description("The collector's own authority, which signs the client certificates of its agents.")
    .addHelpText(
      'after',
      `
Run it as the collector's user. What it is for, and how to switch it on: docs/keys.md. To change it: waarborg rotate authority.

Example:
  waarborg authority create --config /etc/waarborg/collector.yaml
  waarborg authority show --config /etc/waarborg/collector.yaml`,
    );
  authority
    .command('create')
    .description(
      'Make it. The private key is kept in the data folder, and nothing counts on it until tls.clientCertificates does.',
    )
    .requiredOption('--config <file>', 'collector.yaml')
    .action(create);
  authority
    .command('show')
    .description('Which authority signs, which one still counts beside it, and until when.')
    .requiredOption('--config <file>', 'collector.yaml')
    .action(show);
  return authority;
}

interface AuthorityOptions {
  readonly config: string;
}

function create({ config: file }: AuthorityOptions): void {
  const { data, origin } = loadCollectorConfig(file);
  process.stdout.write(renderAuthority(createAuthority(data, origin, new Date())));
}

function show({ config }: AuthorityOptions): void {
  process.stdout.write(renderAuthority(requireAuthority(loadCollectorConfig(config).data)));
}

/** One line an authority. */
export function renderAuthority({ certificate, previous }: ClientAuthority): string {
  const lines = [`signs   ${certificate.fingerprint256}  until ${certificate.validToDate.toISOString()}`];
  if (previous !== undefined) {
    lines.push(`counts  ${previous.fingerprint256}  until ${previous.validToDate.toISOString()}`);
  }
  return `${lines.join('\n')}\n`;
}
