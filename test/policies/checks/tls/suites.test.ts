import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as offered from '../../../../agent/tls/suites.ts';
import { suiteName, suiteOf } from '../../../../policies/checks/tls/suites.ts';
import { tool } from '../../../support/tools.ts';

const everyOffered = [
  ...offered.rsaSuites,
  ...offered.ecdsaSuites,
  ...offered.dsaSuites,
  ...offered.otherSuites,
  ...offered.tls13Suites,
  ...offered.ssl2Suites,
];

test('every suite that the scanner offers is known', () => {
  expect(everyOffered.length).toBeGreaterThan(350);
  expect(everyOffered.filter((number) => suiteOf(number) === undefined)).toEqual([]);
});

test.each([
  [0xc02f, 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'ECDHE RSA AES_128_GCM 128 128 AEAD', 'fs'],
  [0x000a, 'TLS_RSA_WITH_3DES_EDE_CBC_SHA', 'RSA RSA 3DES_EDE_CBC 112 64 SHA', 'cbc'],
  [0x0003, 'TLS_RSA_EXPORT_WITH_RC4_40_MD5', 'RSA RSA RC4_40 40 null MD5', 'export'],
  [0x0062, 'TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA', 'RSA RSA DES_CBC 56 64 SHA', 'cbc export'],
  [0x0014, 'TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA', 'DHE RSA DES40_CBC 40 64 SHA', 'cbc export fs'],
  [0x0001, 'TLS_RSA_WITH_NULL_MD5', 'RSA RSA NULL 0 null MD5', ''],
  [0x0018, 'TLS_DH_anon_WITH_RC4_128_MD5', 'DHE anonymous RC4_128 128 null MD5', 'fs'],
  [0xc0a0, 'TLS_RSA_WITH_AES_128_CCM_8', 'RSA RSA AES_128_CCM_8 128 128 AEAD', ''],
  [0xc0aa, 'TLS_PSK_DHE_WITH_AES_128_CCM_8', 'DHE PSK AES_128_CCM_8 128 128 AEAD', 'fs'],
  [0xcca8, 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE RSA CHACHA20_POLY1305 256 null AEAD', 'fs'],
  [0x1301, 'TLS_AES_128_GCM_SHA256', 'any any AES_128_GCM 128 128 AEAD', 'fs'],
  [0x03_00_80, 'SSL_RSA_WITH_RC2_CBC_128_MD5', 'RSA RSA RC2_CBC_128 128 64 MD5', 'cbc'],
  [0x02_00_80, 'SSL_RSA_EXPORT_WITH_RC4_40_MD5', 'RSA RSA RC4_40 40 null MD5', 'export'],
])('%i is %s', (number, name, parts, flags) => {
  const suite = suiteOf(number);
  if (suite === undefined) throw new Error('not known');
  expect(suiteName(number)).toBe(name);
  const { keyExchange, authentication, cipher, bits, blockBits, mac, isCbc, isExport, hasForwardSecrecy } = suite;
  expect([keyExchange, authentication, cipher, bits, String(blockBits), mac].join(' ')).toBe(parts);
  const seen = [isCbc ? 'cbc' : '', isExport ? 'export' : '', hasForwardSecrecy ? 'fs' : ''];
  expect(seen.filter((flag) => flag !== '').join(' ')).toBe(flags);
});

test('a number that is not known is shown as it is', () => {
  expect(suiteOf(0x1a1a)).toBeUndefined();
  expect(suiteName(0x1a1a)).toBe('0x1a1a');
});

describe.skipIf(!tool('openssl'))('OpenSSL', () => {
  const lines = execFileSync('openssl', ['ciphers', '-V', '-stdname', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'])
    .toString()
    .trim()
    .split('\n');
  /** `0xC0,0x2F - TLS_... - ECDHE-... TLSv1.2 Kx=ECDH Au=RSA Enc=AESGCM(128) Mac=AEAD` */
  const form = /0x(..),0x(..) - (\S+)\s+- (\S+)\s+(\S+)\s+Kx=(\S+)\s+Au=(\S+)\s+Enc=([\w/]+)(?:\((\d+)\))?\s+Mac=(\S+)/;
  const listed = lines.map((line) => form.exec(line) ?? [line]);

  test('lists what this test reads', () => {
    expect(listed.length).toBeGreaterThan(100);
    expect(listed.filter((match) => match.length === 1)).toEqual([]);
  });

  test('names every suite alike, and counts its bits alike', () => {
    const theirs = listed.map(([, high = '', low = '', name = '', , , , , cipher = '', bits = '0']) => ({
      name,
      number: Number.parseInt(high + low, 16),
      // OpenSSL tells a 3DES key's length here, and the strength elsewhere.
      bits: cipher === '3DES' ? 112 : Number(bits),
    }));
    const ours = theirs.map(({ number }) => ({ name: suiteName(number), number, bits: suiteOf(number)?.bits }));
    expect(ours).toEqual(theirs);
  });

  test('tells AEAD, anonymous key exchange and forward secrecy alike', () => {
    const theirs = listed.map(([, high = '', low = '', , openssl = '', version, , au, , , mac]) => ({
      openssl,
      number: Number.parseInt(high + low, 16),
      aead: mac === 'AEAD',
      anonymous: au === 'None',
      secret: version === 'TLSv1.3' || /^(ECDHE|DHE|ADH|AECDH)-/.test(openssl),
    }));
    const ours = theirs.map(({ openssl, number }) => {
      const suite = suiteOf(number);
      return {
        openssl,
        number,
        aead: suite?.mac === 'AEAD',
        anonymous: suite?.authentication === 'anonymous',
        secret: suite?.hasForwardSecrecy,
      };
    });
    expect(ours).toEqual(theirs);
  });
});

const nmapNames = '/usr/share/nmap/nselib/tls.lua';
test.skipIf(!tool('nmap'))('nmap names every suite alike, where it knows one', () => {
  const entries = [...readFileSync(nmapNames, 'utf8').matchAll(/\["((?:TLS|SSL)_\w+)"\]\s*=\s*0x([0-9A-Fa-f]{4}),/g)];
  const theirs = new Map(entries.map(([, name = '', number = '']) => [Number.parseInt(number, 16), name]));
  const both = everyOffered.filter((number) => theirs.has(number));
  expect(both.length).toBeGreaterThan(300);
  const differing = both
    .map((number) => [suiteName(number), theirs.get(number) ?? ''] as const)
    .filter(([ours, nmaps]) => ours !== nmaps);
  expect(differing).toEqual([]);
});
