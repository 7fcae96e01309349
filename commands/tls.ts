import { Command, Option } from 'commander';
import { LocalHost } from '../agent/host/local.ts';
import { scanEndpoint, type EndpointScan } from '../agent/tls/scan.ts';
import { UsageError } from './subcommand.ts';
import { ProgressLine } from './terminal/progress.ts';
import { renderScan } from './terminal/scan.ts';

interface TlsOptions {
  readonly name?: string;
  readonly format: 'table' | 'json';
}

export interface Target {
  readonly address: string;
  readonly port: number;
  readonly name?: string;
}

export function command(): Command {
  return new Command('tls')
    .argument('<host[:port]>', 'a name or address; IPv6 in brackets; port 443 unless given')
    .description('What a TLS endpoint accepts, SSLv2 to TLS 1.3, and every certificate it serves.')
    .option('--name <name>', 'the host name to ask for (SNI), where it is not the one to connect to')
    .addOption(new Option('--format <form>', 'how to print it').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      `
Exit code: 0 it speaks TLS and every question has an answer, 2 something is unknown or it does not speak TLS, 3 usage.

Example:
  waarborg tls www.example.nl
  waarborg tls 192.0.2.10:8443 --name www.example.nl --format json`,
    )
    .action(scan);
}

async function scan(text: string, { name, format }: TlsOptions): Promise<void> {
  const target = parseTarget(text, name);
  const progress = new ProgressLine();
  progress.say(`asking ${target.address} port ${target.port} …`);
  const found = await scanEndpoint(new LocalHost(), target);
  progress.clear();
  const at = new Date();
  process.stdout.write(
    format === 'json'
      ? `${JSON.stringify({ v: 1, ...target, at: at.toISOString(), ...found }, undefined, 2)}\n`
      : renderScan(target, found, at),
  );
  process.exitCode = isWholeAnswer(found) ? 0 : 2;
}

function isWholeAnswer(found: EndpointScan): boolean {
  if (found.speaks !== 'tls' || found.unanswered.length > 0) return false;
  return Object.values(found.versions).every(({ answer }) => answer !== 'unknown');
}

function parseTarget(text: string, name: string | undefined): Target {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]/\s]+))(?::([0-9]{1,5}))?$/.exec(text) ?? [];
  const address = bracketed ?? plain;
  const port = Number(digits ?? 443);
  if (address === undefined || port < 1 || port > 65_535) {
    throw new UsageError(`${text}: expected HOST or HOST:PORT, with an IPv6 address in brackets`);
  }
  const isAddress = bracketed !== undefined || /^[0-9.]+$/.test(address);
  const asked = name ?? (isAddress ? undefined : address);
  return { address, port, ...(asked === undefined ? {} : { name: asked.replace(/\.$/, '') }) };
}
