import { z } from 'zod';
import { Moment } from '../policies/quantities.ts';
import { base64Of } from './encoding.ts';
import { Envelope } from './envelope.ts';
import { EvidenceError } from './error.ts';
import { parseExactJson, parseJson } from './json.ts';
import { publicKeyLength } from './keys.ts';
import { AgentName, Digest } from './report.ts';

const ReportReceived = z.strictObject({
  v: z.literal(1),
  kind: z.literal('report'),
  receivedAt: Moment,
  envelope: Envelope,
});
export type ReportReceived = z.output<typeof ReportReceived>;

/** An agent's key, from when its reports count. */
const AgentEnrolled = z.strictObject({
  v: z.literal(1),
  kind: z.literal('agent.enrol'),
  receivedAt: Moment,
  agent: AgentName,
  epoch: z.int().positive(),
  /** The raw Ed25519 key. */
  publicKey: base64Of(publicKeyLength),
});
export type AgentEnrolled = z.output<typeof AgentEnrolled>;

/** A policy document, when the collector first met it. Its text is kept beside the log, under its digest. */
const PolicySet = z.strictObject({
  v: z.literal(1),
  kind: z.literal('policy.set'),
  receivedAt: Moment,
  policy: z.string().max(64),
  version: z.int().positive(),
  digest: Digest,
});
export type PolicySet = z.output<typeof PolicySet>;

/** One leaf of the evidence log. `receivedAt` is the collector's claim; it never goes back from one entry to the next. */
export const Entry = z.discriminatedUnion('kind', [ReportReceived, AgentEnrolled, PolicySet]);
export type Entry = z.output<typeof Entry>;

/** What an entry of another version has in common with these. */
const AnyEntry = z.looseObject({ v: z.int(), kind: z.string() });

/** The exact bytes that the log hashes: JSON without spaces, members in the order of the schema. */
export function encodeEntry(entry: Entry): Buffer {
  return Buffer.from(JSON.stringify(Entry.parse(entry)));
}

/**
 * @throws EvidenceError `entry.unknown-kind` where it is of a version or kind that came later, `entry.malformed` where it
 *   is none at all, or not spelt as `encodeEntry` does
 */
export function decodeEntry(bytes: Uint8Array): Entry {
  const entry = parseExactJson(Entry, bytes);
  if (entry !== undefined) return entry;
  const other = AnyEntry.safeParse(parseJson(bytes)).data;
  if (other !== undefined && (other.v > 1 || !isKnownKind(other.kind))) {
    const kind = JSON.stringify(other.kind.slice(0, 64));
    throw new EvidenceError('entry.unknown-kind', `an entry of kind ${kind}, version ${other.v}: not known here`);
  }
  throw new EvidenceError(
    'entry.malformed',
    'this is no log entry of version 1, in the one form in which it is written',
  );
}

function isKnownKind(kind: string): boolean {
  return Entry.options.some(({ shape }) => shape.kind.value === kind);
}
