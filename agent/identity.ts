import { createHmac, createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { AgentName } from '../evidence/report.ts';
import { DamagedError, readIfThere, readStored, removeDurably, writeDurably } from './durable.ts';

const Stored = z.strictObject({
  v: z.literal(1),
  agent: AgentName,
  epoch: z.int().positive(),
  /** The collector's address. */
  collector: z.url(),
  /** A PEM file with the authorities that may vouch for its certificate, in place of the usual ones. */
  ca: z.string().optional(),
  /** The log's verification key, pinned at enrolment. */
  logKey: z.string(),
  /** Those that took its place since, the oldest first: each was signed for by the one before it. */
  laterLogKeys: z.array(z.string()).optional(),
  /** PKCS#8 in PEM. */
  key: z.string(),
});

/** Who this agent is to its collector, and the key that it signs with. */
export interface Identity extends Omit<z.output<typeof Stored>, 'v' | 'key'> {
  readonly key: KeyObject;
}

/** What shows a collector whose connection it is, both in PEM. */
export interface ClientCertificate {
  readonly key: string;
  readonly certificate: string;
}

/** How its collector is reached. */
export interface Way extends Pick<Identity, 'collector' | 'ca'> {
  /** Where the collector made one for this agent. */
  readonly client?: ClientCertificate | undefined;
}

/** An agent as its collector meets it. */
export type Sender = Identity & Way;

export class NotEnrolledError extends Error {
  readonly code = 'agent.not-enrolled';
  constructor(data: string) {
    super(`no enrolment in ${data}; run "waarborg enrol" with a token of the collector first`);
    this.name = 'NotEnrolledError';
  }
}

const identityFile = 'identity.json';
const pendingFile = 'pending.key';

/** @throws NotEnrolledError, DamagedError */
export function loadIdentity(data: string): Identity {
  const file = join(data, identityFile);
  const stored = readStored(file, Stored);
  if (stored === undefined) throw new NotEnrolledError(data);
  const { v, key, ...enrolment } = stored;
  return { ...enrolment, key: parseKey(key, file) };
}

export function isEnrolled(data: string): boolean {
  return readIfThere(join(data, identityFile)) !== undefined;
}

/** The key to ask enrolment with: the same one again where the answer to an earlier try was lost. */
export function pendingKey(data: string): KeyObject {
  const file = join(data, pendingFile);
  const kept = readIfThere(file);
  if (kept !== undefined) return parseKey(kept, file);
  const { privateKey } = generateKeyPairSync('ed25519');
  writeDurably(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return privateKey;
}

/** Makes an enrolment count. Key and enrolment are one file: a crash never leaves one without the other. */
export function saveIdentity(data: string, identity: Identity): void {
  write(data, identity);
  removeDurably(join(data, pendingFile));
}

/** The log's verification keys that are known, the oldest first: the last is in force. */
export function logKeysOf({ logKey, laterLogKeys = [] }: Pick<Identity, 'logKey' | 'laterLogKeys'>): string[] {
  return [logKey, ...laterLogKeys];
}

/**
 * Takes the log's newer keys from now on.
 * @throws NotEnrolledError, DamagedError
 */
export function keepLogKeys(data: string, laterLogKeys: string[]): void {
  write(data, { ...loadIdentity(data), laterLogKeys });
}

/**
 * Goes on under another key.
 * @throws NotEnrolledError, DamagedError
 */
export function replaceKey(data: string, key: KeyObject): void {
  write(data, { ...loadIdentity(data), key });
}

function write(data: string, { key, ...enrolment }: Identity): void {
  const stored = { v: 1, ...enrolment, key: key.export({ type: 'pkcs8', format: 'pem' }) };
  writeDurably(join(data, identityFile), JSON.stringify(stored));
}

/** In the agent's data folder. */
export const pseudonymKeyFile = 'pseudonym.key';
const markKeyFile = 'mark.key';

/**
 * A stable name for an account that only this host can turn back: HMAC-SHA-256 under a key that stays here, cut to
 * 48 bits, enough for the accounts of one host.
 * @throws DamagedError
 */
export function pseudonyms(data: string): (account: string) => string {
  const key = hmacKey(join(data, pseudonymKeyFile));
  return (account) => `account-${createHmac('sha256', key).update(account).digest('hex').slice(0, 12)}`;
}

/**
 * What secrets are remembered by, under a key that only the agent may read: whoever has the ledger alone cannot try
 * passwords against it.
 * @throws DamagedError
 */
export function marks(data: string): (secret: string) => string {
  return marksWith(hmacKey(join(data, markKeyFile)));
}

/** Marks that no later run makes again, for a run that remembers nothing. */
export function passingMarks(): (secret: string) => string {
  return marksWith(randomBytes(32));
}

/** HMAC-SHA-256 (RFC 2104), cut to 128 bits. */
function marksWith(key: Buffer): (secret: string) => string {
  return (secret) => createHmac('sha256', key).update(secret).digest('base64url').slice(0, 22);
}

/**
 * The key in a file; a new one where there is none.
 * @throws DamagedError
 */
function hmacKey(file: string): Buffer {
  const kept = readIfThere(file);
  // A short key could be guessed, and with it what it hides.
  if (kept !== undefined && !/^[0-9a-f]{64}$/.test(kept)) throw new DamagedError(file, 'it is no key of 32 bytes');
  const key = kept === undefined ? randomBytes(32) : Buffer.from(kept, 'hex');
  if (kept === undefined) writeDurably(file, key.toString('hex'));
  return key;
}

function parseKey(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new DamagedError(file, 'its key is no private key in PEM');
  }
}
