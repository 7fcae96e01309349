import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readCertificateFile } from '../../../../agent/collect/certificate/files.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { Authority } from '../../../support/authority.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

const host = new LocalHost();

describe.skipIf(tool('openssl') === undefined)('files made by OpenSSL', () => {
  const folder = temporaryFolder();
  afterAll(() => folder[Symbol.dispose]());
  const authority = new Authority(folder.path);
  const ca = authority.issue({ name: 'ca', extensions: ['basicConstraints=critical,CA:TRUE'] });
  const server = ['basicConstraints=CA:FALSE', 'subjectAltName=DNS:www.example.nl'];
  const ec = authority.issue({ name: 'ec', by: 'ca', extensions: server });
  const rsa = authority.issue({ name: 'rsa', by: 'ca', extensions: server, key: 'rsa:2048' });
  const password = put('password', 'geheim\n');

  function put(name: string, content: string | Uint8Array): string {
    const path = join(folder.path, name);
    writeFileSync(path, content);
    return path;
  }

  function openssl(name: string, ...args: string[]): string {
    const path = join(folder.path, name);
    execFileSync('/usr/bin/openssl', [...args, '-out', path], { stdio: 'pipe' });
    return path;
  }

  function pkcs12(name: string, of: typeof ec, ...args: string[]): string {
    const files = ['-inkey', of.key, '-in', of.pem, '-certfile', ca.pem];
    return openssl(name, 'pkcs12', '-export', ...files, '-passout', `file:${password}`, ...args);
  }

  /** The fingerprints of what was read, or the obstacle's detail. */
  async function readFrom(path: string, passwordFile?: string): Promise<string[] | string | undefined> {
    const reading = await readCertificateFile(host, { path, passwordFile });
    if (reading.state === 'unreadable') return reading.obstacle.detail ?? reading.obstacle.code;
    return reading.value.map(({ fingerprint }) => fingerprint);
  }

  const prints = (...all: readonly (typeof ec)[]): string[] =>
    all.map(({ certificate }) => certificate.fingerprint256.replaceAll(':', '').toLowerCase());

  test.each([
    ['the defaults of today', []],
    ['RC2 and 3DES, as Windows and old OpenSSL have them', ['-legacy']],
    ['3DES alone', ['-legacy', '-certpbe', 'PBE-SHA1-3DES', '-keypbe', 'PBE-SHA1-3DES']],
    ['nothing encrypted', ['-certpbe', 'NONE', '-keypbe', 'NONE']],
    ['SHA-512 for the check sum', ['-macalg', 'sha512']],
    ['no check sum', ['-nomac']],
  ])('PKCS#12 with %s', async (name, options) => {
    const path = pkcs12(`${name}.p12`, ec, ...options);
    expect(await readFrom(path, password)).toEqual(prints(ec, ca));
  });

  test('PKCS#12 of an RSA key, bytes as they were', async () => {
    expect(await readFrom(pkcs12('rsa.p12', rsa), password)).toEqual(prints(rsa, ca));
  });

  test('PKCS#7 in DER and in PEM, DER, PEM behind a key', async () => {
    const pkcs7 = ['crl2pkcs7', '-nocrl', '-certfile', ec.pem, '-certfile', ca.pem];
    const sorted = async (path: string): Promise<unknown> => [await readFrom(path)].flat().sort();
    expect(await sorted(openssl('der.p7b', ...pkcs7, '-outform', 'DER'))).toEqual(prints(ec, ca).sort());
    expect(await sorted(openssl('pem.p7b', ...pkcs7))).toEqual(prints(ec, ca).sort());
    expect(await readFrom(openssl('ec.der', 'x509', '-in', ec.pem, '-outform', 'DER'))).toEqual(prints(ec));
    const bundle = put('bundle.pem', [ec.key, ec.pem, ca.pem].map((path) => readFileSync(path, 'utf8')).join(''));
    expect(await readFrom(bundle)).toEqual(prints(ec, ca));
  });

  describe('false greens: not read, so unknown', () => {
    test.each([[[]], [['-legacy']], [['-nomac']]])('a wrong password, and none (%o)', async (options) => {
      const path = pkcs12(`wrong${options.join('')}.p12`, ec, ...options);
      expect(await readFrom(path, put('other', 'anders\n'))).toEqual(expect.any(String));
      expect(await readFrom(path)).toEqual(expect.any(String));
    });

    test('a password file that is missing', async () => {
      expect(await readFrom(pkcs12('missing.p12', ec), '/nowhere/password')).toBe('missing');
    });

    test('one byte changed under the check sum', async () => {
      const bytes = readFileSync(pkcs12('changed.p12', ec, '-certpbe', 'NONE', '-keypbe', 'NONE'));
      const at = bytes.indexOf('www.example.nl');
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      expect(await readFrom(put('changed.p12', bytes), password)).toBe('the password does not fit');
    });

    test.each<[string, Uint8Array | string]>([
      ['a key store of Java', Buffer.from('feedfeed00000002', 'hex')],
      ['a PKCS#12 file that is cut off', readFileSync(pkcs12('whole.p12', ec)).subarray(0, 400)],
      ['a PKCS#7 block that is cut off', '-----BEGIN PKCS7-----\nMIIB'],
      [
        'a PKCS#7 file without certificates',
        readFileSync(openssl('empty.p7b', 'crl2pkcs7', '-nocrl', '-outform', 'DER')),
      ],
      ['a sequence of nothing', Buffer.from('3000', 'hex')],
      ['a sequence without an end', Buffer.from('3080', 'hex')],
      ['nothing', ''],
    ])('%s', async (name, content) => {
      const reading = await readCertificateFile(host, { path: put(name, content), passwordFile: password });
      expect(reading).toMatchObject({ state: 'unreadable', obstacle: { code: 'unparsable' } });
    });
  });
});
