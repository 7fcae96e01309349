import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAuthorizedKey, type AuthorizedKey } from '../../../../agent/collect/ssh/authorized-keys.ts';
import { effortOf } from '../../../support/effort.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

const blob = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.alloc(36, 7)]);
const key = `ssh-ed25519 ${blob.toString('base64')}`;

function parsed(line: string): AuthorizedKey {
  const found = parseAuthorizedKey(line);
  if (found === undefined || found === 'none') throw new Error(`no key: ${found ?? 'of no form'}`);
  return found;
}

describe('a line of authorized_keys', () => {
  test.each(['', '   ', '# ssh-ed25519 AAAA'])('%j lets nobody in', (line) => {
    expect(parseAuthorizedKey(line)).toBe('none');
  });

  test.each([
    ['no key', 'ssh-ed25519'],
    ['another type within', `ssh-rsa ${blob.toString('base64')}`],
    ['options without a key', 'no-pty,command="x"'],
    ['a quote that is not closed', `command="x ${key}`],
    ['an end that is no day', `expiry-time="20260231" ${key}`],
    ['an end without a value', `expiry-time ${key}`],
    ['a type that nobody knows', `ssh-foo ${blob.toString('base64')}`],
  ])('is of no form: %s', (_, line) => {
    expect(parseAuthorizedKey(line)).toBeUndefined();
  });

  test('options may hold commas, blanks and quotes', () => {
    const line = `from="10.0.0.1,10.0.0.2",Command="echo \\"a, b\\"",no-pty ${key} somebody`;
    expect(parsed(line).options).toEqual([
      { name: 'from', value: '10.0.0.1,10.0.0.2' },
      { name: 'command', value: 'echo "a, b"' },
      { name: 'no-pty', value: null },
    ]);
  });

  test('what stands in a quoted option is no option', () => {
    expect(parsed(`command="true,cert-authority" ${key}`).isAuthority).toBe(false);
    expect(parsed(`cert-authority,principals="admin" ${key}`).isAuthority).toBe(true);
  });

  test('of several ends the earliest counts; one without a zone at the latest that it can mean', () => {
    expect(parsed(`expiry-time="20270101Z",expiry-time="20260601Z" ${key}`).expires).toEqual(new Date('2026-06-01'));
    expect(parsed(`expiry-time="202601021530" ${key}`).expires).toEqual(new Date('2026-01-03T03:30:00Z'));
    expect(parsed(key).expires).toBeNull();
  });

  test('whatever it holds, reading it comes to an end', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', '\\', ',', '=', ' ', 'a', 'ssh-rsa ', key) }), (line) => {
        parseAuthorizedKey(line);
      }),
    );
    const effort = effortOf(() => {
      parseAuthorizedKey(`${'command="\\"'.repeat(20_000)} ${key}`);
      parseAuthorizedKey(`${'a=,'.repeat(20_000)}" ${key}`);
    });
    expect(effort).toBeLessThan(500);
  });
});

describe.skipIf(!tool('ssh-keygen'))('keys of ssh-keygen', () => {
  test.each(['ed25519', 'ecdsa'])('%s has the fingerprint that ssh-keygen prints', (type) => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'somebody', '-f', file]);
    const printed = execFileSync('ssh-keygen', ['-l', '-f', file], { encoding: 'utf8' });
    expect(printed).toContain(parsed(readFileSync(`${file}.pub`, 'utf8')).fingerprint);
  });
});
