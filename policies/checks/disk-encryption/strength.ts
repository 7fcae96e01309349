/** What a cipher comes to. */
export interface Strength {
  /** `aes`, `serpent`, `twofish`, `camellia`, `adiantum`; or what it is else called. */
  readonly algorithm: string;
  readonly mode: string;
  /** Bits that somebody would have to guess; undefined where they cannot be told from the name. */
  readonly bits: number | undefined;
}

/** Ciphers that no practical attack on is known. */
const sound = ['aes', 'serpent', 'twofish', 'camellia', 'adiantum'];

/** Modes that encrypt equal blocks differently. ECB does not. */
const soundModes = ['xts', 'cbc', 'gcm', 'ccm', 'lrw', 'adiantum'];

/**
 * What a cipher of the kernel comes to.
 *
 * @param name as dm-crypt (Linux, admin-guide/device-mapper/dm-crypt: `cipher[:keycount]-chainmode-ivmode`, or `capi:` and
 *   the crypto API's own name), OpenZFS (`aes-256-gcm`) or eCryptfs (`ecryptfs:aes`, in CBC) writes it
 * @param keyBits of all key material: XTS has two keys of equal length (IEEE 1619), LRW one and a block beside it, and of
 *   several keys (`aes:64`) each encrypts some sectors
 */
export function strengthOf(name: string, keyBits: number): Strength {
  const zfs = /^aes-(128|192|256)-(gcm|ccm)$/.exec(name);
  if (zfs !== null) return { algorithm: 'aes', mode: zfs[2] ?? '', bits: Number(zfs[1]) };
  const stacked = /^ecryptfs:([a-z0-9_]+)$/.exec(name);
  if (stacked !== null) return { algorithm: stacked[1] ?? '', mode: 'cbc', bits: keyBits };
  if (name.includes('adiantum')) return { algorithm: 'adiantum', mode: 'adiantum', bits: keyBits };
  const kernel = /^capi:([a-z0-9_]+)\(([a-z0-9_]+)\)-/.exec(name);
  const [, algorithm = name, count, mode = 'unknown'] =
    kernel === null
      ? (/^([a-z0-9_]+)(?::(\d+))?-([a-z0-9_]+)(?:-.*)?$/.exec(name) ?? [])
      : [name, kernel[2], undefined, kernel[1]];
  return { algorithm, mode, bits: bitsOf(mode, keyBits, Number(count ?? 1)) };
}

function bitsOf(mode: string, keyBits: number, count: number): number | undefined {
  if (mode === 'xts') return keyBits / 2;
  if (mode === 'lrw') return keyBits - 128;
  return mode === 'unknown' ? undefined : Math.floor(keyBits / count);
}

export function isSound({ algorithm, mode }: Strength): boolean {
  return sound.includes(algorithm) && soundModes.includes(mode);
}
