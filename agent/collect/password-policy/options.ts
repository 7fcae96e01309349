import type { ModuleRule } from '../../../policies/checks/password-policy/pam-rules.ts';

type Options = ModuleRule['options'];

/** How a module reads one of its settings. `flag` counts however it is set, even to 0. */
type Form = 'integer' | 'leading-integer' | 'flag' | 'seconds' | 'passwdqc';

const quality: Readonly<Record<string, Form>> = {
  minlen: 'integer',
  dcredit: 'integer',
  ucredit: 'integer',
  lcredit: 'integer',
  ocredit: 'integer',
  minclass: 'integer',
  dictcheck: 'integer',
  enforcing: 'integer',
  retry: 'integer',
  enforce_for_root: 'flag',
  local_users_only: 'flag',
};
const second: Readonly<Record<string, Form>> = { nullok: 'flag', nouserok: 'flag' };
const tally: Readonly<Record<string, Form>> = {
  deny: 'leading-integer',
  unlock_time: 'seconds',
  even_deny_root: 'flag',
};

/** The settings that count, module by module; what others say stays on the host, because it may hold names. */
export const knownSettings: Readonly<Record<string, Readonly<Record<string, Form>>>> = {
  pam_pwquality: quality,
  pam_cracklib: quality,
  pam_unix: { minlen: 'leading-integer', remember: 'leading-integer' },
  pam_pwhistory: { remember: 'leading-integer', retry: 'leading-integer', enforce_for_root: 'flag', conf: 'flag' },
  pam_faillock: { ...tally, preauth: 'flag', authfail: 'flag', authsucc: 'flag', conf: 'flag' },
  pam_tally2: tally,
  pam_duo: second,
  pam_google_authenticator: second,
  pam_oath: second,
  pam_u2f: second,
  pam_yubico: second,
  pam_wheel: { deny: 'flag', root_only: 'flag', trust: 'flag', use_uid: 'flag' },
  pam_passwdqc: { min: 'passwdqc', passphrase: 'leading-integer', random: 'leading-integer', enforce: 'passwdqc' },
};

/** Settings that mean the same for every module that asks for a password (pam_get_authtok(3)). */
const common: Readonly<Record<string, Form>> = { use_authtok: 'flag', use_first_pass: 'flag' };

/** The arguments of a rule, in which the last of several alike counts and what is not understood does not. */
export function parseOptions(module: string, args: readonly string[]): Options {
  const known = { ...common, ...knownSettings[module] };
  const options: Options = {};
  for (const arg of args) {
    const [name = '', ...rest] = arg.replace(/^\[/, '').split('=');
    const value = parseSetting(known[name.toLowerCase()], rest.join('='));
    if (value !== undefined) options[name.toLowerCase()] = value;
  }
  return Object.fromEntries(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Undefined where the module would not take it. */
export function parseSetting(form: Form | undefined, text: string): Options[string] | undefined {
  switch (form) {
    case undefined:
      return undefined;
    case 'flag':
      return true;
    case 'integer':
      return /^\s*[-+]?\d{1,9}$/.test(text) ? Number(text) : undefined;
    case 'leading-integer':
      return leadingInteger(text);
    case 'seconds':
      return text === 'never' ? 0 : leadingInteger(text);
    case 'passwdqc':
      return /^(none|users|everyone|(disabled|\d{1,5})(,(disabled|\d{1,5})){4})$/.test(text) ? text : undefined;
  }
}

/** As atoi(3) and sscanf(3) read one. */
function leadingInteger(text: string): number | undefined {
  const [digits] = /^\s*[-+]?\d{1,9}/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
