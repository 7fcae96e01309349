import { describe, expect, test } from 'vitest';
import { baseName } from '../../../../agent/collect/log-retention/pieces.ts';
import { firstMoment } from '../../../../agent/collect/log-retention/stamps.ts';

const here = { zone: 'Europe/Amsterdam', before: new Date('2026-11-22T09:00:00Z') };

describe('the moment of a record', () => {
  test.each([
    ['rsyslog', '2026-11-01T06:25:01.123456+01:00 web1 CRON[12]: x', '2026-11-01T05:25:01.000Z'],
    ['syslog without a year', 'Nov  1 06:25:01 web1 CRON[12]: x', '2026-11-01T05:25:01.000Z'],
    ['syslog of last December', 'Dec 31 06:25:01 web1 CRON[12]: x', '2025-12-31T05:25:01.000Z'],
    ['the 29th of February', 'Feb 29 06:25:01 web1 CRON[12]: x', '2024-02-29T05:25:01.000Z'],
    ['an access log', '192.0.2.1 - - [01/Nov/2026:06:25:01 +0000] "GET / HTTP/1.1" 200 1', '2026-11-01T06:25:01.000Z'],
    ['nginx’s errors', '2026/11/01 06:25:01 [error] 12#12: *1 open() failed', '2026-11-01T05:25:01.000Z'],
    ['Apache’s errors', '[Sun Nov 01 06:25:01.123456 2026] [core:notice] x', '2026-11-01T05:25:01.000Z'],
    ['MariaDB', '2026-11-01  6:25:01 0 [Note] x\n2026-11-01 06:25:01 0 [Note] x', '2026-11-01T05:25:01.000Z'],
    ['PostgreSQL', '2026-11-01 06:25:01.123 UTC [12] LOG:  x', '2026-11-01T06:25:01.000Z'],
    ['the audit', 'type=SYSCALL msg=audit(1793514301.123:45): arch=c000003e', '2026-11-01T06:25:01.000Z'],
    ['a record behind the rest of another', '  at line 3\n2026-11-01T06:25:01Z x', '2026-11-01T06:25:01.000Z'],
  ])('of %s is read', (_what, text, expected) => {
    const moment = firstMoment(text, here);
    expect(moment?.toISOString().replace(/\.\d{3}Z/, '.000Z')).toBe(expected);
  });

  test('without a year is never later than what limits it', () => {
    const before = new Date('2024-11-03T00:00:00Z');
    expect(firstMoment('Nov  1 06:25:01 web1 x: y', { ...here, before })?.getUTCFullYear()).toBe(2024);
  });

  test.each(['no moment in here', '', 'Nov 31 06:25:01 web1 x', '2026-13-01 06:25:01 x'])(
    'is not made up of "%s"',
    (text) => {
      expect(firstMoment(text, here)).toBeUndefined();
    },
  );
});

describe('the pieces of a log', () => {
  test.each([
    ['syslog.1', 'syslog'],
    ['syslog.2.gz', 'syslog'],
    ['access.log-20261101.xz', 'access.log'],
    ['access-20261101.log.zst', 'access.log'],
    ['access.log.2026-11-01', 'access.log'],
    ['postgresql-2026-11-01_000000.log', 'postgresql.log'],
    ['postgresql-15-main.log', 'postgresql-15-main.log'],
    ['site1.example.nl.log', 'site1.example.nl.log'],
  ])('%s belongs to %s', (name, base) => {
    expect(baseName(name)).toBe(base);
  });
});
