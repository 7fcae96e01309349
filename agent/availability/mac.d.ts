import type { Buffer } from 'node:buffer';

/** What Node.js 26 has and its types do not know yet: message codes that are no HMAC, from OpenSSL's EVP_MAC. */
declare module 'node:crypto' {
  export function createMac(
    algorithm: 'blake2smac',
    key: Uint8Array,
    options: { readonly outputLength: number },
  ): { update(data: Uint8Array): void; final(): Buffer };
}
