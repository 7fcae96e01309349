import { clockToleranceSeconds, secondsBetween } from '../../policies/quantities.ts';
import type { Statement } from '../report.ts';
import { longestRunSeconds } from './clocks.ts';
import type { Findings } from './findings.ts';

/** A third party's word, kept in an entry of the log, that the log had a head at a moment. */
export interface Cover {
  /** Of the entry that holds it. */
  readonly index: number;
  /** Of the head, in entries: those existed at that moment. */
  readonly size: number;
  readonly at: Date;
  /** Who says so, as a person would name them. */
  readonly by: string;
}

/** Between which moments the entries came to be, as far as others than the operator say. */
export interface Bounded {
  /** Entries from the first of which somebody else shows that they existed by a moment. */
  readonly covered: number;
  /**
   * Seconds: the longest that lies, over those entries, between when the collector says that it received one and when
   * somebody else first shows that it existed. That much, at most, can the dates of receipt be too early.
   */
  readonly within: number | null;
}

/** The newest word that came no later than a place in the log. */
interface Newest {
  readonly index: number;
  readonly at: Date;
  readonly by: string;
}

/**
 * Holds the dates in a log against what third parties sign.
 *
 * Above: whoever signs a head at a moment shows that its entries existed by then. Below: nobody can know a third party's
 * signature before it is made. So what comes after such a signature in the log, or was made by an agent that had seen it
 * there, is younger than it.
 */
export class Bounds {
  readonly #findings: Findings;
  /** When each entry was received, in milliseconds since 1970, by the collector's clock. */
  readonly #received: number[] = [];
  readonly #covers: Cover[] = [];
  /** By rising index and moment. */
  readonly #newest: Newest[] = [];

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  receive(index: number, receivedAt: string): void {
    this.#received[index] = new Date(receivedAt).getTime();
  }

  /** Takes in a word that has been verified. Its own entry cannot have been received before it was given. */
  cover(cover: Cover, where: string): void {
    const { index, at, by } = cover;
    const received = this.#received[index];
    if (received !== undefined && secondsBetween(new Date(received), at) > clockToleranceSeconds) {
      const message = `dated as received at ${new Date(received).toISOString()}, and it holds what ${by} made later, at ${at.toISOString()}: the entry was back-dated`;
      this.#findings.add('entry.bounds', where, message);
    }
    this.#covers.push(cover);
    const newest = this.#newest.at(-1);
    if (newest === undefined || newest.at < at) this.#newest.push({ index, at, by });
  }

  /**
   * Holds a report's own date against the newest word that its agent had seen in the log.
   * @returns whether verdicts of that moment can be relied on
   */
  verifyIssued({ agent, issuedAt, seen }: Statement, where: string): boolean {
    const newest = seen === null ? undefined : this.#newestBefore(seen.size);
    if (newest === undefined) return true;
    if (secondsBetween(issuedAt, newest.at) <= longestRunSeconds + clockToleranceSeconds) return true;
    const message = `${agent} dated this report ${issuedAt}, and had seen in the log what ${newest.by} made at ${newest.at.toISOString()}: it was back-dated, or its clock was wrong, and verdicts that rest on it prove nothing`;
    this.#findings.add('report.bounds', where, message);
    return false;
  }

  /** To be called once every entry has been verified: none can have been received after it was shown to exist. */
  conclude(): Bounded {
    const covers = this.#covers.toSorted((a, b) => b.size - a.size);
    const covered = covers[0]?.size ?? 0;
    let earliest: Cover | undefined;
    let next = 0;
    let within = -Infinity;
    for (let index = covered - 1; index >= 0; index -= 1) {
      for (let cover = covers[next]; cover !== undefined && cover.size > index; cover = covers[next]) {
        if (earliest === undefined || cover.at < earliest.at) earliest = cover;
        next += 1;
      }
      const received = this.#received[index];
      if (received === undefined || earliest === undefined) continue;
      const seconds = secondsBetween(new Date(received), earliest.at);
      within = Math.max(within, seconds);
      if (seconds < -clockToleranceSeconds) this.#addLate(index, new Date(received), earliest);
    }
    return { covered, within: Number.isFinite(within) ? Math.max(0, Math.ceil(within)) : null };
  }

  #addLate(index: number, received: Date, { at, by }: Cover): void {
    const message = `dated as received at ${received.toISOString()}, and ${by} shows that it existed at ${at.toISOString()}: the entry was dated forward`;
    this.#findings.add('entry.bounds', `entry ${index}`, message);
  }

  /** The newest word in the entries of a head of that size. */
  #newestBefore(size: number): Newest | undefined {
    let [from, to] = [0, this.#newest.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#newest[middle]?.index ?? size) < size) from = middle + 1;
      else to = middle;
    }
    return this.#newest[from - 1];
  }
}
