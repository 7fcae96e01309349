import { describe, expect, test } from 'vitest';
import { parseTypedMoment } from '../../policies/quantities.ts';

describe('a moment that a person typed', () => {
  test.each([
    ['2026-11-01', 'begin', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01', 'end', '2026-11-02T00:00:00.000Z'],
    ['2026-12-31', 'end', '2027-01-01T00:00:00.000Z'],
    ['2028-02-29', 'begin', '2028-02-29T00:00:00.000Z'],
    ['2026-11-01T12:30Z', 'end', '2026-11-01T12:30:00.000Z'],
    ['2026-11-01T12:30:15+01:00', 'begin', '2026-11-01T11:30:15.000Z'],
  ] as const)('%s as the %s of a period', (text, edge, moment) => {
    expect(parseTypedMoment(text, edge)?.toISOString()).toBe(moment);
  });

  test.each(['', 'yesterday', '2026-02-29', '2026-13-01', '2026-11-1', '2026-11-01T12:00', '2026-11-01T25:00Z', '1'])(
    '%s is none',
    (text) => {
      expect(parseTypedMoment(text, 'begin')).toBeUndefined();
    },
  );
});
