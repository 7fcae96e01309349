import { describe, expect, test } from 'vitest';
import { Settings } from '../../../../agent/collect/replication/settings.ts';

describe('the settings', () => {
  const source = { redis: {} };
  test.each<[string, object, RegExp]>([
    [
      'two kinds for one set',
      { set: 'a', role: 'replica', source: { redis: {}, drbd: { resource: 'r0' } } },
      /exactly one/,
    ],
    ['a cluster of nobody knows how many', { set: 'a', role: 'member', source }, /expected number/],
    [
      'a primary of another kind',
      { set: 'a', role: 'replica', source, primary: { drbd: { resource: 'r0' } } },
      /same kind/,
    ],
    [
      'a table that is more than a name',
      { set: 'a', role: 'replica', source, heartbeat: 'a.b; DROP' },
      /schema\.table/,
    ],
    ['no reason why no copy is needed', { set: 'a', role: 'none', source }, /because/],
  ])('refuse %s', (_what, set, message) => {
    expect(() => Settings.parse({ replication: [set] })).toThrow(message);
  });

  test('refuse two sets of one name', () => {
    const set = { set: 'a', role: 'replica', source };
    expect(() => Settings.parse({ replication: [set, set] })).toThrow(/name of its own/);
  });
});
