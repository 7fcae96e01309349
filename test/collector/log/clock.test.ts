import { expect, test } from 'vitest';
import { LogClock } from '../../../collector/log/clock.ts';
import { collectorOn } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { draftReport, enrolHand, send } from '../ingest/submissions.ts';

const hour = 3600;

/** A clock under test, the wall clock and the machine's own beside it, in seconds since some moment. */
function clocks() {
  const start = new Date('2026-03-01T12:00:00Z').getTime();
  const at = { wall: 0, machine: 500 };
  const now = (): Date => new Date(start + at.wall * 1000);
  return { at, now, elapsed: () => at.machine, clock: new LogClock(now, () => at.machine) };
}

test('a clock that leaps a day ahead of the time that passed is not followed, and nothing need be undone', () => {
  const { at, clock } = clocks();
  clock.read();
  clock.confirm();
  Object.assign(at, { wall: 10 + 24 * hour, machine: 510 });
  expect(clock.read().toISOString()).toBe('2026-03-02T12:00:10.000Z');
  at.wall += 1;
  expect(() => clock.read()).toThrow(/leapt to 2026-03-02T12:00:11.000Z, 1 days ahead, within 10 s/);
  at.wall = 20;
  expect(clock.read().toISOString()).toBe('2026-03-01T12:00:20.000Z');
});

test('time that passes is no leap, however long it was', () => {
  const { at, clock } = clocks();
  clock.confirm();
  Object.assign(at, { wall: 1000 * hour, machine: 500 + 1000 * hour });
  expect(clock.read()).toBeInstanceOf(Date);
});

test('before anything was written nothing tells which clock is right: one that is set after the start is followed', () => {
  const { at, clock } = clocks();
  at.wall = -20 * 365 * 24 * hour;
  clock.read();
  at.wall = 0;
  expect(clock.read().toISOString()).toBe('2026-03-01T12:00:00.000Z');
});

test('a collector whose clock leaps years ahead takes nothing, and goes on when it is right again', async () => {
  using folder = temporaryFolder();
  const { at, now, elapsed } = clocks();
  await using collector = await collectorOn(folder.path, { now, elapsed });
  const hand = await enrolHand(collector, 'web1.example.nl', now());
  at.wall = 10 * 365 * 24 * hour;
  expect(await send(collector, draftReport(hand, { issuedAt: now() }))).toMatchObject({
    status: 503,
    body: { code: 'log.clock' },
  });
  expect((await fetch(new URL('/readyz', collector.url))).status).toBe(503);
  at.wall = 60;
  expect(await send(collector, draftReport(hand, { issuedAt: now() }))).toMatchObject({ status: 200 });
  expect((await fetch(new URL('/readyz', collector.url))).status).toBe(200);
});
