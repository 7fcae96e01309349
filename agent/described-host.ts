import type { Host } from './host/host.ts';
import { LocalHost } from './host/local.ts';
import { hostOverSsh, type HostToOpen } from './host/open.ts';
import type { SshTrust } from './host/ssh/connection.ts';
import type { SshSettings } from './settings.ts';

/**
 * The host that an agent.yaml is about: this machine, or another one over SSH.
 * @param agentSocket that of an ssh-agent(1), whose keys are tried after the files
 */
export function describedHost(ssh: SshSettings | undefined, agentSocket: string | undefined): Host | HostToOpen {
  if (ssh === undefined) return new LocalHost();
  const { address, identityFiles, knownHosts, hostKey, jumps, sudo } = ssh;
  const file: SshTrust | undefined = knownHosts === undefined ? undefined : { by: 'known-hosts', file: knownHosts };
  const pinned: SshTrust | undefined = hostKey === undefined ? undefined : { by: 'fingerprint', fingerprint: hostKey };
  const trust = pinned ?? file;
  if (trust === undefined) throw new TypeError('settings of SSH say by which key a host is known');
  return hostOverSsh({
    address,
    trust,
    identityFiles,
    jumps,
    sudo,
    ...(file === undefined ? {} : { jumpTrust: file }),
    ...(agentSocket === undefined || agentSocket === '' ? {} : { agentSocket }),
  });
}
