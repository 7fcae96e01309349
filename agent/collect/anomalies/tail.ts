import { z } from 'zod';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';

/** Bytes read of one log in a run; what is left is read in the next ones. */
const maximumBytes = 8 * 2 ** 20;
/** Bytes held at once: as text they take several times that. */
const partBytes = 2 ** 19;
/** Bytes by whose mark a file is known again, whatever it is called: rotation renames it. */
const headBytes = 256;
const packed = /\.(?:gz|xz|zst|bz2)$/;

export const Position = z.object({
  /** Of the file's beginning; `length` is less for one that was shorter. */
  head: z.object({ length: z.int().min(0), mark: z.string() }),
  offset: z.int().min(0),
});
export type Position = z.output<typeof Position>;

/** Takes one whole line. */
export type TakeLine = (line: string) => void;

export interface Appended {
  readonly position: Position;
  /** Something between the last look and now could not be found again. */
  readonly isBroken: boolean;
  /** There is more than is read in one run. */
  readonly isBehind: boolean;
}

type Reader = Pick<CollectContext, 'host' | 'mark'>;

/** Gives what was written into a log since the last look; at the first look nothing, and only where it ends. */
export async function readAppended(
  context: Reader,
  path: string,
  before: Position | undefined,
  take: TakeLine,
): Promise<Reading<Appended>> {
  if (before === undefined) return readEnd(context, path);
  const isSame = await isContinued(context, path, before);
  if (isSame.state === 'unreadable') return isSame;
  if (isSame.value) return readFrom(context, path, before.offset, take);
  const rest = await readRotated(context, path, before, take);
  if (rest.state === 'unreadable') return rest;
  const fresh = await readFrom(context, path, 0, take);
  return fresh.state === 'unreadable' ? fresh : read({ ...fresh.value, isBroken: rest.value.isBroken });
}

async function readEnd(context: Reader, path: string): Promise<Reading<Appended>> {
  const status = await context.host.status(path);
  if (status.state === 'unreadable') return status;
  const head = await headOf(context, path, headBytes);
  if (head.state === 'unreadable') return head;
  const position = { head: head.value, offset: status.value.size };
  return read({ position, isBroken: true, isBehind: false });
}

async function headOf({ host, mark }: Reader, path: string, length: number): Promise<Reading<Position['head']>> {
  const bytes = await host.readPart(path, { offset: 0, length });
  if (bytes.state === 'unreadable') return bytes;
  return read({ length: bytes.value.length, mark: mark(Buffer.from(bytes.value).toString('latin1')) });
}

/** An empty beginning belongs to any file, and so to none. */
async function isContinued(context: Reader, path: string, { head, offset }: Position): Promise<Reading<boolean>> {
  const status = await context.host.status(path);
  if (status.state === 'unreadable') return status;
  if (head.length === 0 || status.value.kind !== 'file' || status.value.size < offset) return read(false);
  const now = await headOf(context, path, head.length);
  return now.state === 'unreadable' ? now : read(now.value.mark === head.mark);
}

/** Reads on in the piece that the log became; where it cannot be found, or others came between, something is missing. */
async function readRotated(
  context: Reader,
  path: string,
  before: Position,
  take: TakeLine,
): Promise<Reading<Pick<Appended, 'isBroken'>>> {
  const folder = path.replace(/\/[^/]*$/, '');
  const base = path.slice(folder.length + 1);
  const names = await context.host.list(folder);
  if (names.state === 'unreadable') return names;
  const pieces = names.value.filter((name) => name !== base && name.startsWith(base.replace(/\.log$/, '')));
  for (const name of pieces.filter((one) => !packed.test(one)).slice(0, 400)) {
    const piece = `${folder}/${name}`;
    const isSame = await isContinued(context, piece, before);
    if (isSame.state === 'unreadable' || !isSame.value) continue;
    const rest = await readFrom(context, piece, before.offset, take);
    if (rest.state === 'unreadable') return rest;
    const isBroken = rest.value.isBehind || (await hasNewer(context.host, folder, pieces, piece));
    return read({ isBroken });
  }
  return read({ isBroken: true });
}

/** Whether another piece was written after this one: then the log was rotated twice since. */
async function hasNewer(host: Host, folder: string, names: readonly string[], piece: string): Promise<boolean> {
  const own = await host.status(piece);
  if (own.state === 'unreadable') return true;
  for (const name of names) {
    const status = await host.status(`${folder}/${name}`);
    if (status.state === 'read' && status.value.modifiedAt > own.value.modifiedAt) return true;
  }
  return false;
}

async function readFrom(context: Reader, path: string, from: number, take: TakeLine): Promise<Reading<Appended>> {
  const head = await headOf(context, path, headBytes);
  if (head.state === 'unreadable') return head;
  let offset = from;
  for (;;) {
    const part = await context.host.readPart(path, { offset, length: partBytes });
    if (part.state === 'unreadable') return part;
    const bytes = Buffer.from(part.value);
    const end = bytes.lastIndexOf(0x0a) + 1;
    const isLast = bytes.length < partBytes;
    if (end === 0 && !isLast) return unreadable('unparsable', path, 'a line is longer than half a mebibyte');
    const lines = bytes.subarray(0, end).toString('utf8').split('\n');
    for (const line of lines.slice(0, -1)) take(line);
    offset += end;
    const isBehind = !isLast && offset - from >= maximumBytes;
    if (isLast || isBehind) return read({ position: { head: head.value, offset }, isBroken: false, isBehind });
  }
}
