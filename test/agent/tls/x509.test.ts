import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { describeRsa } from '../../../agent/tls/rsa.ts';
import { describeCertificate } from '../../../agent/tls/x509.ts';
import { CertificateFacts } from '../../../policies/checks/certificate/facts.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';

const folder = temporaryFolder();
const smallPrimes = Array.from({ length: 995 }, (_, index) => BigInt(index + 2));
afterAll(() => folder[Symbol.dispose]());

/** A certificate from `openssl req`, for what `makeCertificate` does not offer. */
function request(name: string, ...args: string[]): CertificateFacts {
  const file = join(folder.path, `${name}.pem`);
  const key = join(folder.path, `${name}.key`);
  const common = ['req', '-x509', '-nodes', '-keyout', key, '-out', file, '-subj', '/O=Voorbeeld B.V., Utrecht/CN=x'];
  execFileSync('/usr/bin/openssl', [...common, ...args], { stdio: 'pipe' });
  return describeFile(file);
}

function describeFile(file: string): CertificateFacts {
  const reading = describeCertificate(new X509Certificate(readFileSync(file)).raw, file);
  if (reading.state === 'unreadable') throw new Error(JSON.stringify(reading.obstacle));
  return CertificateFacts.parse(reading.value);
}

describe.skipIf(tool('openssl') === undefined)('certificates made by OpenSSL', () => {
  test('everything a certificate says', () => {
    const begins = new Date('2049-12-31T23:59:59Z');
    const order = { name: 'all', key: 'ec:secp384r1', begins, validSeconds: 86_400, names: ['a.nl', '*.b.nl'] };
    const { certificate } = makeCertificate(folder.path, order);
    const serial = new X509Certificate(readFileSync(certificate)).serialNumber;
    const digest = execFileSync('/usr/bin/openssl', ['x509', '-in', certificate, '-noout', '-fingerprint', '-sha256']);
    expect(describeFile(certificate)).toEqual({
      subject: 'CN=a.nl',
      issuer: 'CN=a.nl',
      serial,
      notBefore: '2049-12-31T23:59:59.000Z', // the last second that UTCTime holds
      notAfter: '2050-01-01T23:59:58.000Z', // GeneralizedTime
      names: ['DNS:a.nl', 'DNS:*.b.nl'],
      key: { kind: 'EC', bits: 384, curve: 'secp384r1' },
      signatureAlgorithm: 'ecdsa-with-SHA256',
      signatureHash: 'SHA-2',
      fingerprint: (/=(.*)/.exec(digest.toString())?.[1] ?? '').replaceAll(':', '').toLowerCase(),
      isCa: false,
    });
  });

  test.each([
    ['rsa:1024', { kind: 'RSA', bits: 1024 }],
    ['rsa:2047', { kind: 'RSA', bits: 2047 }],
    ['rsa-pss:2048', { kind: 'RSA', bits: 2048 }],
    ['ec:prime192v1', { kind: 'EC', bits: 192, curve: 'prime192v1' }],
    ['ec:brainpoolP512r1', { kind: 'EC', bits: 512, curve: 'brainpoolP512r1' }],
    ['ec:sect233k1', { kind: 'EC', bits: 233, curve: 'sect233k1' }],
    ['ed25519', { kind: 'Ed25519', bits: 256 }],
    ['ed448', { kind: 'Ed448', bits: 456 }],
  ])('the key of %s', (key, expected) => {
    const name = key.replace(':', '-');
    const { certificate } = makeCertificate(folder.path, { name, key, validSeconds: 86_400 });
    expect(describeFile(certificate).key).toEqual(expected);
  });

  test.each([
    ['rsa:2048', ['-md5'], 'MD5'],
    ['rsa:2048', ['-sha1'], 'SHA-1'],
    ['rsa:2048', ['-sha384'], 'SHA-2'],
    ['rsa:2048', ['-sha3-256'], 'SHA-3'],
    ['rsa:2048', ['-sha1', '-sigopt', 'rsa_padding_mode:pss'], 'SHA-1'],
    ['rsa:2048', ['-sha512', '-sigopt', 'rsa_padding_mode:pss'], 'SHA-2'],
    ['ed25519', [], 'intrinsic'],
  ])('%s %s is signed over %s', (key, options, hash) => {
    const found = request(`signed-${options.join('')}-${key}`, '-newkey', key, ...options);
    expect(found.signatureHash).toBe(hash);
  });

  test.each([
    ['65537', {}],
    ['3', { exponent: '3' }],
    ['36893488147419103233', { exponent: 'large' }], // 2^65 + 1
  ])('an RSA key with the public exponent %s', (exponent, expected) => {
    const option = ['-pkeyopt', `rsa_keygen_pubexp:${exponent}`];
    expect(request(`exponent-${exponent}`, '-newkey', 'rsa:2048', ...option).key).toEqual({
      kind: 'RSA',
      bits: 2048,
      ...expected,
    });
  });

  test('a modulus that a small prime divides, with the exponent 1', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const modulus = Buffer.from(publicKey.export({ format: 'jwk' }).n ?? '', 'base64url');
    const number = BigInt(`0x${modulus.toString('hex')}`);
    // The nearest multiple of 997 that no smaller prime divides.
    let multiple = number - (number % 997n);
    while (smallPrimes.some((prime) => multiple % prime === 0n)) multiple -= 997n;
    const divisible = Buffer.from(multiple.toString(16), 'hex').toString('base64url');
    const key = createPublicKey({ key: { kty: 'RSA', n: divisible, e: 'AQ' }, format: 'jwk' });
    expect(describeRsa(key)).toEqual({ exponent: '1', divisor: 997 });
  });

  test('must-staple and timestamps are noted', () => {
    const list = 'DER:04:0c:00:0a:00:03:aa:bb:cc:00:03:dd:ee:ff'; // two timestamps of three bytes
    const marks = ['-addext', 'tlsfeature=status_request', '-addext', `1.3.6.1.4.1.11129.2.4.2=${list}`];
    expect(request('marks', '-newkey', 'ed25519', ...marks)).toMatchObject({ mustStaple: true, timestamps: 2 });
    expect(request('no-marks', '-newkey', 'ed25519')).not.toHaveProperty('mustStaple');
  });

  test('a CA says so; a subject with a comma stays on one line', () => {
    const found = request('ca', '-newkey', 'ed25519', '-addext', 'subjectAltName=DNS:x.nl,IP:192.0.2.1,email:a@x.nl');
    expect(found.isCa).toBe(true);
    expect(found.subject).toBe('O=Voorbeeld B.V.\\, Utrecht, CN=x');
    expect(found.names).toEqual(['DNS:x.nl', 'IP Address:192.0.2.1', 'email:a@x.nl']);
  });
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['text', Buffer.from('hello')],
])('%s is no certificate', (_, der) => {
  expect(describeCertificate(der, 'x.pem')).toMatchObject({
    state: 'unreadable',
    obstacle: { code: 'unparsable', what: 'x.pem' },
  });
});
