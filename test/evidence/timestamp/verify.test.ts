import { execFileSync } from 'node:child_process';
import { hash, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCertificateFields } from '../../../evidence/der/certificate-fields.ts';
import { onlyElement, tags } from '../../../evidence/der/elements.ts';
import { EvidenceError, type EvidenceErrorCode } from '../../../evidence/error.ts';
import { Authorities } from '../../../evidence/timestamp/authorities.ts';
import { verifySignature } from '../../../evidence/timestamp/signature.ts';
import { parseToken } from '../../../evidence/timestamp/token.ts';
import { verifyTimestamp } from '../../../evidence/timestamp/verify.ts';
import { timestampExtensions, timestampInfo, TimestampAuthority, tokenIn } from '../../support/timestamp-authority.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';
import { evidenceError } from '../errors.ts';

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const text = 'test.example/log\n9\nWqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk=\n';
const at = new Date('2026-11-01T12:30:00.000Z');

describe.skipIf(!tool('openssl'))('a time-stamp token', () => {
  let tsa: TimestampAuthority;
  let trusted: Authorities;
  beforeAll(() => {
    tsa = new TimestampAuthority(join(folder.path, 'tsa'));
    trusted = new Authorities([tsa.root]);
  });

  test.each([
    ['rsa:2048', 'sha256'],
    ['rsa:2048', 'sha384'],
    ['rsa:4096', 'sha512'],
    ['ec:prime256v1', 'sha256'],
    ['ec:secp384r1', 'sha384'],
    ['ec:secp521r1', 'sha512'],
    ['ec:prime256v1', 'sha512'],
  ] as const)('of a key %s with %s shows when its text existed, and by whose word', (key, digest) => {
    tsa.issue({ name: `${key} ${digest}`, key });
    const token = tsa.token({ text, at, signer: `${key} ${digest}`, digest });
    const { at: moment, authority } = verifyTimestamp(token, text, trusted);
    expect({ moment, authority }).toEqual({ moment: at, authority: 'Test TSA Root' });
  });

  test('by openssl ts holds here, and OpenSSL says the same of it', () => {
    const query = join(folder.path, 'query.tsq');
    const imprint = hash('sha256', text);
    execFileSync('/usr/bin/openssl', ['ts', '-query', '-digest', imprint, '-sha256', '-cert', '-out', query]);
    const response = tsa.reply(readFileSync(query));
    const token = tokenIn(response, folder.path);
    const before = Date.now();
    const { at: moment, authority } = verifyTimestamp(token, text, trusted);
    expect(authority).toBe('Test TSA Root');
    expect(Math.abs(moment.getTime() - before)).toBeLessThan(10_000);
    expect(isFineForOpenSsl(token, tsa.rootFile)).toBe(true);
  });

  test("under an authority that was not given is nobody's word", () => {
    const other = new TimestampAuthority(join(folder.path, 'other'), { name: 'Other TSA' });
    expect(verifyTimestamp(other.token({ text, at }), text, trusted).authority).toBeUndefined();
    expect(verifyTimestamp(other.token({ text, at }), text, new Authorities([])).authority).toBeUndefined();
    const both = new Authorities([`${tsa.root}${other.root}`]);
    expect(verifyTimestamp(other.token({ text, at }), text, both).authority).toBe('Other TSA Root');
  });

  test("under an authority that only bears the name and key identifier of a trusted one is nobody's word", () => {
    const { extensions } = parseCertificateFields(new X509Certificate(tsa.root).raw);
    const keyId = onlyElement(extensions.get('2.5.29.14')?.value ?? Buffer.alloc(0), tags.octetString);
    const named = `subjectKeyIdentifier=${Buffer.from(keyId).toString('hex')}`;
    const impostor = new TimestampAuthority(join(folder.path, 'false'));
    const isAuthority = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'];
    impostor.issue({ name: 'f-root', subject: '/CN=Test TSA Root', by: 'f-root', extensions: [...isAuthority, named] });
    impostor.issue({ name: 'f-ca', by: 'f-root', extensions: isAuthority });
    impostor.issue({ name: 'f-tsa', by: 'f-ca' });
    expect(new X509Certificate(impostor.certificate('f-ca')).checkIssued(new X509Certificate(tsa.root))).toBe(true);
    const token = impostor.token({ text, at, signer: 'f-tsa', chain: ['f-ca'] });
    expect(verifyTimestamp(token, text, trusted).authority).toBeUndefined();
  });

  test('is vouched for by an authority that is trusted without its root, and by its own certificate', () => {
    const issuing = new Authorities([tsa.certificate('issuing')]);
    expect(verifyTimestamp(tsa.token({ text, at }), text, issuing).authority).toBe('Test TSA CA');
    const own = new Authorities([tsa.certificate('tsa')]);
    expect(verifyTimestamp(tsa.token({ text, at }), text, own).authority).toBe('tsa');
  });

  test('of a fraction of a second is read to the millisecond', () => {
    const fine = new Date('2026-11-01T12:30:00.250Z');
    expect(verifyTimestamp(tsa.token({ text, at: fine }), text, trusted).at).toEqual(fine);
  });

  test('over another text is refused', () => {
    const token = tsa.token({ text: text.replace('9', '8'), at });
    expect(() => verifyTimestamp(token, text, trusted)).toThrow(evidenceError('timestamp.imprint'));
  });

  test('with another moment than was signed is refused', () => {
    const token = replacedIn(tsa.token({ text, at }), '20261101123000Z', '20261001123000Z');
    expect(() => verifyTimestamp(token, text, trusted)).toThrow(evidenceError('timestamp.signature'));
    expect(isFineForOpenSsl(token, tsa.rootFile)).toBe(false);
  });

  test('whose signed digest was changed to fit another moment is refused', () => {
    const token = tsa.token({ text, at });
    const info = timestampInfo({ text, at });
    const forged = Buffer.from(info.toString('latin1').replace('20261101123000Z', '20261001123000Z'), 'latin1');
    const changed = replacedIn(token, info, forged);
    const fitted = replacedIn(changed, hash('sha256', info, 'buffer'), hash('sha256', forged, 'buffer'));
    expect(() => verifyTimestamp(fitted, text, trusted)).toThrow(evidenceError('timestamp.signature'));
  });

  test('that does not say which certificate signed it is refused', () => {
    const token = tsa.token({ text, at, isUnbound: true });
    expect(() => verifyTimestamp(token, text, trusted)).toThrow(/does not say which certificate signed it/);
  });

  test('of which another certificate for the same key is shown is refused', () => {
    const extensions = [...timestampExtensions, 'subjectKeyIdentifier=hash'];
    tsa.issue({ name: 'first', extensions });
    tsa.issue({ name: 'second', keyOf: 'first', extensions });
    const token = parseToken(tsa.token({ text, at, signer: 'first', isByKey: true }));
    const own = new X509Certificate(tsa.certificate('first'));
    expect(verifySignature({ ...token, certificates: [own] })).toBe(own);
    const other = new X509Certificate(tsa.certificate('second'));
    const swapped = { ...token, certificates: [other] };
    expect(() => verifySignature(swapped)).toThrow(/signed for another certificate than the one in it/);
  });

  test('with SHA-1 is not relied on', () => {
    const token = tsa.token({ text, at, digest: 'sha1' });
    expect(() => verifyTimestamp(token, text, trusted)).toThrow(evidenceError('timestamp.algorithm'));
  });

  const [authority, signs] = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'];
  test.each([
    ['may not vouch for time stamps', [authority, signs, 'extendedKeyUsage=clientAuth'], ['issuing', 'between']],
    ['may not stand that far up', [`${authority},pathlen:0`, signs], ['issuing', 'between', 'below']],
    ['is no authority', ['basicConstraints=critical,CA:FALSE'], ['issuing', 'between']],
  ])('whose signer is below a certificate that %s is refused', (name, extensions, chain) => {
    const own = new TimestampAuthority(join(folder.path, name));
    own.issue({ name: 'between', extensions });
    own.issue({ name: 'below', by: 'between', extensions: [authority, signs] });
    own.issue({ name: 'signer', by: chain.at(-1) ?? '' });
    const token = own.token({ text, at, signer: 'signer', chain });
    const outcome = attempt(() => verifyTimestamp(token, text, new Authorities([own.root])));
    expect(outcome).toMatchObject({ code: 'timestamp.certificate' });
  });

  test('of an RSA key of 1024 bits is not relied on', () => {
    tsa.issue({ name: 'short', key: 'rsa:1024' });
    const token = tsa.token({ text, at, signer: 'short' });
    expect(() => verifyTimestamp(token, text, trusted)).toThrow(evidenceError('timestamp.algorithm'));
  });

  const [basic, usage] = ['basicConstraints=critical,CA:FALSE', 'keyUsage=critical,digitalSignature'];
  test.each([
    ['not for time stamps', { extensions: [basic, usage] }, /is not for time stamps alone/],
    [
      'for time stamps and more',
      { extensions: [basic, usage, 'extendedKeyUsage=critical,timeStamping,clientAuth'] },
      /is not for time stamps alone/,
    ],
    [
      'for time stamps, which is not critical',
      { extensions: [basic, usage, 'extendedKeyUsage=timeStamping'] },
      /is not for time stamps alone/,
    ],
    [
      'not for signatures',
      { extensions: [basic, 'keyUsage=critical,keyEncipherment', 'extendedKeyUsage=critical,timeStamping'] },
      /is not for signatures/,
    ],
    [
      'expired at that moment',
      { ends: new Date('2026-11-01T12:29:59Z') },
      /was not valid at 2026-11-01T12:30:00\.000Z/,
    ],
    ['not yet valid at that moment', { begins: new Date('2026-11-01T12:30:01Z') }, /was not valid at/],
    ['by an algorithm that collides', { digest: 'sha1' }, /signed by an algorithm that is not known or not safe/],
    ['below one that is no authority', { by: 'tsa' }, undefined],
    [
      'with a critical extension that is not known',
      { extensions: [...timestampExtensions, '1.2.3.4=critical,ASN1:NULL'] },
      /has a critical extension not known here \(1\.2\.3\.4\)/,
    ],
  ] as const)('whose certificate is %s is refused', (name, order, words) => {
    // prettier-ignore
    tsa.issue({ ...order, name, subject: `/CN=${name}` });
    const token = tsa.token({ text, at, signer: name });
    if (words === undefined) {
      expect(verifyTimestamp(token, text, trusted).authority).toBeUndefined();
      return;
    }
    const refused = (): unknown => verifyTimestamp(token, text, trusted);
    expect(refused).toThrow(evidenceError('timestamp.certificate'));
    expect(refused).toThrow(words);
  });

  test('by an authority that was not valid any more at that moment is refused', () => {
    const late = tsa.token({ text, at: new Date('2036-06-01T00:00:00Z') });
    expect(() => verifyTimestamp(late, text, trusted)).toThrow(/was not valid at 2036-06-01/);
  });

  test('changed at any byte does not show another moment or text', () => {
    const token = tsa.token({ text, at });
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.integer({ min: 1, max: 255 }), (place, bits) => {
        const changed = Buffer.from(token);
        changed.writeUInt8(changed.readUInt8(place) ^ bits, place);
        const outcome = attempt(() => verifyTimestamp(changed, text, trusted));
        if (outcome instanceof EvidenceError) return;
        // Some bytes say nothing: CMS versions, and the certificates that lie between are looked for, not believed.
        expect(outcome.at).toEqual(at);
      }),
      { numRuns: 1500 },
    );
  });

  test('that is none is refused, whatever it is', () => {
    const malformed: EvidenceErrorCode = 'timestamp.malformed';
    const token = tsa.token({ text, at });
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('hello'),
      Buffer.alloc(100_000, 0x30),
      token.subarray(0, -1),
      Buffer.concat([token, Buffer.of(0)]),
      tsa.reply(timestampInfo({ text, at })),
    ]) {
      expect(() => verifyTimestamp(bytes, text, trusted)).toThrow(evidenceError(malformed));
    }
  });
});

