/** Signature schemes by number (IANA "TLS SignatureScheme"), grouped by the key that makes them. */
export const signatureSchemes = {
  RSA: [0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0301, 0x0201, 0x0101],
  'RSA-PSS': [0x0809, 0x080a, 0x080b],
  ECDSA: [0x0403, 0x0503, 0x0603, 0x0303, 0x0203, 0x081a, 0x081b, 0x081c],
  EdDSA: [0x0807, 0x0808],
  DSA: [0x0402, 0x0502, 0x0602, 0x0302, 0x0202],
  'ML-DSA': [0x0904, 0x0905, 0x0906],
} as const;
export type KeyFamily = keyof typeof signatureSchemes;

export const allSignatureSchemes: readonly number[] = Object.values(signatureSchemes).flat();

const padded: readonly number[] = [0x0804, 0x0805, 0x0806];

/** Those that TLS 1.3 takes as well stand last: they come to light there (RFC 8446 4.2.3 has no PKCS #1 signatures). */
export const classicSchemes: readonly number[] = [
  ...allSignatureSchemes.filter((scheme) => !padded.includes(scheme)),
  ...padded,
];

/** As ordinary clients prefer them: what a server shows to all of these is what they see. */
export const ordinaryFirst: readonly KeyFamily[] = ['ECDSA', 'RSA', 'EdDSA', 'RSA-PSS', 'ML-DSA', 'DSA'];

export function schemesOf(families: readonly KeyFamily[]): readonly number[] {
  return families.flatMap((family) => [...signatureSchemes[family]]);
}
