import { clockToleranceSeconds, secondsBetween } from '../../policies/quantities.ts';
import type { Entry } from '../entry.ts';
import { longestSilenceSeconds } from '../silence.ts';
import type { Findings } from './findings.ts';

/** Whether a log accounts for all its time: by entries close to each other, or by gaps that say when nothing was taken. */
export class Silences {
  readonly #findings: Findings;
  #newest: string | undefined;
  #isOmitting = false;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** An entry that is left out stands here: of the time around it nothing is known. */
  omit(): void {
    this.#isOmitting = true;
  }

  /** @returns whether it is no gap, or one that can have been as it says */
  receive(entry: Entry, where: string): boolean {
    const before = this.#newest;
    const isAfterOmitted = this.#isOmitting;
    this.#newest = entry.receivedAt;
    this.#isOmitting = false;
    // Of what stands before the first entry that is shown, nothing is known.
    const earliest = before ?? (isAfterOmitted && entry.kind === 'gap' ? entry.from : undefined);
    if (entry.kind === 'gap' && !isWithin(entry, earliest)) {
      const message = `it says that nothing was taken from ${entry.from} to ${entry.until}, which is not between the entry before (${before ?? 'there is none'}) and itself (${entry.receivedAt})`;
      this.#findings.add('gap.moments', where, message);
      return false;
    }
    if (before === undefined || isAfterOmitted) return true;
    const accounted = entry.kind === 'gap' ? secondsBetween(entry.from, entry.until) : 0;
    const silent = secondsBetween(before, entry.receivedAt) - accounted;
    if (silent > longestSilenceSeconds + clockToleranceSeconds) {
      const message = `nothing was written from ${before} to ${entry.receivedAt}, and no gap says so: hosts that seem silent may not have been`;
      this.#findings.add('log.silent', where, message);
    }
    return true;
  }
}

function isWithin({ from, until, receivedAt }: Extract<Entry, { kind: 'gap' }>, before: string | undefined): boolean {
  if (before === undefined) return false;
  const [earliest = 0, start = 0, end = 0, latest = 0] = [before, from, until, receivedAt].map((moment) =>
    new Date(moment).getTime(),
  );
  return earliest <= start && start <= end && end <= latest;
}
