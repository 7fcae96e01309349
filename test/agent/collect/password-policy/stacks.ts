import type { EtcFiles } from '../../../support/pam.ts';
import { unpackedFile } from '../../../support/unpacked-packages.ts';

export const pwquality = unpackedFile('libpam-pwquality', 'pam_pwquality.so') ?? 'pam_pwquality.so';
export const passwdqc = unpackedFile('libpam-passwdqc', 'pam_passwdqc.so') ?? 'pam_passwdqc.so';

/** A weak password where twelve characters of every kind are asked for, and one that has all that. */
export const weak = { length: 'xK7#qzM2', upper: 'xk7#qzm2!wtv9pb$' } as const;
export const strong = 'xK7#qzM2!wTv9Pb$';

export interface StackCase {
  readonly name: string;
  readonly files: EtcFiles;
  /** Whether twelve characters are asked, of the account's owner and of root. */
  readonly length: { readonly user: boolean; readonly root: boolean };
  /** Whether a capital is asked of the account's owner. */
  readonly upper: boolean;
}

const both = { user: true, root: true };
const userOnly = { user: true, root: false };
const nobody = { user: false, root: false };

/** Debian's common-password with the lines of a package before its own (pam-auth-update(8)). */
function debian(before: string, unix = 'pam_unix.so obscure use_authtok try_first_pass yescrypt'): EtcFiles {
  const lines = `${before}
password [success=1 default=ignore] ${unix}
password requisite pam_deny.so
password required pam_permit.so
`;
  return { 'pam.d/passwd': '@include common-password\n', 'pam.d/common-password': lines };
}

function stack(lines: string): EtcFiles {
  return { 'pam.d/passwd': lines };
}

const check = `password requisite ${pwquality} retry=3`;
const conf = (text: string): EtcFiles => ({ 'security/pwquality.conf': text });

