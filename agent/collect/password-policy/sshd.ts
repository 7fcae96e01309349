import type { PamFacts, Service } from '../../../policies/checks/password-policy/facts.ts';
import type { Parameters } from '../../../policies/checks/password-policy/parameters.ts';
import { read } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { effectiveSettings } from '../ssh/effective.ts';

const program = '/usr/sbin/sshd';

/** Asks sshd with its own configuration whether PAM decides over passwords. */
export async function readSshd(
  context: CollectContext,
  services: readonly Service[],
  wanted: readonly Parameters[],
): Promise<PamFacts['sshd']> {
  const isAsked = wanted.some(({ lockout }) => lockout !== undefined);
  if (!isAsked || !services.some(({ service }) => service === 'sshd')) return null;
  const settings = await effectiveSettings(context, { program, options: [] });
  if (settings.state === 'unreadable') return settings;
  const isOn = (keyword: string): boolean => settings.value.get(keyword)?.[0] === 'yes';
  return read({ usePam: isOn('usepam'), passwords: isOn('passwordauthentication') });
}
