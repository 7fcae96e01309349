import { formatCheckpoint, type Checkpoint } from '../checkpoint.ts';
import type { Authorities } from '../timestamp/authorities.ts';
import { verifyTimestamp } from '../timestamp/verify.ts';
import type { Findings } from './findings.ts';

/** What a timestamp authority that the verifier trusts vouches for. */
export interface TimestampWord {
  /** By the name in the certificate that was given. */
  readonly authority: string;
  readonly tokens: number;
  /** The newest head that it signed, in entries. */
  readonly size: number;
  /** When, by its clock. */
  readonly at: string;
}

/** What timestamp authorities vouch for, as far as their certificates were given. */
export interface Timestamped {
  readonly words: readonly TimestampWord[];
  /** Tokens of authorities that were not given, by the name that the collector has for them. They prove nothing. */
  readonly unverified: readonly { readonly authority: string; readonly tokens: number }[];
}

/** A token that holds, of an authority that was given. */
export interface TrustedTimestamp {
  readonly authority: string;
  readonly at: Date;
}

/** Names come from the bundle. */
const maximumNames = 100;

/** The time-stamp tokens that the log holds of its own earlier heads. */
export class Timestamps {
  readonly #authorities: Authorities;
  readonly #findings: Findings;
  readonly #words = new Map<string, TimestampWord>();
  readonly #unverified = new Map<string, number>();

  constructor(authorities: Authorities, findings: Findings) {
    this.#authorities = authorities;
    this.#findings = findings;
  }

  /**
   * Verifies a token over a head of this log. What is wrong with it whoever signed it is found in any case.
   * @param token the TimeStampToken in base64 of DER
   * @param label what the collector calls the authority
   * @returns undefined where it does not hold, or no authority that was given vouches for it
   */
  verify(head: Checkpoint, token: string, label: string, where: string): TrustedTimestamp | undefined {
    try {
      const text = formatCheckpoint(head);
      const { at, authority } = verifyTimestamp(Buffer.from(token, 'base64'), text, this.#authorities);
      if (authority === undefined) {
        this.#unverified.set(label, (this.#unverified.get(label) ?? 0) + 1);
        return undefined;
      }
      this.#count(head, authority, at);
      return { authority, at };
    } catch (error) {
      this.#findings.addError(error, where);
      return undefined;
    }
  }

  /** To be called once every entry has been verified. */
  conclude(): Timestamped {
    const unverified = [...this.#unverified]
      .map(([authority, tokens]) => ({ authority, tokens }))
      .sort((a, b) => (a.authority < b.authority ? -1 : 1))
      .slice(0, maximumNames);
    return { words: [...this.#words.values()], unverified };
  }

  #count({ size }: Checkpoint, authority: string, at: Date): void {
    const before = this.#words.get(authority);
    const newest = before !== undefined && before.size > size ? before : { size, at: at.toISOString() };
    this.#words.set(authority, { authority, tokens: (before?.tokens ?? 0) + 1, size: newest.size, at: newest.at });
  }
}
