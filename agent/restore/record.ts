import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { maximumRestoreTests, RestoreTest } from '../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../policies/reading.ts';
import { readIfThere, writeDurably } from '../durable.ts';

/** A restore test as the agent keeps it, with the set and the source that it is about. */
const KeptTest = z.strictObject({ set: z.string(), source: z.string(), test: RestoreTest });
type KeptTest = z.output<typeof KeptTest>;

const Stored = z.strictObject({ v: z.literal(1), tests: z.array(KeptTest), mac: z.hex() });

/** What tells one source from another: a test of an earlier repository says nothing of the one that took its place. */
export function digestOfSource(source: unknown): string {
  return createHash('sha256').update(JSON.stringify(source)).digest('base64url').slice(0, 22);
}

/** Where restore tests are kept, and locked, apart from the rest of the data: the agent may be running meanwhile. */
export function restoreFolder(data: string): string {
  return join(data, 'restore-tests');
}

/**
 * Adds a test to the record; it is on disk when this returns. The caller holds the lock of `restoreFolder`.
 * @throws RecordError where the record is not what the agent wrote: nothing is added to a lie
 */
export function addRestoreTest(data: string, set: string, source: unknown, test: RestoreTest): void {
  const kept = readRecord(data);
  if (kept.state === 'unreadable') throw new RecordError(kept.obstacle.what, kept.obstacle.detail ?? '');
  const own = { set, source: digestOfSource(source), test };
  const isOwn = (other: KeptTest): boolean => other.set === own.set && other.source === own.source;
  const ofSet = [...kept.value.filter(isOwn), own].slice(-maximumRestoreTests);
  const tests = [...kept.value.filter((other) => !isOwn(other)), ...ofSet];
  const mac = macOf(tests, keyOf(data) ?? makeKey(data));
  writeDurably(recordFile(data), JSON.stringify({ v: 1, tests, mac: mac.toString('hex') }));
}

/** The tests of a set, sorted by moment; unreadable where the record is not what the agent wrote. */
export function restoreTestsOf(data: string, set: string, source: unknown): Reading<RestoreTest[]> {
  const kept = readRecord(data);
  if (kept.state === 'unreadable') return kept;
  const digest = digestOfSource(source);
  const tests = kept.value.filter((own) => own.set === set && own.source === digest).map(({ test }) => test);
  return read(tests.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)));
}

/** The record was edited, or written for another host. */
export class RecordError extends Error {
  readonly code = 'restore.record';
  constructor(file: string, why: string) {
    super(`${file} is not as the agent wrote it (${why}); look who changed it, then move it away and test anew`);
    this.name = 'RecordError';
  }
}

function readRecord(data: string): Reading<KeptTest[]> {
  const file = recordFile(data);
  try {
    const text = readIfThere(file);
    if (text === undefined) return read([]);
    const stored = Stored.safeParse(JSON.parse(text));
    if (!stored.success) return unreadable('unparsable', file, z.prettifyError(stored.error));
    const key = keyOf(data);
    const mac = key === undefined ? undefined : macOf(stored.data.tests, key);
    const claimed = Buffer.from(stored.data.mac, 'hex');
    const isSame = mac?.length === claimed.length && timingSafeEqual(mac, claimed);
    return isSame ? read(stored.data.tests) : unreadable('unparsable', file, 'its code does not fit: it was edited');
  } catch (error) {
    if (error instanceof SyntaxError) return unreadable('unparsable', file, 'not JSON');
    const isDenied = error instanceof Error && 'code' in error && error.code === 'EACCES';
    return isDenied ? unreadable('denied', file) : unreadable('command-failed', `reading ${file}`, String(error));
  }
}

function recordFile(data: string): string {
  return join(restoreFolder(data), 'record.json');
}

/** HMAC-SHA-256 (RFC 2104) under a key of its own, which outlives changes of the agent's signing key. */
function macOf(tests: readonly KeptTest[], key: Buffer): Buffer {
  return createHmac('sha256', key).update(JSON.stringify(tests)).digest();
}

function keyFile(data: string): string {
  return join(restoreFolder(data), 'record.key');
}

function keyOf(data: string): Buffer | undefined {
  const text = readIfThere(keyFile(data));
  return text !== undefined && /^[0-9a-f]{64}$/.test(text) ? Buffer.from(text, 'hex') : undefined;
}

function makeKey(data: string): Buffer {
  const key = randomBytes(32);
  writeDurably(keyFile(data), key.toString('hex'));
  return key;
}
