import { describe, expect, test } from 'vitest';
import { rules } from '../../../../../policies/checks/tls/rating/rules.ts';
import { rate } from '../../../../../policies/checks/tls/rating/rate.ts';
import { weaknessNames, type Profile, type Versions } from '../../../../../policies/checks/tls/profile.ts';
import type { Letter } from '../../../../../policies/checks/tls/rating/letters.ts';
import {
  at,
  goodLeaf,
  goodPath,
  goodTrust,
  letterOf,
  no,
  ratingOf,
  server,
  silent,
  versionsOf,
  web,
  yes,
  type Change,
} from './facts.ts';

const weak = versionsOf('TLSv1.2 TLSv1.3');
const chosen = (suite: number): Profile['browsers'] => [
  { client: 'chrome', outcome: { state: 'agreed', version: 'TLSv1.2', suite, group: null } },
];

test('a server without a fault has A+ and every point', () => {
  const { letter, ifTrusted, scores, rules: held, steps, notes } = ratingOf();
  expect(letter).toEqual({ best: 'A+', worst: 'A+' });
  expect(ifTrusted).toEqual(letter);
  expect(scores.total).toEqual({ lowest: 100, highest: 100 });
  expect([held, steps, notes]).toEqual([[], [], []]);
});

/** Each rule by itself: what brings it about, and the letter with whatever else that brings. */
const alone: readonly (readonly [rule: string, change: Change, letter: Letter])[] = [
  ['ssl2', { versions: versionsOf('SSLv2 TLSv1.2 TLSv1.3'), leaf: {} }, 'F'],
  ['drown', { versions: versionsOf('SSLv2 TLSv1.2 TLSv1.3'), leaf: { key: { kind: 'RSA', bits: 4096 } } }, 'F'],
  ['ssl3-best', { versions: versionsOf('SSLv3'), suites: { SSLv3: [0x05] } }, 'F'],
  ['ssl3', { versions: versionsOf('SSLv3 TLSv1.2 TLSv1.3'), suites: { SSLv3: [0x05] } }, 'B'],
  ['poodle-ssl3', { versions: versionsOf('SSLv3 TLSv1.2 TLSv1.3'), suites: { SSLv3: [0x2f] } }, 'C'],
  ['no-tls12', { versions: versionsOf('TLSv1.1') }, 'C'],
  ['tls10-or-11', { versions: versionsOf('TLSv1.0 TLSv1.2 TLSv1.3') }, 'B'],
  ['tls10-or-11', { versions: versionsOf('TLSv1.1 TLSv1.2 TLSv1.3') }, 'B'],
  ['no-tls13', { versions: versionsOf('TLSv1.2') }, 'A-'],
  ['export-suites', { suites: { 'TLSv1.2': [0xc0_30, 0x03] } }, 'F'],
  ['anonymous-suites', { suites: { 'TLSv1.2': [0xc0_30, 0xc0_18] } }, 'F'],
  ['cipher-below-112', { suites: { 'TLSv1.2': [0xc0_30, 0x09] } }, 'F'],
  ['cipher-below-112', { suites: { 'TLSv1.2': [0xc0_30, 0x02] } }, 'F'],
  ['only-rc4', { versions: versionsOf('TLSv1.2'), suites: { 'TLSv1.2': [0xc0_11] } }, 'F'],
  ['rc4', { versions: versionsOf('TLSv1.0 TLSv1.2 TLSv1.3'), suites: { 'TLSv1.0': [0xc0_14, 0xc0_11] } }, 'B'],
  ['rc4-modern', { suites: { 'TLSv1.2': [0xc0_30, 0xc0_11] } }, 'C'],
  ['sweet32', { suites: { 'TLSv1.2': [0xc0_30, 0xc0_12] }, profile: { browsers: chosen(0xc0_12) } }, 'C'],
  ['no-forward-secrecy', { suites: { 'TLSv1.2': [0xc0_30, 0x9d] }, profile: { browsers: chosen(0x9d) } }, 'B'],
  ['no-aead', { versions: versionsOf('TLSv1.2'), suites: { 'TLSv1.2': [0xc0_14] } }, 'B'],
  ['crime', { features: { compression: yes } }, 'C'],
  ['no-secure-renegotiation', { features: { secureRenegotiation: no } }, 'A-'],
  ['key-below-1024', { leaf: { key: { kind: 'RSA', bits: 1023 } } }, 'F'],
  ['key-below-2048', { leaf: { key: { kind: 'RSA', bits: 2047 } } }, 'B'],
  ['rsa-weak-numbers', { leaf: { key: { kind: 'RSA', bits: 4096, exponent: '1' } } }, 'F'],
  ['rsa-weak-numbers', { leaf: { key: { kind: 'RSA', bits: 4096, divisor: 3 } } }, 'F'],
  ['md5-signature', { leaf: { signatureHash: 'MD5' } }, 'F'],
  ['dh-below-1024', { profile: { finiteFields: [{ bits: 1023, prime: 'own', known: false }] } }, 'F'],
  ['dh-below-2048', { profile: { finiteFields: [{ bits: 2047, prime: 'own', known: false }] } }, 'B'],
  ['chain-incomplete', { trust: { chain: { ...goodTrust.chain, lacksIntermediate: true } } }, 'B'],
  ['expired', { leaf: { notAfter: '2026-06-01T11:59:59.000Z' } }, 'T'],
  ['not-yet-valid', { leaf: { notBefore: '2026-06-01T13:00:00.000Z' } }, 'T'],
  ['self-signed', { trust: { system: [], obstacle: 'self-signed' } }, 'T'],
  ['untrusted', { trust: { system: [], obstacle: 'unknown-issuer' } }, 'T'],
  ['untrusted', { trust: { system: [], obstacle: 'incomplete-chain' } }, 'T'],
  ['untrusted', { trust: { system: [{ ...goodPath, notAfter: '2026-05-30T00:00:00.000Z' }] } }, 'T'],
  ['sha1-signature', { leaf: { signatureHash: 'SHA-1' } }, 'T'],
  ['sha1-signature', { trust: { system: [{ ...goodPath, weakSignature: 'SHA-1' }] } }, 'T'],
  ['name-mismatch', { name: 'shop.example.nl' }, 'M'],
  ['hsts-absent', { http: web() }, 'A'],
  ['hsts-short', { http: web('max-age=15551999') }, 'A'],
  ['hsts-invalid', { http: web('max-age=0') }, 'A-'],
  ['no-web-service', { http: { state: 'other' } }, 'A'],
  ...weaknessNames
    .filter((name) => name !== 'client-renegotiation')
    .map((name) => [name, { weaknesses: { [name]: yes } }, 'F'] as const),
];

