import { checkpointPath, scopeOf } from './bundle.ts';
import type { Checkpoint } from './checkpoint.ts';
import { Authorities } from './timestamp/authorities.ts';
import type { Bounded } from './verify/bounds.ts';
import { EntryVerifier, type EntriesInput } from './verify/entries.ts';
import { readEntryTiles, verifyLeaves, type EntryTile } from './verify/entry-tiles.ts';
import { BundleFiles, type BundleReader } from './verify/files.ts';
import { Findings, type Finding } from './verify/findings.ts';
import { openEarlier, openHead, verifyReadme, type Head } from './verify/head.ts';
import type { ProvenOrganisation } from './verify/people.ts';
import type { Proven } from './verify/proven.ts';
import { Shown } from './verify/shown.ts';
import { SignaturesAhead } from './verify/signatures.ts';
import { verifyNothingElse } from './verify/strays.ts';
import type { Timestamped } from './verify/timestamp.ts';
import { openTree, verifyContinues } from './verify/tree.ts';
import type { Witnessed } from './verify/witnesses.ts';
import type { Scope } from './scope.ts';
import { parseLogKey, parseWitnessKey, vkeyOf } from './vkey.ts';

export type { BundleReader } from './verify/files.ts';
export { findingKinds, type Finding, type FindingCode, type FindingKind } from './verify/findings.ts';
export type { Bounded } from './verify/bounds.ts';
export type { ProvenOrganisation } from './verify/people.ts';
export type { Proven, ProvenAgent } from './verify/proven.ts';
export type { Timestamped, TimestampWord } from './verify/timestamp.ts';
export type { Witnessed, WitnessWord } from './verify/witnesses.ts';

export interface VerifyOptions {
  /** The log's verification key, had from elsewhere; without it the bundle's own is used, which proves less. */
  readonly logKey?: string;
  /** A checkpoint of an earlier bundle, as its signed note: the log must be a continuation of it. */
  readonly since?: string;
  /** Verification keys of witnesses, had from them: the signatures of others that the log holds are only counted. */
  readonly witnesses?: readonly string[];
  /** How many of these witnesses must vouch for the log as it was of late. */
  readonly quorum?: number;
  /** Certificates of timestamp authorities, as PEM texts: tokens of others that the log holds are only counted. */
  readonly authorities?: readonly string[];
  /** Told how many entries have been verified. */
  readonly onProgress?: (done: number, of: number) => void;
}

export interface Verification {
  /** `sound` only where everything there is has been verified. */
  readonly outcome: 'sound' | Finding['kind'];
  /** Worst first, at most ten of each code; `total` counts all. */
  readonly findings: readonly Finding[];
  readonly total: number;
  /** The signed head; null where there is none to go by. */
  readonly log: {
    readonly origin: string;
    /** In force. */
    readonly key: string;
    /** Those that it had before, the oldest first: each signed for the next. */
    readonly formerKeys: readonly string[];
    readonly size: number;
    readonly root: string;
  } | null;
  /** Whether the key came from the verifier, or from the bundle itself. */
  readonly keyFrom: 'given' | 'bundle';
  /** How many entries the earlier checkpoint bound, that the log was held against; null where there was none. */
  readonly comparedWith: number | null;
  /**
   * What the bundle says that it shows of the log, and how many entries it leaves out (null where not all could be
   * read); null where it shows all.
   */
  readonly shown: { readonly scope: Scope; readonly omitted: number | null } | null;
  /** What witnesses vouch for; null as `proven` is. */
  readonly witnessed: Witnessed | null;
  /** What timestamp authorities vouch for; null as `proven` is. */
  readonly timestamped: Timestamped | null;
  /** What their moments, and those of witnesses, say of when the entries came to be; null as `proven` is. */
  readonly bounded: Bounded | null;
  /** What people attested, answered and excused, judged as of the last entry; null as `proven` is, or where it is not shown. */
  readonly organisation: ProvenOrganisation | null;
  /** What the evidence shows; null where it was tampered with, or where not all entries could be read. */
  readonly proven: Proven | null;
}

/**
 * Verifies a bundle from its own files alone: head, tree, every entry's signature and number, every commitment, and
 * every verdict, judged again from its facts. What is in the bundle never makes it throw: that becomes a finding.
 * @throws EvidenceError `vkey.malformed` or `key.malformed` where a key given is none; those of `openCheckpoint` where
 *   `since` is no signed checkpoint
 */
