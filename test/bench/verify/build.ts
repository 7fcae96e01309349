import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  checkpointPath,
  encodeManifest,
  manifestPath,
  partPath,
  policyPath,
  readmePath,
  readmeText,
  saltsPath,
} from '../../../evidence/bundle.ts';
import { signCheckpoint, type Checkpoint } from '../../../evidence/checkpoint.ts';
import { encodeEntry, type Entry } from '../../../evidence/entry.ts';
import { leafHash } from '../../../evidence/merkle.ts';
import { logSigner } from '../../../evidence/note.ts';
import { encodeSalt } from '../../../evidence/salts.ts';
import { TileTree } from '../../../evidence/tile-tree.ts';
import { encodeEntryBundle, tilePath, tileWidth } from '../../../evidence/tiles.ts';
import { vkeyOf } from '../../../evidence/vkey.ts';
import { changesOfDay, headStartDays, start } from './facts.ts';
import { BenchHost } from './host.ts';
import { policy } from './policy.ts';

export interface Built {
  readonly entries: number;
  readonly parts: number;
  readonly logKey: string;
  /** Bytes of a statement, the last one's. */
  readonly statementLength: number;
}

/** Each host reports every quarter of an hour, and has some changes a day of its copies, package lists, certificates or accounts. */
const reportsOfDay = 96;

const origin = 'bench.example/log';

/** Writes a bundle of that many entries: hosts that report in turn, on facts of which most stay as they were. */
export function buildBundle(folder: string, entries: number, hostCount: number): Built {
  const signer = logSigner(origin, generateKeyPairSync('ed25519').privateKey);
  const log = new BundleWriter(folder);
  const hosts = Array.from({ length: hostCount }, (_, index) => new BenchHost(index));
  for (const host of hosts) log.append(host.enrolment(start));
  log.append({
    v: 1,
    kind: 'policy.set',
    receivedAt: start.toISOString(),
    policy: policy.policy,
    version: policy.version,
    digest: policy.digest,
  });
  log.write(policyPath(policy.digest), Buffer.from(policy.text));
  let seen: Checkpoint | null = null;
  let statementLength = 0;
  for (let report = 0; log.size < entries; report += 1) {
    const host = hosts[report % hostCount];
    const round = Math.floor(report / hostCount);
    const at = new Date(start.getTime() + (report / hostCount / reportsOfDay) * 86_400_000);
    // Not all hosts change in the same round.
    const ahead = ((report % hostCount) / hostCount) * headStartDays;
    const changes = Math.floor((round / reportsOfDay + ahead) * changesOfDay);
    const made = host?.report(at, changes, seen);
    if (made === undefined) break;
    for (const { commitment, salt, bytes } of made.parts) log.addPart(commitment, salt, bytes);
    log.append(made.entry);
    if (made.entry.kind === 'report') statementLength = made.entry.envelope.payload.length * 0.75;
    // As often as a collector's batches move the head.
    if (log.size % 64 === 0) seen = log.head();
  }
  log.finish(signCheckpoint(log.head(), signer));
  const logKey = vkeyOf(signer.key);
  log.write(manifestPath, Buffer.from(encodeManifest({ v: 1, origin, logKey, size: log.size })));
  log.write(readmePath, Buffer.from(readmeText({ v: 1 })));
  return { entries: log.size, parts: log.parts, logKey, statementLength: Math.round(statementLength) };
}

/** A bundle as it grows: only its hashes and salts are in memory. */
class BundleWriter {
  readonly #folder: string;
  readonly #made = new Set<string>();
  readonly #tiles = new Map<string, Buffer>();
  readonly #tree = new TileTree(0, { read: (level, index) => this.#tiles.get(`${level}/${index}`) });
  readonly #salts: string[] = [];
  #waiting: Buffer[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  get size(): number {
    return this.#tree.size;
  }

  get parts(): number {
    return this.#salts.length;
  }

  append(entry: Entry): void {
    const bytes = encodeEntry(entry);
    this.#tree.append(leafHash(bytes));
    this.#waiting.push(bytes);
    if (this.#waiting.length === tileWidth) this.#writeEntries();
  }

  addPart(commitment: string, salt: Uint8Array, bytes: Buffer): void {
    this.#salts.push(encodeSalt(commitment, salt).toString());
    this.write(partPath(commitment), bytes);
  }

  head(): Checkpoint {
    return { origin, size: this.#tree.size, root: this.#tree.root() };
  }

  finish(checkpoint: string): void {
    this.#writeEntries();
    this.#settle();
    for (const [place, bytes] of this.#tiles) {
      const [level = 0, index = 0] = place.split('/').map(Number);
      this.write(tilePath({ level, index, width: bytes.length / 32 }), bytes);
    }
    this.write(checkpointPath, Buffer.from(checkpoint));
    this.write(saltsPath, Buffer.from(this.#salts.sort().join('')));
  }

  write(path: string, bytes: Uint8Array): void {
    const file = join(this.#folder, path);
    const folder = dirname(file);
    if (!this.#made.has(folder)) mkdirSync(folder, { recursive: true });
    this.#made.add(folder);
    writeFileSync(file, bytes);
  }

  #writeEntries(): void {
    const width = this.#waiting.length;
    if (width === 0) return;
    const index = Math.ceil(this.#tree.size / tileWidth) - 1;
    this.write(tilePath({ level: 'entries', index, width }), encodeEntryBundle(this.#waiting));
    this.#waiting = [];
    this.#settle();
  }

  #settle(): void {
    for (const { level, index, hashes } of this.#tree.changedTiles()) this.#tiles.set(`${level}/${index}`, hashes);
    this.#tree.settle();
  }
}
