import { describe, expect, test } from 'vitest';
import { certificate } from '../../../policies/checks/certificate.ts';
import type { AllCertificates, CertificateFacts } from '../../../policies/checks/certificate/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import { worstVerdict, type Verdict } from '../../../policies/verdict.ts';

const at = new Date('2026-06-01T12:00:00Z');
const day = 86_400;
const none: AllCertificates = { listening: read({ skipped: [], overLimit: 0 }), endpoints: [], files: [] };

function leaf(changes: Partial<CertificateFacts> = {}): CertificateFacts {
  return {
    subject: 'CN=www.example.nl',
    issuer: 'CN=Example CA',
    serial: '01',
    notBefore: '2026-05-01T00:00:00.000Z',
    notAfter: '2026-10-01T00:00:00.000Z',
    names: ['DNS:www.example.nl'],
    key: { kind: 'RSA', bits: 2048 },
    signatureAlgorithm: 'sha256WithRSAEncryption',
    signatureHash: 'SHA-2',
    fingerprint: 'ab'.repeat(32),
    isCa: false,
    ...changes,
  };
}

/** A span of so many seconds, both ends counted. */
function span(notBefore: string, seconds: number): Pick<CertificateFacts, 'notBefore' | 'notAfter'> {
  const begin = new Date(notBefore);
  return { notBefore: begin.toISOString(), notAfter: new Date(begin.getTime() + (seconds - 1) * 1000).toISOString() };
}

type Serving = Extract<AllCertificates['endpoints'][number], { speaks: 'tls' }>;
function serving(changes: Partial<Serving> = {}, ...leaves: CertificateFacts[]): Serving {
  const served = leaves.map((one) => ({ asked: ['TLSv1.2 RSA'], leaf: one, chain: [] }));
  return { endpoint: '192.0.2.1:443', origin: 'settings', speaks: 'tls', served, unanswered: [], ...changes };
}

function judge(facts: Partial<AllCertificates>, parameters: unknown = {}, moment = at): string[] {
  return certificate
    .judge(read({ ...none, ...facts }), parameters, moment)
    .map(({ verdict, code, subject }) => `${verdict} ${code} ${subject ?? ''}`.trimEnd());
}

function judgeLeaf(changes: Partial<CertificateFacts>, parameters: unknown = {}, moment = at): string[] {
  return judge({ endpoints: [serving({}, leaf(changes))] }, parameters, moment).map((line) => line.split(' ')[1] ?? '');
}

describe('RSA keys of unusual numbers', () => {
  test.each([
    [{ exponent: '1' }, 'certificate.weak-exponent'],
    [{ exponent: '2' }, 'certificate.weak-exponent'],
    [{ exponent: '65536' }, 'certificate.weak-exponent'],
    [{ exponent: '3' }, 'certificate.good'],
    [{ exponent: 'large' }, 'certificate.unknown-key'],
    [{ divisor: 3 }, 'certificate.divisible-modulus'],
  ])('%o is %s', (changes, code) => {
    expect(judgeLeaf({ key: { kind: 'RSA', bits: 2048, ...changes } })).toEqual([code]);
  });
});

