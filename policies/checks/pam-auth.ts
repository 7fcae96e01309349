import { beginning, outcome, step, type Walk } from './password-policy/dispatch.ts';
import { returnCodes, type ModuleRule, type PamStack, type ReturnCode } from './password-policy/pam-rules.ts';

/** Modules that ask for something that a person has, or for a code that changes. */
export const secondFactorModules: readonly string[] = [
  'pam_duo',
  'pam_google_authenticator',
  'pam_oath',
  'pam_privacyidea',
  'pam_rsa_securid',
  'pam_u2f',
  'pam_yubico',
];

/** Modules that ask for what a person knows. */
export const passwordModules: readonly string[] = [
  'pam_krb5',
  'pam_ldap',
  'pam_sss',
  'pam_systemd_home',
  'pam_unix',
  'pam_winbind',
];

/**
 * Whether the stack can let somebody in while none of these modules succeeds, whatever the others answer. Where it can,
 * what the modules ask for is not required.
 */
export function canPassWithout(stack: PamStack, modules: readonly string[]): boolean {
  const seen = new Set<string>();
  const open: Walk[] = [beginning];
  for (let walk = open.pop(); walk !== undefined; walk = open.pop()) {
    const key = JSON.stringify(walk);
    if (seen.has(key)) continue;
    seen.add(key);
    const rule = stack[walk.index];
    if (rule === undefined) {
      if (outcome(walk) === 'success') return true;
      continue;
    }
    const from = walk;
    const codes = rule.kind === 'module' ? answersOf(rule, modules) : (['perm_denied'] as const);
    open.push(...codes.map((code) => step(stack, from, code)));
  }
  return false;
}

const failures = returnCodes.filter((code) => !['success', 'new_authtok_reqd', 'ignore'].includes(code));

function answersOf({ module, options }: ModuleRule, without: readonly string[]): readonly ReturnCode[] {
  if (module === 'pam_deny') return ['auth_err'];
  if (module === 'pam_permit') return ['success'];
  // With these it lets in who has nothing set up (pam_google_authenticator(8), pam_u2f(8)).
  const isOptional = options.nullok === true || options.nouserok === true;
  const mustAnswer = without.includes(module) && !(isOptional && secondFactorModules.includes(module));
  return mustAnswer ? failures : returnCodes;
}
