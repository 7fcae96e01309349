import type { Service } from '../../../policies/checks/password-policy/facts.ts';
import { PamReader } from './stack.ts';
import type { Host } from '../../host/host.ts';

/**
 * The services that set passwords of this host: on request, or at a login with a password that has run out. Those that
 * let people in are read for that, too.
 */
const services = { chpasswd: false, login: true, newusers: false, passwd: false, sshd: true, su: true, 'su-l': true };

/** Undefined where the host has no PAM configuration. Sorted by name. */
export async function readServices(host: Host): Promise<Service[] | undefined> {
  const reader = new PamReader(host);
  if (!(await reader.hasServices())) return undefined;
  const found: Service[] = [];
  for (const [service, letsIn] of Object.entries(services)) {
    // passwd(1) asks `other` where it has no file; of the rest nobody knows whether they are installed.
    const stacks = (await reader.service(service)) ?? (service === 'passwd' ? await reader.other() : undefined);
    if (stacks === undefined) continue;
    found.push({ service, password: stacks.password, ...(letsIn ? { auth: stacks.auth } : {}) });
  }
  return found;
}
