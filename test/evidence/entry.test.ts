import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeEntry, encodeEntry, type Entry } from '../../evidence/entry.ts';
import { evidenceError } from './errors.ts';

const base64 = (length: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes).toString('base64'));
const hex = (length: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes).toString('hex'));
const moment = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const positive = fc.integer({ min: 1 });
const agent = fc.constantFrom('a', 'web1.example.nl', 'x'.repeat(253));
const envelope = fc.record({
  payload: base64(20),
  payloadType: fc.string({ minLength: 1, maxLength: 255 }),
  signatures: fc.array(fc.record({ keyid: hex(8), sig: base64(64) }), { minLength: 1, maxLength: 8 }),
});

/** What every entry begins with. */
function begin<Kind extends string>(kind: Kind) {
  return { v: fc.constant(1 as const), kind: fc.constant(kind), receivedAt: moment };
}

const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ ...begin('report'), envelope }),
  fc.record({ ...begin('agent.enrol'), agent, epoch: positive, publicKey: base64(32) }),
  fc.record({
    ...begin('agent.revoke'),
    agent,
    epoch: positive,
    reason: fc.constantFrom('retired' as const, 'lost' as const, 'compromised' as const),
  }),
  fc.record({
    ...begin('key.rotate'),
    rotated: fc.oneof(
      fc.record({ of: fc.constant('agent' as const), envelope }),
      fc.record({ of: fc.constant('log' as const), logKey: fc.string({ maxLength: 512 }) }),
    ),
  }),
  fc.record({ ...begin('policy.set'), policy: fc.string({ maxLength: 64 }), version: positive, digest: hex(32) }),
  fc.record({
    ...begin('payload.erased'),
    commitments: fc.uniqueArray(hex(32), { minLength: 1, maxLength: 20 }).map((digests) => digests.toSorted()),
    ground: fc.constantFrom('retention' as const, 'request' as const, 'contract-ended' as const, 'order' as const),
    reference: fc.constantFrom('2026-117', 'AVG/2026#3'),
  }),
  fc.record({ ...begin('gap'), from: moment, until: moment }),
  fc.record({
    ...begin('anchor'),
    size: fc.nat(),
    root: base64(32),
    by: fc.oneof(
      fc.record({ type: fc.constant('witness' as const), cosignature: fc.string({ maxLength: 1024 }) }),
      fc.record({
        type: fc.constant('rfc3161' as const),
        authority: fc.string({ minLength: 1, maxLength: 255 }),
        token: base64(300),
      }),
    ),
  }),
  fc.record(begin('heartbeat')),
);

describe('an entry of the log', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(entry, (written) => {
        expect(decodeEntry(encodeEntry(written))).toEqual(written);
      }),
    );
  });

  test('has one spelling, in whatever order its members were given', () => {
    fc.assert(
      fc.property(entry, (written) => {
        const reversed = Object.fromEntries(Object.entries(written).reverse()) as Entry;
        expect(encodeEntry(reversed)).toEqual(encodeEntry(written));
        const bytes = Buffer.from(JSON.stringify(reversed));
        expect(() => decodeEntry(bytes)).toThrow(evidenceError('entry.malformed'));
      }),
    );
  });

  test('is these bytes', () => {
    const bytes = encodeEntry({
      v: 1,
      kind: 'policy.set',
      receivedAt: '2026-11-01T12:00:00.000Z',
      policy: 'quick',
      version: 1,
      digest: '0'.repeat(64),
    });
    expect(bytes.toString()).toBe(
      `{"v":1,"kind":"policy.set","receivedAt":"2026-11-01T12:00:00.000Z","policy":"quick","version":1,"digest":"${'0'.repeat(64)}"}`,
    );
  });
});

const enrolment = {
  v: 1,
  kind: 'agent.enrol',
  receivedAt: '2026-11-01T12:00:00.000Z',
  agent: 'web1',
  epoch: 1,
  publicKey: Buffer.alloc(32).toString('base64'),
};

test.each([
  ['a moment with a zone', { receivedAt: '2026-11-01T12:00:00+01:00' }],
  ['a day that is none', { receivedAt: '2026-02-30T12:00:00Z' }],
  ['a key of 33 bytes', { publicKey: Buffer.alloc(33).toString('base64') }],
  ['a key in another spelling', { publicKey: `${'A'.repeat(42)}B=` }],
  ['epoch 0', { epoch: 0 }],
  ['a name in upper case', { agent: 'WEB1' }],
  ['a member more', { note: '' }],
])('%s is no entry', (_, change) => {
  const bytes = Buffer.from(JSON.stringify({ ...enrolment, ...change }));
  expect(() => decodeEntry(bytes)).toThrow(evidenceError('entry.malformed'));
});

test.each([
  ['a kind', { kind: 'customer.moved' }],
  ['a version', { v: 2 }],
])('%s that came later is told apart from what is no entry at all', (_, change) => {
  const bytes = Buffer.from(JSON.stringify({ ...enrolment, ...change }));
  expect(() => decodeEntry(bytes)).toThrow(evidenceError('entry.unknown-kind'));
});

const erasure = {
  v: 1,
  kind: 'payload.erased',
  receivedAt: '2026-11-01T12:00:00.000Z',
  commitments: ['a'.repeat(64), 'b'.repeat(64)],
  ground: 'request',
  reference: '2026-117',
};

test.each([
  ['nothing erased', { commitments: [] }],
  ['one part twice', { commitments: ['a'.repeat(64), 'a'.repeat(64)] }],
  ['parts out of order', { commitments: ['b'.repeat(64), 'a'.repeat(64)] }],
  ['a ground of its own', { ground: 'untidy' }],
  ["a person's name for a reference", { reference: 'J. de Vries' }],
])('an erasure with %s is no entry', (_, change) => {
  expect(decodeEntry(Buffer.from(JSON.stringify(erasure)))).toEqual(erasure);
  const bytes = Buffer.from(JSON.stringify({ ...erasure, ...change }));
  expect(() => decodeEntry(bytes)).toThrow(evidenceError('entry.malformed'));
});
