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
  | { readonly mode: 'gcm'; readonly name: 'aes-128-gcm' | 'aes-256-gcm'; readonly keySize: number };

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
const gcm128 = { mode: 'gcm', name: 'aes-128-gcm', keySize: 16 } as const;
const gcm256 = { mode: 'gcm', name: 'aes-256-gcm', keySize: 32 } as const;

/** RFC 5246 A.5, RFC 5288, RFC 5289, RFC 8422. */
const table: readonly (readonly [number, Suite['exchange'], Cipher, Suite['prf'], isModern: boolean])[] = [
  [0xc02f, 'ECDHE', gcm128, 'sha256', true],
  [0xc02b, 'ECDHE', gcm128, 'sha256', true],
  [0xc030, 'ECDHE', gcm256, 'sha384', true],
  [0xc02c, 'ECDHE', gcm256, 'sha384', true],
  [0xc013, 'ECDHE', aes128, 'sha256', false],
  [0xc009, 'ECDHE', aes128, 'sha256', false],
  [0xc014, 'ECDHE', aes256, 'sha256', false],
  [0xc00a, 'ECDHE', aes256, 'sha256', false],
  [0xc027, 'ECDHE', { ...aes128, mac: 'sha256', macSize: 32 }, 'sha256', true],
  [0xc023, 'ECDHE', { ...aes128, mac: 'sha256', macSize: 32 }, 'sha256', true],
  [0x009c, 'RSA', gcm128, 'sha256', true],
  [0x009d, 'RSA', gcm256, 'sha384', true],
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
