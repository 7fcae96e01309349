import type { PamRule } from '../../policies/checks/password-policy/pam-rules.ts';
import { unreadable, type Reading } from '../../policies/reading.ts';
import type { CollectContext } from './collector.ts';
import { PamReader } from './password-policy/stack.ts';

/** The rules by which a service asks who somebody is; of a service without a file those of `other`, as libpam takes them. */
export function readPamAuth(context: CollectContext, service: string): Promise<Reading<PamRule[]>> {
  return context.once(`pam-auth ${service}`, async () => {
    const reader = new PamReader(context.host);
    if (!(await reader.hasServices())) return unreadable('missing', '/etc/pam.d');
    return ((await reader.service(service)) ?? (await reader.other())).auth;
  });
}
