import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { readIfThere, removeDurably, writeDurably } from '../../agent/durable.ts';
import { logSigner } from '../../evidence/note.ts';
import { vkeyOf } from '../../evidence/vkey.ts';
import { StoreError } from '../store/database.ts';
import { Handovers } from './handovers.ts';

/** The private keys that a log's heads are signed with. */
export interface SigningKeys {
  /** In force. */
  readonly key: KeyObject;
  /** Signs along, for those who know no other yet; undefined where there is none. */
  readonly former: KeyObject | undefined;
}

/** What was made before the database knew of it, what is in force, and what signs along: each may stand in two for a moment. */
const [keyFile, nextFile, formerFile] = ['log.key', 'log.key.next', 'log.key.previous'] as const;

/**
 * The keys that the database says the log has, from the files of its data folder. A change that was killed between its
 * transaction and its files is finished here.
 * @throws StoreError where a key is missing or none
 */
export function openSigningKeys(data: string, origin: string, database: DatabaseSync): SigningKeys {
  const newest = new Handovers(database).list().at(-1);
  if (newest === undefined) return { key: firstKey(data, database), former: undefined };
  const keys = [keyFile, nextFile, formerFile].flatMap((file) => readKey(join(data, file)) ?? []);
  const find = (vkey: string): KeyObject => {
    const key = keys.find((candidate) => vkeyOf(logSigner(origin, candidate).key) === vkey);
    if (key !== undefined) return key;
    throw new StoreError('store.damaged', `the private half of ${vkey} is not in ${data}; restore it from your backup`);
  };
  const key = find(newest.to);
  const former = newest.bothSign ? find(newest.logKey) : undefined;
  settleFiles(data, { key, former });
  return { key, former };
}

/** The key that is to come: the same one again where making it so was ended before. */
export function nextSigningKey(data: string): KeyObject {
  const kept = readKey(join(data, nextFile));
  if (kept !== undefined) return kept;
  const { privateKey } = generateKeyPairSync('ed25519');
  writeKey(join(data, nextFile), privateKey);
  return privateKey;
}

/** A log's verification key, for whoever only reads: as the database has it, or else as the first key's file does. */
export function verificationKeyOf(data: string, origin: string, database: DatabaseSync): string {
  const newest = new Handovers(database).list().at(-1);
  if (newest !== undefined) return newest.to;
  const key = readKey(join(data, keyFile));
  if (key !== undefined) return vkeyOf(logSigner(origin, key).key);
  throw new StoreError('store.damaged', `${join(data, keyFile)} is missing; restore it from your backup`);
}

/** Puts each key into the file of its name. In every state between, both are in one of the files. */
export function settleFiles(data: string, { key, former }: SigningKeys): void {
  const [file, previous, next] = [join(data, keyFile), join(data, formerFile), join(data, nextFile)] as const;
  if (former !== undefined && readKey(previous)?.equals(former) !== true) writeKey(previous, former);
  if (readKey(file)?.equals(key) !== true) writeKey(file, key);
  if (readKey(next)?.equals(key) === true) removeDurably(next);
  if (former === undefined) removeDurably(previous);
}

function firstKey(data: string, database: DatabaseSync): KeyObject {
  const file = join(data, keyFile);
  const kept = readKey(file);
  if (kept !== undefined) return kept;
  // A new key would begin another log: what the old one signed could never be continued.
  if (database.prepare('SELECT 1 FROM head').get() !== undefined) {
    throw new StoreError('store.damaged', `${file} is missing beside its database; restore it from your backup`);
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  writeKey(file, privateKey);
  return privateKey;
}

function writeKey(file: string, key: KeyObject): void {
  writeDurably(file, key.export({ type: 'pkcs8', format: 'pem' }));
}

function readKey(file: string): KeyObject | undefined {
  const pem = readIfThere(file);
  if (pem === undefined) return undefined;
  try {
    return createPrivateKey(pem);
  } catch {
    throw new StoreError('store.damaged', `${file} holds no private key in PEM; restore it from your backup`);
  }
}
