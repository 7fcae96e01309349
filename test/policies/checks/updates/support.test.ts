import { describe, expect, test } from 'vitest';
import { judgeSupport, type SupportWanted } from '../../../../policies/checks/updates/support.ts';
import type { Support } from '../../../../policies/checks/updates/facts.ts';
import { endOfLife, EndOfLifeTable, endsOf } from '../../../../policies/end-of-life.ts';
import { read, unreadable } from '../../../../policies/reading.ts';
import { dnf, support } from './facts.ts';

function judge(values: Partial<Support>, wanted: SupportWanted = 'standard', at = '2026-11-22T12:00:00Z'): string {
  const facts = dnf({ support: read({ ...support, ...values }) });
  const judged = judgeSupport(facts, wanted, new Date(at));
  return judged.map(({ verdict, code }) => `${verdict} ${code}`).join();
}

describe('standard support', () => {
  test('lasts through its last day, in UTC', () => {
    const ends: Support['ends'] = ['2026-11-22'];
    expect(judge({ ends }, 'standard', '2026-11-22T23:59:59.999Z')).toBe('pass updates.supported');
    expect(judge({ ends }, 'standard', '2026-11-23T00:00:00Z')).toBe('fail updates.support-ended');
  });

  test('has ended although extended support lasts', () => {
    const bookworm: Partial<Support> = { ends: ['2026-07-11', '2028-06-30'], extended: read('included') };
    expect(judge(bookworm)).toBe('fail updates.support-ended');
  });

  test('may have no day', () => {
    expect(judge({ ends: ['supported'] })).toBe('pass updates.supported-undated');
    expect(judge({ ends: ['ended'] })).toBe('fail updates.support-ended-undated');
    expect(judge({ ends: ['ended'] }, 'extended')).toBe('fail updates.support-ended-undated');
  });
});

describe('extended support', () => {
  const ends: Support['ends'] = ['2026-07-11', '2028-06-30'];

  test.each([
    [read('included' as const), 'pass updates.supported-extended'],
    [read('enabled' as const), 'pass updates.supported-extended'],
    [read('disabled' as const), 'fail updates.extended-off'],
    [unreadable('command-missing', 'pro'), 'unknown host.command-missing'],
    [null, 'unknown updates.extended-unproven'],
  ])('counts only where the host has it: %j', (extended, expected) => {
    expect(judge({ ends, extended }, 'extended')).toBe(expected);
  });

  test('ends, too; a release without one ends with its standard support', () => {
    const extended = read('included' as const);
    expect(judge({ ends: ['2024-01-01', '2026-11-21'], extended }, 'extended')).toBe('fail updates.support-ended');
    expect(judge({ ends: ['2026-11-21'] }, 'extended')).toBe('fail updates.support-ended');
  });

  test('is not needed while standard support lasts', () => {
    expect(judge({ ends: ['2028-08-09', '2030-06-30'], extended: null }, 'extended')).toBe('pass updates.supported');
  });
});

describe('the table', () => {
  test('is no ground once it is older than 180 days, or dated in the future', () => {
    expect(judge({ dated: '2026-05-26' }, 'standard', '2026-11-22T00:00:00Z')).toBe('pass updates.supported');
    expect(judge({ dated: '2026-05-26' }, 'standard', '2026-11-22T00:00:01Z')).toBe(
      'unknown updates.support-table-old',
    );
    expect(judge({ dated: '2026-11-24' })).toBe('unknown updates.support-table-future');
  });

  test('that does not know the release leaves it unknown', () => {
    expect(judge({ product: null, release: null, ends: null })).toBe('unknown updates.support-unknown');
  });

  test('that cannot be read is an obstacle', () => {
    const facts = dnf({ support: unreadable('unparsable', '/etc/table.yaml', 'no') });
    expect(judgeSupport(facts, 'standard', new Date())).toMatchObject([{ code: 'host.unparsable' }]);
  });

  test('that comes along is of the form asked of others, and does not answer to names that objects have by nature', () => {
    expect(EndOfLifeTable.parse(endOfLife)).toEqual(endOfLife);
    expect(endsOf(endOfLife, 'debian', '12')).toEqual(['2026-07-11', '2028-06-30']);
    expect(endsOf(endOfLife, 'constructor', 'name')).toBeUndefined();
    expect(endsOf(endOfLife, 'debian', 'toString')).toBeUndefined();
  });
});
