import { z } from 'zod';

/** The name of a segment of PostgreSQL's write-ahead log: timeline, log and segment, eight digits each. */
export const WalSegment = z.string().regex(/^[0-9A-F]{24}$/);

/** A place in that log, as PostgreSQL writes it: `0/3000028` (manual, "pg_lsn Type"). */
export const LogPlace = z
  .string()
  .regex(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/)
  .transform((text) => {
    const [high = '', low = ''] = text.split('/');
    return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
  });

/** Bytes, unless initdb was told otherwise. */
export const usualSegmentSize = 16 * 2 ** 20;

/** More segments than this a single base backup does not need: 1 TiB of log in segments of the usual size. */
const maximumSegments = 65_536;

/**
 * The names of the segments that hold the log from one place to just before another.
 * @param segmentSize bytes, a power of two
 * @returns undefined where there are more than any backup needs, or where they end before they begin
 */
export function segmentsOf(timeline: number, from: bigint, to: bigint, segmentSize: number): string[] | undefined {
  const size = BigInt(segmentSize);
  return to <= from ? undefined : namesFrom(hex(BigInt(timeline)), from / size, (to - 1n) / size, size);
}

/**
 * The names of the segments from one to another, both included; of two timelines only those two, as nobody can tell from
 * the names where one left the other.
 * @param segmentSize bytes, a power of two
 * @returns undefined as `segmentsOf`
 */
export function segmentsBetween(first: string, last: string, segmentSize: number): string[] | undefined {
  const timeline = first.slice(0, 8);
  if (timeline !== last.slice(0, 8)) return [first, last];
  const size = BigInt(segmentSize);
  const numberOf = (name: string): bigint =>
    BigInt(`0x${name.slice(8, 16)}`) * (perLog / size) + BigInt(`0x${name.slice(16)}`);
  return namesFrom(timeline, numberOf(first), numberOf(last), size);
}

/** Bytes of log that share the middle part of their segments' names. */
const perLog = 2n ** 32n;

function namesFrom(timeline: string, first: bigint, last: bigint, size: bigint): string[] | undefined {
  if (last < first || last - first >= BigInt(maximumSegments)) return undefined;
  const each = perLog / size;
  return Array.from({ length: Number(last - first) + 1 }, (_, index) => {
    const number = first + BigInt(index);
    return timeline + hex(number / each) + hex(number % each);
  });
}

function hex(number: bigint): string {
  return number.toString(16).toUpperCase().padStart(8, '0');
}
