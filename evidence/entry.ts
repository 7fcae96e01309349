import { z } from 'zod';
import { isMoment, Moment } from '../policies/quantities.ts';
import { hasMembers } from '../policies/shapes.ts';
import { ActTaken } from './act.ts';
import { Base64, base64Of } from './encoding.ts';
import { Envelope, isEnvelope } from './envelope.ts';
import { EvidenceError } from './error.ts';
import { parseExactJson, parseJson, readExactJson } from './json.ts';
import { publicKeyLength } from './keys.ts';
import { hashLength } from './merkle.ts';
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

/** An agent's key no longer counts: reports of that epoch that come later are not evidence. */
export const AgentRevoked = z.strictObject({
  v: z.literal(1),
  kind: z.literal('agent.revoke'),
  receivedAt: Moment,
  agent: AgentName,
  epoch: z.int().positive(),
  /** `retired`: the host is gone, and no longer expected to report. */
  reason: z.enum(['retired', 'lost', 'compromised']),
});
export type AgentRevoked = z.output<typeof AgentRevoked>;

/**
 * A key that takes another's place. An agent's: its old key signs for the new one, and its chain of reports goes on. The
 * log's: the checkpoints over this entry bear the signatures of both, the old one's for as long as readers need it.
 */
const KeyRotated = z.strictObject({
  v: z.literal(1),
  kind: z.literal('key.rotate'),
  receivedAt: Moment,
  rotated: z.discriminatedUnion('of', [
    /** The envelope's payload is a `Rotation`. */
    z.strictObject({ of: z.literal('agent'), envelope: Envelope }),
    /** The log's new verification key, as text. */
    z.strictObject({ of: z.literal('log'), logKey: z.string().max(512) }),
  ]),
});
export type KeyRotated = z.output<typeof KeyRotated>;

/** Parts of reports' bodies that were removed on purpose. What the log holds of them, their commitments, stays. */
export const PayloadErased = z.strictObject({
  v: z.literal(1),
  kind: z.literal('payload.erased'),
  receivedAt: Moment,
  /** Sorted, each once. */
  commitments: z.array(Digest).min(1).max(500).refine(isAscending, 'expected each commitment once, in order'),
  ground: z.enum(['retention', 'request', 'contract-ended', 'order']),
  /** Of the decision, in the operator's own records. No name: the log cannot forget. */
  reference: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/#-]{0,63}$/, 'expected a case number such as 2026-117'),
});
export type PayloadErased = z.output<typeof PayloadErased>;

/** The collector took no reports for a while: silence of hosts in between is not theirs. */
const Gap = z.strictObject({
  v: z.literal(1),
  kind: z.literal('gap'),
  receivedAt: Moment,
  /** The last moment at which the collector is known to have run. */
  from: Moment,
  until: Moment,
});
export type Gap = z.output<typeof Gap>;

/**
 * Somebody else's word that the log had this head. A witness vouches that it only grew since the head before, and says
 * when; a timestamp authority says when (RFC 3161, over SHA-256 of the checkpoint's text).
 */
const Anchored = z.strictObject({
  v: z.literal(1),
  kind: z.literal('anchor'),
  receivedAt: Moment,
  /** Of the anchored head, in entries: never more than stand before this one. */
  size: z.int().nonnegative(),
  root: base64Of(hashLength),
  by: z.discriminatedUnion('type', [
    /** The signature line of C2SP tlog-cosignature, without its line end. */
    z.strictObject({ type: z.literal('witness'), cosignature: z.string().max(1024) }),
    /** A TimeStampToken in DER, in base64. */
    z.strictObject({ type: z.literal('rfc3161'), authority: z.string().min(1).max(255), token: Base64.max(32_768) }),
  ]),
});
export type Anchored = z.output<typeof Anchored>;

/** The collector ran, and nothing else happened for a while. */
const Heartbeat = z.strictObject({ v: z.literal(1), kind: z.literal('heartbeat'), receivedAt: Moment });
export type Heartbeat = z.output<typeof Heartbeat>;

/** One leaf of the evidence log. `receivedAt` is the collector's claim; it never goes back from one entry to the next. */
export const Entry = z.discriminatedUnion('kind', [
  ReportReceived,
  AgentEnrolled,
  AgentRevoked,
  KeyRotated,
  PolicySet,
  PayloadErased,
  Gap,
  Anchored,
  Heartbeat,
  ActTaken,
]);
export type Entry = z.output<typeof Entry>;

export const entryKinds = Entry.options.map(({ shape }) => shape.kind.value);

export const rotationPayloadType = 'application/vnd.waarborg.rotation+json';

/** What an agent signs with its old key to go on under a new one. */
export const Rotation = z.strictObject({
  v: z.literal(1),
  agent: AgentName,
  epoch: z.int().positive(),
  /** The raw Ed25519 key under which every report after `after` is signed. */
  publicKey: base64Of(publicKeyLength),
  /** The number of the last report under the old key; 0 where there is none. */
  after: z.int().nonnegative(),
});
export type Rotation = z.output<typeof Rotation>;

/** The rotation that an agent's bytes make; undefined where they are not the one spelling of one. */
export function decodeRotation(bytes: Uint8Array): Rotation | undefined {
  return parseExactJson(Rotation, bytes);
}

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
  const entry = readExactJson(bytes, (json) => (isReportReceived(json) ? json : Entry.safeParse(json).data));
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

/** What `ReportReceived` says, in a fraction of its time: nearly all entries of a log are reports. */
function isReportReceived(json: unknown): json is ReportReceived {
  return (
    hasMembers(json, ['v', 'kind', 'receivedAt', 'envelope']) &&
    json.v === 1 &&
    json.kind === 'report' &&
    isMoment(json.receivedAt) &&
    isEnvelope(json.envelope)
  );
}

function isAscending(digests: readonly string[]): boolean {
  return digests.every((digest, index) => index === 0 || (digests[index - 1] ?? '') < digest);
}

function isKnownKind(kind: string): boolean {
  return entryKinds.some((known) => known === kind);
}
