import type { Reason } from '../../reasons.ts';
import { clockOf } from './clock.ts';
import type { BackupSet, Point } from './facts.ts';
import { judgeGenerations } from './generations.ts';
import type { Parameters } from './parameters.ts';
import { sortPoints } from './points.ts';
import { because } from './reasons.ts';
import { judgeMaximum, judgeRhythm } from './rhythm.ts';
import type { Row } from './row.ts';
import { judgeSizes } from './sizes.ts';
import { judgeVanished } from './vanished.ts';

/** The copies of a set, or those of one account in it. */
export interface Copies {
  readonly subject: string;
  readonly account?: string;
  readonly points: readonly Point[];
  readonly began?: string | undefined;
}

/** What came out, and the moment of the newest copy that counts. */
export interface JudgedCopies {
  readonly reasons: Reason[];
  readonly newest: string | undefined;
}

/** Copies must have been seen whatever the control asks: of none at all it is no use that they lie elsewhere. */
export function judgeCopies(
  set: BackupSet,
  { subject, account, points, began }: Copies,
  asked: Parameters,
  at: Date,
): JudgedCopies {
  const { counted, times, present, remarks } = sortPoints(set, points, at, subject);
  const onlyInFuture = present.length === 0 && points.length > 0;
  if (onlyInFuture) return { reasons: [...remarks], newest: undefined };
  const clock = clockOf(set.timeZone);
  const row: Row = { subject, clock, counted, times, present, ...(began === undefined ? {} : { began }) };
  const reasons = [
    ...(counted.length === 0 ? [noCopy(set, row)] : []),
    ...judgeRhythm(row, asked, at),
    ...judgeGenerations(row, set.timeZone, asked, at),
    ...judgeMaximum(row, asked, at),
    ...judgeVanished(set, row, asked, at, account),
    ...judgeSizes(row, set.tool, asked, at),
    ...remarks,
  ];
  return { reasons, newest: counted.at(-1)?.time };
}

function noCopy({ ofHost, otherHosts = [] }: BackupSet, { present, subject }: Row): Reason {
  if (present.length > 0) return because('backup.none-counts', { points: present.length }, subject);
  if (ofHost === undefined || otherHosts.length === 0) return because('backup.none', {}, subject);
  return because('backup.none-of-host', { host: ofHost, others: otherHosts.join(', ') }, subject);
}
