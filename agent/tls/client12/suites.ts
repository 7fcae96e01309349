import type { PrfHash } from './prf.ts';

/** How a suite protects records. Sizes in bytes. */
export type Cipher =
  | {
      readonly mode: 'cbc';
      /** node:crypto's name. */
      readonly name: string;
      readonly keySize: number;
      readonly blockSize: number;
      readonly mac: 'sha1' | 'sha256';
      readonly macSize: number;
    }
  | {
      readonly mode: 'aead';
      readonly name: 'aes-128-gcm' | 'aes-256-gcm' | 'aes-128-ccm' | 'aes-256-ccm' | 'chacha20-poly1305';
      readonly keySize: number;
      readonly tagSize: number;
      /** Sent with each record behind 4 bytes that stay (RFC 5288 3, RFC 6655 3), or all made of its number (RFC 7905 2). */
      readonly nonce: 'sent' | 'counted';
    };

/** A suite that this client speaks to the end. */
export interface Suite {
  readonly number: number;
  readonly exchange: 'RSA' | 'ECDHE';
  readonly cipher: Cipher;
  /** From TLS 1.2 on. */
  readonly prf: Exclude<PrfHash, 'md5-sha1'>;
  /** Only in TLS 1.2. */
  readonly isModern: boolean;
}

const aes128 = { mode: 'cbc', name: 'aes-128-cbc', keySize: 16, blockSize: 16, mac: 'sha1', macSize: 20 } as const;
const aes256 = { mode: 'cbc', name: 'aes-256-cbc', keySize: 32, blockSize: 16, mac: 'sha1', macSize: 20 } as const;
const tripleDes = { mode: 'cbc', name: 'des-ede3-cbc', keySize: 24, blockSize: 8, mac: 'sha1', macSize: 20 } as const;
const sent = { mode: 'aead', tagSize: 16, nonce: 'sent' } as const;
const gcm128 = { ...sent, name: 'aes-128-gcm', keySize: 16 } as const;
const gcm256 = { ...sent, name: 'aes-256-gcm', keySize: 32 } as const;
const ccm128 = { ...sent, name: 'aes-128-ccm', keySize: 16 } as const;
const ccm256 = { ...sent, name: 'aes-256-ccm', keySize: 32 } as const;
const shortCcm128 = { ...ccm128, tagSize: 8 } as const;
const shortCcm256 = { ...ccm256, tagSize: 8 } as const;
const chacha = { mode: 'aead', name: 'chacha20-poly1305', keySize: 32, tagSize: 16, nonce: 'counted' } as const;

/** RFC 5246 A.5, RFC 5288, RFC 5289, RFC 6655, RFC 7251, RFC 7905, RFC 8422. */
const table: readonly (readonly [number, Suite['exchange'], Cipher, Suite['prf'], isModern: boolean])[] = [
  [0xc02f, 'ECDHE', gcm128, 'sha256', true],
  [0xc02b, 'ECDHE', gcm128, 'sha256', true],
  [0xc030, 'ECDHE', gcm256, 'sha384', true],
  [0xc02c, 'ECDHE', gcm256, 'sha384', true],
  [0xcca8, 'ECDHE', chacha, 'sha256', true],
  [0xcca9, 'ECDHE', chacha, 'sha256', true],
  [0xc013, 'ECDHE', aes128, 'sha256', false],
  [0xc009, 'ECDHE', aes128, 'sha256', false],
  [0xc014, 'ECDHE', aes256, 'sha256', false],
  [0xc00a, 'ECDHE', aes256, 'sha256', false],
  [0xc027, 'ECDHE', { ...aes128, mac: 'sha256', macSize: 32 }, 'sha256', true],
  [0xc023, 'ECDHE', { ...aes128, mac: 'sha256', macSize: 32 }, 'sha256', true],
  [0x009c, 'RSA', gcm128, 'sha256', true],
  [0x009d, 'RSA', gcm256, 'sha384', true],
  [0xc0ac, 'ECDHE', ccm128, 'sha256', true],
  [0xc0ad, 'ECDHE', ccm256, 'sha256', true],
  [0xc0ae, 'ECDHE', shortCcm128, 'sha256', true],
  [0xc0af, 'ECDHE', shortCcm256, 'sha256', true],
  [0xc09c, 'RSA', ccm128, 'sha256', true],
  [0xc09d, 'RSA', ccm256, 'sha256', true],
  [0xc0a0, 'RSA', shortCcm128, 'sha256', true],
  [0xc0a1, 'RSA', shortCcm256, 'sha256', true],
  [0x002f, 'RSA', aes128, 'sha256', false],
  [0x0035, 'RSA', aes256, 'sha256', false],
  [0x003c, 'RSA', { ...aes128, mac: 'sha256', macSize: 32 }, 'sha256', true],
  [0x003d, 'RSA', { ...aes256, mac: 'sha256', macSize: 32 }, 'sha256', true],
  [0xc012, 'ECDHE', tripleDes, 'sha256', false],
  [0x000a, 'RSA', tripleDes, 'sha256', false],
];

/** Best first. */
export const spokenSuites: readonly Suite[] = table.map(([number, exchange, cipher, prf, isModern]) => ({
  number,
  exchange,
  cipher,
  prf,
  isModern,
}));

export function suiteByNumber(number: number): Suite | undefined {
  return spokenSuites.find((suite) => suite.number === number);
}
