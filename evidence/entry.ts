import { z } from 'zod';
import { Moment } from '../policies/quantities.ts';
import { decodeUtf8 } from './encoding.ts';
import { Envelope } from './envelope.ts';
import { EvidenceError } from './error.ts';
import { AgentName, Digest } from './report.ts';

const base = { v: z.literal(1), receivedAt: Moment };

/** An agent's key, from when its reports count. */
const AgentEnrolled = z.strictObject({
  ...base,
  kind: z.literal('agent.enrol'),
  agent: AgentName,
  epoch: z.int().positive(),
  /** The raw Ed25519 key, 32 bytes in base64. */
  publicKey: z.base64().length(44),
});

/** A policy document, when the collector first met it. Its text is kept beside the log, under its digest. */
const PolicySet = z.strictObject({
  ...base,
  kind: z.literal('policy.set'),
  policy: z.string().max(64),
  version: z.int().positive(),
  digest: Digest,
});

const ReportReceived = z.strictObject({ ...base, kind: z.literal('report'), envelope: Envelope });

/** One leaf of the evidence log. `receivedAt` is the collector's claim; it never goes back from one entry to the next. */
export const Entry = z.discriminatedUnion('kind', [ReportReceived, AgentEnrolled, PolicySet]);
export type Entry = z.output<typeof Entry>;

/** The exact bytes that the log hashes; keys stand in the order in which they were given. */
export function encodeEntry(entry: Entry): Buffer {
  return Buffer.from(JSON.stringify(entry));
}

/** @throws EvidenceError `entry.malformed` */
export function decodeEntry(bytes: Uint8Array): Entry {
  try {
    return Entry.parse(JSON.parse(decodeUtf8(bytes) ?? ''));
  } catch (error) {
    throw new EvidenceError('entry.malformed', `a log entry is not of the form this version knows: ${String(error)}`);
  }
}
