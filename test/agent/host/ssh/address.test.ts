import { expect, test } from 'vitest';
import { SshUrl, showSshAddress } from '../../../../agent/host/ssh/address.ts';

test.each([
  ['ssh://root@web1.example.nl', { user: 'root', host: 'web1.example.nl', port: 22 }],
  ['ssh://backup-user@WEB1.example.nl:2222/', { user: 'backup-user', host: 'web1.example.nl', port: 2222 }],
  ['ssh://root@[2001:db8::1]:2222', { user: 'root', host: '2001:db8::1', port: 2222 }],
])('%s is an address', (text, address) => {
  expect(SshUrl.parse(text)).toEqual(address);
  expect(SshUrl.parse(showSshAddress(address))).toEqual(address);
});

test.each([
  'web1.example.nl',
  'ssh://web1.example.nl',
  'https://root@web1.example.nl',
  'ssh://root:secret@web1.example.nl',
  'ssh://root@web1.example.nl:0',
  'ssh://root@web1.example.nl:70000',
  'ssh://root@-oProxyCommand=id',
  'ssh://root@web1/etc',
])('%s is none, and what was expected is said', (text) => {
  expect(SshUrl.safeParse(text).error?.issues[0]?.message).toMatch(/^expected ssh:\/\/USER@HOST/);
});
