import { describe, expect, test } from 'vitest';
import { scopeOfOptions } from '../../commands/export-scope.ts';
import { wholeScope } from '../../evidence/scope.ts';
import { runWaarborg } from '../support/process.ts';
import { temporaryFolder } from '../support/tools.ts';

describe('the scope of an export', () => {
  test('is none where nothing is asked for', () => {
    expect(scopeOfOptions({})).toBeUndefined();
  });

  test('holds the last day to its end', () => {
    expect(scopeOfOptions({ from: '2026-11-01', to: '2026-11-30' })).toEqual({
      ...wholeScope,
      from: '2026-11-01T00:00:00.000Z',
      until: '2026-12-01T00:00:00.000Z',
    });
  });

  test('takes moments as they are', () => {
    expect(scopeOfOptions({ from: '2026-11-01T12:00:00+01:00', to: '2026-11-01T12:30Z' })).toMatchObject({
      from: '2026-11-01T11:00:00.000Z',
      until: '2026-11-01T12:30:00.000Z',
    });
  });

  test('has one spelling', () => {
    const words = { host: ['web2', 'WEB1', 'web1'], policy: ['b', 'a'], label: ['role=web', 'customer=acme'] };
    expect(JSON.stringify(scopeOfOptions(words))).toBe(
      JSON.stringify({
        from: null,
        until: null,
        policies: ['a', 'b'],
        labels: { customer: 'acme', role: 'web' },
        hosts: ['web1', 'web2'],
      }),
    );
  });

  test.each([
    [['--from', 'yesterday'], /--from yesterday: expected a day such as 2026-11-01/],
    [['--to', '2026-02-30'], /--to 2026-02-30: expected a day/],
    [['--from', '2026-11-02', '--to', '2026-11-01'], /the period ends before it begins/],
    [['--label', 'role'], /--label role: expected KEY=VALUE/],
    [['--host', 'no host'], /hosts .*expected a host name/],
    [['--host', 'web1'], /no collector has run on/],
  ])('%j ends with 3 and one line', async (words, message) => {
    using folder = temporaryFolder();
    const { code, stdout, stderr } = await runWaarborg(['export', 'bundle', '--data', folder.path, ...words], {
      cwd: folder.path,
    });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
