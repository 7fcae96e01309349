import fc from 'fast-check';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isKeyName, logKey, parseLogKey, parseVkey, vkeyOf, witnessKey } from '../../evidence/vkey.ts';
import { evidenceError } from './errors.ts';
import { logPublicKey, logVkey, origin, witnessName, witnessPublicKey, witnessVkey } from './golden.ts';

test('the keys of the golden log and witness', () => {
  expect(vkeyOf(logKey(origin, logPublicKey))).toBe(logVkey);
  expect(vkeyOf(witnessKey(witnessName, witnessPublicKey))).toBe(witnessVkey);
  expect(parseVkey(logVkey)).toMatchObject({ type: 'ed25519', name: origin, id: 'faf97cfd' });
  expect(parseVkey(witnessVkey)).toMatchObject({ type: 'cosignature/v1', name: witnessName, id: '745fb5e8' });
  expect(parseVkey(logVkey).publicKey.equals(logPublicKey)).toBe(true);
});

test('where a log is expected, a witness is refused', () => {
  expect(parseLogKey(logVkey)).toEqual(parseVkey(logVkey));
  expect(() => parseLogKey(witnessVkey)).toThrow(evidenceError('vkey.malformed'));
});

test('name and type are part of a key id', () => {
  const ids = [
    logKey(origin, logPublicKey),
    logKey('example.com/log43', logPublicKey),
    witnessKey(origin, logPublicKey),
    logKey(origin, witnessPublicKey),
  ].map((key) => key.id);
  expect(new Set(ids).size).toBe(4);
});

test('every key comes back from its text', () => {
  const name = fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }).filter(isKeyName);
  fc.assert(
    fc.property(name, fc.boolean(), (someName, isWitness) => {
      const publicKey = createPublicKey(generateKeyPairSync('ed25519').privateKey);
      const key = isWitness ? witnessKey(someName, publicKey) : logKey(someName, publicKey);
      const { publicKey: parsedKey, ...parsed } = parseVkey(vkeyOf(key));
      expect(parsed).toEqual({ type: key.type, name: key.name, id: key.id });
      expect(parsedKey.equals(publicKey)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

describe('no key is read from', () => {
  const typed = (type: number, length = 32): string =>
    Buffer.concat([Buffer.of(type), Buffer.alloc(length, 7)]).toString('base64');

  test.each([
    ['nothing', ''],
    ['two parts', 'example.com/log42+faf97cfd'],
    ['no name', logVkey.replace(origin, '')],
    ['another name', logVkey.replace('log42', 'log43')],
    ['a name with a space', logVkey.replace('/log42', ' log42')],
    ['another key id', logVkey.replace('faf97cfd', 'faf97cfe')],
    ['a key id in capitals', logVkey.replace('faf97cfd', 'FAF97CFD')],
    ['a short key id', logVkey.replace('faf97cfd', 'faf97cf')],
    ['base64 without padding', witnessVkey.slice(0, -1)],
    ['trailing space', `${logVkey} `],
    ['a trailing line end', `${logVkey}\n`],
    ['a type of later', `example.com/log42+faf97cfd+${typed(6)}`],
    ['a key too short', `example.com/log42+faf97cfd+${typed(1, 31)}`],
    ['a key too long', `example.com/log42+faf97cfd+${typed(1, 33)}`],
  ])('%s', (_, text) => {
    expect(() => parseVkey(text)).toThrow(evidenceError('vkey.malformed'));
  });

  test('any single changed character of a good one', () => {
    for (let at = 0; at < logVkey.length; at += 1) {
      const changed = logVkey.slice(0, at) + (logVkey[at] === 'B' ? 'C' : 'B') + logVkey.slice(at + 1);
      expect(() => parseVkey(changed), changed).toThrow(evidenceError('vkey.malformed'));
    }
  });
});

test('a name has no spaces of any kind, no controls, no plus and no half characters', () => {
  for (const name of [
    '',
    'a b',
    'a+b',
    'a\tb',
    'a\nb',
    'a\u0001b',
    'a\u0085b',
    'a\u00a0b',
    'a\u2028b',
    'a\u3000b',
    'a\ud800b',
  ]) {
    expect(isKeyName(name), JSON.stringify(name)).toBe(false);
    expect(() => logKey(name, logPublicKey)).toThrow(evidenceError('vkey.malformed'));
  }
  for (const name of ['example.com/log42', 'a', 'lögboek', '日本']) expect(isKeyName(name), name).toBe(true);
});

test('only Ed25519 keys have a name', () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  expect(() => logKey(origin, publicKey)).toThrow(evidenceError('key.malformed'));
});
