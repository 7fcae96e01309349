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

/** A family whose lines are together shorter than this does not go by bucket, in characters: many small chunks cost more than they save. */
const smallFamily = 2 ** 20;

/** Hosts whose lines are encoded at once, where they do not go by bucket: a fraction of a millisecond. */
const hostsAtOnce = 512;

/**
 * The lines of all hosts, in buckets: where a host changes, only its neighbours' lines have to be compressed again, and
 * only those of the families in which it changed.
 */
export class HostLines {
  readonly #hosts = new Map<string, KeptHost>();
  readonly #buckets: readonly Bucket[] = Array.from({ length: bucketCount }, () => ({
    hosts: new Map<string, KeptHost>(),
    chunks: new Map<LineKey, Chunk>(),
  }));
  readonly #lengths = new Map<LineKey, number>();
  /** Of small families, as last asked for; none where a host has changed in them since. */
  readonly #small = new Map<LineKey, { readonly shard: Shard; readonly chunks: Chunk[] }>();

  get(agent: string): RenderedHost | undefined {
    return this.#hosts.get(agent);
  }

  set(agent: string, host: RenderedHost, volatile: Record<VolatileFamily, string>): void {
    const bucket = this.#bucket(agent);
    this.#forgetChanged(bucket, this.#hosts.get(agent)?.lines, host.lines);
    const kept = { ...host, volatile };
    this.#hosts.set(agent, kept);
    bucket.hosts.set(agent, kept);
  }

  delete(agent: string): void {
    const bucket = this.#bucket(agent);
    this.#forgetChanged(bucket, this.#hosts.get(agent)?.lines, new Map());
    this.#hosts.delete(agent);
    bucket.hosts.delete(agent);
  }

  /** The lines of one family. What every report changes has to be compressed again in any case. */
  chunks(key: LineKey, shard: Shard): Chunk[] {
    if (isVolatile(key)) return this.#gather(shard, ({ volatile }) => volatile[key]);
    if ((this.#lengths.get(key) ?? 0) < smallFamily) return this.#smallChunks(key, shard);
    return this.#bucketsOf(shard).flatMap((bucket) => bucketChunk(bucket, key) ?? []);
  }

  #smallChunks(key: LineKey, shard: Shard): Chunk[] {
    const known = this.#small.get(key);
    if (known?.shard.of === shard.of && known.shard.number === shard.number) return known.chunks;
    const chunks = this.#gather(shard, ({ lines }) => lines.get(key));
    this.#small.set(key, { shard, chunks });
    return chunks;
  }

  #gather(shard: Shard, linesOf: (host: KeptHost) => string | undefined): Chunk[] {
    const chunks: Chunk[] = [];
    let pieces: string[] = [];
    for (const { hosts } of this.#bucketsOf(shard)) {
      for (const host of hosts.values()) {
        const lines = linesOf(host);
        if (lines !== undefined) pieces.push(lines);
      }
      if (pieces.length < hostsAtOnce) continue;
      chunks.push(new Chunk(pieces));
      pieces = [];
    }
    return pieces.length > 0 ? [...chunks, new Chunk(pieces)] : chunks;
  }

  #bucketsOf(shard: Shard): Bucket[] {
    return this.#buckets.filter((_, number) => isInShard(number, shard));
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

/** Undefined where none of its hosts has such lines. */
function bucketChunk({ hosts, chunks }: Bucket, key: LineKey): Chunk | undefined {
  const known = chunks.get(key);
  if (known !== undefined) return known;
  const pieces = [...hosts.values()].flatMap(({ lines }) => lines.get(key) ?? []);
  if (pieces.length === 0) return undefined;
  const made = new Chunk(pieces);
  chunks.set(key, made);
  return made;
}

function isVolatile(key: LineKey): key is VolatileFamily {
  return volatileFamilies.some((family) => family === key);
}
