import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { Finding } from '../agent/doctor/findings.ts';
import { examineFolder } from '../agent/doctor/folder.ts';
import { forksFolder } from '../agent/forks.ts';
import { describeFailure } from '../agent/post.ts';
import { askListener, examineCertificate, reachable } from '../collector/doctor.ts';
import { StoreError } from '../collector/store/database.ts';
import { witnessSigner } from '../evidence/note.ts';
import { vkeyOf } from '../evidence/vkey.ts';
import { isFuture } from '../policies/quantities.ts';
import type { WitnessConfig } from './config.ts';
import { witnessKeyAt } from './key.ts';
import { signingsIn, type Signing } from './store.ts';

/** Bytes: a database of a few heads, and a file for each fork. */
const reservedBytes = 2 ** 20;

/** A log grows by a heartbeat at least once in this time and has its head signed then, in seconds. */
const usualSilence = 86_400;

const Healthy = z.object({ status: z.literal('ok') });

/** Looks at all that a witness needs, and changes nothing; works while it runs. */
export async function examineWitness(config: WitnessConfig, at: Date): Promise<Finding[]> {
  const { data, tls } = config;
  const folder = examineFolder({ data, reserved: reservedBytes, service: 'a witness' });
  const isThere = !folder.some(({ code }) => code === 'folder.missing' || code === 'folder.unread');
  const isRunning = folder.some(({ code }) => code === 'lock.taken');
  const listener: Finding = isRunning
    ? await examineListener(config)
    : { code: 'witness.stopped', seen: `no witness works in ${data}` };
  return [
    ...folder,
    ...(isThere ? [...examineKey(config), ...examineMemory(config, at), ...examineForks(data)] : []),
    ...(tls === undefined ? [] : examineCertificate(tls, at)),
    listener,
  ];
}

function memoryOf({ data }: WitnessConfig): string {
  return join(data, 'witness.db');
}

function examineKey(config: WitnessConfig): Finding[] {
  const file = join(config.data, 'witness.key');
  const hasSigned = existsSync(memoryOf(config));
  // A first start makes it.
  if (!existsSync(file) && !hasSigned) return [];
  try {
    const signer = witnessSigner(config.name, witnessKeyAt(file, hasSigned));
    return [{ code: 'witness-key.kept', seen: vkeyOf(signer.key) }];
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return [{ code: 'witness-key.missing', seen: error.message }];
  }
}

function examineMemory(config: WitnessConfig, at: Date): Finding[] {
  const file = memoryOf(config);
  let signings: ReadonlyMap<string, Signing>;
  try {
    signings = existsSync(file) ? signingsIn(file) : new Map();
  } catch (error) {
    return [{ code: 'witness.forgetful', seen: `${file}: ${error instanceof Error ? error.message : String(error)}` }];
  }
  const origins = [...new Set(config.logs.map(({ name }) => name))];
  return origins.map((origin) => judgeSigning(origin, signings.get(origin), at));
}

function judgeSigning(origin: string, signing: Signing | undefined, at: Date): Finding {
  if (signing === undefined) return { code: 'witness.silent', seen: `no head of ${origin} was ever signed` };
  const { size, signedAt } = signing;
  const seen = `the head of ${origin} with ${size} entries was signed at ${signedAt}`;
  if (isFuture(signedAt, at)) return { code: 'clock.wrong', seen: `${seen}, and this clock says ${at.toISOString()}` };
  const silence = (at.getTime() - new Date(signedAt).getTime()) / 1000;
  return silence > usualSilence
    ? { code: 'witness.silent', seen: `${seen}, expected one within a day` }
    : { code: 'witness.signed', seen };
}

function examineForks(data: string): Finding[] {
  const folder = join(data, forksFolder);
  const forks = existsSync(folder) ? readdirSync(folder).length : 0;
  return forks === 0
    ? []
    : [{ code: 'witness.fork', seen: `${forks} pairs of heads that contradict each other lie in ${folder}` }];
}

async function examineListener({ listen, tls }: WitnessConfig): Promise<Finding> {
  const where = reachable(listen);
  try {
    const answer = await askListener(listen, '/healthz', tls !== undefined);
    if (isHealthy(await text(answer))) return { code: 'witness.ready', seen: `the witness at ${where} answers` };
    const status = answer.statusCode ?? 0;
    return { code: 'witness.mute', seen: `a witness runs, and something else answers at ${where} (HTTP ${status})` };
  } catch (error) {
    const why = describeFailure(error);
    return { code: 'witness.mute', seen: `a witness runs, and ${where} does not answer: ${why}` };
  }
}

function isHealthy(body: string): boolean {
  try {
    return Healthy.safeParse(JSON.parse(body)).success;
  } catch {
    return false;
  }
}
