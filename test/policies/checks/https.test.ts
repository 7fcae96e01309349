import { describe, expect, test } from 'vitest';
import { https, type HttpsFacts } from '../../../policies/checks/https.ts';
import type { PlainWay, SecureAnswer, WebAnswer } from '../../../policies/checks/https/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';

const at = new Date('2026-06-01T12:00:00Z');
const none: HttpsFacts = { listening: read({ skipped: [], overLimit: 0 }), plain: [], secure: [] };
const site = { endpoint: '192.0.2.1:80', name: 'www.example.nl', origin: 'listening', configured: true } as const;
const silent: WebAnswer = { state: 'unknown', why: { what: 'silent' } };

function judge(facts: Partial<HttpsFacts>, parameters: unknown = {}): string[] {
  return https
    .judge(read({ ...none, ...facts }), parameters, at)
    .map(({ verdict, code, values }) => [verdict, code, ...Object.values(values)].join(' '));
}

function http(status: number, location: string | null = null, ...headers: readonly string[]): WebAnswer {
  return { state: 'http', status, location, strictTransportSecurity: [...headers] };
}

function way(
  steps: readonly (readonly [url: string, answer: WebAnswer | null])[],
  values: Partial<PlainWay> = {},
): PlainWay {
  return { ...site, steps: steps.map(([url, answer]) => ({ url, answer })), ...values };
}

const plain = 'http://www.example.nl/';
const secure = 'https://www.example.nl/';
const moved = http(301, secure);

describe('plain HTTP', () => {
  test.each<[string, PlainWay, string]>([
    [
      'that leads to HTTPS',
      way([
        [plain, moved],
        [secure, http(200)],
      ]),
      `pass https.redirects ${secure}`,
    ],
    [
      'that leads to HTTPS elsewhere',
      way([
        [plain, moved],
        [secure, null],
      ]),
      `pass https.redirects ${secure}`,
    ],
    ['with content', way([[plain, http(200)]]), `fail https.plain-content 200 ${plain}`],
    ['that asks for a password', way([[plain, http(401)]]), `fail https.plain-content 401 ${plain}`],
    ['that moves nowhere', way([[plain, http(301)]]), `fail https.plain-content 301 ${plain}`],
    [
      'that stays plain',
      way([
        [plain, http(302, '/nl/')],
        [`${plain}nl/`, http(200)],
      ]),
      `fail https.stays-plain ${plain}nl/`,
    ],
    [
      'that leads to plain HTTP elsewhere',
      way([
        [plain, http(302, '')],
        ['http://example.com/', null],
      ]),
      'fail https.stays-plain http://example.com/',
    ],
    [
      'that leads in a circle',
      way(Array.from({ length: 6 }, () => [plain, http(302, plain)] as const)),
      `fail https.stays-plain ${plain}`,
    ],
    [
      'whose HTTPS does not answer',
      way([
        [plain, moved],
        [secure, { state: 'other' }],
      ]),
      `fail https.no-target ${secure}`,
    ],
    [
      'whose HTTPS closes',
      way([
        [plain, moved],
        [secure, { state: 'closed' }],
      ]),
      `fail https.no-target ${secure}`,
    ],
    [
      'whose HTTPS is silent',
      way([
        [plain, moved],
        [secure, silent],
      ]),
      `unknown https.unclear ${secure} silent`,
    ],
    ['that is forbidden', way([[plain, http(403)]]), 'pass https.refuses 403'],
    ['that closes without a word', way([[plain, { state: 'closed' }]]), 'pass https.refuses closed'],
    [
      'that leads to a refusal',
      way([
        [plain, http(302, '/x')],
        [`${plain}x`, http(404)],
      ]),
      'pass https.refuses 404',
    ],
    ['that is ill', way([[plain, http(502)]]), `unknown https.unclear ${plain} 502`],
    ['that is silent', way([[plain, silent]]), `unknown https.unclear ${plain} silent`],
    ['that nobody else can reach', way([[plain, http(200)]], { reach: 'loopback' }), 'not-applicable https.loopback'],
  ])('%s', (_, facts, expected) => {
    expect(judge({ plain: [facts] })).toEqual([expected]);
  });

  test('refusing is not enough where the policy wants a redirect', () => {
    const parameters = { refusals: [404] };
    expect(judge({ plain: [way([[plain, http(403)]])] }, parameters)).toEqual([
      `fail https.plain-content 403 ${plain}`,
    ]);
    expect(judge({ plain: [way([[plain, { state: 'closed' }]])] }, parameters)).toEqual([
      `fail https.plain-content closed ${plain}`,
    ]);
    expect(judge({ plain: [way([[plain, http(404)]])] }, parameters)).toEqual(['pass https.refuses 404']);
  });

  test('is allowed for a name or an endpoint that the policy names', () => {
    const facts = { plain: [way([[plain, http(200)]])] };
    expect(judge(facts, { allowPlain: ['www.example.nl'] })).toEqual(['pass https.allowed 200']);
    expect(judge(facts, { allowPlain: ['192.0.2.1:80'] })).toEqual(['pass https.allowed 200']);
    expect(judge(facts, { allowPlain: ['example.nl'] })[0]).toMatch(/^fail/);
  });

  test('is not looked at where only HSTS is asked for', () => {
    expect(judge({ plain: [way([[plain, http(200)]])] }, { redirect: false, hsts: {} })).toEqual([
      'not-applicable https.none',
    ]);
  });
});

