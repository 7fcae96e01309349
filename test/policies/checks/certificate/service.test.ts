import { describe, expect, test } from 'vitest';
import { certificate } from '../../../../policies/checks/certificate.ts';
import type { AllCertificates, CertificateFacts, Served } from '../../../../policies/checks/certificate/facts.ts';
import type { NamedCertificate } from '../../../../policies/checks/certificate/loaded.ts';
import type { Trust, TrustPath } from '../../../../policies/checks/tls/trust.ts';
import { read, unreadable } from '../../../../policies/reading.ts';

const at = new Date('2026-06-01T12:00:00.000Z');
const leaf: CertificateFacts = {
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
};
const way: TrustPath = {
  fingerprints: ['ab'.repeat(32), 'cd'.repeat(32)],
  notBefore: '2026-05-01T00:00:00.000Z',
  notAfter: '2026-10-01T00:00:00.000Z',
  weakSignature: 'none',
};
const trusted: Trust = {
  system: [way],
  configured: [],
  obstacle: null,
  chain: { ordered: true, needless: 0, holdsRoot: false, lacksIntermediate: false },
};
const roots: NonNullable<AllCertificates['roots']> = { system: read(144), configured: read(0) };
const denied = unreadable('denied', '/etc/ssl/certs/ca-certificates.crt');

type Serving = Extract<AllCertificates['endpoints'][number], { speaks: 'tls' }>;
function serving(changes: Partial<Serving>, ...served: Partial<Served>[]): Serving {
  const all = served.map((one) => ({ asked: ['TLSv1.3 any'], leaf, chain: [], ...one }));
  return { endpoint: '192.0.2.1:443', origin: 'settings', speaks: 'tls', served: all, unanswered: [], ...changes };
}

/** What is said beyond how the certificates themselves are. */
function judge(facts: Partial<AllCertificates>, parameters: object): string[] {
  const all = { listening: read({ skipped: [], overLimit: 0 }), endpoints: [], files: [], ...facts };
  return certificate
    .judge(read(all), parameters, at)
    .filter(({ code }) => code !== 'certificate.good')
    .map(({ verdict, code, subject }) => `${verdict} ${code} ${subject ?? ''}`);
}

describe('names', () => {
  const judgeNames = (...endpoints: Serving[]): string[] => judge({ endpoints }, { nameMatches: true });

  test('a served certificate must be for the name that was asked for, each of them', () => {
    const other = { ...leaf, names: ['DNS:example.org'], fingerprint: 'cd'.repeat(32) };
    expect(judgeNames(serving({ name: 'www.example.nl' }, {}, { leaf: other }))).toEqual([
      'pass certificate.covers-name www.example.nl (192.0.2.1:443)',
      'fail certificate.other-name www.example.nl (192.0.2.1:443)',
    ]);
  });

  test('an endpoint without a known name is unknown, but not where its names are judged', () => {
    expect(judgeNames(serving({}, {}))).toEqual(['unknown certificate.nameless 192.0.2.1:443']);
    expect(judgeNames(serving({}, {}), serving({ name: 'www.example.nl' }, {}))).toEqual([
      'pass certificate.covers-name www.example.nl (192.0.2.1:443)',
    ]);
  });

  test('nothing is said of names where no policy asks', () => {
    expect(judge({ endpoints: [serving({ name: 'example.org' }, {})] }, {})).toEqual([]);
  });
});

