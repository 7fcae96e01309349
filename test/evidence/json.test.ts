import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseExactJson, parseJson } from '../../evidence/json.ts';

function parse(text: string): unknown {
  return parseJson(Buffer.from(text));
}

describe('JSON within limits', () => {
  test('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test('may nest 64 deep, and no deeper', () => {
    expect(parse(`${'['.repeat(64)}${']'.repeat(64)}`)).toBeDefined();
    expect(parse(`${'['.repeat(65)}${']'.repeat(65)}`)).toBeUndefined();
    expect(parse(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`)).toBeUndefined();
  });

  test('may have 2^21 values, and no more', () => {
    const zeros = (count: number): string => `[${'0,'.repeat(count - 1)}0]`;
    expect(parse(zeros(2 ** 21 - 1))).toHaveLength(2 ** 21 - 1);
    expect(parse(zeros(2 ** 21))).toBeUndefined();
  });

  test('brackets and commas in strings are text, also behind an escaped quotation mark', () => {
    const text = '[[[,,,'.repeat(1_000_000);
    expect(parse(JSON.stringify(text))).toBe(text);
    expect(parse(JSON.stringify(`"${text}\\`))).toBe(`"${text}\\`);
  });

  test.each([
    ['nothing', ''],
    ['half of it', '{"a":1'],
    ['two values', '1 2'],
    ['a byte order mark', '\uFEFF1'],
  ])('%s is none', (_, text) => {
    expect(parse(text)).toBeUndefined();
  });

  test('bytes that are not UTF-8 are none', () => {
    expect(parseJson(Buffer.from([0x22, 0xff, 0x22]))).toBeUndefined();
  });

  test('null is a value', () => {
    expect(parse('null')).toBeNull();
  });
});

describe('JSON of one spelling', () => {
  const Schema = z.strictObject({ a: z.string(), b: z.record(z.string(), z.number()), c: z.int().optional() });
  const read = (text: string): unknown => parseExactJson(Schema, Buffer.from(text));

  test('is read where it is that spelling', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.dictionary(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true })),
        (a, b) => {
          const text = JSON.stringify({ a, b });
          expect(read(text)).toEqual(Object.hasOwn(b, '__proto__') ? undefined : JSON.parse(text));
        },
      ),
    );
    expect(read('{"a":"x","b":{"d":1},"c":2}')).toEqual({ a: 'x', b: { d: 1 }, c: 2 });
  });

  test.each([
    ['spaces', '{ "a":"x","b":{}}'],
    ['a line end', '{"a":"x","b":{}}\n'],
    ['another order', '{"b":{},"a":"x"}'],
    ['a member twice', '{"a":"y","a":"x","b":{}}'],
    ['a number written otherwise', '{"a":"x","b":{"d":1.0}}'],
    ['an escape that needs none', '{"a":"\\u0078","b":{}}'],
    ['a hidden member', '{"a":"x","b":{"__proto__":1}}'],
    ['an unknown member', '{"a":"x","b":{},"d":1}'],
    ['a wrong type', '{"a":1,"b":{}}'],
  ])('%s is another spelling', (_, text) => {
    expect(read(text)).toBeUndefined();
  });
});
