import { crc32 } from 'node:zlib';
import { Problem } from '../problem.ts';

/** Hosts are kept in so many groups by a hash of their name; a shard is every `of`th of them. */
export const bucketCount = 1024;

export function bucketOf(agent: string): number {
  return crc32(agent) % bucketCount;
}

/** A part of the fleet's series: the hosts of some buckets, and with the first shard all that is no host's. */
export interface Shard {
  /** From 0. */
  readonly number: number;
  readonly of: number;
}

export const wholeFleet: Shard = { number: 0, of: 1 };

/** More would be of very different sizes. */
const maximumShards = 64;

/**
 * Reads `K/N`.
 * @throws Problem `http.query`
 */
export function parseShard(text: unknown): Shard {
  if (text === undefined) return wholeFleet;
  const [, number, of] = (typeof text === 'string' ? /^(\d{1,2})\/(\d{1,2})$/.exec(text) : null) ?? [];
  const shard = { number: Number(number), of: Number(of) };
  if (shard.of >= 1 && shard.of <= maximumShards && shard.number < shard.of) return shard;
  const detail = `shard: expected K/N such as 0/4, with N up to ${maximumShards} and K from 0 to N - 1`;
  throw new Problem(400, 'http.query', detail);
}

export function isInShard(bucket: number, { number, of }: Shard): boolean {
  return bucket % of === number;
}
