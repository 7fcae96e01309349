import { expect, test } from 'vitest';
import { steadyReactions } from '../../../../agent/tls/weaknesses/steady.ts';
import type { Heard } from '../../../../agent/tls/client12/index.ts';

/** Asks for `a` and `b`; each answers what stands next in its list, the last one for ever. */
async function settle(a: readonly string[], b: readonly string[]): Promise<{ heard: Heard<unknown>; asked: number }> {
  const left = { a: [...a], b: [...b] };
  let asked = 0;
  const heard = await steadyReactions(['a', 'b'], (variant) => {
    asked += 1;
    const value = (left[variant].length > 1 ? left[variant].shift() : left[variant][0]) ?? '';
    return Promise.resolve({ heard: 'answer', value });
  });
  return { heard, asked };
}

const unsteady = { heard: 'doubt', why: { what: 'unsteady' } };

test('what is treated alike is asked for once', async () => {
  const { heard, asked } = await settle(['alert x, end'], ['alert x, end']);
  expect(heard).toEqual({ heard: 'answer', value: { a: 'alert x, end', b: 'alert x, end' } });
  expect(asked).toBe(2);
});

test('a difference counts when it comes out the same three times', async () => {
  const { heard, asked } = await settle(['alert x, end'], ['alert x, reset']);
  expect(heard).toEqual({ heard: 'answer', value: { a: 'alert x, end', b: 'alert x, reset' } });
  expect(asked).toBe(6);
});

test('a difference that comes and goes is unsteady', async () => {
  expect((await settle(['alert x'], ['alert y', 'alert x'])).heard).toEqual(unsteady);
  expect((await settle(['alert x'], ['alert y', 'alert y', 'alert x'])).heard).toEqual(unsteady);
});

test.each([
  ['alert x, end', 'alert x, reset'],
  ['alert x, end', 'alert x, open'],
])('an ending that comes and goes (%s, %s) is no difference', async (one, other) => {
  const { heard } = await settle([one, other, one], [other, one, other]);
  expect(heard).toEqual({ heard: 'answer', value: { a: 'alert x', b: 'alert x' } });
});

test('silence to everything is silence, to one of them a reaction', async () => {
  expect((await settle(['open'], ['open'])).heard).toEqual({ heard: 'doubt', why: { what: 'silent' } });
  expect((await settle(['open'], ['alert x'])).heard).toMatchObject({ heard: 'answer' });
  expect((await settle(['open', 'open', 'alert x'], ['alert x'])).heard).toEqual(unsteady);
});

test('a question without an answer leaves all open', async () => {
  const closed = { heard: 'doubt', why: { what: 'closed' } } as const;
  expect(await steadyReactions(['a', 'b'], () => Promise.resolve(closed))).toEqual(closed);
});
