import type { KeyObject } from 'node:crypto';
import type { CertificateFacts } from '../../policies/checks/certificate/facts.ts';
import { ByteReader } from '../../evidence/der/bytes.ts';
import { element, tags } from '../../evidence/der/elements.ts';

const usualExponent = 65_537n;
/** Below a thousand. A modulus of two large primes has none of them for a divisor. */
const smallPrimes: readonly bigint[] = primesBelow(1000).map(BigInt);

/** What is unusual of an RSA key's numbers (RFC 8017 A.1.1). */
export function describeRsa(key: KeyObject): Pick<CertificateFacts['key'], 'exponent' | 'divisor'> {
  const info = new ByteReader(element(new ByteReader(key.export({ type: 'spki', format: 'der' })), tags.sequence));
  element(info, tags.sequence); // algorithm
  // The first byte of a bit string counts its unused bits.
  const numbers = new ByteReader(element(new ByteReader(element(info, tags.bitString).subarray(1)), tags.sequence));
  const modulus = toNumber(element(numbers, tags.integer));
  const exponent = toNumber(element(numbers, tags.integer));
  const divisor = smallPrimes.find((prime) => modulus % prime === 0n);
  return {
    ...(exponent === usualExponent ? {} : { exponent: exponent < 1n << 64n ? String(exponent) : 'large' }),
    ...(divisor === undefined ? {} : { divisor: Number(divisor) }),
  };
}

function toNumber(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function primesBelow(limit: number): number[] {
  const numbers = Array.from({ length: limit - 2 }, (_, index) => index + 2);
  return numbers.filter((number) => !numbers.some((divisor) => divisor * divisor <= number && number % divisor === 0));
}