export const stackCases: readonly StackCase[] = [
  {
    name: 'Debian without pwquality',
    files: debian('', 'pam_unix.so obscure yescrypt'),
    length: nobody,
    upper: false,
  },
  {
    name: 'Debian without pwquality, whatever pwquality.conf says',
    files: { ...debian('', 'pam_unix.so obscure yescrypt'), ...conf('minlen = 12\nucredit = -1\nenforce_for_root\n') },
    length: nobody,
    upper: false,
  },
  {
    name: 'login.defs asks, and PAM does not read it',
    files: { ...debian('', 'pam_unix.so obscure yescrypt'), 'login.defs': 'PASS_MIN_LEN 12\n' },
    length: nobody,
    upper: false,
  },
  {
    name: 'Debian with pwquality as shipped',
    files: { ...debian(check), ...conf('# minlen = 8\n# ucredit = 0\n') },
    length: nobody,
    upper: false,
  },
  {
    name: 'a commented minlen',
    files: { ...debian(check), ...conf('# minlen = 12\n#ucredit = -1\n') },
    length: nobody,
    upper: false,
  },
  {
    name: 'minlen and ucredit in pwquality.conf',
    files: { ...debian(check), ...conf('minlen = 12 # long\nucredit=-1\n') },
    length: userOnly,
    upper: true,
  },
  {
    name: 'the same, for root as well',
    files: { ...debian(check), ...conf('minlen = 12\nucredit = -1\nenforce_for_root\n') },
    length: both,
    upper: true,
  },
  {
    name: 'enforce_for_root = 0 sets it all the same',
    files: { ...debian(check), ...conf('minlen 12\nenforce_for_root = 0\n') },
    length: both,
    upper: false,
  },
  {
    name: 'arguments have the last word over the file',
    files: { ...debian(`${check} minlen=6 ucredit=0`), ...conf('minlen = 12\nucredit = -1\n') },
    length: nobody,
    upper: false,
  },
  {
    name: 'arguments alone',
    files: debian(`${check} minlen=12 ucredit=-1 enforce_for_root`),
    length: both,
    upper: true,
  },
  {
    name: 'an argument that is no number is left out',
    files: { ...debian(`${check} minlen=6x`), ...conf('minlen = 12\n') },
    length: userOnly,
    upper: false,
  },
  {
    name: 'pwquality.conf has the last word over its folder',
    files: {
      ...debian(check),
      'security/pwquality.conf.d/50-own.conf': 'minlen = 12\nucredit = -1\n',
      ...conf('minlen = 8\n'),
    },
    length: nobody,
    upper: true,
  },
  {
    name: 'of the folder the last name counts, and only .conf',
    files: {
      ...debian(check),
      'security/pwquality.conf.d/10.conf': 'minlen = 6\n',
      'security/pwquality.conf.d/20.conf': 'minlen = 12\n',
      'security/pwquality.conf.d/30.conf.bak': 'minlen = 6\n',
    },
    length: userOnly,
    upper: false,
  },
  {
    name: 'enforcing = 0 only warns',
    files: { ...debian(check), ...conf('minlen = 12\nucredit = -1\nenforcing = 0\nenforce_for_root\n') },
    length: nobody,
    upper: false,
  },
  {
    name: 'a credit lets a shorter one through',
    files: debian(`${check} minlen=12 dcredit=4 ocredit=2 ucredit=1`),
    length: nobody,
    upper: false,
  },
  {
    name: 'four classes ask for every kind',
    files: debian(`${check} minlen=12 minclass=4`),
    length: userOnly,
    upper: true,
  },
  {
    name: 'a jump over the check',
    files: stack(`password [success=1 default=ignore] pam_permit.so
${check} minlen=12 ucredit=-1
password required pam_unix.so
`),
    length: nobody,
    upper: false,
  },
  {
    name: 'sufficient before the check',
    files: stack(`password sufficient pam_unix.so
${check} minlen=12 ucredit=-1
password required pam_permit.so
`),
    length: nobody,
    upper: false,
  },
  {
    name: 'required, and pam_unix asks anew: it answers with an error and stores the password',
    files: stack(`password required ${pwquality} minlen=12 ucredit=-1
password required pam_unix.so
`),
    length: nobody,
    upper: false,
  },
  {
    name: 'required, and pam_unix takes what was checked',
    files: stack(`password required ${pwquality} minlen=12 ucredit=-1
password required pam_unix.so use_authtok
`),
    length: userOnly,
    upper: true,
  },
  {
    name: 'requisite ends before pam_unix can ask anew',
    files: stack(`password requisite ${pwquality} minlen=12 ucredit=-1
password required pam_unix.so
`),
    length: userOnly,
    upper: true,
  },
  {
    name: 'optional, and pam_unix asks anew',
    files: stack(`password optional ${pwquality} minlen=12 ucredit=-1
password required pam_unix.so
`),
    length: nobody,
    upper: false,
  },
  {
    name: 'a commented check',
    files: stack(`#${check} minlen=12 ucredit=-1
password required pam_unix.so # ${check} minlen=12
`),
    length: nobody,
    upper: false,
  },
  {
    name: 'a check that stands in another type of rules',
    files: stack(`session requisite ${pwquality} minlen=12 ucredit=-1
password required pam_unix.so
`),
    length: nobody,
    upper: false,
  },
  {
    name: 'a line that goes on in the next',
    files: stack(`-password requisite \\
  ${pwquality} minlen=12 \\
  ucredit=-1
PASSWORD Required pam_unix.so use_authtok
`),
    length: userOnly,
    upper: true,
  },
  {
    name: 'two checks, of which the second refuses what the first took',
    files: stack(`password required ${pwquality} minlen=6
password required ${pwquality} minlen=12 ucredit=-1 use_authtok
password required pam_unix.so use_authtok
`),
    length: userOnly,
    upper: true,
  },
  {
    name: 'RHEL: passwd takes system-auth as a substack',
    files: {
      'pam.d/passwd':
        'auth include system-auth\npassword substack system-auth\n-password optional pam_gnome_keyring.so use_authtok\n',
      'pam.d/system-auth': `password requisite ${pwquality} try_first_pass local_users_only
password sufficient pam_unix.so sha512 shadow try_first_pass use_authtok
password required pam_deny.so
`,
      ...conf('minlen = 12\nucredit = -1\n'),
    },
    length: userOnly,
    upper: true,
  },
  {
    name: 'a substack that ends before the check of the stack around it',
    files: {
      'pam.d/passwd': `password substack own\n${check} minlen=12 ucredit=-1\npassword optional pam_permit.so\n`,
      'pam.d/own': 'password sufficient pam_unix.so\npassword required pam_deny.so\n',
    },
    length: nobody,
    upper: false,
  },
  {
    name: 'a jump that takes a substack for one rule',
    files: {
      'pam.d/passwd': `password [success=1 default=ignore] pam_permit.so
password substack checks
password required pam_unix.so
`,
      'pam.d/checks': `password requisite ${pwquality} minlen=12 ucredit=-1\npassword required pam_permit.so\n`,
    },
    length: nobody,
    upper: false,
  },
  {
    name: 'SUSE: common-password by include',
    files: {
      'pam.d/passwd': 'auth include common-auth\npassword include common-password\n',
      'pam.d/common-password': `password requisite ${pwquality} minlen=12 ucredit=-1 enforce_for_root
password optional pam_gnome_keyring.so use_authtok
password required pam_unix.so use_authtok nullok shadow try_first_pass
`,
    },
    length: both,
    upper: true,
  },
  {
    name: 'no file of its own: other',
    files: { 'pam.d/other': `${check} minlen=12 ucredit=-1\npassword required pam_unix.so use_authtok\n` },
    length: userOnly,
    upper: true,
  },
  {
    name: 'minlen of pam_unix, which lets root off',
    files: stack('password required pam_unix.so minlen=12\n'),
    length: userOnly,
    upper: false,
  },
  {
    name: 'passwdqc for four classes only, without phrases of its own',
    files: stack(`password requisite ${passwdqc} min=disabled,disabled,disabled,disabled,12 random=0 retry=1
password required pam_unix.so use_authtok
`),
    length: both,
    upper: true,
  },
  {
    name: 'passwdqc that only warns',
    files:
      stack(`password requisite ${passwdqc} min=disabled,disabled,disabled,disabled,12 random=0 enforce=none retry=1
password required pam_unix.so use_authtok
`),
    length: nobody,
    upper: false,
  },
  {
    name: 'passwdqc for users',
    files: stack(`password requisite ${passwdqc} min=disabled,disabled,disabled,12,12 random=0 enforce=users retry=1
password required pam_unix.so use_authtok
`),
    length: userOnly,
    upper: false,
  },
];
