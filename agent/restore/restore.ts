import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackupSet, Point, RestoreTest } from '../../policies/checks/backup/facts.ts';
import { sortPoints } from '../../policies/checks/backup/points.ts';
import { read, unreadable, type Reading } from '../../policies/reading.ts';
import type { BackupReader } from '../collect/backup/reader.ts';
import { readers } from '../collect/backup/readers.ts';
import type { BackupSettings } from '../collect/backup/settings.ts';
import type { CollectContext } from '../collect/collector.ts';
import { compareFiles, type Comparison } from './compare.ts';
import { drawFiles } from './draw.ts';
import type { CopiedFile, Copy, Failed } from './restorer.ts';
import { restorers } from './restorers.ts';

export interface RestoreInput {
  readonly context: CollectContext;
  readonly declared: BackupSettings;
  /** How many files are drawn; all of them are restored with `all`. */
  readonly files: number | 'all';
  /** Of the copies that count; a moment means the copy of exactly that moment. */
  readonly point: 'newest' | 'oldest' | Date;
  readonly seed: string;
  /** Seconds for the whole of it. */
  readonly timeout: number;
  readonly onProgress: (text: string) => void;
}

/** What came of it. Only what was tried is a test, and is recorded. */
export type Outcome =
  | { readonly state: 'tested'; readonly test: RestoreTest; readonly details: Details }
  | { readonly state: 'untried'; readonly why: string };

export interface Details {
  /** How many were held against their source as well. */
  readonly withSource: number;
  /** What went wrong: the tool's words, or paths. Stays on this host. */
  readonly problems: readonly string[];
}

const ended = { state: 'untried', why: 'it was ended before its time, or took longer than it may' } as const;

/** Bytes that restoring leaves free. */
const reserve = 64 * 2 ** 20;

/**
 * Restores a sample of one copy of a set into a temporary folder, holds it against what was copied, and removes it again
 * whatever happens. Writes neither to the repository nor to what was copied.
 */