test('certificates of authorities that are none are refused', () => {
  expect(() => new Authorities(['hello'])).toThrow(evidenceError('authority.malformed'));
  const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  expect(() => new Authorities([pem])).toThrow(evidenceError('authority.malformed'));
});

function attempt<T>(act: () => T): T | EvidenceError {
  try {
    return act();
  } catch (error) {
    if (error instanceof EvidenceError) return error;
    throw error;
  }
}

function isFineForOpenSsl(token: Buffer, root: string): boolean {
  const file = join(folder.path, 'token.der');
  writeFileSync(file, token);
  const words = ['ts', '-verify', '-digest', hash('sha256', text), '-in', file, '-token_in', '-CAfile', root];
  try {
    return execFileSync('/usr/bin/openssl', words, { stdio: 'pipe' }).toString().includes('Verification: OK');
  } catch {
    return false;
  }
}

/** Puts bytes in place of as many others; throws where they are not there. */
function replacedIn(bytes: Buffer, what: string | Buffer, by: string | Buffer): Buffer {
  const place = bytes.indexOf(what);
  if (place < 0 || what.length !== by.length) throw new Error('there is nothing to replace');
  return Buffer.concat([bytes.subarray(0, place), Buffer.from(by), bytes.subarray(place + what.length)]);
}