describe('a socket that nobody explains', () => {
  const found = { ...site, configured: false, reach: 'network' } as const;
  test('and that is silent may serve anything', () => {
    expect(judge({ plain: [way([[plain, silent]], found)] })).toEqual(['unknown https.silent-socket silent']);
  });

  test('is no web service where it speaks otherwise, closes, or is declared not to speak TLS and is silent', () => {
    for (const facts of [
      way([[plain, { state: 'other' }]], found),
      way([[plain, { state: 'closed' }]], found),
      way([[plain, silent]], { ...found, origin: 'settings' }),
    ]) {
      expect(judge({ plain: [facts] })).toEqual(['not-applicable https.none']);
    }
  });

  test('fails like any other where it serves content', () => {
    expect(judge({ plain: [way([[plain, http(200)]], found)] })).toEqual([`fail https.plain-content 200 ${plain}`]);
  });
});

describe('HTTPS', () => {
  const serving = (answer: WebAnswer, values: Partial<SecureAnswer> = {}): Partial<HttpsFacts> => ({
    secure: [{ ...site, endpoint: '192.0.2.1:443', answer, ...values }],
  });
  const hsts = { hsts: { minimumAge: '180d', includeSubDomains: true } };
  const day = 86_400;

  test('that answers passes', () => {
    expect(judge(serving(http(200)))).toEqual(['pass https.serves 200']);
  });

  test.each([
    [['max-age=15552000; includeSubDomains'], 'pass https.hsts 15552000 max-age=15552000; includeSubDomains'],
    [[`max-age=${180 * day - 1}; includeSubDomains`], `fail https.hsts-short ${180 * day - 1} ${180 * day}`],
    [['max-age=15552000'], 'fail https.hsts-subdomains'],
    [['max-age=0; includeSubDomains'], 'fail https.hsts-off'],
    [['max-age=0', 'max-age=15552000; includeSubDomains'], 'fail https.hsts-off'],
    [['includeSubDomains'], 'fail https.hsts-invalid includeSubDomains'],
    [[], 'fail https.hsts-absent'],
  ])('with %o', (headers, expected) => {
    expect(judge(serving(http(200, null, ...headers)), hsts)).toEqual([expected]);
    // A redirect over TLS has to say it as well.
    expect(judge(serving(http(301, secure, ...headers)), hsts)).toEqual([expected]);
  });

  test('that only this host reaches is not held to HSTS', () => {
    expect(judge(serving(http(200), { reach: 'loopback' }), hsts)).toEqual(['pass https.serves 200']);
  });

  test('that is configured and does not answer is never passed over', () => {
    expect(judge(serving(silent))).toEqual([`unknown https.unclear ${secure} silent`]);
    expect(judge(serving({ state: 'other' }))).toEqual([`fail https.no-target ${secure}`]);
  });
});

describe('the listening sockets', () => {
  test('nothing at all is not applicable', () => {
    expect(judge({})).toEqual(['not-applicable https.none']);
  });

  test('a list or a configuration that could not be read is unknown beside good answers', () => {
    const good = { plain: [way([[plain, moved]])] };
    expect(judge({ listening: unreadable('denied', '/proc/net/tcp') })).toHaveLength(1);
    const { obstacle } = unreadable('command-failed', 'nginx -T -q', 'permission denied');
    const listening = read({ skipped: [], overLimit: 0, configurations: [{ software: 'nginx' as const, obstacle }] });
    expect(judge({ ...good, listening })).toContain(
      'unknown endpoint.names-unread nginx nginx -T -q permission denied',
    );
  });

  test('names past the limit and patterns without a name are unknown', () => {
    const patterns = [{ endpoint: '192.0.2.1:443', pattern: '*.example.nl' }];
    expect(judge({ listening: read({ skipped: [], overLimit: 0, patterns, namesOverLimit: 3 }) })).toEqual([
      'unknown endpoint.names-over-limit 3',
      'unknown endpoint.pattern *.example.nl',
    ]);
  });

  test('what is declared not to speak TLS is no reason here', () => {
    const skipped = [{ endpoint: '127.0.0.1:80', why: 'declared-none' as const }];
    expect(judge({ listening: read({ skipped, overLimit: 0 }) })).toEqual(['not-applicable https.none']);
  });
});

test.each([{ redirect: false }, { refusals: [200] }, { refusals: ['never'] }, { hsts: { minimumAge: '0d' } }])(
  'parameters without sense are refused: %o',
  (parameters) => {
    expect(() => judge({}, parameters)).toThrow();
  },
);
