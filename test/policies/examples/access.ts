import type { Account, AccountsFacts } from '../../../policies/checks/accounts/facts.ts';
import type { PasswordAgeFacts } from '../../../policies/checks/password-age/facts.ts';
import type { SshAccessFacts } from '../../../policies/checks/ssh-access/facts.ts';
import { read } from '../../../policies/reading.ts';
import { collect, etc } from '../../agent/collect/password-policy/recorded.ts';
import type { EtcFiles } from '../../support/pam.ts';
import { dayBefore, daysAgo, type Asked, type Example } from './example.ts';

function accountOf(account: string, uid: number, key: string | null): Account {
  const keys = key === null ? [] : [{ key, file: '~/.ssh/authorized_keys', line: 1, authority: false, expires: null }];
  return {
    ...{ account, uid, isRoot: uid === 0, shell: 'login', password: uid === 0 ? 'none' : 'set', expires: null },
    ...{ ssh: { keys: 'yes', passwords: 'no' }, keys, unreadKeys: [], groups: [], lastLogin: dayBefore(2) },
  };
}

/** Jan, whom the roster has; or also Eve, whom nobody knows, who became root and shares Jan's number, and Piet, who left. */
function accountsOf(how: 'kept' | 'broken'): AccountsFacts {
  const isKept = how === 'kept';
  const jan = { person: 'P-17', accounts: ['jan'], root: true, until: null, keys: ['key-jan'] };
  const piet = { person: 'P-18', accounts: ['piet'], root: false, until: dayBefore(30), keys: ['key-piet'] };
  const strangers = [accountOf('eve', 1000, 'key-eve'), accountOf('piet', 1001, 'key-piet')];
  const people = [accountOf('root', 0, null), accountOf('jan', 1000, 'key-jan')];
  const grantOf = (account: string) => {
    return { who: [{ kind: 'account' as const, account }], except: [], commands: 'all' as const, authenticate: true };
  };
  return {
    system: read({
      accounts: [...people, ...(isKept ? [] : strangers)],
      malformed: [],
      directories: read([]),
      lastLogins: read('known'),
    }),
    ssh: read([{ server: '/etc/ssh/sshd_config', asks: read({ commands: [], authorities: read([]) }) }]),
    sudo: read({ grants: ['jan', ...(isKept ? [] : ['eve'])].map(grantOf), directories: [] }),
    ...{ doas: null, su: null, polkit: null },
    files: read(isKept ? [] : [{ path: '/usr/local/bin/shell', has: '4755', package: read(null) }]),
    sites: [
      { site: 'a.example', owner: read(1000), database: read('db-a') },
      { site: 'b.example', owner: read(1002), database: read(isKept ? 'db-b' : 'db-a') },
    ],
    roster: {
      people: isKept ? [jan] : [jan, piet],
      ...{ services: [], groups: [], authorities: [] },
      reviewed: dayBefore(isKept ? 20 : 200),
    },
  };
}

const accounts: Example = { kind: 'accounts', kept: () => accountsOf('kept'), broken: () => accountsOf('broken') };

/** All passwords of a host, its databases and sites, and a key, changed so many days ago; somebody left in between. */
function passwordsOf(days: number): PasswordAgeFacts {
  const seen = { notBefore: daysAgo(days + 0.1), firstSeen: daysAgo(days) };
  const password = { state: 'set' as const, changed: dayBefore(days), seen };
  const stored = { account: 'shop', password, begins: null, expires: null };
  const storeOf = (store: string, kind: 'mariadb' | 'typo3') => {
    const ways = read({ open: null, keepers: [] });
    return { store, kind, contents: read({ accounts: [stored], ways, watchedSince: daysAgo(900) }) };
  };
  const key = {
    ...({ account: 'jan', file: '~/.ssh/authorized_keys', line: 1, shell: 'login', expires: null } as const),
    ...{ accountExpires: null, seen, holder: 'listed' as const },
  };
  return {
    system: read({
      accounts: [{ account: 'jan', uid: 1000, shell: 'login', password, expires: null }],
      malformed: [],
      directories: read([]),
      watchedSince: daysAgo(900),
    }),
    departures: [{ on: dayBefore(100), accounts: 'all' }],
    sshKeys: read({ keys: [key], unread: [], elsewhere: read([]) }),
    stores: [storeOf('shop', 'mariadb'), storeOf('site', 'typo3')],
    undeclared: [],
  };
}

const passwordAge: Example = {
  kind: 'password-age',
  kept: () => passwordsOf(30),
  broken: () => passwordsOf(400),
};

/** Debian's common-password, with the lines of packages before its own. */
function commonOf(before: string, unix: string): EtcFiles {
  const lines = `${before}password [success=1 default=ignore] pam_unix.so obscure ${unix} yescrypt
password requisite pam_deny.so
password required pam_permit.so
`;
  return { 'pam.d/passwd': '@include common-password\n', 'pam.d/common-password': lines };
}

