import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { dsaSuites, ecdsaSuites, otherSuites, rsaSuites, suiteChunks, tls13Suites } from '../../../agent/tls/suites.ts';
import { tool } from '../../support/tools.ts';

const openssl = tool('openssl');

describe.skipIf(openssl === undefined)('against the suites that OpenSSL names', () => {
  const lines = (openssl === undefined ? '' : listCiphers(openssl))
    .split('\n')
    .map((line) => /0x(..),0x(..)\s+-\s+TLS_(\S+)/.exec(line))
    .filter((match) => match !== null)
    .map(([, high = '', low = '', name = '']) => ({ number: Number.parseInt(high + low, 16), name }));

  test('there are some', () => expect(lines.length).toBeGreaterThan(100));

  test.each(lines)('$name is in the group of its certificate', ({ number, name }) => {
    expect(groupOf(name)).toContain(number);
  });
});

function listCiphers(command: string): string {
  return execFileSync(command, ['ciphers', '-V', '-stdname', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0']).toString().trim();
}

/** By the names of the IANA registry. */
function groupOf(name: string): readonly number[] {
  if (!name.includes('_WITH_')) return tls13Suites;
  if (/^(RSA|DHE_RSA|ECDHE_RSA)_WITH/.test(name)) return rsaSuites;
  if (/^(ECDHE_ECDSA|ECDH_ECDSA|ECDH_RSA)_WITH/.test(name)) return ecdsaSuites;
  return name.startsWith('DHE_DSS_WITH') ? dsaSuites : otherSuites;
}

test('every suite is asked for once, in questions of at most 63', () => {
  const asked = suiteChunks.flat();
  expect(new Set(asked).size).toBe(asked.length);
  expect(new Set(asked)).toEqual(new Set([...rsaSuites, ...ecdsaSuites, ...dsaSuites, ...otherSuites]));
  expect(Math.max(...suiteChunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(63);
});
