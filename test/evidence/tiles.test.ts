import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeEntryBundle,
  encodeEntryBundle,
  hashesAt,
  parseTilePath,
  tilePath,
  tilesOf,
  widthOf,
  type TilePlace,
} from '../../evidence/tiles.ts';
import { evidenceError } from './errors.ts';

describe('paths', () => {
  test.each<[string, TilePlace]>([
    ['tile/0/000', { level: 0, index: 0, width: 256 }],
    ['tile/0/999', { level: 0, index: 999, width: 256 }],
    ['tile/1/x001/000.p/1', { level: 1, index: 1000, width: 1 }],
    ['tile/0/x001/x234/067', { level: 0, index: 1_234_067, width: 256 }],
    ['tile/0/x001/x234/067.p/8', { level: 0, index: 1_234_067, width: 8 }],
    ['tile/entries/x001/x234/067.p/255', { level: 'entries', index: 1_234_067, width: 255 }],
    ['tile/0/x009/x007/x199/x254/x740/991', { level: 0, index: 2 ** 53 - 1, width: 256 }],
  ])('%s', (path, place) => {
    expect(tilePath(place)).toBe(path);
    expect(parseTilePath(path)).toEqual(place);
  });

  test('every place is read back from its path', () => {
    const place = fc.record({
      level: fc.oneof(fc.nat(6), fc.constant<'entries'>('entries')),
      index: fc.maxSafeNat(),
      width: fc.integer({ min: 1, max: 256 }),
    });
    fc.assert(
      fc.property(place, (wanted) => {
        expect(parseTilePath(tilePath(wanted))).toEqual(wanted);
      }),
    );
  });

  test.each([
    'tile/0/0',
    'tile/0/x000/001',
    'tile/0/001/002',
    'tile/0/x001',
    'tile/00/001',
    'tile/-1/001',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/08',
    'tile/0/000.p/',
    'tile/0/000/',
    '/tile/0/000',
    'tile/0/x999/x999/x999/x999/x999/999',
    'tile/0/../../etc/passwd',
    'tile/data/000',
    'checkpoint',
    '',
  ])('%j is no path of a tile', (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });

  test('a place that cannot be has no path', () => {
    for (const width of [0, 257, 1.5, NaN]) expect(() => tilePath({ level: 0, index: 0, width })).toThrow(RangeError);
    expect(() => tilePath({ level: -1, index: 0, width: 1 })).toThrow(RangeError);
    expect(() => tilePath({ level: 0, index: 2 ** 53, width: 1 })).toThrow(RangeError);
  });
});

describe('widths', () => {
  test('a tree of 70,000 leaves has three levels of tiles', () => {
    expect(tilesOf(70_000)).toEqual([
      { full: 273, partial: 112 },
      { full: 1, partial: 17 },
      { full: 0, partial: 1 },
    ]);
  });

  test('a level begins with the first complete subtree', () => {
    expect(tilesOf(0)).toEqual([]);
    expect(tilesOf(255)).toEqual([{ full: 0, partial: 255 }]);
    expect(tilesOf(256)).toEqual([
      { full: 1, partial: 0 },
      { full: 0, partial: 1 },
    ]);
    expect(tilesOf(2 ** 53 - 1)).toHaveLength(7);
  });

  test('the widths of a level add up to its hashes', () => {
    for (const size of [1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000]) {
      for (const [level, { full, partial }] of tilesOf(size).entries()) {
        const widths = Array.from({ length: full + 2 }, (_, index) => widthOf(level, index, size));
        expect(widths).toEqual([...Array.from({ length: full }, () => 256), partial, 0]);
        expect(hashesAt(level, size)).toBe(full * 256 + partial);
      }
    }
  });
});

describe('entry bundles', () => {
  const entries = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 256 });

  test('each entry stands after its length in two bytes, big-endian', () => {
    const bundle = encodeEntryBundle([Buffer.from('one'), Buffer.alloc(0), Buffer.alloc(258, 0x2e)]);
    expect(bundle.subarray(0, 9).toString('latin1')).toBe('\0\x03one\0\0\x01\x02');
    expect(bundle).toHaveLength(2 + 3 + 2 + 2 + 258);
  });

  test('entries come back as they were', () => {
    fc.assert(
      fc.property(entries, (wanted) => {
        expect(decodeEntryBundle(encodeEntryBundle(wanted))).toEqual(wanted.map((entry) => Buffer.from(entry)));
      }),
    );
  });

  test('an entry has at most 65,535 bytes', () => {
    const longest = Buffer.alloc(65_535, 1);
    expect(decodeEntryBundle(encodeEntryBundle([longest]))).toEqual([longest]);
    expect(() => encodeEntryBundle([Buffer.alloc(65_536)])).toThrow(RangeError);
  });

  test('a bundle is one spelling of its entries: one byte changed gives other entries or none', () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.integer({ min: 1, max: 255 }), (wanted, place, mask) => {
        const bundle = encodeEntryBundle(wanted);
        const at = place % bundle.length;
        bundle.writeUInt8(bundle.readUInt8(at) ^ mask, at);
        let found: Buffer[] | undefined;
        try {
          found = decodeEntryBundle(bundle);
        } catch (error) {
          expect(error).toMatchObject({ code: 'entry-bundle.malformed' });
        }
        expect(found).not.toEqual(wanted.map((entry) => Buffer.from(entry)));
      }),
    );
  });

  test('a bundle cut short, empty or of more than 256 entries is refused', () => {
    const malformed = evidenceError('entry-bundle.malformed');
    const bundle = encodeEntryBundle([Buffer.from('one'), Buffer.from('two')]);
    for (const length of [0, 1, 2, 4, 6, 7, 9]) {
      expect(() => decodeEntryBundle(bundle.subarray(0, length)), `${length} bytes`).toThrow(malformed);
    }
    expect(decodeEntryBundle(bundle.subarray(0, 5))).toEqual([Buffer.from('one')]);
    expect(() => decodeEntryBundle(Buffer.alloc(2 * 257))).toThrow(malformed);
    expect(() => encodeEntryBundle([])).toThrow(RangeError);
    expect(() => encodeEntryBundle(Array.from({ length: 257 }, () => Buffer.alloc(1)))).toThrow(RangeError);
  });
});
