import { promisify } from 'node:util';
import { constants, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import { z } from 'zod';
import { base64Of } from './encoding.ts';
import { Envelope } from './envelope.ts';
import { publicKeyLength } from './keys.ts';
import { AgentName, Digest, maximumPolicies, PartName, saltLength, type Part } from './report.ts';

/** What agent and collector say to each other over HTTP, as JSON. */

/** A part under way: salt and zstd-compressed bytes in base64. */
export const PackedPart = z.strictObject({
  name: PartName,
  salt: base64Of(saltLength),
  zstd: z.base64(),
});
export type PackedPart = z.output<typeof PackedPart>;

/** A policy document's text under way, zstd-compressed in base64. */
export const PackedPolicy = z.strictObject({ digest: Digest, zstd: z.base64() });
export type PackedPolicy = z.output<typeof PackedPolicy>;

/** `POST /api/v1/reports`. Parts and policies that the collector has acknowledged before may be left out. */
export const Submission = z.strictObject({
  v: z.literal(1),
  envelope: Envelope,
  parts: z.array(PackedPart).max(100),
  policies: z.array(PackedPolicy).max(maximumPolicies),
  /** The size of the newest checkpoint that the agent holds: the answer proves consistency with it. */
  held: z.int().nonnegative(),
  /** That checkpoint itself, as its signed note: it proves to a collector whose log was set back that it was. */
  checkpoint: z.string().max(65_536).optional(),
});
export type Submission = z.output<typeof Submission>;

/** `POST /api/v1/rotations`: an agent goes on under another key. Sending it again gives the same place in the log. */
export const RotationSubmission = z.strictObject({
  v: z.literal(1),
  /** Signed with the old key; its payload is a `Rotation`. */
  envelope: Envelope,
  held: Submission.shape.held,
  checkpoint: Submission.shape.checkpoint,
});
export type RotationSubmission = z.output<typeof RotationSubmission>;

/** The answer: durably in the log, with the proof. */
export const Receipt = z.strictObject({
  v: z.literal(1),
  /** The entry's exact bytes in base64: what the proof is about. */
  entry: z.base64(),
  /** A c2sp.org/tlog-proof: index, inclusion proof and checkpoint. */
  proof: z.string().max(65_536),
  /** Consistency of the checkpoint with the one of size `held`, hashes in base64; empty for `held` 0. */
  consistency: z.array(z.base64()).max(64),
});
export type Receipt = z.output<typeof Receipt>;

/** `POST /api/v1/enrol`: a one-time token for a key. Asking again with the same token and key gives the same answer. */
export const EnrolmentRequest = z.strictObject({
  v: z.literal(1),
  token: z.string().max(256),
  agent: AgentName,
  /** The raw Ed25519 key. */
  publicKey: base64Of(publicKeyLength),
});
export type EnrolmentRequest = z.output<typeof EnrolmentRequest>;

export const EnrolmentAnswer = z.strictObject({
  v: z.literal(1),
  agent: AgentName,
  epoch: z.int().positive(),
  /** The log's verification key, which the agent pins. */
  logKey: z.string().max(512),
});
export type EnrolmentAnswer = z.output<typeof EnrolmentAnswer>;

/** What an agent signs to get a client certificate for the connections over which it comes. */
export const CertificateRequest = z.strictObject({
  v: z.literal(1),
  agent: AgentName,
  epoch: z.int().positive(),
  /** The raw Ed25519 key of its connections: another one than it signs reports with. */
  publicKey: base64Of(publicKeyLength),
});
export type CertificateRequest = z.output<typeof CertificateRequest>;

export const certificateRequestPayloadType = 'application/vnd.waarborg.certificate-request+json';

/** `POST /api/v1/certificates` */
export const CertificateSubmission = z.strictObject({
  v: z.literal(1),
  /** Its payload is a `CertificateRequest`; signed with the key that counts for the agent, and with the one that it names. */
  envelope: Envelope,
  /** At enrolment: the token that the agent was enrolled with. */
  token: EnrolmentRequest.shape.token.optional(),
});
export type CertificateSubmission = z.output<typeof CertificateSubmission>;

export const CertificateAnswer = z.strictObject({
  v: z.literal(1),
  /** In PEM. */
  certificate: z.string().max(16_384),
});
export type CertificateAnswer = z.output<typeof CertificateAnswer>;

/** With this header, as `wanted`, a collector tells an agent that it should ask for a client certificate, or for a newer one. */
export const certificateHeader = 'waarborg-client-certificate';

/** An error as HTTP tells it (RFC 9457). */
export const ProblemDetails = z.looseObject({
  status: z.int(),
  code: z.string(),
  title: z.string(),
  detail: z.string().optional(),
  /** With `report.incomplete`: what the collector has not got. */
  missing: z.strictObject({ parts: z.array(z.string()), policies: z.array(z.string()) }).optional(),
});
export type ProblemDetails = z.output<typeof ProblemDetails>;

/** A submission is at most this long, as JSON with its compressed parts in base64. */
export const maximumSubmission = 8 * 2 ** 20;

/** Decompressed, a part is at most this long. */
export const maximumPartSize = 16 * 2 ** 20;

const decompress = promisify(zstdDecompress);

export function pack(bytes: Uint8Array): string {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 6 } }).toString('base64');
}

/**
 * Content up to this long is unpacked at once: to hand it to another thread and back takes longer than the work itself.
 * A frame is tried only where it is a quarter as long, so that the try seldom fails.
 */
const unpackedAtOnce = 64 * 2 ** 10;

/** @throws where the text is no zstd frame or its content is longer than `maximumSize` */
export async function unpack(zstd: string, maximumSize: number = maximumPartSize): Promise<Buffer> {
  const frame = Buffer.from(zstd, 'base64');
  if (frame.length > unpackedAtOnce / 4) return decompress(frame, { maxOutputLength: maximumSize });
  try {
    return zstdDecompressSync(frame, { maxOutputLength: Math.min(maximumSize, unpackedAtOnce) });
  } catch {
    return decompress(frame, { maxOutputLength: maximumSize });
  }
}

export function packPart({ name, salt, bytes }: Part): PackedPart {
  return { name, salt: Buffer.from(salt).toString('base64'), zstd: pack(bytes) };
}