describe('how long a certificate is valid', () => {
  const ordinary = '2025-12-01T00:00:00Z';
  // 29 February 2024 and 2028
  test.each([
    ['365 days less a second', span(ordinary, 365 * day - 1), 'certificate.good'],
    ['365 days', span(ordinary, 365 * day), 'certificate.good'],
    ['365 days and a second', span(ordinary, 365 * day + 1), 'certificate.too-long'],
    ['366 days without a 29 February', span(ordinary, 366 * day), 'certificate.too-long'],
    ['398 days', span(ordinary, 398 * day), 'certificate.too-long'],
    ['366 days with a 29 February', span('2027-12-01T00:00:00Z', 366 * day), 'certificate.good'],
    ['366 days and a second with one', span('2027-12-01T00:00:00Z', 366 * day + 1), 'certificate.too-long'],
    ['366 days from the last second before one', span('2028-02-28T23:59:59Z', 366 * day), 'certificate.good'],
    ['366 days from the beginning of one', span('2028-02-29T00:00:00Z', 366 * day), 'certificate.good'],
    ['366 days from a second into one', span('2028-02-29T00:00:01Z', 366 * day), 'certificate.too-long'],
    ['366 days to the last second of one', span('2027-03-01T00:00:00Z', 366 * day), 'certificate.good'],
    ['366 days to a second before that', span('2027-02-28T23:59:59Z', 366 * day), 'certificate.too-long'],
    ['366 days around 2100, which is no leap year', span('2099-12-01T00:00:00Z', 366 * day), 'certificate.too-long'],
  ])('%s', (_, changes, expected) => {
    const within = new Date(new Date(changes.notBefore).getTime() + 30 * day * 1000);
    expect(judgeLeaf(changes, {}, within)).toEqual([expected]);
  });

  test('a leap day counts for nothing where the policy says so', () => {
    const changes = span('2027-12-01T00:00:00Z', 366 * day);
    const within = new Date('2028-01-01T00:00:00Z');
    expect(judgeLeaf(changes, { leapDay: false }, within)).toEqual(['certificate.too-long']);
  });

  test('another maximum', () => {
    expect(judgeLeaf({}, { maximumValidity: '90d' })).toEqual(['certificate.too-long']);
    expect(judgeLeaf(span('2026-05-01T00:00:00Z', 90 * day), { maximumValidity: '90d' })).toEqual(['certificate.good']);
  });
});

describe('when a certificate is valid', () => {
  test('through the second of notAfter, and not after it', () => {
    const notAfter = '2026-10-01T00:00:00.000Z';
    expect(judgeLeaf({ notAfter }, {}, new Date('2026-10-01T00:00:00Z'))).toEqual(['certificate.good']);
    expect(judgeLeaf({ notAfter }, {}, new Date('2026-10-01T00:00:01Z'))).toEqual(['certificate.expired']);
  });

  test('not before notBefore; within five minutes it may be the clock', () => {
    expect(judgeLeaf({ notBefore: '2026-06-01T12:00:00.000Z' })).toEqual(['certificate.good']);
    expect(judgeLeaf({ notBefore: '2026-06-01T12:00:01.000Z' })).toEqual(['certificate.clock-doubt']);
    expect(judgeLeaf({ notBefore: '2026-06-01T12:05:00.000Z' })).toEqual(['certificate.clock-doubt']);
    expect(judgeLeaf({ notBefore: '2026-06-01T12:05:01.000Z' })).toEqual(['certificate.not-yet-valid']);
  });

  test('an end before the beginning is never good', () => {
    expect(judgeLeaf({ notBefore: '2026-05-01T00:00:00.000Z', notAfter: '2026-04-01T00:00:00.000Z' })).toEqual([
      'certificate.expired',
    ]);
  });

  test('renewal is only asked for where the policy asks', () => {
    const notAfter = '2026-06-11T12:00:00.000Z';
    expect(judgeLeaf({ notAfter })).toEqual(['certificate.good']);
    expect(judgeLeaf({ notAfter }, { renewBefore: '10d' })).toEqual(['certificate.good']);
    expect(judgeLeaf({ notAfter }, { renewBefore: '11d' })).toEqual(['certificate.renewal-due']);
  });
});

