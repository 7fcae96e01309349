import { Chunk } from './chunk.ts';
import { volatileFamilies, type LineKey, type RenderedHost, type VolatileFamily } from './rendered-host.ts';
import { bucketCount, bucketOf, isInShard, type Shard } from './shard.ts';

interface KeptHost extends RenderedHost {
  readonly volatile: Record<VolatileFamily, string>;
}

interface Bucket {
  readonly hosts: Map<string, KeptHost>;
  /** The lines of all its hosts; none where one has changed since they were last asked for. */
  readonly chunks: Map<LineKey, Chunk>;
}

/** A family whose lines are together shorter than this is one chunk, in characters: many small ones cost more than they save. */
const smallFamily = 2 ** 22;

/**
 * The lines of all hosts, in buckets: where a host changes, only its neighbours' lines have to be compressed again, and
 * only those of the families in which it changed.
 */
export class HostLines {
  readonly #buckets: readonly Bucket[] = Array.from({ length: bucketCount }, () => ({
    hosts: new Map<string, KeptHost>(),
    chunks: new Map<LineKey, Chunk>(),
  }));
  readonly #lengths = new Map<LineKey, number>();
  /** Of small families, as last asked for; none where a host has changed in them since. */
  readonly #small = new Map<LineKey, { readonly shard: Shard; readonly chunks: Chunk[] }>();

  get(agent: string): RenderedHost | undefined {
    return this.#bucket(agent).hosts.get(agent);
  }

  set(agent: string, host: RenderedHost, volatile: Record<VolatileFamily, string>): void {
    const bucket = this.#bucket(agent);
    this.#forgetChanged(bucket, bucket.hosts.get(agent)?.lines, host.lines);
    bucket.hosts.set(agent, { ...host, volatile });
  }

  delete(agent: string): void {
    const bucket = this.#bucket(agent);
    this.#forgetChanged(bucket, bucket.hosts.get(agent)?.lines, new Map());
    bucket.hosts.delete(agent);
  }

  /** The lines of one family. What every report changes has to be compressed again in any case. */
  chunks(key: LineKey, shard: Shard): Chunk[] {
    if (isVolatile(key)) return chunkOf([...this.#hosts(shard)].map(({ volatile }) => volatile[key]));
    if ((this.#lengths.get(key) ?? 0) < smallFamily) return this.#smallChunks(key, shard);
    return this.#buckets.flatMap((bucket, number) => (isInShard(number, shard) ? bucketChunk(bucket, key) : []));
  }

  #smallChunks(key: LineKey, shard: Shard): Chunk[] {
    const known = this.#small.get(key);
    if (known?.shard.of === shard.of && known.shard.number === shard.number) return known.chunks;
    const chunks = chunkOf([...this.#hosts(shard)].flatMap(({ lines }) => lines.get(key) ?? []));
    this.#small.set(key, { shard, chunks });
    return chunks;
  }

  *#hosts(shard: Shard): Generator<KeptHost> {
    for (const [number, { hosts }] of this.#buckets.entries()) if (isInShard(number, shard)) yield* hosts.values();
  }

  #bucket(agent: string): Bucket {
    const bucket = this.#buckets[bucketOf(agent)];
    if (bucket === undefined) throw new RangeError(`no bucket for ${agent}`);
    return bucket;
  }

  #forgetChanged(
    { chunks }: Bucket,
    before: RenderedHost['lines'] = new Map<LineKey, string>(),
    after: RenderedHost['lines'],
  ): void {
    if (before === after) return;
    for (const key of new Set([...before.keys(), ...after.keys()])) {
      const [old, now] = [before.get(key), after.get(key)];
      if (old === now) continue;
      chunks.delete(key);
      this.#small.delete(key);
      this.#lengths.set(key, (this.#lengths.get(key) ?? 0) + (now?.length ?? 0) - (old?.length ?? 0));
    }
  }
}

function bucketChunk({ hosts, chunks }: Bucket, key: LineKey): Chunk[] {
  const known = chunks.get(key);
  if (known !== undefined) return [known];
  const made = chunkOf([...hosts.values()].flatMap(({ lines }) => lines.get(key) ?? []));
  for (const chunk of made) chunks.set(key, chunk);
  return made;
}

/** None of nothing. */
function chunkOf(pieces: readonly string[]): Chunk[] {
  return pieces.length > 0 ? [new Chunk(pieces)] : [];
}

function isVolatile(key: LineKey): key is VolatileFamily {
  return volatileFamilies.some((family) => family === key);
}