/** Debian with libpwquality, a history and a lock; or as it comes. */
const strictFiles: EtcFiles = {
  ...commonOf(
    `password requisite pam_pwquality.so retry=3
password required pam_pwhistory.so remember=10 use_authtok enforce_for_root
`,
    'use_authtok try_first_pass',
  ),
  'security/pwquality.conf':
    'minlen = 16\nminclass = 4\nlcredit = -1\nucredit = -1\ndcredit = -1\nocredit = -1\nenforce_for_root\n',
  'pam.d/sshd': `auth requisite pam_faillock.so preauth silent deny=5 unlock_time=600 even_deny_root
auth [success=2 default=ignore] pam_unix.so
auth [default=die] pam_faillock.so authfail deny=5 unlock_time=600 even_deny_root
auth requisite pam_deny.so
auth required pam_permit.so
`,
  'security/faillock.conf': '',
};
const looseFiles: EtcFiles = {
  ...commonOf('', ''),
  'pam.d/sshd': 'auth required pam_unix.so\n',
};

/** What a MariaDB and a TYPO3 ask of new passwords. */
function storesOf(how: 'kept' | 'broken') {
  const mariadb = {
    'plugin.simple_password_check': how === 'kept' ? 'ACTIVE' : 'DISABLED',
    simple_password_check_minimal_length: '16',
    simple_password_check_digits: '1',
    simple_password_check_letters_same_case: '1',
    simple_password_check_other_characters: '1',
    strict_password_validation: 'ON',
  };
  const required = how === 'kept' ? '1' : '0';
  const typo3 = {
    minimumLength: how === 'kept' ? '16' : '8',
    ...{ lowerCaseCharacterRequired: required, upperCaseCharacterRequired: required },
    ...{ digitCharacterRequired: required, specialCharacterRequired: required },
  };
  return [
    { store: 'shop', kind: 'mariadb' as const, settings: read(mariadb) },
    { store: 'site', kind: 'typo3' as const, settings: read(typo3) },
  ];
}

/** The PAM files are read by the real collector; what stores say is as theirs gives it. */
async function passwordPolicyOf(asked: Asked, how: 'kept' | 'broken'): Promise<unknown> {
  const { system } = await collect(etc(how === 'kept' ? strictFiles : looseFiles), asked);
  return { system, stores: storesOf(how) };
}

const passwordPolicy: Example = {
  kind: 'password-policy',
  kept: (asked) => passwordPolicyOf(asked, 'kept'),
  broken: (asked) => passwordPolicyOf(asked, 'broken'),
};

/** Keys and a code, from the VPN alone; or a password from anywhere. */
function sshOf(how: 'kept' | 'broken'): SshAccessFacts {
  const isKept = how === 'kept';
  const login = {
    ...({
      rootLogin: isKept ? 'prohibit-password' : 'yes',
      publicKey: true,
      password: !isKept,
      keyboard: isKept,
    } as const),
    ...{ hostBased: false, gssapi: false, emptyPasswords: false, pam: true, verifiedDevices: false },
    methods: isKept ? ['publickey,keyboard-interactive'] : ('any' as const),
  };
  const control = { on: { success: 'ok' as const }, otherwise: 'bad' as const };
  const module = { kind: 'module' as const, level: 0, control, options: {} };
  const pam = [
    { ...module, module: 'pam_unix' },
    ...(isKept ? [{ ...module, module: 'pam_google_authenticator' }] : []),
  ];
  const caseOf = (from: string[], root: boolean, accountNames: string[]) => {
    return { from, root, accounts: accountNames, login };
  };
  const inside = ['10.8.0.7'];
  const everywhere = ['10.8.0.7', '198.51.100.7'];
  const settings = {
    ...{ changedAt: daysAgo(40), readAt: daysAgo(30), listens: [{ address: '0.0.0.0', port: 22 }] },
    hostKeys: [{ path: '/etc/ssh/ssh_host_ed25519_key', key: read({ type: 'ssh-ed25519', bits: 256 }) }],
    ciphers: isKept ? ['chacha20-poly1305@openssh.com'] : ['3des-cbc'],
    macs: ['hmac-sha2-256-etm@openssh.com'],
    keyExchange: ['curve25519-sha256'],
    hostKeyAlgorithms: ['ssh-ed25519'],
    pam: read(pam),
    cases: [caseOf(isKept ? inside : everywhere, true, ['root']), caseOf(isKept ? inside : everywhere, false, ['jan'])],
  };
  return {
    servers: read({
      servers: [{ server: '/etc/ssh/sshd_config', state: 'listening', settings: read(settings) }],
      ...{ inContainers: 0, port22: read(true), directories: read([]), networks: ['10.8.0.0/24'] },
    }),
    managementAddresses: ['10.8.0.0/24'],
  };
}

const sshAccess: Example = { kind: 'ssh-access', kept: () => sshOf('kept'), broken: () => sshOf('broken') };

export const accessExamples: readonly Example[] = [accounts, passwordAge, passwordPolicy, sshAccess];
