import { expect, test } from 'vitest';
import { Following } from '../../evidence/following.ts';

const begun = '2026-03-01T00:00:00.000Z';
const document = { policy: 'looking', version: 1, digest: 'a'.repeat(64) };

function followedAt(...acts: [string, ...(typeof document)[]][]): string | undefined {
  const following = new Following();
  following.take([document], begun);
  for (const [at, ...policies] of acts) following.take(policies, at);
  return following.since('looking');
}

test('a policy is followed since it first was, over versions of it and other policies', () => {
  const others = { ...document, policy: 'other' };
  expect(followedAt(['2026-06-01T00:00:00.000Z', others, { ...document, version: 2 }])).toBe(begun);
});

test('who leaves a policy for a moment is still asked what it asked before, however often he does', () => {
  const left = '2026-06-01T00:00:00.000Z';
  expect(followedAt([left], ['2026-06-01T00:05:00.000Z', document])).toBe(begun);
  expect(followedAt([left], ['2026-06-20T00:00:00.000Z'], ['2026-07-01T23:59:59.000Z', document])).toBe(begun);
  expect(
    followedAt(
      [left],
      ['2026-06-20T00:00:00.000Z', document],
      ['2026-07-01T00:00:00.000Z'],
      ['2026-07-20T00:00:00.000Z', document],
    ),
  ).toBe(begun);
});

test('a policy that was left for long begins anew, and one that is left is not followed', () => {
  const [left, back] = ['2026-06-01T00:00:00.000Z', '2026-07-02T00:00:00.000Z'];
  expect(followedAt([left], [back, document])).toBe(back);
  expect(followedAt([left])).toBeUndefined();
});
