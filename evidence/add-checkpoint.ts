import { decodeBase64, decodeDecimal, decodeUtf8 } from './encoding.ts';
import { hashLength } from './merkle.ts';

/** What a witness is asked (C2SP tlog-witness 1.0.0, `POST PREFIX/add-checkpoint`). */
export interface AddCheckpoint {
  /** How many entries the head has that the witness is thought to have signed last; 0 for none. */
  readonly old: number;
  /** That the log of `old` entries is a beginning of the head to be signed. */
  readonly proof: readonly Buffer[];
  /** The signed note of the head to be signed. */
  readonly checkpoint: string;
}

/** The media type in which a witness tells the size that it has recorded; exactly this, without a character set. */
export const sizeMediaType = 'text/x.tlog.size';

/** A proof between trees of up to 2^63 leaves. */
const maximumHashes = 63;

export function formatAddCheckpoint({ old, proof, checkpoint }: AddCheckpoint): string {
  const lines = [`old ${old}`, ...proof.map((hash) => hash.toString('base64'))];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** @returns undefined where it is not spelt as `formatAddCheckpoint` does; the checkpoint is not looked at */
export function parseAddCheckpoint(bytes: Uint8Array): AddCheckpoint | undefined {
  const text = decodeUtf8(bytes);
  const blankLine = text?.indexOf('\n\n') ?? -1;
  if (text === undefined || blankLine === -1) return undefined;
  const [first = '', ...encoded] = text.slice(0, blankLine).split('\n');
  const old = first.startsWith('old ') ? decodeDecimal(first.slice('old '.length)) : undefined;
  const proof = encoded.map(decodeBase64).filter((hash) => hash?.length === hashLength);
  if (old === undefined || proof.length < encoded.length || proof.length > maximumHashes) return undefined;
  return { old, proof: proof.filter((hash) => hash !== undefined), checkpoint: text.slice(blankLine + 2) };
}

/** The size in an answer of `sizeMediaType`; undefined where it is none. */
export function parseRecordedSize(body: string): number | undefined {
  return body.endsWith('\n') ? decodeDecimal(body.slice(0, -1)) : undefined;
}
