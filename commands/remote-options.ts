import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { hostOverSsh, type HostToOpen } from '../agent/host/open.ts';
import { SshUrl, type SshAddress } from '../agent/host/ssh/address.ts';
import { fingerprintForm } from '../agent/host/ssh/known-hosts.ts';
import type { SshTarget, SshTrust } from '../agent/host/ssh/connection.ts';
import { several, UsageError } from './subcommand.ts';

export interface RemoteOptions {
  readonly identity?: string[];
  readonly knownHosts?: string;
  readonly hostKey?: string;
  readonly jump?: string[];
  readonly sudo?: true;
}

/** How to come to a host over SSH: what `check --host` and `deploy` share. */
export function addRemoteOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--identity <file>', "a private key without a passphrase; may be repeated (ssh-agent's)").argParser(
        several,
      ),
    )
    .option('--known-hosts <file>', 'which keys hosts must show (~/.ssh/known_hosts)')
    .option('--host-key <fingerprint>', 'the key the host must show, as ssh-keygen -l prints it: SHA256:...')
    .addOption(new Option('--jump <ssh://user@host>', 'go through this host; may be repeated').argParser(several))
    .option('--sudo', 'become root there by the rules that "waarborg remote sudoers" prints');
}

/**
 * What the options say of how to come to one host.
 * @throws UsageError
 */
export function sshTarget(url: string, { identity = [], knownHosts, hostKey, jump = [] }: RemoteOptions): SshTarget {
  const agentSocket = process.env.SSH_AUTH_SOCK;
  const reach = {
    address: addressOf('--host', url),
    identityFiles: identity,
    jumps: jump.map((hop) => addressOf('--jump', hop)),
    ...(agentSocket === undefined || agentSocket === '' ? {} : { agentSocket }),
  };
  if (hostKey === undefined) {
    const trust = knownHostsIn(knownHosts);
    return { ...reach, trust, jumpTrust: trust };
  }
  if (!fingerprintForm.test(hostKey)) {
    throw new UsageError(`--host-key ${hostKey}: expected SHA256: and 43 characters, as ssh-keygen -l prints it`);
  }
  const trust = { by: 'fingerprint', fingerprint: hostKey } as const;
  return jump.length === 0 ? { ...reach, trust } : { ...reach, trust, jumpTrust: knownHostsIn(knownHosts) };
}

function addressOf(option: string, url: string): SshAddress {
  const address = SshUrl.safeParse(url);
  if (address.success) return address.data;
  throw new UsageError(`${option} ${url}: ${address.error.issues[0]?.message ?? 'not an address'}`);
}

/** @throws UsageError where there is none, because then no host can be known */
function knownHostsIn(given: string | undefined): SshTrust {
  const file = given ?? join(homedir(), '.ssh/known_hosts');
  if (existsSync(file)) return { by: 'known-hosts', file };
  const option = given === undefined ? '' : '--known-hosts ';
  throw new UsageError(`${option}${file}: not there; give --known-hosts, or pin the key with --host-key`);
}

/**
 * A host to be read over SSH, as the options say.
 * @throws UsageError
 */
export function remoteHost(url: string, options: RemoteOptions): HostToOpen {
  return hostOverSsh({ ...sshTarget(url, options), sudo: options.sudo === true });
}