export async function restoreSample(input: RestoreInput): Promise<Outcome> {
  const room = await mkdtemp(join(tmpdir(), 'waarborg-restore-'));
  try {
    const outcome = await restoreInto(room, input);
    return outcome.state === 'untried' && input.context.signal.aborted ? ended : outcome;
  } catch (error) {
    if (!input.context.signal.aborted) throw error;
    return ended;
  } finally {
    input.onProgress('removing what was restored …');
    await rm(room, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function restoreInto(room: string, input: RestoreInput): Promise<Outcome> {
  const { context, declared, seed, onProgress } = input;
  const [scratch, folder] = [join(room, 'scratch'), join(room, 'restored')];
  await mkdir(scratch);
  await mkdir(folder);
  onProgress(`looking for the copies of ${declared.set} …`);
  const opened = await openCopy(input, scratch);
  if (opened.state === 'unreadable') return untried(opened);
  const { copy, point } = opened.value;
  onProgress(`listing the files of ${point.time} …`);
  const testOf = (result: RestoreTest['result'], compared?: Comparison): RestoreTest => ({
    at: context.at.toISOString(),
    how: 'restored',
    result,
    point: point.time,
    files: compared?.files ?? 0,
    bytes: compared?.bytes ?? 0,
    ...(input.files === 'all' ? {} : { seed }),
  });
  const listed = await copy.files();
  if (listed.state === 'unreadable') return untried(listed);
  if (listed.state === 'failed') return failed(testOf('failed'), listed);
  const all = listed.value.filter(({ path }) => isInside(path));
  const drawn = input.files === 'all' ? all : drawFiles(all, input.files, seed);
  const bytes = sizeOf(drawn);
  if (drawn.length === 0) return { state: 'untried', why: `the copy of ${point.time} holds no file with content` };
  const { bavail, bsize } = await statfs(folder);
  if (bytes + reserve > bavail * bsize) {
    const why = `${folder} has ${bavail * bsize} bytes free, and ${bytes + reserve} are needed; set TMPDIR`;
    return { state: 'untried', why };
  }
  onProgress(`restoring ${drawn.length} files, ${bytes} bytes …`);
  const restored = await copy.restore(input.files === 'all' ? 'all' : drawn, folder);
  if (restored.state === 'unreadable') return untried(restored);
  if (restored.state === 'failed') return failed(testOf('failed'), restored);
  onProgress(`comparing ${drawn.length} files …`);
  const { isVerified } = restored;
  const compared = await compareFiles(drawn, folder, { isVerified, at: new Date(point.time), signal: context.signal });
  const { missing, differing, withSource } = compared;
  if (compared.files === 0 && missing.length + differing.length === 0) {
    return {
      state: 'untried',
      why: 'it was restored, but nothing is there to hold it against: no checksum, no source',
    };
  }
  const result = missing.length > 0 ? 'failed' : differing.length > 0 ? 'differs' : 'same';
  const problems = [
    ...missing.map((path) => `did not come out: ${path}`),
    ...differing.map((path) => `is not what was copied: ${path}`),
  ];
  return { state: 'tested', test: testOf(result, compared), details: { withSource, problems } };
}

interface Opened {
  readonly copy: Copy;
  readonly point: Point;
}

async function openCopy(
  { context, declared, point, timeout }: RestoreInput,
  scratch: string,
): Promise<Reading<Opened>> {
  const reader = readers.find(({ tool }) => declared.source[tool] !== undefined);
  const restorer = restorers.find(({ tool }) => tool === reader?.tool);
  if (reader === undefined || restorer === undefined) {
    const known = restorers.map(({ tool }) => tool).join(', ');
    const tool = reader?.tool ?? 'this tool';
    return unreadable('unsupported', declared.set, `copies of ${tool} cannot be restored here, only of ${known}`);
  }
  const source = declared.source[reader.tool];
  const set = await readPoints(context, declared, reader, source);
  if (set.state === 'unreadable') return set;
  const chosen = choosePoint(set.value, point, context.at);
  if (chosen === undefined) {
    const which = point instanceof Date ? ` of exactly ${point.toISOString()}` : '';
    return unreadable('missing', `a copy that counts${which} in set ${declared.set}`);
  }
  const { host, at, signal } = context;
  const { timeZone } = declared;
  const copy = await restorer.open({ host, at, signal, scratch, timeout, timeZone }, source, chosen);
  return copy.state === 'unreadable' ? copy : read({ copy: copy.value, point: chosen });
}

type ReadSet = BackupSet & { points: { state: 'read'; value: Point[] } };

async function readPoints(
  context: CollectContext,
  { set, purpose, timeZone, paths }: BackupSettings,
  reader: BackupReader,
  source: unknown,
): Promise<Reading<ReadSet>> {
  const requiredPaths = paths.toSorted();
  const found = await reader.read(context, { set, requiredPaths, timeZone }, source);
  const { points } = found;
  switch (points.state) {
    case 'unreadable':
      return points;
    case 'wrong-password':
      return unreadable('denied', `the copies of ${set}`, `the password in ${points.passwordFrom} is another`);
    case 'per-account':
      return unreadable('unsupported', set, 'copies by account cannot be restored here');
    case 'read':
      return read({ set, purpose, tool: reader.tool, timeZone, requiredPaths, ...found, points });
  }
}

function choosePoint(set: ReadSet, wanted: RestoreInput['point'], at: Date): Point | undefined {
  const { counted } = sortPoints(set, set.points.value, at);
  if (wanted === 'newest') return counted.at(-1);
  if (wanted === 'oldest') return counted[0];
  return counted.find(({ time }) => Date.parse(time) === wanted.getTime());
}

function failed(test: RestoreTest, { why }: Failed): Outcome {
  return { state: 'tested', test, details: { withSource: 0, problems: [why] } };
}

function untried({ obstacle: { code, what, detail } }: Extract<Reading<never>, { state: 'unreadable' }>): Outcome {
  return { state: 'untried', why: `${what}: ${detail ?? code}` };
}

/** Whether a restored file of that name lies in the folder that it is restored into. */
function isInside(path: string): boolean {
  return !path.split('/').includes('..');
}

function sizeOf(files: readonly CopiedFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}