describe('trust', () => {
  function judgeTrust(trust: Partial<Trust> | undefined, demand: true | 'system' = true, stores = roots): string {
    const served = trust === undefined ? {} : { trust: { ...trusted, ...trust } };
    const reasons = judge({ endpoints: [serving({}, served)], roots: stores }, { trusted: demand });
    return reasons.map((reason) => reason.replace(' 192.0.2.1:443', '')).join();
  }
  const lacking = { ...trusted.chain, lacksIntermediate: true };
  const past = { ...way, notAfter: '2026-05-30T10:48:38.000Z' };

  test.each<[string, Partial<Trust>, string]>([
    ['a way to a root of the system', {}, 'pass certificate.trusted'],
    ['an expired way beside one that holds', { system: [past, way] }, 'pass certificate.trusted'],
    [
      'a weak way beside one that holds',
      { system: [{ ...way, weakSignature: 'SHA-1' }, way] },
      'pass certificate.trusted',
    ],
    ['a way to a root of agent.yaml', { system: [], configured: [way] }, 'pass certificate.trusted'],
    ['a way in its last second', { system: [{ ...way, notAfter: at.toISOString() }] }, 'pass certificate.trusted'],
    ['an expired way alone', { system: [past] }, 'fail certificate.way-ended'],
    [
      'a way that ended before it began',
      { system: [{ ...past, notBefore: '2026-07-01T00:00:00.000Z' }] },
      'fail certificate.way-ended',
    ],
    [
      'a way that begins later',
      { system: [{ ...way, notBefore: '2026-07-01T00:00:00.000Z' }] },
      'fail certificate.way-not-begun',
    ],
    [
      'a way that begins soon',
      { system: [{ ...way, notBefore: '2026-06-01T12:04:00.000Z' }] },
      'unknown certificate.way-clock-doubt',
    ],
    ['a way over SHA-1', { system: [{ ...way, weakSignature: 'SHA-1' }] }, 'fail certificate.way-weak'],
    [
      'an expired way and one over MD5',
      { system: [past, { ...way, weakSignature: 'MD5' }] },
      'fail certificate.way-weak',
    ],
    ['a way that needs what was not sent', { chain: lacking }, 'fail certificate.lacks-intermediate'],
    ['no way to a root that is known', { system: [], obstacle: 'unknown-issuer' }, 'fail certificate.unknown-issuer'],
    ['no way at all from itself', { system: [], obstacle: 'self-signed' }, 'fail certificate.self-signed'],
    ['no way that could be followed', { system: [], obstacle: 'unverifiable' }, 'unknown certificate.unverifiable'],
  ])('%s', (_, trust, expected) => {
    expect(judgeTrust(trust)).toBe(expected);
  });

  test('only a root of the system counts where the policy says so', () => {
    expect(judgeTrust({ system: [], configured: [way] }, 'system')).toBe('fail certificate.only-own-root');
    expect(judgeTrust({}, 'system')).toBe('pass certificate.trusted');
  });

  test('roots that could not be read leave it open, and a root of agent.yaml says nothing of the system', () => {
    const stores = { ...roots, system: denied };
    const open = 'unknown certificate.no-roots,unknown host.denied';
    expect(judgeTrust({ system: [], obstacle: 'no-roots' }, true, stores)).toBe(open);
    expect(judgeTrust({ system: [], configured: [way] }, 'system', stores)).toBe(open);
    expect(judgeTrust({ system: [], configured: [way] }, true, stores)).toBe('pass certificate.trusted');
  });

  test('a run that did not look is unknown', () => {
    expect(judgeTrust(undefined)).toBe('unknown certificate.trust-not-read');
  });
});

describe('what is on disk', () => {
  const file = {
    fingerprint: leaf.fingerprint,
    notBefore: leaf.notBefore,
    keyKind: 'RSA',
    modifiedAt: '2026-05-31T04:00:00.000Z',
  };
  const renewed = { ...file, fingerprint: 'ef'.repeat(32), notBefore: '2026-05-31T00:00:00.000Z' };
  const named = (content: Partial<NamedCertificate>): NamedCertificate => ({
    endpoint: '192.0.2.1:443',
    path: '/www.pem',
    file: read(file),
    ...content,
  });
  const judgeLoaded = (endpoint: Serving, ...files: NamedCertificate[]): string[] =>
    judge({ endpoints: [endpoint], named: files }, { loaded: true }).map((reason) =>
      reason.split(' ').slice(0, 2).join(' '),
    );

  test('is what is served', () => {
    expect(judgeLoaded(serving({}, {}), named({}))).toEqual(['pass certificate.loaded']);
  });

  test('was renewed and not loaded', () => {
    expect(judgeLoaded(serving({}, {}), named({ file: read(renewed) }))).toEqual(['fail certificate.not-loaded']);
  });

  test('was renewed for one kind of key of two', () => {
    const ec = {
      ...leaf,
      key: { kind: 'EC' as const, bits: 256 },
      fingerprint: '12'.repeat(32),
      notBefore: '2026-05-31T00:00:00.000Z',
    };
    expect(judgeLoaded(serving({}, {}, { leaf: ec }), named({ file: read(renewed) }))).toEqual([
      'fail certificate.not-loaded',
    ]);
  });

  test.each<[string, Serving, NamedCertificate[], string]>([
    [
      'is older than what is served',
      serving({}, {}),
      [named({ file: read({ ...renewed, notBefore: '2026-04-01T00:00:00.000Z' }) })],
      'not-served',
    ],
    ['is not named', serving({}, {}), [], 'no-file'],
    ['is named for another name', serving({ name: 'a.example' }, {}), [named({ name: 'b.example' })], 'no-file'],
    ['is named for another endpoint', serving({}, {}), [named({ endpoint: '192.0.2.2:443' })], 'no-file'],
  ])('%s, which is unknown', (_, endpoint, files, code) => {
    expect(judgeLoaded(endpoint, ...files)).toEqual([`unknown certificate.${code}`]);
  });

  test('cannot be read, or may be what hides behind a question that stayed open', () => {
    const file = unreadable('denied', '/www.pem');
    expect(judgeLoaded(serving({}, {}), named({ file }))).toEqual(['unknown host.denied']);
    const open = serving({ unanswered: [{ asked: 'TLSv1.2 RSA', why: { what: 'silent' } }] }, {});
    expect(judgeLoaded(open, named({ file: read(renewed) }))).toEqual([
      'unknown certificate.unanswered',
      'unknown certificate.not-served',
    ]);
  });
});
