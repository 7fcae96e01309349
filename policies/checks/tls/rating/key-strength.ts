import type { CertificateFacts } from '../../certificate/facts.ts';
import { rsaBitsOfCurve } from '../groups.ts';

/**
 * A certificate's key in bits of RSA of the same strength, as SSL Labs counts it (ssllabs-scan #213, #650;
 * NIST SP 800-57 part 1 table 2); undefined for a kind that is not known here.
 */
export function rsaBitsOfKey({ kind, bits }: CertificateFacts['key']): number | undefined {
  switch (kind) {
    case 'RSA':
    case 'DSA':
      return bits;
    case 'EC':
      return rsaBitsOfCurve(bits);
    case 'Ed25519':
      return 3072;
    case 'Ed448':
      return 7680;
    case 'other':
      return undefined;
  }
}

/** `RSA 2048`, `P-256`. */
export function keyName({ kind, bits, curve }: CertificateFacts['key']): string {
  if (kind === 'EC')
    return { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' }[curve ?? ''] ?? curve ?? `EC ${bits}`;
  return kind === 'RSA' || kind === 'DSA' ? `${kind} ${bits}` : kind === 'other' ? (curve ?? kind) : kind;
}
