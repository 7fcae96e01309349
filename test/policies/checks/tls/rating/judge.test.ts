import { expect, test } from 'vitest';
import { tls, type TlsFacts } from '../../../../../policies/checks/tls.ts';
import { explain } from '../../../../../policies/explain.ts';
import { read } from '../../../../../policies/reading.ts';
import { at, goodPath, server, silent, versionsOf, web, type Change } from './facts.ts';

function judge(change: Change | undefined, parameters: unknown): string[] {
  const { versions, grounds, name } = server(change);
  const endpoint = { endpoint: '192.0.2.1:443', origin: 'settings', speaks: 'tls', versions, name } as const;
  const endpoints = [change === undefined ? endpoint : { ...endpoint, grounds }];
  const facts: TlsFacts = { listening: read({ skipped: [], overLimit: 0 }), endpoints };
  return tls.judge(read(facts), parameters, at).map((reason) => `${reason.verdict} ${explain(reason, 'en')}`);
}

const older = { versions: versionsOf('TLSv1.2') };

test('a letter that is good enough passes, and says how good', () => {
  expect(judge({}, { minimumGrade: 'A' })).toEqual(['pass has grade A+ (total score 100); at least A is required']);
});

test('a letter that is too low fails, with each rule that keeps it there and no other', () => {
  expect(judge({ ...older, http: web() }, { minimumGrade: 'A' })).toEqual([
    'fail has grade A- (A- if its certificates are left aside); at least A is required',
    'fail does not know TLS 1.3 (accepts TLSv1.2): no better than A- by rule no-tls13 (2009r)',
  ]);
});

test('A- counts for A only where the policy says so', () => {
  expect(judge(older, { minimumGrade: 'A', aMinusCounts: true })[0]).toMatch(/^pass has grade A-/);
  expect(judge(older, { minimumGrade: 'A', aMinusCounts: false })[0]).toMatch(/^fail has grade A-/);
  expect(judge(older, { minimumGrade: 'A-' })[0]).toMatch(/^pass/);
});

test('a lack of HSTS counts as the policy says', () => {
  expect(judge({ http: web() }, { minimumGrade: 'A' })[0]).toMatch(/^pass has grade A /);
  expect(judge({ http: web() }, { minimumGrade: 'A', hstsAbsent: 'A-' })[0]).toMatch(/^fail has grade A-/);
});

test('a letter without grounds is unknown', () => {
  expect(judge(undefined, { minimumGrade: 'E' })).toEqual([
    'unknown has a grade that nobody read: the facts hold nothing to rate it by',
  ]);
  expect(judge({ versions: versionsOf('') }, { minimumGrade: 'E' })[0]).toMatch(/^unknown/);
});

test('an open question is unknown where it decides, and told once however many rules hang on it', () => {
  expect(judge({ weaknesses: { robot: silent, heartbleed: silent } }, { minimumGrade: 'A' })).toEqual([
    'unknown has a grade between F and A+; at least A is required',
    'unknown gave no clear answer (silent), so these rules may lower its grade: heartbleed (F), robot (F)',
  ]);
});

test('an open question is no excuse for what is known to be too low', () => {
  const found = judge({ ...older, weaknesses: { robot: silent } }, { minimumGrade: 'A' });
  expect(found[0]).toBe('fail has grade A-…F (A-…F if its certificates are left aside); at least A is required');
  expect(found.every((line) => line.startsWith('fail'))).toBe(true);
});

test('an open question does not matter where it cannot lower the letter below the demand', () => {
  expect(judge({ http: { state: 'unknown', why: { what: 'silent' } } }, { minimumGrade: 'A-' })).toEqual([
    'pass has grade A+…A- (total score 100); at least A- is required',
  ]);
});

test('a private CA passes, and SSL Labs’ letter is told', () => {
  expect(judge({ trust: { system: [], configured: [goodPath] } }, { minimumGrade: 'A' })[1]).toBe(
    'pass leads to a root that only agent.yaml trusts; SSL Labs would give T',
  );
});

test('version, letter and encryption can be demanded together', () => {
  const found = judge({}, { minimumVersion: 'TLSv1.3', minimumGrade: 'A', requireEncryption: true });
  expect(found.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'fail accepts',
    'pass has',
    'pass speaks',
  ]);
  expect(judge({}, { requireEncryption: true })).toEqual(['pass speaks TLS (TLSv1.2, TLSv1.3)']);
});

test.each([
  { aMinusCounts: true },
  { minimumGrade: 'B', aMinusCounts: true },
  { hstsAbsent: 'A' },
  { minimumGrade: 'F' },
  { minimumGrade: 'T' },
  { minimumGrade: 'A', hstsShort: 'B' },
  { requireEncryption: false },
])('parameters without sense are refused: %o', (parameters) => {
  expect(() => judge({}, parameters)).toThrow();
});
