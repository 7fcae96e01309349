import { EvidenceError } from './error.ts';

/** Hashes in a full tile, and entries in a full entry bundle (C2SP tlog-tiles). */
export const tileWidth = 256;

/** The longest entry: an entry bundle gives its length in 16 bits. */
export const maximumEntryLength = 65_535;

/**
 * What a tile path names. Tile `index` of `level` starts at leaf index * 256^(level + 1); level 0 holds the leaf hashes,
 * and `entries` the entries themselves. A partial tile has a width of 1 to 255, a full one 256.
 */
export interface TilePlace {
  readonly level: number | 'entries';
  readonly index: number;
  readonly width: number;
}

/**
 * Where a log serves a tile: `tile/0/x001/x234/067.p/8`, `tile/entries/000`.
 * @throws RangeError where the width is not from 1 to 256, or level or index is not a whole number
 */
export function tilePath({ level, index, width }: TilePlace): string {
  if (level !== 'entries') expectCount('level', level);
  expectCount('index', index);
  if (!Number.isInteger(width) || width < 1 || width > tileWidth) {
    throw new RangeError(`a tile has 1 to ${tileWidth} hashes, not ${width}`);
  }
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').replace(/...(?=.)/g, 'x$&/');
  const partial = width === tileWidth ? '' : `.p/${width}`;
  return `tile/${level}/${groups}${partial}`;
}

/** Reads a tile's path; undefined for everything that `tilePath` does not write. */
export function parseTilePath(path: string): TilePlace | undefined {
  const match = /^tile\/(entries|[0-9]{1,2})\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([0-9]{1,3}))?$/.exec(path);
  const [, level, groups, partial] = match ?? [];
  if (level === undefined || groups === undefined) return undefined;
  const place: TilePlace = {
    level: level === 'entries' ? level : Number(level),
    index: Number(groups.replace(/[x/]/g, '')),
    width: partial === undefined ? tileWidth : Number(partial),
  };
  try {
    return tilePath(place) === path ? place : undefined;
  } catch {
    return undefined;
  }
}

/** How many hashes a tile has in a tree of `size` leaves: 0 where there is no such tile. */
export function widthOf(level: number, index: number, size: number): number {
  return Math.min(Math.max(hashesAt(level, size) - index * tileWidth, 0), tileWidth);
}

/** The tiles of a tree of `size` leaves, by level: how many are full, and the width of the partial one, 0 for none. */
export function tilesOf(size: number): { readonly full: number; readonly partial: number }[] {
  expectCount('size', size);
  const levels = [];
  for (let level = 0; hashesAt(level, size) > 0; level += 1) {
    const hashes = hashesAt(level, size);
    levels.push({ full: Math.floor(hashes / tileWidth), partial: hashes % tileWidth });
  }
  return levels;
}

/** How many hashes the tiles of a level hold together: one for each 256^level leaves. */
export function hashesAt(level: number, size: number): number {
  return Math.floor(size / tileWidth ** level);
}

/**
 * An entry bundle: each entry after its length in two bytes, big-endian.
 * @param entries 1 to 256 of them, of at most 65,535 bytes
 * @throws RangeError where there are more, none, or longer ones
 */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Buffer {
  if (entries.length < 1 || entries.length > tileWidth) {
    throw new RangeError(`an entry bundle has 1 to ${tileWidth} entries, not ${entries.length}`);
  }
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    if (entry.length > maximumEntryLength) {
      throw new RangeError(`an entry has at most ${maximumEntryLength} bytes, not ${entry.length}`);
    }
    const length = Buffer.alloc(2);
    length.writeUInt16BE(entry.length);
    parts.push(length, entry);
  }
  return Buffer.concat(parts);
}

/**
 * The entries of a bundle, in their order.
 * @throws EvidenceError `entry-bundle.malformed` where it is cut short, empty, or holds more than 256
 */
export function decodeEntryBundle(bundle: Uint8Array): Buffer[] {
  const bytes = Buffer.from(bundle);
  const entries: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const start = at + 2;
    const end = start > bytes.length ? Infinity : start + bytes.readUInt16BE(at);
    if (end > bytes.length) throw malformed(`is cut short within entry ${entries.length}`);
    entries.push(bytes.subarray(start, end));
    at = end;
  }
  if (entries.length < 1 || entries.length > tileWidth) throw malformed(`has ${entries.length} entries`);
  return entries;
}

function malformed(found: string): EvidenceError {
  return new EvidenceError(
    'entry-bundle.malformed',
    `the entry bundle ${found}; expected 1 to ${tileWidth} entries, each after its length in two bytes`,
  );
}

function expectCount(what: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`${what}: expected a whole number, found ${value}`);
}
