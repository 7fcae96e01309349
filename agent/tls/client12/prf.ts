import { createHash, createHmac } from 'node:crypto';

/** What a version and suite derive secrets with: MD5 and SHA-1 together below TLS 1.2, else the suite's hash. */
export type PrfHash = 'md5-sha1' | 'sha256' | 'sha384';

/** The pseudorandom function: RFC 5246 5; RFC 2246 5 for `md5-sha1`. */
export function prf(hash: PrfHash, secret: Uint8Array, label: string, seed: Uint8Array, length: number): Buffer {
  const labelled = Buffer.concat([Buffer.from(label, 'ascii'), seed]);
  if (hash !== 'md5-sha1') return expand(hash, secret, labelled, length);
  const half = Math.ceil(secret.length / 2);
  const first = expand('md5', secret.subarray(0, half), labelled, length);
  const second = expand('sha1', secret.subarray(secret.length - half), labelled, length);
  return Buffer.from(first.map((byte, index) => byte ^ (second[index] ?? 0)));
}

/** P_hash. */
function expand(hash: string, secret: Uint8Array, seed: Uint8Array, length: number): Buffer {
  const hmac = (data: Uint8Array): Buffer => createHmac(hash, secret).update(data).digest();
  const blocks: Buffer[] = [];
  let chained: Uint8Array = seed;
  for (let made = 0; made < length; made += blocks.at(-1)?.length ?? length) {
    chained = hmac(chained);
    blocks.push(hmac(Buffer.concat([chained, seed])));
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** The hash of a handshake so far, as Finished messages are made over. */
export function transcriptHash(hash: PrfHash, transcript: Uint8Array): Buffer {
  const digest = (name: string): Buffer => createHash(name).update(transcript).digest();
  return hash === 'md5-sha1' ? Buffer.concat([digest('md5'), digest('sha1')]) : digest(hash);
}
