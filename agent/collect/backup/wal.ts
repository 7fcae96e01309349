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
  const [first, last] = [from / size, (to - 1n) / size];
  if (to <= from || last - first >= BigInt(maximumSegments)) return undefined;
  const perLog = 2n ** 32n / size;
  const hex = (number: bigint): string => number.toString(16).toUpperCase().padStart(8, '0');
  return Array.from({ length: Number(last - first) + 1 }, (_, index) => {
    const number = first + BigInt(index);
    return hex(BigInt(timeline)) + hex(number / perLog) + hex(number % perLog);
  });
}
