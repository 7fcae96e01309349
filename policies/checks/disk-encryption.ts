import { z } from 'zod';
import { obstacleReason, obstacleReasons } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { Facts, type DiskEncryptionFacts, type Layer, type Leg, type Place } from './disk-encryption/facts.ts';
import { because, reasons } from './disk-encryption/reasons.ts';
import { isSound, strengthOf } from './disk-encryption/strength.ts';
import { defineCheckKind } from './kind.ts';

export const DiskEncryptionParameters = z.strictObject({
  /** A list under `encryptedPaths` of agent.yaml; every mounted disk where left out. */
  paths: z.string().min(1).max(64).optional(),
  /** Bits that somebody would have to guess: half the key of XTS. */
  minimumKeyBits: z.int().min(128).max(256).default(256),
  /** `aes`, or every cipher that no practical attack on is known. */
  cipher: z.enum(['aes', 'sound']).default('sound'),
  /** Whether swap, to which memory is written, is judged with it. */
  swap: z.boolean().default(true),
});
export type DiskEncryptionParameters = z.output<typeof DiskEncryptionParameters>;

export const diskEncryption = defineCheckKind({
  name: 'disk-encryption',
  parameters: DiskEncryptionParameters,
  facts: Facts,
  reasons: { ...obstacleReasons, ...reasons },
  judge(facts, parameters) {
    const { places, container } = facts;
    if (places.state === 'unreadable') return [obstacleReason(places.obstacle)];
    return [
      ...(container === null ? [] : [because('disk-encryption.container', { container })]),
      ...judgeFiles(facts, places.value, parameters),
      ...(parameters.swap ? judgeSwap(facts, places.value, parameters) : []),
    ];
  },
});

function judgeFiles(
  { lists }: DiskEncryptionFacts,
  places: readonly Place[],
  parameters: DiskEncryptionParameters,
): Reason[] {
  const { paths: wanted } = parameters;
  if (wanted === undefined) {
    const usual = places.filter(({ use, isUsual }) => use === 'files' && isUsual);
    return usual.flatMap((place) => judgePlace(place, parameters));
  }
  const list = lists.find(({ name }) => name === wanted);
  if (list === undefined) return [because('disk-encryption.list-not-set', { list: wanted })];
  const named = new Set<string>();
  const missed: Reason[] = [];
  for (const { path, places: found, isDetached } of list.paths) {
    if (isDetached) missed.push(because('disk-encryption.detached', { path }, path));
    else if (found.state === 'unreadable') missed.push(obstacleReason(found.obstacle, path));
    else for (const where of found.value) named.add(where);
  }
  const holding = places.filter(({ use, where }) => use === 'files' && named.has(where));
  return [...missed, ...holding.flatMap((place) => judgePlace(place, parameters))];
}

function judgeSwap(
  { swap }: DiskEncryptionFacts,
  places: readonly Place[],
  parameters: DiskEncryptionParameters,
): Reason[] {
  if (swap.state === 'unreadable') return [obstacleReason(swap.obstacle, 'swap')];
  if (swap.value === 0) return [because('disk-encryption.no-swap', {}, 'swap')];
  return places.filter(({ use }) => use === 'swap').flatMap((place) => judgePlace(place, parameters));
}

function judgePlace(place: Place, parameters: DiskEncryptionParameters): Reason[] {
  const { where, kind, type, legs, hasFscrypt } = place;
  if (kind === 'memory') return [because('disk-encryption.in-memory', {}, where)];
  if (kind === 'overlay') return [because('disk-encryption.overlay', {}, where)];
  if (kind === 'elsewhere' || legs === null) return [because('disk-encryption.elsewhere', { type }, where)];
  if (legs.state === 'unreadable') return [obstacleReason(legs.obstacle, where)];
  const onDisk = legs.value.filter(({ medium }) => medium === 'disk');
  if (legs.value.length > 0 && onDisk.length === 0) return [because('disk-encryption.in-memory', {}, where)];
  const plain = onDisk.filter(({ layers }) => layers.length === 0);
  if (plain.length > 0) {
    const code = hasFscrypt ? 'disk-encryption.by-folder' : 'disk-encryption.plain';
    return [because(code, { devices: namesOf(plain) }, where)];
  }
  const poor = onDisk.flatMap((leg) => judgeLeg(leg, where, parameters) ?? []);
  if (poor.length > 0) return poor;
  const best = onDisk[0] === undefined ? undefined : soundLayer(onDisk[0], parameters);
  if (best === undefined) return [];
  return [because('disk-encryption.encrypted', { devices: namesOf(onDisk), ...best }, where)];
}

function namesOf(legs: readonly Leg[]): string {
  const names = [...new Set(legs.map(({ device }) => device))].sort();
  return names.length > 8 ? `${names.slice(0, 8).join(', ')}, …` : names.join(', ');
}

/** What is wrong with a leg; undefined where one of its layers is enough. */
function judgeLeg(leg: Leg, where: string, parameters: DiskEncryptionParameters): Reason | undefined {
  if (soundLayer(leg, parameters) !== undefined) return undefined;
  const unread = leg.layers.find(({ cipher }) => cipher.state === 'unreadable')?.cipher;
  if (unread?.state === 'unreadable') return obstacleReason(unread.obstacle, where);
  const [first] = leg.layers;
  return first === undefined ? undefined : judgeLayer(first, leg.device, where, parameters);
}

function judgeLayer(
  { cipher }: Layer,
  device: string,
  where: string,
  { cipher: wanted, minimumKeyBits: minimum }: DiskEncryptionParameters,
): Reason | undefined {
  if (cipher.state === 'unreadable') return obstacleReason(cipher.obstacle, where);
  const { name, keyBits } = cipher.value;
  const strength = strengthOf(name, keyBits);
  if (strength.bits === undefined) {
    return because('disk-encryption.strength-unclear', { device, cipher: name }, where);
  }
  if (!isSound(strength) || (wanted === 'aes' && strength.algorithm !== 'aes')) {
    const expected = wanted === 'aes' ? 'AES' : 'AES, Serpent, Twofish, Camellia, Adiantum';
    return because('disk-encryption.unsound', { device, cipher: name, expected }, where);
  }
  return because('disk-encryption.weak', { device, cipher: name, bits: strength.bits, minimum }, where);
}

/** One layer that is enough makes the leg so, whatever lies above or below it. */
function soundLayer(
  { layers }: Leg,
  { cipher: wanted, minimumKeyBits }: DiskEncryptionParameters,
): { cipher: string; bits: number; format: string } | undefined {
  for (const { cipher, format } of layers) {
    if (cipher.state === 'unreadable') continue;
    const strength = strengthOf(cipher.value.name, cipher.value.keyBits);
    if (!isSound(strength) || (wanted === 'aes' && strength.algorithm !== 'aes')) continue;
    if (strength.bits === undefined || strength.bits < minimumKeyBits) continue;
    return { cipher: cipher.value.name, bits: strength.bits, format };
  }
  return undefined;
}