describe('keys and signatures', () => {
  test.each([
    [{ kind: 'RSA', bits: 1024 }, 'certificate.weak-key'],
    [{ kind: 'RSA', bits: 2047 }, 'certificate.weak-key'],
    [{ kind: 'RSA', bits: 2048 }, 'certificate.good'],
    [{ kind: 'DSA', bits: 1024 }, 'certificate.weak-key'],
    [{ kind: 'EC', bits: 192, curve: 'prime192v1' }, 'certificate.weak-key'],
    [{ kind: 'EC', bits: 224, curve: 'secp224r1' }, 'certificate.good'],
    [{ kind: 'EC', bits: 256, curve: 'prime256v1' }, 'certificate.good'],
    [{ kind: 'Ed25519', bits: 256 }, 'certificate.good'],
    [{ kind: 'other', bits: 0 }, 'certificate.unknown-key'],
  ] as const)('%o', (key, expected) => {
    expect(judgeLeaf({ key })).toEqual([expected]);
  });

  test('thresholds of the policy', () => {
    expect(judgeLeaf({}, { minimumRsaBits: 3072 })).toEqual(['certificate.weak-key']);
    expect(judgeLeaf({ key: { kind: 'EC', bits: 256 } }, { minimumEcBits: 384 })).toEqual(['certificate.weak-key']);
  });

  test.each([
    ['MD5', 'certificate.weak-signature'],
    ['SHA-1', 'certificate.weak-signature'],
    ['unknown', 'certificate.unknown-signature'],
    ['SHA-3', 'certificate.good'],
    ['intrinsic', 'certificate.good'],
  ] as const)('a signature over %s', (signatureHash, expected) => {
    expect(judgeLeaf({ signatureHash })).toEqual([expected]);
  });

  test('everything that is wrong is said', () => {
    const changes = {
      key: { kind: 'RSA', bits: 1024 },
      signatureHash: 'MD5',
      notBefore: '2020-01-01T00:00:00.000Z',
    } as const;
    expect(judgeLeaf({ ...changes, notAfter: '2025-01-01T00:00:00.000Z' }).sort()).toEqual([
      'certificate.expired',
      'certificate.too-long',
      'certificate.weak-key',
      'certificate.weak-signature',
    ]);
  });
});

describe('endpoints', () => {
  test('each leaf of an endpoint is judged', () => {
    const long = leaf(span('2026-05-01T00:00:00Z', 398 * day));
    const short = leaf({ key: { kind: 'EC', bits: 256 }, fingerprint: 'cd'.repeat(32) });
    expect(judge({ endpoints: [serving({ name: 'www.example.nl' }, short, long)] })).toEqual([
      'pass certificate.good www.example.nl (192.0.2.1:443)',
      'fail certificate.too-long www.example.nl (192.0.2.1:443)',
    ]);
  });

  test('a served certificate that says it is a CA is judged as the leaf that it is', () => {
    const ca = leaf({ isCa: true, ...span('2026-05-01T00:00:00Z', 398 * day) });
    expect(judge({ endpoints: [serving({}, ca)] })).toEqual(['fail certificate.too-long 192.0.2.1:443']);
  });

  test('a question without an answer is unknown, whatever the others gave', () => {
    const open = [{ asked: 'TLSv1.2 RSA', why: { what: 'silent' as const } }];
    expect(judge({ endpoints: [serving({ unanswered: open }, leaf())] })).toEqual([
      'pass certificate.good 192.0.2.1:443',
      'unknown certificate.unanswered 192.0.2.1:443',
    ]);
  });

  test('no certificate at all is unknown', () => {
    expect(judge({ endpoints: [serving()] })).toEqual(['unknown certificate.none-seen 192.0.2.1:443']);
  });

  test('a server of names need not show one to whoever gives no name', () => {
    const named = serving({ name: 'www.example.nl' }, leaf());
    const refused = serving({
      unanswered: [{ asked: 'TLSv1.2 RSA', why: { what: 'alert', detail: 'internal_error' } }],
    });
    const silent = serving({ unanswered: [{ asked: 'TLSv1.2 RSA', why: { what: 'silent' } }] });
    const good = 'pass certificate.good www.example.nl (192.0.2.1:443)';
    expect(judge({ endpoints: [serving(), named] })).toEqual([good]);
    expect(judge({ endpoints: [refused, named] })).toEqual([good]);
    expect(judge({ endpoints: [silent, named] })).toContain('unknown certificate.unanswered 192.0.2.1:443');
    // Another endpoint's names are no excuse.
    const elsewhere = { ...named, endpoint: '192.0.2.2:443' };
    expect(judge({ endpoints: [serving(), elsewhere] })).toContain('unknown certificate.none-seen 192.0.2.1:443');
  });

  test('one that is silent or closed is unknown', () => {
    const identity = { endpoint: '192.0.2.1:443', origin: 'settings' } as const;
    expect(judge({ endpoints: [{ ...identity, speaks: 'unknown', why: { what: 'silent' } }] })).toEqual([
      'unknown endpoint.no-answer 192.0.2.1:443',
    ]);
    expect(judge({ endpoints: [{ ...identity, speaks: 'other', answer: 'closed' }] })).toEqual([
      'unknown endpoint.closed 192.0.2.1:443',
    ]);
  });
});

