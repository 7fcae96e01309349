import { isOlder } from '../../moments.ts';
import type { Reason } from '../../reasons.ts';
import { compareVerdicts, worstVerdict, type Verdict } from '../../verdict.ts';
import { clockOf } from './clock.ts';
import { judgeCopies } from './copies.ts';
import { dueAfter } from './due.ts';
import type { AccountPoints, BackupSet } from './facts.ts';
import type { Parameters } from './parameters.ts';
import { together } from './points.ts';
import { because } from './reasons.ts';

/** The worst accounts of which each is named, and the reasons that are given of one. */
const named = 20;
const reasonsEach = 3;

/** What came out for one account. */
interface Judged {
  readonly account: string;
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  /** The moment of its newest copy that counts. */
  readonly newest: string | undefined;
}

/**
 * Judges each account by itself, so that one without its copies fails however many others have theirs. Reasons are
 * bounded: the worst accounts are named, the others counted, and what passes is told once for all.
 */
export function judgeAccounts(
  set: BackupSet,
  accounts: readonly AccountPoints[],
  asked: Parameters,
  at: Date,
): Reason[] {
  if (accounts.length === 0) return [because('backup.no-accounts', { tool: set.tool }, set.set)];
  const judged = accounts.map((account) => judgeAccount(set, account, asked, at));
  const troubled = judged.filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown').sort(compareJudged);
  const passed = judged.filter(({ verdict }) => verdict === 'pass');
  const notes = judged.flatMap(({ reasons }) => reasons.filter(({ verdict }) => verdict === 'not-applicable'));
  return [
    ...troubled.slice(0, named).flatMap(({ reasons }) => worstOf(reasons)),
    ...further(set, troubled.slice(named)),
    ...inOrder(set, passed, accounts.length),
    ...together(notes.map((note) => ({ ...note, subject: set.set }))),
  ];
}

function judgeAccount(
  set: BackupSet,
  { account, points, firstSeen }: AccountPoints,
  asked: Parameters,
  at: Date,
): Judged {
  const subject = `${set.set}/${account}`;
  if (points.length === 0 && firstSeen !== undefined && !isDue(set, firstSeen.firstSeen, asked, at)) {
    const note = because('backup.account-new', { points: 1, newest: firstSeen.firstSeen }, subject);
    return { account, verdict: note.verdict, reasons: [note], newest: undefined };
  }
  const { reasons, newest } = judgeCopies(set, { subject, account, points, began: firstSeen?.firstSeen }, asked, at);
  return { account, verdict: worstVerdict(reasons.map(({ verdict }) => verdict)), reasons, newest };
}

/** Whether the first copy of something that came at that moment had to be there by `at`. */
function isDue({ timeZone }: BackupSet, came: string, { every, grace }: Parameters, at: Date): boolean {
  if (every === undefined) return true;
  return isOlder(new Date(dueAfter(Date.parse(came), { every, grace }, clockOf(timeZone))), 0, at);
}

/** The worst first: by verdict, then whoever is furthest behind. */
function compareJudged(a: Judged, b: Judged): number {
  const behind = (a.newest ?? '') < (b.newest ?? '') ? -1 : 1;
  const byNewest = a.newest === b.newest ? (a.account < b.account ? -1 : 1) : behind;
  return compareVerdicts(a.verdict, b.verdict) || byNewest;
}

function worstOf(reasons: readonly Reason[]): Reason[] {
  const troubles = reasons.filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown');
  return troubles.sort((a, b) => compareVerdicts(a.verdict, b.verdict)).slice(0, reasonsEach);
}

function further({ set }: BackupSet, others: readonly Judged[]): Reason[] {
  const failing = others.filter(({ verdict }) => verdict === 'fail').length;
  const unknown = others.length - failing;
  return [
    ...(failing > 0 ? [because('backup.more-accounts', { accounts: failing }, set)] : []),
    ...(unknown > 0 ? [because('backup.more-accounts-unknown', { accounts: unknown }, set)] : []),
  ];
}

function inOrder({ set }: BackupSet, passed: readonly Judged[], all: number): Reason[] {
  const [furthestBehind] = passed.flatMap(({ newest }) => newest ?? []).sort();
  if (furthestBehind === undefined) return [];
  return [because('backup.accounts', { accounts: passed.length, all, newest: furthestBehind }, set)];
}
