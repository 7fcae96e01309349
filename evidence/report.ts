import { hash } from 'node:crypto';
import { z } from 'zod';
import { Observation } from '../policies/observe.ts';
import { Moment } from '../policies/quantities.ts';
import { Labels } from '../policies/schema.ts';

export const reportPayloadType = 'application/vnd.waarborg.report+json';

// What is read of every report of a log is asked by these forms directly (`statement.ts`).
const digestForm = /^[0-9a-f]{64}$/;
const agentForm = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const partForm = /^[a-z][a-z0-9/-]{0,79}$/;

/** SHA-256 in hex. */
export const Digest = z.string().regex(digestForm, 'expected 64 hexadecimal digits');

/** The name an agent reports under: its host's, in lower case. */
export const AgentName = z.string().regex(agentForm, 'expected a host name in lower case, such as web1.example.nl');

export const Counts = z.strictObject({
  pass: z.int().nonnegative(),
  fail: z.int().nonnegative(),
  unknown: z.int().nonnegative(),
  'not-applicable': z.int().nonnegative(),
});
export type Counts = z.output<typeof Counts>;

/** `host`, `observations`, or `facts/` and a check kind. */
export const PartName = z.string().regex(partForm, 'expected a part name such as facts/tls');

export const maximumPolicies = 50;
export const maximumParts = 100;
export const maximumObservations = 5000;

export function isDigest(json: unknown): json is string {
  return typeof json === 'string' && digestForm.test(json);
}

export function isAgentName(json: unknown): json is string {
  return typeof json === 'string' && agentForm.test(json);
}

export function isPartName(json: unknown): json is string {
  return typeof json === 'string' && partForm.test(json);
}

/** A commitment to one part of the body: SHA-256(salt || part). */
export const PartCommitment = z.strictObject({ name: PartName, commitment: Digest });
export type PartCommitment = z.output<typeof PartCommitment>;

/**
 * What an agent signs. It is small and holds no personal data, because the log keeps it for ever; what was read
 * travels beside it as parts, which can be erased without breaking the log.
 */
export const Statement = z.strictObject({
  v: z.literal(1),
  agent: AgentName,
  /** Rises when the agent is enrolled anew. */
  epoch: z.int().positive(),
  /** Rises by one with each report of an epoch, from 1. */
  seq: z.int().positive(),
  /** SHA-256 of the previous statement's bytes; null for the first of an epoch. */
  prev: Digest.nullable(),
  /** When the facts were read and judged, by the agent's clock. */
  issuedAt: Moment,
  /** Each policy once: two documents of one name would give two answers for one control. */
  policies: z
    .array(z.strictObject({ policy: z.string().max(64), version: z.int().positive(), digest: Digest }))
    .max(maximumPolicies)
    .refine((policies) => areUnique(policies.map(({ policy }) => policy)), 'expected each policy once'),
  /** Each part once: with two of one name, collector and auditor could be shown different ones. */
  body: z
    .array(PartCommitment)
    .max(maximumParts)
    .refine((parts) => areUnique(parts.map(({ name }) => name)), 'expected each part once'),
  counts: Counts,
  /** The last checkpoint that the agent verified: its promise that the log held this. */
  seen: z
    .strictObject({ origin: z.string().max(255), size: z.int().nonnegative(), root: z.string().max(64) })
    .nullable(),
});
export type Statement = z.output<typeof Statement>;

/** The part `host`: whom the report is about. The verifier selects controls by these labels again. */
export const HostPart = z.strictObject({
  v: z.literal(1),
  hostname: z.string().max(255),
  os: z.string().max(255),
  agentVersion: z.string().max(64),
  labels: Labels,
  /** Of a host that another one read: by which it was (its host name), where, and what showed that it was the right one. */
  readOver: z
    .strictObject({
      by: z.string().max(255),
      address: z.string().max(400),
      hostKey: z.string().max(64).optional(),
      sudo: z.boolean(),
    })
    .optional(),
});
export type HostPart = z.output<typeof HostPart>;

/** The part `observations`: every control's verdict and reasons. */
export const ObservationsPart = z.strictObject({
  v: z.literal(1),
  observations: z.array(Observation).max(maximumObservations),
});
export type ObservationsPart = z.output<typeof ObservationsPart>;

export const hostPartName = 'host';
export const observationsPartName = 'observations';

/** The part that holds a check kind's `Reading` of facts. */
export function factsPartName(kind: string): string {
  return `facts/${kind}`;
}

export function isFactsPart(name: string): boolean {
  return name.startsWith(factsPartName(''));
}

/** Bytes of a part's salt. The length is fixed: else one commitment could be to two splits of salt and part. */
export const saltLength = 32;

/** A part of a body: its bytes are JSON in UTF-8. */
export interface Part {
  readonly name: string;
  /** 32 random bytes, so that a commitment tells nothing of a part that was erased. */
  readonly salt: Uint8Array;
  readonly bytes: Uint8Array;
}

export function commitmentOf(part: Pick<Part, 'salt' | 'bytes'>): string {
  return hash('sha256', Buffer.concat([part.salt, part.bytes]), 'hex');
}

export function digestOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

export function countVerdicts(observations: readonly Pick<Observation, 'verdict'>[]): Counts {
  const counts: Counts = { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0 };
  for (const { verdict } of observations) counts[verdict]++;
  return counts;
}

function areUnique(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
