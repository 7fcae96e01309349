import { expect, test } from 'vitest';
import { judgeOutdated } from '../../../../policies/checks/updates/outdated.ts';
import type { Outdated } from '../../../../policies/checks/updates/facts.ts';
import { read, unreadable } from '../../../../policies/reading.ts';

const nginx: Outdated = { program: '/usr/sbin/nginx', runs: 'service', replaced: ['/usr/lib/libssl.so.3'] };

test('no service that runs replaced files passes; sessions and containers do not count', () => {
  const pass = [{ code: 'updates.programs-current', verdict: 'pass' }];
  expect(judgeOutdated(read([]))).toMatchObject(pass);
  expect(
    judgeOutdated(
      read([
        { ...nginx, runs: 'session' },
        { ...nginx, runs: 'container' },
      ]),
    ),
  ).toMatchObject(pass);
});

test('each service that does fails by its name, with the first of many files', () => {
  const many = Array.from({ length: 8 }, (_, index) => `/usr/lib/lib${index}.so`);
  expect(judgeOutdated(read([nginx, { ...nginx, program: null, replaced: many }]))).toEqual([
    {
      code: 'updates.program-outdated',
      verdict: 'fail',
      subject: '/usr/sbin/nginx',
      values: { replaced: '/usr/lib/libssl.so.3' },
    },
    {
      code: 'updates.program-outdated',
      verdict: 'fail',
      subject: '?',
      values: { replaced: `${many.slice(0, 5).join(', ')}, +3` },
    },
  ]);
});

test('what may not be seen is unknown, and tells the right that is missing', () => {
  expect(judgeOutdated(unreadable('denied', '/proc/*/maps'))).toMatchObject([
    { code: 'updates.programs-hidden', verdict: 'unknown' },
  ]);
  expect(judgeOutdated(unreadable('timeout', '/proc/*/maps'))).toMatchObject([
    { code: 'host.timeout', verdict: 'unknown' },
  ]);
});
