import { describe, expect, test } from 'vitest';
import { logRetention } from '../../../policies/checks/log-retention.ts';
import type { Journal, Log, LogRetentionFacts, Rotation } from '../../../policies/checks/log-retention/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';

const at = new Date('2026-11-22T09:00:00Z');
const daysAgo = (days: number): string => new Date(at.getTime() - days * 86_400_000).toISOString();
const daily: Rotation = { rotate: 30, every: 86_400, maxage: null, earlierBySize: false, laterBySize: false };
const days = (from: number): string[] => Array.from({ length: from }, (_, index) => daysAgo(from - index - 0.5));

function log(firsts: string[], rotation: Partial<Rotation> | null = {}, values: Partial<Log> = {}): Log {
  const own = read(rotation === null ? null : { ...daily, ...rotation });
  return {
    log: 'syslog',
    file: '/var/log/syslog',
    firsts: read(firsts),
    pieces: firsts.length,
    rotation: own,
    ...values,
  };
}

function judge(logs: Log[], parameters: object, facts: Partial<LogRetentionFacts> = {}): string[] {
  const whole: LogRetentionFacts = { machineSince: read(daysAgo(400)), logs: read(logs), journal: null, ...facts };
  return logRetention.judge(read(whole), parameters, at).map(({ code }) => code.replace('log-retention.', ''));
}

const minimum = { minimum: '30d' };
const maximum = { maximum: '31d' };

describe('a log of thirty days and one', () => {
  test('keeps both promises', () => {
    expect(judge([log(days(31))], minimum)).toEqual(['long-enough']);
    expect(judge([log(days(31))], maximum)).toEqual(['deleted-in-time']);
  });
});

describe('the minimum', () => {
  test.each<[string, Log, string]>([
    ['whose rotation keeps less, however far it reaches', log(days(31), { rotate: 20 }), 'settings-short'],
    ['whose pieces are removed earlier by age', log(days(31), { maxage: 14 }), 'settings-short'],
    ['that keeps nothing', log(days(31), { rotate: 0, every: null }), 'settings-short'],
    ['that large records push out', log(days(31).slice(20), { earlierBySize: true, rotate: 7 }), 'too-short'],
    ['that nobody rotates, and that begins last week', log([daysAgo(7)], null), 'too-short'],
    ['with fewer pieces than are kept', log([daysAgo(3), daysAgo(1)]), 'young-log'],
    ['without a record, and nothing known of its rotation', log([], null), 'empty'],
    ['with a record of tomorrow', log([daysAgo(40), daysAgo(-1)]), 'future'],
    ['that cannot be read', log([], {}, { firsts: unreadable('denied', '/var/log/syslog.1') }), 'host.denied'],
    [
      'whose rotation cannot be read',
      log(days(31), {}, { rotation: unreadable('denied', '/etc/logrotate.d/x') }),
      'host.denied',
    ],
    ['with a week in which nothing begins', log(days(31).filter((_, index) => index < 10 || index > 20)), 'gap'],
  ])('is not kept by a log %s', (_what, one, code) => {
    expect(judge([one], minimum)).toContain(code);
  });

  test('finds no gap in a log that is seldom written to', () => {
    expect(judge([log([daysAgo(60), daysAgo(45), daysAgo(30), daysAgo(10), daysAgo(1)])], minimum)).toEqual([
      'long-enough',
    ]);
  });

  test('of a young host is unknown, or goes by its rotation where the control says so', () => {
    const young = { machineSince: read(daysAgo(10)) };
    expect(judge([log(days(10))], minimum, young)).toEqual(['young-host']);
    expect(judge([log(days(10))], { ...minimum, young: 'settings' }, young)).toEqual(['young-settings']);
    expect(judge([log(days(10), { earlierBySize: true })], { ...minimum, young: 'settings' }, young)).toEqual([
      'young-host',
    ]);
    // A clock that says tomorrow makes nobody young.
    expect(judge([log(days(31).slice(20), null)], minimum, { machineSince: read(daysAgo(-2)) })).toEqual(['too-short']);
    expect(judge([log(days(10))], minimum, { machineSince: unreadable('missing', '/etc/machine-id') })).toEqual([
      'host.missing',
    ]);
  });

  test('lets a log be that has nothing to keep, where its rotation would', () => {
    expect(judge([log([])], minimum)).toEqual(['empty-settled']);
  });
});

