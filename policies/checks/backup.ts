import { obstacleReason } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { Facts, type BackupSet, type Point } from './backup/facts.ts';
import { judgeGenerations } from './backup/generations.ts';
import { Parameters } from './backup/parameters.ts';
import { judgeEncryption, judgePlace } from './backup/place.ts';
import { sortPoints } from './backup/points.ts';
import { because, catalogue } from './backup/reasons.ts';
import { judgeMaximum, judgeRhythm } from './backup/rhythm.ts';
import { defineCheckKind } from './kind.ts';

/**
 * Backups: that copies are made in their rhythm, are complete, are kept as long as promised, and lie where they
 * should. Each set of the control's purpose is judged by itself, and the worst counts.
 */
export const backup = defineCheckKind({
  name: 'backup',
  parameters: Parameters,
  facts: Facts,
  reasons: catalogue,
  judge(facts, parameters, at) {
    const sets = facts.sets.filter((set) => set.purpose === parameters.purpose);
    if (sets.length === 0) return [because('backup.no-set', { purpose: parameters.purpose })];
    return sets.flatMap((set) => [
      ...judgePoints(set, parameters, at),
      ...(parameters.offsite ? [judgePlace(set, facts.hostname)] : []),
      ...(parameters.encrypted ? [judgeEncryption(set)] : []),
    ]);
  },
});

/** Copies must have been seen whatever the control asks: of none at all it is no use that they lie elsewhere. */
function judgePoints(set: BackupSet, parameters: Parameters, at: Date): Reason[] {
  if (set.points.state === 'unreadable') return [obstacleReason(set.points.obstacle, set.set)];
  if (set.points.state === 'wrong-password') {
    return [because('backup.wrong-password', { passwordFrom: set.points.passwordFrom }, set.set)];
  }
  if (set.points.state === 'read') return judgeCopies(set, set.points.value, parameters, at);
  return set.points.value.flatMap(({ account, points }) =>
    judgeCopies({ ...set, set: `${set.set}/${account}` }, points, parameters, at),
  );
}

function judgeCopies(set: BackupSet, points: readonly Point[], parameters: Parameters, at: Date): Reason[] {
  const { counted, present, remarks } = sortPoints(set, points, at);
  const onlyInFuture = present.length === 0 && points.length > 0;
  if (onlyInFuture) return [...remarks];
  return [
    ...(counted.length === 0 ? [noCopy(set, present.length)] : []),
    ...judgeRhythm(set, counted, parameters, at),
    ...(counted.length > 0 ? judgeGenerations(set, counted, parameters, at) : []),
    ...judgeMaximum(set, present, parameters, at),
    ...remarks,
  ];
}

function noCopy(set: BackupSet, points: number): Reason {
  if (points > 0) return because('backup.none-counts', { points }, set.set);
  if (set.ofHost === undefined || (set.otherHosts ?? []).length === 0) return because('backup.none', {}, set.set);
  const others = (set.otherHosts ?? []).join(', ');
  return because('backup.none-of-host', { host: set.ofHost, others }, set.set);
}
