import { isFuture } from '../../quantities.ts';
import { isOlder } from '../../moments.ts';
import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { BackupSet, RestoreTest } from './facts.ts';
import type { Parameters } from './parameters.ts';
import { because } from './reasons.ts';

/**
 * Judges `restoreTested`: the newest test in which what was restored was what had been copied is young enough, and no
 * later one went wrong. A test of the agent's own that restored nothing shows nothing; a record that cannot be trusted
 * is unknown.
 */
export function judgeRestoreTests(set: BackupSet, { restoreTested }: Parameters, at: Date): Reason[] {
  if (restoreTested === undefined) return [];
  const record = set.restoreTests ?? [];
  if (!Array.isArray(record)) return [obstacleReason(record.obstacle, set.set)];
  const tests = record.filter(({ how, result, files }) => how === 'attested' || result !== 'same' || files > 0);
  const past = tests.filter((test) => !isFuture(test.at, at)).sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const future = tests.map((test) => test.at).filter((moment) => isFuture(moment, at));
  const latest = future.sort().at(-1);
  return [
    ...(latest === undefined ? [] : [because('backup.restore-future', { at: latest }, set.set)]),
    ...(past.length === 0 && latest !== undefined ? [] : judgePast(set.set, past, restoreTested, at)),
  ];
}

/** @param tests sorted by time */
function judgePast(subject: string, tests: readonly RestoreTest[], limit: number, at: Date): Reason[] {
  const good = tests.findLast(({ result }) => result === 'same');
  const bad = tests.findLast(({ result }) => result !== 'same');
  const reasons: Reason[] = [];
  if (bad !== undefined && (good === undefined || Date.parse(bad.at) >= Date.parse(good.at))) {
    const code = bad.result === 'differs' ? 'backup.restore-differs' : 'backup.restore-failed';
    reasons.push(because(code, { at: bad.at }, subject));
  }
  if (good === undefined) return reasons.length > 0 ? reasons : [because('backup.never-restored', { limit }, subject)];
  if (isOlder(good.at, limit, at))
    return [...reasons, because('backup.restore-too-old', { at: good.at, limit }, subject)];
  if (good.how === 'attested') return [...reasons, because('backup.restore-attested', { at: good.at, limit }, subject)];
  const { files, bytes } = good;
  return [...reasons, because('backup.restored', { at: good.at, files, bytes, limit }, subject)];
}
