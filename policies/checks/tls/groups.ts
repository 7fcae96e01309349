/** Named groups of key exchange by their numbers in the IANA registry "TLS Supported Groups". */
export interface Group {
  readonly name: string;
  /**
   * How long an RSA modulus would have to be for the same strength, as SSL Labs counts (ssllabs-scan #213, #650;
   * NIST SP 800-57 part 1 table 2). A hybrid counts as its elliptic half: that is what protects today's recordings
   * if the newer half were to fail.
   */
  readonly rsaBits: number;
}

/**
 * What an elliptic curve of so many bits is worth in bits of RSA, in the steps of SP 800-57 part 1 table 2.
 * X25519 and Ed25519 are of 255 bits and meant as 256.
 */
export function rsaBitsOfCurve(bits: number): number {
  const steps = [
    [512, 15_360],
    [384, 7680],
    [255, 3072],
    [224, 2048],
    [160, 1024],
  ] as const;
  return steps.find(([least]) => bits >= least)?.[1] ?? 512;
}

const curves: readonly (readonly [number: number, name: string, bits: number])[] = [
  [1, 'sect163k1', 163],
  [2, 'sect163r1', 163],
  [3, 'sect163r2', 163],
  [4, 'sect193r1', 193],
  [5, 'sect193r2', 193],
  [6, 'sect233k1', 233],
  [7, 'sect233r1', 233],
  [8, 'sect239k1', 239],
  [9, 'sect283k1', 283],
  [10, 'sect283r1', 283],
  [11, 'sect409k1', 409],
  [12, 'sect409r1', 409],
  [13, 'sect571k1', 571],
  [14, 'sect571r1', 571],
  [15, 'secp160k1', 160],
  [16, 'secp160r1', 160],
  [17, 'secp160r2', 160],
  [18, 'secp192k1', 192],
  [19, 'P-192', 192],
  [20, 'secp224k1', 224],
  [21, 'P-224', 224],
  [22, 'secp256k1', 256],
  [23, 'P-256', 256],
  [24, 'P-384', 384],
  [25, 'P-521', 521],
  [26, 'brainpoolP256r1', 256],
  [27, 'brainpoolP384r1', 384],
  [28, 'brainpoolP512r1', 512],
  [29, 'X25519', 255],
  [30, 'X448', 448],
  [31, 'brainpoolP256r1tls13', 256],
  [32, 'brainpoolP384r1tls13', 384],
  [33, 'brainpoolP512r1tls13', 512],
  [0x11eb, 'SecP256r1MLKEM768', 256],
  [0x11ec, 'X25519MLKEM768', 255],
  [0x11ed, 'SecP384r1MLKEM1024', 384],
  [0x6399, 'X25519Kyber768Draft00', 255],
];

const groups: ReadonlyMap<number, Group> = new Map([
  ...curves.map(([number, name, bits]) => [number, { name, rsaBits: rsaBitsOfCurve(bits) }] as const),
  ...[2048, 3072, 4096, 6144, 8192].map(
    (bits, index) => [0x0100 + index, { name: `ffdhe${bits}`, rsaBits: bits }] as const,
  ),
  // FIPS 203 table 2: categories 1, 3 and 5.
  [0x0200, { name: 'MLKEM512', rsaBits: 3072 }],
  [0x0201, { name: 'MLKEM768', rsaBits: 7680 }],
  [0x0202, { name: 'MLKEM1024', rsaBits: 15_360 }],
]);

/** What a number means; undefined for one that is not known here. */
export function groupOf(number: number): Group | undefined {
  return groups.get(number);
}

/** The group's usual name, or its number where it has none here: `0x1a1a`. */
export function groupName(number: number): string {
  return groupOf(number)?.name ?? `0x${number.toString(16).padStart(4, '0')}`;
}