export function verifyBundle(reader: BundleReader, options: VerifyOptions = {}): Verification {
  const steps = verification(reader, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** As `verifyBundle`, with the same outcome; other threads verify signatures meanwhile. */
export async function verifyBundleOnThreads(reader: BundleReader, options: VerifyOptions = {}): Promise<Verification> {
  using signatures = new SignaturesAhead();
  const steps = verification(reader, options, signatures);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await step.value;
  }
}

/** What must be awaited before the next step. */
type Steps<Result> = Generator<Promise<void> | undefined, Result>;

function* verification(
  reader: BundleReader,
  options: VerifyOptions,
  signatures?: SignaturesAhead,
): Steps<Verification> {
  const findings = new Findings();
  const files = new BundleFiles(reader, findings);
  const givenKey = options.logKey === undefined ? undefined : parseLogKey(options.logKey);
  const thirdParties = {
    witnessKeys: (options.witnesses ?? []).map(parseWitnessKey),
    authorities: new Authorities(options.authorities ?? []),
  };
  const head = openHead(files, givenKey, findings);
  const tree = head && openTree(files, head.checkpoint, findings);
  const earlier = head && options.since !== undefined ? openEarlier(options.since, head.history, findings) : undefined;
  if (head !== undefined && earlier !== undefined) verifyContinues(earlier, head.checkpoint, tree, findings);
  const given = { files, findings, thirdParties, signatures, onProgress: options.onProgress };
  const entries = head && tree && (yield* verifyEntries(head, tree, given));
  if (head !== undefined) verifyReadme(files, head.manifest, findings);
  const lastReceivedAt = entries?.proven().lastReceivedAt ?? null;
  const witnessed = entries?.anchors.witnesses.conclude(options.quorum, lastReceivedAt, checkpointPath) ?? null;
  const bounded = entries?.anchors.bounds.conclude() ?? null;
  const { outcome, listed, total } = findings;
  const isReliable = outcome === 'sound' || outcome === 'incomplete';
  return {
    outcome,
    findings: listed,
    total,
    log: head === undefined ? null : describeLog(head),
    keyFrom: givenKey === undefined ? 'bundle' : 'given',
    comparedWith: earlierSize(earlier),
    shown: head === undefined ? null : describeShown(head, entries),
    witnessed: isReliable ? witnessed : null,
    timestamped: isReliable ? (entries?.anchors.timestamps.conclude() ?? null) : null,
    bounded: isReliable ? bounded : null,
    organisation: isReliable ? (entries?.people.conclude(lastReceivedAt) ?? null) : null,
    proven: isReliable ? (entries?.proven() ?? null) : null,
  };
}

interface Given extends Pick<EntriesInput, 'files' | 'findings' | 'thirdParties'> {
  readonly signatures: SignaturesAhead | undefined;
  readonly onProgress: VerifyOptions['onProgress'];
}

/** @returns undefined where not all entries are there */
function* verifyEntries(
  { checkpoint: { origin, size }, manifest, history }: Head,
  tree: NonNullable<ReturnType<typeof openTree>>,
  { signatures, onProgress, ...given }: Given,
): Steps<EntryVerifier | undefined> {
  const { files, findings } = given;
  const shown = new Shown(scopeOf(manifest), findings);
  const verifier = new EntryVerifier({ ...given, origin, history, tree, shown, signatures: signatures?.know });
  for (const { tile, ready } of lookAhead(readEntryTiles(files, size), signatures)) {
    yield ready;
    findings.addAll(tile.findings);
    if (tile.entries === undefined) return undefined;
    verifyLeaves(tile.entries, tile, tree, findings);
    for (const [offset, entry] of tile.entries.entries()) verifier.verify(tile.first + offset, entry);
    onProgress?.(tile.first + tile.width, size);
  }
  shown.finish();
  verifier.bodies.absences.verifyAllErased();
  verifier.logKeys.finish();
  verifyNothingElse(files, size, verifier, findings);
  return verifier;
}

/** Tiles whose signatures are under way while one is verified: enough to keep the other threads busy. */
const tilesAhead = 4;

interface BegunTile {
  readonly tile: EntryTile;
  /** To be awaited before its signatures are known. */
  readonly ready: Promise<void> | undefined;
}

function* lookAhead(tiles: Iterable<EntryTile>, signatures: SignaturesAhead | undefined): Iterable<BegunTile> {
  const begun: BegunTile[] = [];
  const enough = signatures === undefined ? 1 : tilesAhead;
  for (const tile of tiles) {
    begun.push({ tile, ready: signatures?.begin(tile) });
    if (begun.length >= enough) yield* begun.splice(0, 1);
  }
  yield* begun;
}

function describeLog({ key, history, checkpoint: { origin, size, root } }: Head): NonNullable<Verification['log']> {
  const formerKeys = history.keys.slice(0, -1).map(vkeyOf);
  return { origin, key: vkeyOf(key), formerKeys, size, root: root.toString('base64') };
}

function describeShown({ manifest }: Head, entries: EntryVerifier | undefined): Verification['shown'] {
  const scope = scopeOf(manifest);
  return scope === null ? null : { scope, omitted: entries?.shown.omitted ?? null };
}

/** An empty log is the beginning of every log: to be held against it shows nothing. */
function earlierSize(earlier: Checkpoint | undefined): number | null {
  return earlier === undefined || earlier.size === 0 ? null : earlier.size;
}