describe('the maximum', () => {
  test.each<[string, Log, string]>([
    ['that still has older records', log([daysAgo(33)]), 'too-old'],
    [
      'whose rotation keeps a year, though it is new',
      log([daysAgo(2)], { rotate: 52, every: 604_800 }),
      'settings-long',
    ],
    ['whose oldest piece waits a day more than may be', log([daysAgo(2)], { rotate: 32 }), 'settings-long'],
    ['whose pieces may wait for a size', log([daysAgo(2)], { laterBySize: true }), 'no-deletion'],
    ['that nobody deletes', log([daysAgo(2)], null), 'no-deletion'],
    ['that is kept for ever', log([daysAgo(2)], { rotate: -1 }), 'no-deletion'],
    ['without a record, that nobody would delete', log([], null), 'empty'],
    ['with a record of tomorrow', log([daysAgo(-1)]), 'future'],
    ['that cannot be read', log([], {}, { firsts: unreadable('denied', '/var/log/syslog.1') }), 'host.denied'],
  ])('is not kept by a log %s', (_what, one, code) => {
    expect(judge([one], maximum)).toEqual([code]);
  });

  test('is kept by age where pieces are many', () => {
    expect(judge([log([daysAgo(30)], { rotate: 99, maxage: 30 })], maximum)).toEqual(['deleted-in-time']);
  });
});

describe('the journal', () => {
  const kept: Journal = { oldest: read(daysAgo(30.5)), isVolatile: false, maximumRetention: read(31 * 86_400) };
  const of = (values: Partial<Journal>, parameters: object, logs: Log[] = []): string[] =>
    judge(logs, { logs: ['journal'], ...parameters }, { journal: { ...kept, ...values } });

  test('that reaches back and is deleted in time keeps both promises', () => {
    expect(of({}, minimum)).toEqual(['long-enough']);
    expect(of({}, maximum)).toEqual(['deleted-in-time']);
  });

  test.each<[string, Partial<Journal>, object, string]>([
    ['its size cut short', { oldest: read(daysAgo(5)) }, minimum, 'too-short'],
    ['its settings cut short', { maximumRetention: read(86_400) }, minimum, 'settings-short'],
    ['in memory alone', { isVolatile: true }, minimum, 'volatile'],
    ['without records', { oldest: read(null) }, minimum, 'empty'],
    ['from the future', { oldest: read(daysAgo(-1)) }, minimum, 'future'],
    ['that nobody may read', { oldest: unreadable('denied', 'the journal') }, minimum, 'host.denied'],
    ['with old records', { oldest: read(daysAgo(40)) }, maximum, 'too-old'],
    ['kept as long as there is room', { maximumRetention: read(null) }, maximum, 'no-deletion'],
    ['kept longer', { maximumRetention: read(90 * 86_400) }, maximum, 'settings-long'],
  ])('%s does not pass', (_what, values, parameters, code) => {
    expect(of(values, parameters)).toEqual([code]);
  });

  test('in memory beside the files of syslog is kept by these', () => {
    expect(of({ isVolatile: true }, minimum, [log(days(31))])).toEqual(['volatile-beside']);
  });
});

describe('what is asked for', () => {
  test('and not found is unknown', () => {
    expect(judge([], minimum)).toEqual(['none']);
    expect(judge([log(days(31))], { ...minimum, logs: ['syslog', 'web'] })).toEqual(['missing', 'long-enough']);
    expect(judge([], minimum, { logs: unreadable('denied', '/var/log') })).toEqual(['host.denied']);
  });

  test('is one of two promises', () => {
    expect(() => judge([], { minimum: '30d', maximum: '31d' })).toThrow();
    expect(() => judge([], {})).toThrow();
  });
});
