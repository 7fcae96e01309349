import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Entry, decodeEntry } from '../../evidence/entry.ts';
import { Envelope, isEnvelope } from '../../evidence/envelope.ts';
import { parseExactJson } from '../../evidence/json.ts';
import { Statement } from '../../evidence/report.ts';
import { decodeStatement } from '../../evidence/statement.ts';
import { anyDamage, damaged } from './damage.ts';

const hex = (length: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes).toString('hex'));
const base64 = (length: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes).toString('base64'));
const moment = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const positive = fc.integer({ min: 1 });

const statement: fc.Arbitrary<Statement> = fc.record({
  v: fc.constant(1 as const),
  agent: fc.constantFrom('a', 'web1.example.nl', 'x'.repeat(253)),
  epoch: positive,
  seq: positive,
  prev: fc.option(hex(32)),
  issuedAt: moment,
  policies: fc.array(fc.record({ policy: fc.constantFrom('antum', 'b', ''), version: positive, digest: hex(32) }), {
    maxLength: 2,
  }),
  body: fc.array(fc.record({ name: fc.constantFrom('host', 'facts/tls', 'observations'), commitment: hex(32) }), {
    maxLength: 3,
  }),
  counts: fc.record({ pass: fc.nat(), fail: fc.nat(), unknown: fc.nat(), 'not-applicable': fc.nat() }),
  seen: fc.option(fc.record({ origin: fc.string({ maxLength: 255 }), size: fc.nat(), root: base64(32) })),
});

const report = fc.record({
  v: fc.constant(1),
  kind: fc.constant('report'),
  receivedAt: moment,
  envelope: fc.record({
    payload: base64(20),
    payloadType: fc.string({ minLength: 1, maxLength: 255 }),
    signatures: fc.array(fc.record({ keyid: hex(8), sig: base64(64) }), { minLength: 1, maxLength: 8 }),
  }),
});

function entryOf(bytes: Buffer): Entry | undefined {
  try {
    return decodeEntry(bytes);
  } catch {
    return undefined;
  }
}

describe.each([
  ['statement', statement, decodeStatement, Statement],
  ['report as an entry', report, entryOf, Entry],
] as const)('the quick reader of a %s', (_, values, readQuickly, schema) => {
  const bySchema = (bytes: Buffer): unknown => parseExactJson(schema, bytes);

  test('reads what the schema reads', () => {
    let read = 0;
    fc.assert(
      fc.property<[unknown]>(values, (value) => {
        const bytes = Buffer.from(JSON.stringify(value));
        const expected = bySchema(bytes);
        if (expected !== undefined) read += 1;
        expect(readQuickly(bytes)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
    expect(read).toBeGreaterThan(100);
  });

  test('refuses what the schema refuses', () => {
    let refused = 0;
    fc.assert(
      fc.property<[unknown, Parameters<typeof damaged>[1]]>(values, anyDamage, (value, damage) => {
        const bytes = Buffer.from(JSON.stringify(damaged(value, damage)));
        const expected = bySchema(bytes);
        if (expected === undefined) refused += 1;
        expect(readQuickly(bytes), bytes.toString()).toEqual(expected);
      }),
      { numRuns: 4000 },
    );
    expect(refused).toBeGreaterThan(2000);
  });
});

test.each([
  [
    'more parts than any report has',
    { body: names(101, 'part').map((name) => ({ name, commitment: 'a'.repeat(64) })) },
  ],
  [
    'more policies than any report has',
    { policies: names(51, 'policy').map((policy) => ({ policy, version: 1, digest: 'a'.repeat(64) })) },
  ],
  ['a number that cannot be kept', { seq: 2 ** 53 }],
  ['no number', { seq: 0 }],
  ['no epoch', { epoch: 0 }],
])('a statement with %s is none', (_, changed) => {
  const [made] = fc.sample(statement, { numRuns: 1, seed: 1 });
  const bytes = Buffer.from(JSON.stringify({ ...made, policies: [], body: [], ...changed }));
  expect(parseExactJson(Statement, bytes)).toBeUndefined();
  expect(decodeStatement(bytes)).toBeUndefined();
});

test.each([
  ['no signature', { signatures: [] }, false],
  ['eight signatures', { signatures: signatures(8) }, true],
  ['nine signatures', { signatures: signatures(9) }, false],
  ['a type of 255 letters', { payloadType: 'x'.repeat(255) }, true],
  ['a type of 256 letters', { payloadType: 'x'.repeat(256) }, false],
  ['a payload as long as an entry', { payload: 'A'.repeat(65_532) }, true],
  ['a longer payload', { payload: 'A'.repeat(65_536) }, false],
])('an envelope with %s is read as its schema says', (_, changed, isRead) => {
  const envelope = { payload: 'AAAA', payloadType: 'x', signatures: signatures(1), ...changed };
  expect(isEnvelope(envelope)).toBe(isRead);
  expect(Envelope.safeParse(envelope).success).toBe(isRead);
});

function names(count: number, stem: string): string[] {
  return Array.from({ length: count }, (_, index) => `${stem}${index}`);
}

function signatures(count: number): object[] {
  return Array.from({ length: count }, () => ({ keyid: 'a'.repeat(16), sig: Buffer.alloc(64).toString('base64') }));
}
