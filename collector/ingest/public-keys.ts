import type { KeyObject } from 'node:crypto';
import { publicKeyFromRaw } from '../../evidence/keys.ts';

/** Far more than a collector has agents that report in one round; a key takes about 2 kB. */
const maximumKeys = 10_000;

/** Raw keys as crypto wants them. Making one takes a good part of the time that a verification takes. */
export class PublicKeys {
  readonly #keys = new Map<string, KeyObject>();

  /** @throws EvidenceError `key.malformed` */
  of(raw: Uint8Array): KeyObject {
    const name = Buffer.from(raw).toString('latin1');
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const [oldest] = this.#keys.keys();
    if (this.#keys.size >= maximumKeys && oldest !== undefined) this.#keys.delete(oldest);
    const key = publicKeyFromRaw(raw);
    this.#keys.set(name, key);
    return key;
  }
}