describe('each rule', () => {
  test.each(alone)('%s with %o leaves %s', (rule, change, letter) => {
    expect(ratingOf(change).rules.map(({ id }) => id)).toContain(rule);
    expect(letterOf(change)).toBe(letter);
  });

  test('is among those', () => {
    expect([...new Set(alone.map(([rule]) => rule))].sort()).toEqual(rules.map(({ id }) => id).sort());
  });
});

describe('combinations', () => {
  test('TLS 1.3 alone lacks neither TLS 1.2 nor renegotiation', () => {
    expect(letterOf({ versions: versionsOf('TLSv1.3'), features: { secureRenegotiation: no } })).toBe('A+');
  });

  test('the worst rule counts, and the steps lead up from it', () => {
    const { letter, steps } = ratingOf({
      versions: versionsOf('TLSv1.0 TLSv1.2'),
      features: { compression: yes },
      http: web(),
      trust: { system: [], obstacle: 'unknown-issuer' },
    });
    expect(letter).toEqual({ best: 'T', worst: 'T' });
    expect(steps).toEqual([
      { from: 'T', to: 'C', rules: ['untrusted'] },
      { from: 'C', to: 'B', rules: ['crime'] },
      { from: 'B', to: 'A-', rules: ['tls10-or-11'] },
      { from: 'A-', to: 'A', rules: ['no-tls13'] },
      { from: 'A', to: 'A+', rules: ['hsts-absent'] },
    ]);
  });

  test('trust and name leave the rest to be told', () => {
    const change = {
      versions: versionsOf('TLSv1.2'),
      name: 'shop.example.nl',
      leaf: { notAfter: '2026-05-30T00:00:00.000Z' },
    };
    const { letter, ifTrusted } = ratingOf(change);
    expect(letter.best).toBe('T');
    expect(ifTrusted).toEqual({ best: 'A-', worst: 'A-' });
    expect(ratingOf({ ...change, leaf: {} }).letter.best).toBe('M');
  });

  test('3DES that nobody ends up with costs points only', () => {
    expect(letterOf({ suites: { 'TLSv1.2': [0xc0_30, 0xc0_12] } })).toBe('A+');
  });

  test('the weakest of several certificates counts', () => {
    const small = { leaf: { ...goodLeaf, key: { kind: 'RSA' as const, bits: 1024 } }, trust: goodTrust };
    expect(letterOf({ grounds: { served: [{ leaf: goodLeaf, trust: goodTrust }, small] } })).toBe('B');
  });

  test('a leaf over MD5 is no leaf over SHA-1, whose way is weak for MD5 alone', () => {
    const change = {
      leaf: { signatureHash: 'MD5' as const },
      trust: { system: [{ ...goodPath, weakSignature: 'MD5' as const }] },
    };
    expect(ratingOf(change).rules.map(({ id }) => id)).toEqual(['md5-signature']);
  });

  test('where no client agrees, forward secrecy is what every suite has, or open', () => {
    const browsers = [{ client: 'chrome' as const, outcome: { state: 'refused' as const } }];
    expect(letterOf({ profile: { browsers } })).toBe('A+');
    const suites = { 'TLSv1.2': [0xc0_30, 0x00_9d] };
    expect(ratingOf({ profile: { browsers }, suites }).letter).toEqual({ best: 'A+', worst: 'B' });
  });

  test('an expired way to a root beside a valid one harms nobody', () => {
    const old = { ...goodPath, notAfter: '2021-09-30T14:01:15.000Z' };
    expect(letterOf({ trust: { system: [old, goodPath] } })).toBe('A+');
    expect(letterOf({ trust: { system: [{ ...goodPath, weakSignature: 'SHA-1' }, goodPath] } })).toBe('A+');
  });

  test('a configured root is trusted, with a note', () => {
    const { letter, notes } = ratingOf({ trust: { system: [], configured: [goodPath] } });
    expect(letter.best).toBe('A+');
    expect(notes).toEqual(['private-ca']);
  });

  test('without a name none is judged, with a note', () => {
    const { letter, notes } = ratingOf({ name: undefined, leaf: { names: [] } });
    expect(letter.best).toBe('A+');
    expect(notes).toEqual(['no-name']);
  });
});

