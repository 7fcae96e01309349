import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  EnrolmentRequest,
  maximumPartSize,
  pack,
  packPart,
  PackedPart,
  Submission,
  unpack,
} from '../../evidence/exchange.ts';
import { decodeEntry } from '../../evidence/entry.ts';
import { FixtureLog } from '../support/evidence.ts';

describe('a part under way', () => {
  test('comes out as it went in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
        expect(await unpack(pack(bytes))).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 50 },
    );
  });

  test.each([2 ** 16, 2 ** 16 + 1, 2 ** 20])(
    'comes out as it went in where a small frame holds %i bytes',
    async (length) => {
      const bytes = Buffer.alloc(length, 'x');
      expect(pack(bytes).length).toBeLessThan(1000);
      expect((await unpack(pack(bytes))).equals(bytes)).toBe(true);
    },
  );

  test.each([10, 10_000, 100_000])('is refused where its frame of %i random bytes is cut short', async (length) => {
    const frame = Buffer.from(pack(randomBytes(length)), 'base64');
    await expect(unpack(frame.subarray(0, -1).toString('base64'))).rejects.toThrow();
  });

  test('is of its form', () => {
    const packed = packPart({ name: 'facts/tls', salt: Buffer.alloc(32, 1), bytes: Buffer.from('{}') });
    expect(PackedPart.parse(packed)).toEqual(packed);
  });

  test('is refused where it is no zstd frame', async () => {
    await expect(unpack(Buffer.from('{}').toString('base64'))).rejects.toThrow();
  });

  test('is refused where a small frame holds more than a part may', async () => {
    const bomb = zstdCompressSync(Buffer.alloc(maximumPartSize + 1)).toString('base64');
    expect(bomb.length).toBeLessThan(10_000);
    await expect(unpack(bomb)).rejects.toThrow();
    await expect(unpack(pack(Buffer.alloc(101)), 100)).rejects.toThrow();
  });

  // 44 characters can be 31, 32 or 33 bytes, and the split of salt and part must not be open to choice.
  test.each([31, 33])('a salt of %d bytes is refused', (length) => {
    const salt = Buffer.alloc(length).toString('base64');
    expect(PackedPart.safeParse({ name: 'host', salt, zstd: '' }).success).toBe(false);
  });
});

test.each([
  ['33 bytes', Buffer.alloc(33).toString('base64')],
  ['31 bytes', Buffer.alloc(31).toString('base64')],
  ['another spelling', `${'A'.repeat(42)}B=`],
  ['no base64', '!'.repeat(44)],
])('an enrolment with a key of %s is refused', (_, publicKey) => {
  const request = { v: 1, token: 't', agent: 'web1' };
  expect(EnrolmentRequest.safeParse({ ...request, publicKey: Buffer.alloc(32).toString('base64') }).success).toBe(true);
  expect(EnrolmentRequest.safeParse({ ...request, publicKey }).success).toBe(false);
});

test('a submission is refused with more parts or policies than a report may have', async () => {
  const log = new FixtureLog();
  await log.report(log.enrol('web1'));
  const entry = decodeEntry(log.entries[1] ?? Buffer.alloc(0));
  const envelope = entry.kind === 'report' ? entry.envelope : undefined;
  const part = packPart({ name: 'host', salt: Buffer.alloc(32), bytes: Buffer.from('{}') });
  const submission = { v: 1, envelope, parts: [part], policies: [], held: 0 };
  expect(Submission.safeParse(submission).success).toBe(true);
  expect(Submission.safeParse({ ...submission, parts: Array(101).fill(part) }).success).toBe(false);
  const policies = Array(51).fill({ digest: '0'.repeat(64), zstd: '' });
  expect(Submission.safeParse({ ...submission, policies }).success).toBe(false);
  expect(Submission.safeParse({ ...submission, held: -1 }).success).toBe(false);
});
