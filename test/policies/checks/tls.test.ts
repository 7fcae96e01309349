import { describe, expect, test } from 'vitest';
import { tls, type TlsFacts } from '../../../policies/checks/tls.ts';
import { tlsVersions, type Answer, type Versions } from '../../../policies/checks/tls/profile.ts';
import { read, unreadable } from '../../../policies/reading.ts';

const at = new Date('2026-06-01T12:00:00Z');
const none: TlsFacts = { listening: read({ skipped: [], overLimit: 0 }), endpoints: [] };
const silent: Answer = { answer: 'unknown', why: { what: 'silent' } };

type Endpoint = TlsFacts['endpoints'][number];
/** An endpoint that accepts these versions and refuses the others, except as said. */
function endpoint(accepted: string, except: Partial<Versions> = {}): Endpoint {
  const words = accepted.split(' ');
  const answers = tlsVersions.map((version) => [version, { answer: words.includes(version) ? 'yes' : 'no' }]);
  const versions = { ...(Object.fromEntries(answers) as Versions), ...except };
  return { endpoint: '192.0.2.1:443', origin: 'settings', speaks: 'tls', versions };
}

function judge(facts: Partial<TlsFacts>, parameters: unknown = {}): string[] {
  return tls
    .judge(read({ ...none, ...facts }), parameters, at)
    .map(({ verdict, code, values }) => [verdict, code, ...Object.values(values)].join(' '));
}

describe('versions', () => {
  test.each([
    ['TLSv1.2 TLSv1.3', {}, 'pass tls.good TLSv1.2, TLSv1.3 TLSv1.2'],
    ['TLSv1.3', {}, 'pass tls.good TLSv1.3 TLSv1.2'],
    ['TLSv1.1 TLSv1.2', {}, 'fail tls.accepts-old TLSv1.1 TLSv1.2'],
    ['SSLv2 SSLv3 TLSv1.2', {}, 'fail tls.accepts-old SSLv2, SSLv3 TLSv1.2'],
    ['TLSv1.0', {}, 'fail tls.accepts-old TLSv1.0 TLSv1.2'],
    ['', {}, 'unknown tls.nothing-established TLSv1.2 TLSv1.2: no, TLSv1.3: no'],
    ['TLSv1.2', { minimumVersion: 'TLSv1.3' }, 'fail tls.accepts-old TLSv1.2 TLSv1.3'],
    ['TLSv1.1', { minimumVersion: 'TLSv1.1' }, 'pass tls.good TLSv1.1 TLSv1.1'],
  ])('%s with %o', (accepted, parameters, expected) => {
    expect(judge({ endpoints: [endpoint(accepted)] }, parameters)).toEqual([expected]);
  });

  test('an old version without a clear answer is unknown', () => {
    expect(judge({ endpoints: [endpoint('TLSv1.2', { SSLv3: silent })] })).toEqual([
      'unknown tls.unclear-version SSLv3 silent TLSv1.2',
    ]);
  });

  test('one that is allowed need not answer clearly, as long as another does', () => {
    expect(judge({ endpoints: [endpoint('TLSv1.2', { 'TLSv1.3': silent })] })).toEqual([
      'pass tls.good TLSv1.2 TLSv1.2',
    ]);
    expect(judge({ endpoints: [endpoint('', { 'TLSv1.3': silent })] })).toEqual([
      'unknown tls.nothing-established TLSv1.2 TLSv1.2: no, TLSv1.3: silent',
    ]);
  });

  test('the subject names the name that was asked for', () => {
    const named = { ...endpoint('TLSv1.2'), name: 'www.example.nl' };
    expect(tls.judge(read({ ...none, endpoints: [named] }), {}, at)[0]?.subject).toBe('www.example.nl (192.0.2.1:443)');
  });
});

describe('endpoints that do not speak TLS', () => {
  const declared = { endpoint: '192.0.2.1:443', origin: 'settings' } as const;
  const found = { endpoint: '127.0.0.1:25', origin: 'listening' } as const;
  const other = { speaks: 'other', answer: 'not-tls' } as const;
  const closed = { speaks: 'other', answer: 'closed' } as const;
  const unclear = { speaks: 'unknown', why: { what: 'silent' } } as const;

  test.each<[string, Endpoint, string]>([
    ['declared, with another protocol', { ...declared, ...other }, 'fail endpoint.not-tls'],
    ['declared, closing', { ...declared, ...closed }, 'unknown endpoint.closed'],
    ['declared, silent', { ...declared, ...unclear }, 'unknown endpoint.no-answer silent'],
    ['found, silent', { ...found, ...unclear }, 'unknown endpoint.silent-socket silent'],
    ['found, with another protocol', { ...found, ...other }, 'not-applicable endpoint.none'],
    ['found, closing', { ...found, ...closed }, 'not-applicable endpoint.none'],
  ])('%s', (_, facts, expected) => {
    expect(judge({ endpoints: [facts] })).toEqual([expected]);
  });

  test('one found with another protocol takes nothing from the others', () => {
    expect(judge({ endpoints: [{ ...found, ...other }, endpoint('TLSv1.0')] })).toEqual([
      'fail tls.accepts-old TLSv1.0 TLSv1.2',
    ]);
  });
});

describe('the list of listening sockets', () => {
  test('nothing at all is not applicable', () => {
    expect(judge({})).toEqual(['not-applicable endpoint.none']);
  });

  test('a list that could not be read is unknown, beside good endpoints too', () => {
    const listening = unreadable('denied', '/proc/net/tcp');
    expect(judge({ listening })[0]).toMatch(/^unknown host.denied/);
    expect(judge({ listening, endpoints: [endpoint('TLSv1.2')] })[1]).toMatch(/^unknown host.denied/);
  });

  test('sockets past the limit are unknown', () => {
    expect(judge({ listening: read({ skipped: [], overLimit: 2 }) })).toEqual(['unknown endpoint.over-limit 2']);
  });

  test('what is declared not to speak TLS is said to be so', () => {
    const skipped = [
      { endpoint: '127.0.0.1:22', why: 'ssh' as const },
      { endpoint: '127.0.0.1:53', why: 'declared-none' as const },
    ];
    expect(tls.judge(read({ ...none, listening: read({ skipped, overLimit: 0 }) }), {}, at)).toEqual([
      { code: 'endpoint.declared-none', verdict: 'not-applicable', subject: '127.0.0.1:53', values: {} },
    ]);
  });
});

test('facts in which a version is missing are refused', () => {
  const facts = endpoint('TLSv1.2');
  if (facts.speaks !== 'tls') throw new Error('not what this test is about');
  const { SSLv3: _, ...versions } = facts.versions;
  expect(() => tls.judge(read({ ...none, endpoints: [{ ...facts, versions }] }), {}, at)).toThrow();
});

test.each([{ minimumVersion: 'TLSv1' }, { minimumVersion: 'SSLv3' }, { minimum: 'TLSv1.2' }])(
  'parameters without sense are refused: %o',
  (parameters) => {
    expect(() => tls.judge(read(none), parameters, at)).toThrow();
  },
);