describe('Strict-Transport-Security', () => {
  test.each<[string[], Letter]>([
    [['max-age=15552000'], 'A+'],
    [['MAX-AGE="31536000"; includeSubDomains; preload'], 'A+'],
    [['max-age=31536000; max-age=31536000'], 'A-'],
    [['includeSubDomains'], 'A-'],
    [['max-age=a year'], 'A-'],
    [['max-age=-1'], 'A-'],
    [[''], 'A-'],
    [['max-age=0', 'max-age=31536000'], 'A-'],
    [['max-age=31536000', 'max-age=0'], 'A+'],
  ])('%o leaves %s', (headers, letter) => {
    expect(letterOf({ http: web(...headers) })).toBe(letter);
  });

  test('what its lack means is a setting', () => {
    expect(letterOf({ http: web() }, { hstsAbsent: 'A-', hstsShort: 'A' })).toBe('A-');
    expect(letterOf({ http: web() }, { hstsAbsent: 'A+', hstsShort: 'A' })).toBe('A+');
    expect(letterOf({ http: web('max-age=60') }, { hstsAbsent: 'A', hstsShort: 'A-' })).toBe('A-');
  });

  test('nothing but a web service is asked for it', () => {
    expect(ratingOf({ http: { state: 'other' } }, { hstsAbsent: 'A-', hstsShort: 'A-' }).letter.best).toBe('A');
  });
});

describe('names', () => {
  test.each([
    ['www.example.nl', true],
    ['WWW.example.nl.', true],
    ['shop.apps.example.nl', true],
    ['apps.example.nl', false],
    ['a.b.apps.example.nl', false],
    ['example.nl', false],
  ])('%s is covered: %s', (name, isCovered) => {
    expect(letterOf({ name })).toBe(isCovered ? 'A+' : 'M');
  });

  test.each([[['DNS:*.nl']], [['DNS:w*.example.nl']], [['DNS:*']], [['email:www.example.nl']], [[]]])(
    'neither a wildcard elsewhere nor the common name covers: %o',
    (names) => {
      expect(letterOf({ leaf: { names, subject: 'CN=example.nl' }, name: 'example.nl' })).toBe('M');
      expect(letterOf({ leaf: { names, subject: 'CN=www.example.nl' } })).toBe('M');
    },
  );
});

