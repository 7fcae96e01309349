import { describe, expect, test } from 'vitest';
import { anomalies } from '../../../policies/checks/anomalies.ts';
import type { AnomaliesFacts, Logins, Sent } from '../../../policies/checks/anomalies/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';

const at = new Date('2026-11-22T09:00:00Z');
const since = '2026-10-01T09:00:00.000Z';
const watch = { watch: 'logins' };

function dayBefore(back: number): string {
  return new Date(at.getTime() - back * 86_400_000).toISOString().slice(0, 10);
}

/** Twenty quiet days up to yesterday; `change` alters yesterday. */
function logins(change: Partial<Logins['days'][number]> = {}, values: Partial<Logins> = {}): AnomaliesFacts {
  const days = Array.from({ length: 20 }, (_, index): Logins['days'][number] => ({
    day: dayBefore(20 - index),
    isWhole: true,
    records: 50,
    failed: [{ service: 'sshd', count: 40 }],
    accepted: 2,
    root: 0,
    odd: 0,
    unseen: [],
    unlogged: 0,
    ...(index === 19 ? change : {}),
  }));
  const all = { since, days, source: '/var/log/auth.log', addressesSince: since, isCrossChecked: true, ...values };
  return { zone: read('Etc/UTC'), logins: read(all) };
}

function judge(facts: AnomaliesFacts, parameters: object = watch, moment = at): string[] {
  const lines = anomalies
    .judge(read(facts), parameters, moment)
    .map(({ verdict, code }) => `${verdict} ${code.replace('anomalies.', '')}`);
  return [...new Set(lines)];
}
const pass = 'pass quiet-day';

describe('the watch over logins', () => {
  test('passes quiet days', () => {
    expect(judge(logins())).toEqual([pass]);
  });

  test.each<[string, Partial<Logins['days'][number]>, string]>([
    ['many refusals', { failed: [{ service: 'sshd', count: 5001 }] }, 'fail failed-many'],
    ['five times the usual refusals', { failed: [{ service: 'sshd', count: 201 }] }, 'fail failed-unusual'],
    ['refusals of a service that had none', { failed: [{ service: 'vsftpd', count: 101 }] }, 'fail failed-unusual'],
    ['root', { root: 1 }, 'fail root-login'],
    ['an odd hour', { odd: 1 }, 'fail odd-hour'],
    ['a new address', { unseen: ['p1'] }, 'fail unseen-address'],
    ['a login that was not logged', { unlogged: 1 }, 'unknown unlogged'],
    ['no record', { records: 0 }, 'unknown silent'],
    ['a gap', { isWhole: false }, 'unknown gap'],
    ['no hours set', { odd: null }, 'unknown hours-not-set'],
  ])('does not pass a day with %s', (_what, change, verdict) => {
    expect(judge(logins(change))).toContain(verdict);
  });

  test.each<[string, Partial<Logins['days'][number]>]>([
    ['four times as many refusals', { failed: [{ service: 'sshd', count: 160 }] }],
    ['some refusals of a service that had none', { failed: [{ service: 'vsftpd', count: 99 }] }],
  ])('lets pass %s', (_what, change) => {
    expect(judge(logins(change))).toEqual([pass]);
  });

  test('goes by the parameters', () => {
    const noting = { ...watch, rootLogins: 'note', oddHours: 'note', unseenAddresses: 'note' };
    expect(judge(logins({ root: 1, odd: 1, unseen: ['p1'] }), noting)).toEqual([pass, 'pass noted']);
    expect(judge(logins({ odd: null }), noting)).toEqual([pass]);
    expect(judge(logins(), { ...watch, maximumFailed: 39 })).toEqual(['fail failed-many']);
    expect(judge(logins({ failed: [{ service: 'sshd', count: 160 }] }), { ...watch, factor: 2 })).toContain(
      'fail failed-unusual',
    );
    expect(() => judge(logins(), { ...watch, lookBack: '36h' })).toThrow(/whole days/);
    expect(() => judge(logins(), { ...watch, maximumQueue: 500 })).toThrow(/maximumQueue/);
  });

  test('forgets a finding once it is older than it looks back', () => {
    const facts = logins({ root: 1 });
    expect(judge(facts, { ...watch, lookBack: '1d' })).toEqual(['fail root-login']);
    const next = new Date(at.getTime() + 86_400_000);
    expect(judge(facts, { ...watch, lookBack: '1d' }, next)).toEqual(['unknown young']);
  });

  test('is unknown where facts are old, from the future, or from one look alone', () => {
    expect(judge(logins(), watch, new Date('2026-12-20T09:00:00Z'))).toEqual(['unknown young']);
    expect(judge(logins(), watch, new Date('2026-11-20T09:00:00Z'))).toContain('unknown future');
    expect(judge(logins({}, { since: null, days: [] }))).toEqual(['unknown not-remembered']);
    expect(judge(logins({}, { addressesSince: '2026-11-14T10:00:00.000Z' }))).toContain('unknown learning');
  });

  test('is unknown where nothing was read', () => {
    expect(judge({ zone: unreadable('missing', 'the time zone') })).toEqual(['unknown host.missing']);
    expect(judge({ zone: read('Etc/UTC'), logins: unreadable('denied', '/var/log/auth.log') })).toEqual([
      'unknown host.denied',
    ]);
    expect(judge({ zone: read('Etc/UTC') })).toEqual([]);
  });

  test('takes no zone that nobody knows', () => {
    expect(() => judge({ ...logins(), zone: read('Nowhere/Else') })).toThrow(/time zone/);
  });
});

describe('the watch over volume', () => {
  const volume = { watch: 'volume' };

  test('is unknown for whatever was not read', () => {
    expect(judge({ zone: read('Etc/UTC') }, volume)).toEqual(['unknown not-remembered']);
  });

  test('judges the queue and what was sent each by itself', () => {
    const sent: Sent = { since, source: '/var/log/mail.log', days: [] };
    const facts = (queue: number | null): AnomaliesFacts => ({
      zone: read('Etc/UTC'),
      mail: read({ program: 'postfix', queue: read(queue), sent: read(sent) }),
    });
    const of = { ...volume, of: ['mail'] };
    expect(judge(facts(500), of)).toEqual(['pass queue-short', 'unknown young']);
    expect(judge(facts(1000), of)).toEqual(['fail queue-long', 'unknown young']);
    expect(judge(facts(null), { ...of, maximumQueue: 50_000 })).toEqual(['fail queue-long', 'unknown young']);
    expect(() => judge(facts(500), { ...of, maximumQueue: 400 })).toThrow(/expected one of/);
  });
});