describe('files', () => {
  const file = (...certificates: CertificateFacts[]): Partial<AllCertificates> => ({
    files: [{ path: '/etc/ssl/x.pem', certificates: read(certificates) }],
  });
  const long = span('2026-05-01T00:00:00Z', 3650 * day);

  test('the leaf is judged, wherever it stands, and the CA beside it is not', () => {
    const ca = leaf({ isCa: true, ...long, signatureHash: 'SHA-1' });
    expect(judge(file(leaf(), ca))).toEqual(['pass certificate.good /etc/ssl/x.pem']);
    expect(judge(file(ca, leaf(long)))).toEqual(['fail certificate.too-long /etc/ssl/x.pem']);
  });

  test('a CA alone is not judged on its length, but on all else', () => {
    const ca = leaf({ isCa: true, subject: 'CN=CA', issuer: 'CN=CA', ...long, signatureHash: 'SHA-1' });
    expect(judge(file(ca))).toEqual(['pass certificate.good-ca /etc/ssl/x.pem']);
    expect(judge(file({ ...ca, issuer: 'CN=Root' }))).toEqual(['fail certificate.weak-signature /etc/ssl/x.pem']);
    expect(judge(file({ ...ca, key: { kind: 'RSA', bits: 1024 } }))).toEqual([
      'fail certificate.weak-key /etc/ssl/x.pem',
    ]);
    expect(judge(file({ ...ca, notAfter: '2026-05-31T00:00:00.000Z' }))).toEqual([
      'fail certificate.expired /etc/ssl/x.pem',
    ]);
  });

  test('one that cannot be read is unknown', () => {
    const files = [{ path: '/etc/ssl/x.pem', certificates: unreadable('denied', '/etc/ssl/x.pem') }];
    expect(judge({ files })).toEqual(['unknown host.denied /etc/ssl/x.pem']);
  });
});

describe('nothing to judge', () => {
  const verdict = (facts: Partial<AllCertificates>): Verdict =>
    worstVerdict(certificate.judge(read({ ...none, ...facts }), {}, at).map((reason) => reason.verdict));

  test('is not applicable only where the sockets could be read', () => {
    expect(verdict({})).toBe('not-applicable');
    expect(verdict({ listening: unreadable('denied', '/proc/net/tcp') })).toBe('unknown');
    expect(verdict({ listening: read({ skipped: [], overLimit: 3 }) })).toBe('unknown');
  });

  test('facts that could not be read at all are unknown', () => {
    expect(certificate.judge(unreadable('timeout', 'check certificate'), {}, at)[0]?.verdict).toBe('unknown');
  });
});

test.each([{ maximumValidity: '365' }, { maximumValidity: '0d' }, { minimumRsaBits: 0 }, { minimumRSABits: 2048 }])(
  'parameters without sense are refused: %o',
  (parameters) => {
    expect(() => certificate.judge(read(none), parameters, at)).toThrow();
  },
);