describe('the scores', () => {
  test.each([
    ['TLSv1.2', 100],
    ['TLSv1.0 TLSv1.2', 95],
    ['SSLv3 TLSv1.2', 90],
    ['SSLv2 TLSv1.2', 50],
    ['SSLv3', 80],
    ['TLSv1.1 TLSv1.0', 92.5],
  ])('protocol of %s: %d', (versions, score) => {
    expect(ratingOf({ versions: versionsOf(versions) }).scores.protocol).toEqual({ lowest: score, highest: score });
  });

  test.each([
    [511, 20],
    [512, 40],
    [1023, 40],
    [1024, 80],
    [2047, 80],
    [2048, 90],
    [4095, 90],
    [4096, 100],
  ])('key exchange with an RSA key or prime of %d bits: %d', (bits, score) => {
    const { scores } = ratingOf({ leaf: { key: { kind: 'RSA', bits } } });
    expect(scores.keyExchange.highest).toBe(score);
    const finiteFields = [{ bits, prime: 'own', known: false }];
    expect(ratingOf({ profile: { finiteFields } }).scores.keyExchange.highest).toBe(score);
  });

  test.each([
    ['P-192', 19, 80],
    ['P-224', 21, 90],
    ['P-256', 23, 90],
    ['X25519', 29, 90],
    ['X25519MLKEM768', 0x11_ec, 90],
    ['P-384', 24, 100],
    ['X448', 30, 100],
    ['ffdhe3072', 0x01_01, 90],
  ])('key exchange over %s: %d', (_, group, score) => {
    const { keyExchange } = ratingOf({ profile: { groups: { named: [group], incomplete: null } } }).scores;
    expect(keyExchange).toEqual({ lowest: score, highest: score });
  });

  test.each([
    [{ kind: 'EC', bits: 256 }, 90],
    [{ kind: 'Ed25519', bits: 256 }, 90],
    [{ kind: 'Ed448', bits: 456 }, 100],
    [{ kind: 'EC', bits: 521 }, 100],
  ] as const)('a key of %o: %d', (key, score) => {
    expect(ratingOf({ leaf: { key } }).scores.keyExchange.highest).toBe(score);
    expect(letterOf({ leaf: { key } })).toBe('A+');
  });

  test.each([
    [[0xc0_2f], [0x13_01], 80, 89],
    [[0xc0_2f], [0x13_02], 90, 93],
    [[0xc0_30, 0xc0_12], [0x13_02], 60, 81],
    [[0xc0_30, 0x02], [0x13_02], 50, 77],
  ])('ciphers %o and %o: %d, and %d in all', (classic, modern, score, total) => {
    const { scores } = ratingOf({
      suites: { 'TLSv1.2': classic, 'TLSv1.3': modern },
      leaf: { key: { kind: 'RSA', bits: 2048 } },
    });
    expect(scores.cipher).toEqual({ lowest: score, highest: score });
    expect(scores.total.highest).toBe(total);
  });

  test('a category of zero leaves nothing', () => {
    expect(ratingOf({ suites: { 'TLSv1.2': [0xc0_18] } }).scores.total).toEqual({ lowest: 0, highest: 0 });
  });
});

describe('what is not known', () => {
  const doubt = { what: 'silent' as const };
  test.each<[string, Change, string]>([
    ['an old version', { versions: { ...weak, SSLv3: silent } }, 'A+ to F'],
    ['TLS 1.3', { versions: { ...versionsOf('TLSv1.2'), 'TLSv1.3': silent } }, 'A+ to A-'],
    ['suites', { profile: { suites: [] } }, 'A+ to F'],
    ['one weakness', { weaknesses: { heartbleed: silent } }, 'A+ to F'],
    ['compression', { features: { compression: silent } }, 'A+ to C'],
    ['HSTS', { http: { state: 'unknown', why: doubt } }, 'A+ to A-'],
    ['certificates', { grounds: { served: [] } }, 'A+ to T'],
    ['further certificates', { grounds: { servedIncomplete: doubt } }, 'A+ to T'],
    ['roots', { trust: { system: [], obstacle: 'no-roots' } }, 'A+ to T'],
    ['a signature', { leaf: { signatureHash: 'unknown' } }, 'A+ to T'],
    ['a kind of key', { leaf: { key: { kind: 'other', bits: 0 } } }, 'A+ to F'],
    ['a prime', { suites: { 'TLSv1.2': [0xc0_30, 0x9f] } }, 'A+ to F'],
    ['a suite', { suites: { 'TLSv1.2': [0xc0_30, 0x1a_1a] } }, 'A+ to F'],
    ['a beginning within what clocks differ', { leaf: { notBefore: '2026-06-01T12:04:00.000Z' } }, 'A+ to T'],
  ])('%s leaves the letter open', (_, change, span) => {
    expect(letterOf(change)).toBe(span);
  });

  test('what is known to be bad decides all the same', () => {
    expect(letterOf({ weaknesses: { heartbleed: yes, robot: silent }, versions: weak })).toBe('F');
  });

  test('clients that were not tried matter only where a suite could have been chosen', () => {
    expect(letterOf({ profile: { browsers: [] } })).toBe('A+');
    expect(letterOf({ profile: { browsers: [] }, suites: { 'TLSv1.2': [0xc0_30, 0x9d] } })).toBe('A+ to B');
    expect(letterOf({ profile: { browsers: [] }, suites: { 'TLSv1.2': [0xc0_30, 0x0a] } })).toBe('A+ to C');
  });

  test('without a version that is accepted there is nothing to rate', () => {
    const refusing: Versions = versionsOf('', { 'TLSv1.2': silent });
    expect(rate(server({ versions: refusing }), at)).toBeUndefined();
  });
});
