import type { Entry } from '../../evidence/entry.ts';
import type { ReportedLog, ReportedVerification } from './model.ts';

/**
 * What a report for auditors is made from: a log and what lies beside it, as of one signed head. A collector's store and
 * a bundle both give it, and the same evidence gives the same report from either.
 */
export interface ReportedEvidence {
  readonly log: ReportedLog;
  /** Null for a collector's own store. */
  readonly verification: ReportedVerification | null;
  /** All of them, in their order. */
  entries(): Iterable<PlacedEntry>;
  /** A part of a report's body, by its commitment; undefined where it is not there. */
  part(commitment: string): Uint8Array | undefined;
  /** The root that the log had at a size; undefined where it is not there. */
  rootAt(size: number): Uint8Array | undefined;
  /** A policy document's text, by its digest; undefined where it is not there. */
  document(digest: string): string | undefined;
}

export interface PlacedEntry {
  readonly index: number;
  readonly entry: Entry;
}
