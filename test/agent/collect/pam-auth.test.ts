import { expect, test } from 'vitest';
import { readPamAuth } from '../../../agent/collect/pam-auth.ts';
import { RecordedHost } from '../../../agent/host/recorded.ts';
import { canPassWithout, passwordModules, secondFactorModules } from '../../../policies/checks/pam-auth.ts';
import { collecting } from '../../support/collecting.ts';

/** Debian 12's, as pam-auth-update writes it. */
const commonAuth = `auth	[success=1 default=ignore]	pam_unix.so nullok
auth	requisite			pam_deny.so
auth	required			pam_permit.so
`;

async function required(files: Readonly<Record<string, string>>): Promise<string[]> {
  const stack = await readPamAuth(collecting(new RecordedHost({ files })), 'sshd');
  if (stack.state === 'unreadable') return [stack.obstacle.code];
  return [
    ...(canPassWithout(stack.value, passwordModules) ? [] : ['password']),
    ...(canPassWithout(stack.value, secondFactorModules) ? [] : ['code']),
  ];
}

test.each([
  ['Debian as it comes', '@include common-auth\n', ['password']],
  [
    'a code after the password',
    '@include common-auth\nauth required pam_google_authenticator.so\n',
    ['password', 'code'],
  ],
  ['a code alone', 'auth required pam_oath.so usersfile=/etc/users.oath\n', ['code']],
  [
    'a code for who has one set up',
    '@include common-auth\nauth required pam_google_authenticator.so nullok\n',
    ['password'],
  ],
  ['a key of u2f for who has one', '@include common-auth\nauth required pam_u2f.so nouserok cue\n', ['password']],
  ['a comment', '@include common-auth\n#auth required pam_google_authenticator.so\n', ['password']],
  ['either of both', 'auth sufficient pam_google_authenticator.so\n@include common-auth\n', []],
  ['a password that is enough', 'auth sufficient pam_unix.so\nauth required pam_oath.so\n', []],
  [
    'a rule that jumps over the code',
    '@include common-auth\nauth [success=1 default=ignore] pam_access.so accessfile=/etc/2fa.conf\nauth required pam_duo.so\n',
    ['password'],
  ],
  ['an optional code', '@include common-auth\nauth optional pam_google_authenticator.so\n', ['password']],
  ['a code of another type', '@include common-auth\naccount required pam_google_authenticator.so\n', ['password']],
  [
    'a substack that ends itself alone',
    'auth substack common-auth\nauth required pam_google_authenticator.so\n',
    ['password', 'code'],
  ],
  ['an include that ends the whole', 'auth include enough\nauth required pam_google_authenticator.so\n', []],
])('%s', async (_, sshd, expected) => {
  const files = { '/etc/pam.d/common-auth': commonAuth, '/etc/pam.d/enough': 'auth sufficient pam_exec.so\n' };
  expect(await required({ ...files, '/etc/pam.d/sshd': sshd })).toEqual(expected);
});

test('a service without a file asks what "other" asks', async () => {
  expect(await required({ '/etc/pam.d/other': 'auth required pam_oath.so\n' })).toEqual(['code']);
});

test('without PAM’s folder nothing is known', async () => {
  expect(await required({})).toEqual(['missing']);
});
