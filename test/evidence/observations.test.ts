import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExactJson } from '../../evidence/json.ts';
import { readObservations } from '../../evidence/observations.ts';
import { ObservationsPart } from '../../evidence/report.ts';
import { anyDamage, damaged } from './damage.ts';

function read(text: string): unknown {
  return readObservations(Buffer.from(text));
}

function bySchema(text: string): unknown {
  return parseExactJson(ObservationsPart, Buffer.from(text));
}

const verdict = fc.constantFrom('pass', 'fail', 'unknown', 'not-applicable');
const names = fc.constantFrom('a', 'maximum', '1', '0', '__proto__', 'constructor', '');
const values = fc.dictionary(names, fc.oneof(fc.string(), fc.integer(), fc.double({ noNaN: true })), { maxKeys: 4 });
const code = fc.constantFrom('tls.good', 'backup.left-out.path', 'a.b', 'host.missing');
const reason = fc.oneof(
  fc.record({ code, verdict, values }),
  fc.record({ code, verdict, subject: fc.string({ maxLength: 20 }), values }),
);
const observation = fc.record({
  policy: fc.string({ maxLength: 64 }),
  control: fc.string({ maxLength: 64 }),
  verdict,
  reasons: fc.array(reason, { maxLength: 3 }),
});
const part = fc.record({ v: fc.constant(1), observations: fc.array(observation, { maxLength: 3 }) });

describe('the quick reader of observations', () => {
  test('reads what the schema reads', () => {
    let read1 = 0;
    fc.assert(
      fc.property(part, (value) => {
        const text = JSON.stringify(value);
        const expected = bySchema(text);
        if (expected !== undefined) read1 += 1;
        expect(read(text)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
    expect(read1).toBeGreaterThan(100);
  });

  test('refuses what the schema refuses', () => {
    let refused = 0;
    fc.assert(
      fc.property(part, anyDamage, (value, damage) => {
        const text = JSON.stringify(damaged(value, damage));
        const expected = bySchema(text);
        if (expected === undefined) refused += 1;
        expect(read(text), text).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(200);
  });

  test.each([
    ['a space', '{"v":1, "observations":[]}'],
    ['a member twice', '{"v":1,"v":1,"observations":[]}'],
    ['another order', '{"observations":[],"v":1}'],
    ['a hidden member', '{"v":1,"observations":[],"__proto__":{}}'],
    ['another version', '{"v":2,"observations":[]}'],
    ['an escaped letter', '{"v":1,"observations":[{"policy":"\\u0061","control":"","verdict":"pass","reasons":[]}]}'],
    ['nothing', 'null'],
  ])('refuses %s', (_, text) => {
    expect(read(text)).toBeUndefined();
    expect(bySchema(text)).toBeUndefined();
  });

  test('knows the limits of the schema', () => {
    const reasons = (count: number) =>
      Array.from({ length: count }, () => ({ code: 'a.b', verdict: 'pass', values: {} }));
    const of = (count: number, each: number): string =>
      JSON.stringify({
        v: 1,
        observations: Array.from({ length: count }, () => ({
          policy: 'p',
          control: 'c',
          verdict: 'pass',
          reasons: reasons(each),
        })),
      });
    for (const [count, each, isRead] of [
      [1, 201, true],
      [1, 202, false],
      [5000, 0, true],
      [5001, 0, false],
    ] as const) {
      expect(read(of(count, each)) !== undefined, `${count} × ${each}`).toBe(isRead);
      expect(bySchema(of(count, each)) !== undefined).toBe(isRead);
    }
  });
});
