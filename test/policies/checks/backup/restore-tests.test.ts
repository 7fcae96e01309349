import { describe, expect, test } from 'vitest';
import type { RestoreTest } from '../../../../policies/checks/backup/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { codes, judge, setOf, verdict } from './sets.ts';

const at = new Date('2026-11-22T12:00:00Z');
const quarter = { restoreTested: '92d' } as const;

function moment(daysAgo: number): string {
  return new Date(at.getTime() - daysAgo * 86_400_000).toISOString();
}

function testOf(daysAgo: number, more: Partial<RestoreTest> = {}): RestoreTest {
  return { at: moment(daysAgo), how: 'restored', result: 'same', files: 20, bytes: 4096, ...more };
}

const setWith = (...restoreTests: RestoreTest[]) => setOf(read([{ time: moment(0.4) }]), { restoreTests });

describe('a restore test', () => {
  test('that went well within the term passes, and says what was restored', () => {
    expect(judge(setWith(testOf(200), testOf(92)), quarter, at)).toEqual([
      {
        code: 'backup.restored',
        verdict: 'pass',
        subject: 'www',
        values: { at: moment(92), files: 20, bytes: 4096, limit: 92 * 86_400 },
      },
    ]);
  });

  test('that is a second too old fails', () => {
    expect(codes(judge(setWith(testOf(92 + 1 / 86_400)), quarter, at))).toEqual(['backup.restore-too-old']);
    expect(verdict(setWith(testOf(92 + 1 / 86_400)), quarter, at)).toBe('fail');
  });

  test('that somebody attests counts, and the reason says that nobody saw it', () => {
    const reasons = judge(setWith(testOf(3, { how: 'attested', files: 0, bytes: 0 })), quarter, at);
    expect(reasons).toMatchObject([{ code: 'backup.restore-attested', verdict: 'pass' }]);
  });

  test.each([
    ['differs', 'backup.restore-differs'],
    ['failed', 'backup.restore-failed'],
  ] as const)('that %s fails until a later one goes well', (result, code) => {
    expect(codes(judge(setWith(testOf(10), testOf(5, { result })), quarter, at))).toEqual([code, 'backup.restored']);
    expect(verdict(setWith(testOf(10), testOf(5, { result })), quarter, at)).toBe('fail');
    expect(verdict(setWith(testOf(5), testOf(5, { result })), quarter, at)).toBe('fail');
    expect(verdict(setWith(testOf(10, { result }), testOf(5)), quarter, at)).toBe('pass');
    expect(codes(judge(setWith(testOf(5, { result, files: 0 })), quarter, at))).toEqual([code]);
  });

  test('in which no file was restored counts for nothing', () => {
    expect(codes(judge(setWith(testOf(3, { files: 0, bytes: 0 })), quarter, at))).toEqual(['backup.never-restored']);
  });

  test('of which there is no record fails', () => {
    expect(codes(judge(setWith(), quarter, at))).toEqual(['backup.never-restored']);
    expect(verdict(setOf(read([{ time: moment(0.4) }])), quarter, at)).toBe('fail');
  });

  test('in the future is a wrong clock, and passes nothing', () => {
    expect(codes(judge(setWith(testOf(-1)), quarter, at))).toEqual(['backup.restore-future']);
    expect(verdict(setWith(testOf(3), testOf(-1)), quarter, at)).toBe('unknown');
    expect(verdict(setWith(testOf(100), testOf(-1)), quarter, at)).toBe('fail');
  });

  test('is no use where there is no copy any more', () => {
    expect(verdict(setOf(read([]), { restoreTests: [testOf(3)] }), quarter, at)).toBe('fail');
  });

  test('of one set says nothing of another', () => {
    expect(verdict({ ...setWith(), set: 'db' }, quarter, at)).toBe('fail');
  });
});
