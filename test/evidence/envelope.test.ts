import fc from 'fast-check';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  Envelope,
  openEnvelope,
  openEnvelopeMeanwhile,
  preAuthenticationEncoding,
  signEnvelope,
  unverifiedPayload,
} from '../../evidence/envelope.ts';
import { keyidOf } from '../../evidence/keys.ts';
import { evidenceError } from './errors.ts';
import { seededKey } from './keys.ts';

const type = 'application/vnd.waarborg.report+json';
const privateKey = seededKey(1);
const publicKey = createPublicKey(privateKey);
const body = Buffer.from('{"v":1}');

test('the vector of the DSSE specification', () => {
  const encoded = preAuthenticationEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
  expect(encoded.toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
});

test('lengths count bytes, not characters', () => {
  expect(preAuthenticationEncoding('é', Buffer.from('€')).toString()).toBe('DSSEv1 2 é 3 €');
});

test('an envelope is a plain signature over the encoding, as any DSSE tool checks it', () => {
  const envelope = signEnvelope(type, body, privateKey);
  expect(Envelope.parse(JSON.parse(JSON.stringify(envelope)))).toEqual(envelope);
  expect(envelope.signatures[0]?.keyid).toBe(keyidOf(publicKey));
  const signature = Buffer.from(envelope.signatures[0]?.sig ?? '', 'base64');
  expect(verify(null, Buffer.from(`DSSEv1 36 ${type} 7 {"v":1}`), publicKey, signature)).toBe(true);
});

test('whatever bytes are signed come back as they were', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ minLength: 1, unit: 'binary' }),
      (bytes, payloadType) => {
        const envelope = signEnvelope(payloadType, bytes, privateKey);
        expect(openEnvelope(envelope, publicKey, payloadType)).toEqual(Buffer.from(bytes));
      },
    ),
  );
});

type Open = (...input: Parameters<typeof openEnvelope>) => Promise<Buffer>;
const waysToOpen: readonly [string, Open][] = [
  ['at once', (...input) => Promise.try(openEnvelope, ...input)],
  ['by another thread', openEnvelopeMeanwhile],
];

describe.each(waysToOpen)('an envelope that is opened %s is refused', (_, open) => {
  const envelope = signEnvelope(type, body, privateKey);
  const [signature = { keyid: '', sig: '' }] = envelope.signatures;

  test('with any bit of its payload flipped', async () => {
    for (let bit = 0; bit < body.length * 8; bit += 1) {
      const payload = Buffer.from(body);
      payload.writeUInt8(payload.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const altered = { ...envelope, payload: payload.toString('base64') };
      await expect(open(altered, publicKey, type)).rejects.toThrow(evidenceError('envelope.signature'));
    }
  });

  test('with any bit of its signature flipped', async () => {
    for (let bit = 0; bit < 512; bit += 1) {
      const bytes = Buffer.from(signature.sig, 'base64');
      bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const altered = { ...envelope, signatures: [{ ...signature, sig: bytes.toString('base64') }] };
      await expect(open(altered, publicKey, type)).rejects.toThrow(evidenceError('envelope.signature'));
    }
  });

  test('where its type is not the one wanted', async () => {
    await expect(open(envelope, publicKey, 'application/json')).rejects.toThrow(evidenceError('envelope.type'));
  });

  test('where its type was changed to the one wanted', async () => {
    const relabelled = { ...signEnvelope('application/json', body, privateKey), payloadType: type };
    await expect(open(relabelled, publicKey, type)).rejects.toThrow(evidenceError('envelope.signature'));
  });

  test('where another key made the signature, also under the name of this one', async () => {
    const other = signEnvelope(type, body, seededKey(2));
    await expect(open(other, publicKey, type)).rejects.toThrow(evidenceError('envelope.signature'));
    const signatures = other.signatures.map(({ sig }) => ({ keyid: keyidOf(publicKey), sig }));
    await expect(open({ ...other, signatures }, publicKey, type)).rejects.toThrow(evidenceError('envelope.signature'));
  });

  test('without signatures', async () => {
    expect(Envelope.safeParse({ ...envelope, signatures: [] }).success).toBe(false);
    await expect(open({ ...envelope, signatures: [] }, publicKey, type)).rejects.toThrow(
      evidenceError('envelope.signature'),
    );
  });

  test('with one good and one bad signature of the same key', async () => {
    const sig = Buffer.alloc(64).toString('base64');
    const altered = { ...envelope, signatures: [signature, { ...signature, sig }] };
    await expect(open(altered, publicKey, type)).rejects.toThrow(evidenceError('envelope.signature'));
  });

  test('with another spelling of its base64', async () => {
    for (const payload of ['eyJ2IjoxfR==', 'eyJ2IjoxfQ', 'eyJ2IjoxfQ==\n', ' eyJ2IjoxfQ==', 'eyJ2-joxfQ==']) {
      expect(Envelope.safeParse({ ...envelope, payload }).success, payload).toBe(false);
      await expect(open({ ...envelope, payload }, publicKey, type)).rejects.toThrow(
        evidenceError('envelope.malformed'),
      );
    }
    expect(envelope.payload).toBe('eyJ2IjoxfQ==');
  });

  test('in another form', () => {
    const [payload, sig] = ['A'.repeat(65_536), 'QUJD'];
    const forms: unknown[] = [
      { ...envelope, payload },
      { ...envelope, payloadType: '' },
      { ...envelope, extra: 1 },
      { ...envelope, signatures: [{ ...signature, sig }] },
      { ...envelope, signatures: [{ ...signature, keyid: 'web1' }] },
      { ...envelope, signatures: Array.from({ length: 9 }, () => signature) },
    ];
    for (const form of forms) expect(Envelope.safeParse(form).success).toBe(false);
  });
});

test('a second signature, of a key not asked for, is passed over', async () => {
  const envelope = signEnvelope(type, body, privateKey);
  const both = {
    ...envelope,
    signatures: [...signEnvelope(type, body, seededKey(2)).signatures, ...envelope.signatures],
  };
  expect(openEnvelope(both, publicKey, type)).toEqual(body);
  expect(await openEnvelopeMeanwhile(both, publicKey, type)).toEqual(body);
});

test('what is said can be read before it is verified, as the same bytes', () => {
  expect(unverifiedPayload(signEnvelope(type, body, privateKey))).toEqual(body);
});

test('only Ed25519 keys sign', () => {
  const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const { privateKey: secp } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const { privateKey: x25519 } = generateKeyPairSync('x25519');
  for (const key of [rsa, secp, x25519])
    expect(() => signEnvelope(type, body, key)).toThrow(evidenceError('key.malformed'));
});
