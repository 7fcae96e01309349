import { passwordPolicy } from '../../policies/checks/password-policy.ts';
import type { PasswordPolicyFacts, Service, SystemFacts } from '../../policies/checks/password-policy/facts.ts';
import { Parameters } from '../../policies/checks/password-policy/parameters.ts';
import { read, type Reading } from '../../policies/reading.ts';
import { defineCollector, type CollectContext } from './collector.ts';
import { Settings } from './password-age/settings.ts';
import { trySamples } from './password-policy/samples.ts';
import { readSshd } from './password-policy/sshd.ts';
import { readServices } from './password-policy/services.ts';
import { readPlainSettings, readPwquality } from './password-policy/settings-files.ts';
import { readStores } from './password-policy/stores.ts';
import { readVersions } from './password-policy/versions.ts';

/** Reads what is asked of new passwords where they are set. No password is read, and none is tried but samples. */
export const passwordPolicyCollector = defineCollector({
  kind: passwordPolicy.name,
  settings: Settings.pick({ passwordStores: true }),
  parameters: Parameters,
  async collect(context, { passwordStores }, wanted): Promise<PasswordPolicyFacts> {
    const asksSystem = wanted.some(({ scope }) => scope.includes('system'));
    const stores = passwordStores === undefined ? null : await readStores(context, passwordStores, wanted);
    return { system: asksSystem ? await readSystem(context, wanted) : null, stores };
  },
});

async function readSystem(context: CollectContext, wanted: readonly Parameters[]): Promise<Reading<SystemFacts>> {
  const { host } = context;
  const services = await readServices(host);
  if (services === undefined) return read({ state: 'no-pam' });
  const modules = modulesOf(services);
  const asksPwquality = modules.has('pam_pwquality');
  const asksHistory = modules.has('pam_pwhistory');
  return read({
    state: 'pam',
    services,
    pwquality: asksPwquality ? await readPwquality(host) : null,
    faillock: modules.has('pam_faillock') ? await readPlainSettings(host, 'pam_faillock') : null,
    pwhistory: asksHistory ? await readPlainSettings(host, 'pam_pwhistory') : null,
    versions: await readVersions(context),
    sshd: await readSshd(context, services, wanted),
    samples: asksPwquality ? await trySamples(context, wanted) : null,
  });
}

function modulesOf(services: readonly Service[]): Set<string> {
  const stacks = services.flatMap(({ password, auth }) => [password, ...(auth === undefined ? [] : [auth])]);
  const rules = stacks.flatMap((stack) => (stack.state === 'read' ? stack.value : []));
  return new Set(rules.flatMap((rule) => (rule.kind === 'module' ? [rule.module] : [])));
}
