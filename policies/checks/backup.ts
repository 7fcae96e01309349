import { obstacleReason } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { judgeAccounts } from './backup/accounts.ts';
import { judgeCopies } from './backup/copies.ts';
import { Facts, type BackupSet } from './backup/facts.ts';
import { judgeList } from './backup/list.ts';
import { judgeLock } from './backup/lock.ts';
import { isAbout, Parameters } from './backup/parameters.ts';
import { judgeEncryption, judgePlace } from './backup/place.ts';
import { because, catalogue } from './backup/reasons.ts';
import { judgeRestoreTests } from './backup/restore-tests.ts';
import { judgeMemory } from './backup/vanished.ts';
import { defineCheckKind } from './kind.ts';

/**
 * Backups: that copies are made in their rhythm, are complete, are kept as long as promised, lie where they should, and
 * were restored. Each set of the control's purpose is judged by itself, and the worst counts.
 */
export const backup = defineCheckKind({
  name: 'backup',
  parameters: Parameters,
  facts: Facts,
  reasons: catalogue,
  judge(facts, parameters, at) {
    const sets = facts.sets.filter((set) => isAbout(parameters, set.purpose));
    if (sets.length === 0) return [because('backup.no-set', { purpose: parameters.purpose })];
    return sets.flatMap((set) => [
      ...judgePoints(set, parameters, at),
      ...judgeList(set, at),
      ...judgeMemory(set, parameters, at),
      ...judgeRestoreTests(set, parameters, at),
      ...(parameters.offsite ? [judgePlace(set, facts.hostname)] : []),
      ...(parameters.encrypted ? [judgeEncryption(set)] : []),
      ...(parameters.locked === undefined ? [] : [judgeLock(set, parameters.locked)]),
    ]);
  },
});

function judgePoints(set: BackupSet, parameters: Parameters, at: Date): Reason[] {
  switch (set.points.state) {
    case 'unreadable':
      return [obstacleReason(set.points.obstacle, set.set)];
    case 'wrong-password':
      return [because('backup.wrong-password', { passwordFrom: set.points.passwordFrom }, set.set)];
    case 'per-account':
      return judgeAccounts(set, set.points.value, parameters, at);
    case 'read': {
      const { reasons } = judgeCopies(set, { subject: set.set, points: set.points.value }, parameters, at);
      return parameters.perAccount
        ? [...reasons, because('backup.accounts-unseen', { tool: set.tool }, set.set)]
        : reasons;
    }
  }
}
