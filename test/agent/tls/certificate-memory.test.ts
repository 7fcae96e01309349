import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { readCertificate } from '../../../agent/tls/certificate-memory.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { temporaryFolder } from '../../support/tools.ts';

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const { certificate } = makeCertificate(folder.path, { name: 'one', key: 'ec:prime256v1', validSeconds: 86_400 });
const der = new X509Certificate(readFileSync(certificate)).raw;

test('the same bytes are parsed once', () => {
  const first = readCertificate(der);
  expect(first.facts).toMatchObject({ state: 'read', value: { key: { kind: 'EC', bits: 256 } } });
  expect(readCertificate(Buffer.from(der))).toBe(first);
});

test('a byte that differs is another certificate', () => {
  const altered = Buffer.from(der);
  altered.writeUInt8(altered.readUInt8(altered.length - 1) ^ 1, altered.length - 1);
  expect(readCertificate(altered)).not.toBe(readCertificate(der));
});

test('what is no certificate is remembered as that', () => {
  const nothing = Buffer.from('no certificate');
  expect(readCertificate(nothing)).toMatchObject({ certificate: undefined, facts: { state: 'unreadable' } });
});

test('a server cannot make it remember more than it may', () => {
  const first = readCertificate(der);
  for (let number = 0; number < 600; number++) readCertificate(Buffer.from(`certificate ${number}`));
  const again = readCertificate(der);
  expect(again).not.toBe(first);
  expect(again.facts).toEqual(first.facts);
});
