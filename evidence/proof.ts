import { openCheckpoint, type OpenCheckpoint } from './checkpoint.ts';
import { decodeBase64, decodeDecimal } from './encoding.ts';
import { EvidenceError } from './error.ts';
import { hashLength, leafHash, verifyInclusion } from './merkle.ts';
import type { LogKey, WitnessKey } from './vkey.ts';

/** What shows, without the log, that an entry is in it (C2SP tlog-proof): what an agent gets back and an auditor keeps. */
export interface LogProof {
  /** Of the entry. */
  readonly index: number;
  /** The inclusion proof, the leaf's side first; 32 bytes each. */
  readonly hashes: readonly Buffer[];
  /** The signed note of the checkpoint that the hashes lead to. */
  readonly checkpoint: string;
}

const firstLine = 'c2sp.org/tlog-proof@v1';

/** A path through a tree of 2^63 leaves, the largest that the format allows. */
const maximumHashes = 63;

/** @throws EvidenceError `proof.malformed` where the proof cannot be that of a log */
export function formatProof({ index, hashes, checkpoint }: LogProof): string {
  const lines = [firstLine, `index ${index}`, ...hashes.map((hash) => hash.toString('base64'))];
  const text = `${lines.join('\n')}\n\n${checkpoint}`;
  parseProof(text);
  return text;
}

/**
 * Reads a proof. Nothing in it is true before `verifyProof` has said so.
 * @throws EvidenceError `proof.malformed`
 */
export function parseProof(text: string): LogProof {
  const blankLine = text.indexOf('\n\n');
  if (blankLine === -1) throw malformed('there is no blank line before the checkpoint');
  const [first, indexLine = '', ...encoded] = text.slice(0, blankLine).split('\n');
  if (first !== firstLine) throw malformed(`it does not begin with ${firstLine}`);
  const index = indexLine.startsWith('index ') ? decodeDecimal(indexLine.slice('index '.length)) : undefined;
  if (index === undefined) throw malformed('its second line is not "index" and a plain decimal number below 2^53');
  if (encoded.length > maximumHashes) throw malformed(`it has ${encoded.length} hashes, more than ${maximumHashes}`);
  return { index, hashes: encoded.map(parseHash), checkpoint: text.slice(blankLine + 2) };
}

/**
 * Verifies that the log holds the entry: first the checkpoint's signatures, then the path from the entry to its root.
 * @param entry its exact bytes, not their hash: whoever is given a hash does not know what it is of
 * @param logKeys as for `openCheckpoint`, whose errors are thrown too
 * @returns the checkpoint, which the caller may now keep
 * @throws EvidenceError `proof.inclusion` where the entry is not at that index of that checkpoint's tree
 */
export function verifyProof(
  { index, hashes, checkpoint }: LogProof,
  entry: Uint8Array,
  logKeys: readonly LogKey[],
  witnessKeys: readonly WitnessKey[] = [],
): OpenCheckpoint {
  const opened = openCheckpoint(checkpoint, logKeys, witnessKeys);
  const { origin, size, root } = opened;
  if (!verifyInclusion({ index, size, leaf: leafHash(entry), proof: hashes, root })) {
    throw new EvidenceError('proof.inclusion', `this entry is not number ${index} of the ${size} entries of ${origin}`);
  }
  return opened;
}

function parseHash(encoded: string): Buffer {
  const hash = decodeBase64(encoded);
  if (hash?.length !== hashLength) throw malformed(`a hash is not ${hashLength} bytes in base64`);
  return hash;
}

function malformed(found: string): EvidenceError {
  return new EvidenceError('proof.malformed', `this is no proof from a log: ${found}`);
}
