import { afterEach, expect, test, vi } from 'vitest';
import { AccessRetention } from '../../../collector/access/retention.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('records are dropped at a start and each day, and a day on which that fails ends nothing', () => {
  vi.useFakeTimers({ now: new Date('2026-03-10T00:00:00.000Z') });
  const dropped: string[] = [];
  const errors: unknown[] = [];
  const prune = (before: Date): void => {
    if (dropped.push(before.toISOString()) === 2) throw new Error('database is locked');
  };
  const retention = new AccessRetention({
    ...{ accessLog: { prune }, seconds: 86_400, now: () => new Date() },
    log: { error: (told: unknown) => void errors.push(told) },
  });
  vi.advanceTimersByTime(2 * 86_400_000);
  expect(dropped).toEqual(['2026-03-09T00:00:00.000Z', '2026-03-10T00:00:00.000Z', '2026-03-11T00:00:00.000Z']);
  retention[Symbol.dispose]();
  vi.advanceTimersByTime(2 * 86_400_000);
  expect(dropped.length).toBe(3);
  expect(errors).toMatchObject([{ code: 'access.retention-failed', err: { message: 'database is locked' } }]);
});
