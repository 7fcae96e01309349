/** What every reader must make of the real thing: the same cases for each tool whose repositories tests can make. */
import { expect, test } from 'vitest';
import type { BackupSet } from '../../../../policies/checks/backup/facts.ts';
import { judgeSet } from './support.ts';

/** Nights at 02:30 on the clock of Amsterdam; on 29 March, when it does not show that, at 03:00. */
const spring = ['2026-03-28T01:30:00Z', '2026-03-29T01:00:00Z', '2026-03-30T00:30:00Z'] as const;
/** On 25 October it is 02:30 twice: this is the first, 25 hours before the next night. */
const autumn = ['2026-10-24T00:30:00Z', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z'] as const;
export const november = ['2026-11-20T01:30:00Z', '2026-11-21T01:30:00Z', '2026-11-22T01:30:00Z'] as const;
const ahead = '2027-01-01T01:30:00Z';

/** Every moment at which a copy is made, the earliest first: tools mind a clock that goes back. */
export const nights: readonly string[] = [...spring, ...autumn, ...november, ahead];

/** The zone in which these are nights, for the sets that `Making` reads. */
export const timeZone = 'Europe/Amsterdam';

/** The night in which a run is to be interrupted. */
export const lastNight = november[2];

const nightly = { every: '24h', grace: '30m', window: '2d' };
const asGood = ['pass', 'backup.fresh', 'backup.regular'];
const asStale = ['fail', 'backup.too-old', 'backup.regular'];
const asGap = ['fail', 'backup.fresh', 'backup.gap'];
const asAhead = ['unknown', 'backup.fresh', 'backup.regular', 'backup.future'];

const leftOut = /^backup\.left-out\.(unfinished|failed|damaged)$/;

/** Moments at which sets are judged. */
const inSpring = new Date('2026-03-30T06:00:00Z');
const inAutumn = new Date('2026-10-26T06:00:00Z');
export const inNovember = new Date('2026-11-22T06:00:00Z');

/** A set read from the real repository of a case; or why there is no such case for this tool. */
type Case = (() => Promise<BackupSet>) | { readonly none: string };

/** How a tool's test makes the repositories. */
export interface Making {
  /**
   * One with the copies of just these moments. They are the first of `nights`, but for one at most that is left out, so
   * that one repository serves which is kept as it is after each night.
   * @param name a folder's, another for each call
   */
  copiesOf(moments: readonly string[], name: string): Promise<BackupSet>;
  /** Copies up to `lastNight` of which the tool itself, where it has a command for that, kept the last four. */
  readonly pruned: Case;
  /** Copies up to `lastNight`, and a required path that is not in them. */
  readonly lackingPath: () => Promise<BackupSet>;
  /** Whether the listing tells which paths a copy holds. */
  readonly tellsPaths: boolean;
  /** Copies up to the night before `lastNight`, and a run that was killed in that one. */
  readonly interrupted: Case;
  readonly wrongPassword: Case;
  /** Copies up to `lastNight`, read while somebody else has locked them. */
  readonly locked: Case;
}

/** All moments up to that one, but for one that is left out. */
export function nightsTo(last: string, without?: string): string[] {
  return nights.filter((night) => night <= last && night !== without);
}

/** Declares the tests of every case, in a tool's own `describe`. */
export function testCases(making: Making): void {
  test.each([
    ['copies of every night pass, and fail when they grow old', november[2], undefined, inNovember, asGood],
    ['a night without a copy is a gap', november[2], november[1], inNovember, asGap],
    ['a copy in the future is unknown', ahead, undefined, inNovember, asAhead],
    ['nights are a day apart when summer time begins', spring[2], undefined, inSpring, asGood],
    ['the night in which it begins is a gap where it has no copy', spring[2], spring[1], inSpring, asGap],
    ['nights are a day apart when summer time ends', autumn[2], undefined, inAutumn, asGood],
    ['the night in which it ends is a gap where it has no copy', autumn[2], autumn[1], inAutumn, asGap],
    ['no copy at all fails', '', undefined, inNovember, ['fail', 'backup.none']],
  ] as const)('%s', async (name, last, without, at, expected) => {
    const moments = nightsTo(last, without);
    const set = await making.copiesOf(moments, name.replaceAll(' ', '-'));
    expect(minutesOf(set)).toEqual(moments.map((moment) => moment.slice(0, 16)));
    expect(judgeSet(set, nightly, at)).toEqual(expected);
    const muchLater = new Date('2027-02-01T06:00:00Z');
    expect(judgeSet(set, nightly, muchLater)).toEqual(moments.length === 0 ? expected : asStale);
  });

  testCase(making.pruned, 'the last four copies, with weeks between them, are not those of four days', (set) => {
    expect(minutesOf(set)).toHaveLength(4);
    expect(judgeSet(set, { generations: { daily: 4 } }, inNovember)).toEqual(['fail', 'backup.daily-missing']);
  });
  testCase(making.lackingPath, 'copies that lack a required path do not count', (set) => {
    const told = ['fail', 'backup.none-counts', 'backup.left-out.path'];
    const untold = ['unknown', 'backup.fresh', 'backup.regular', 'backup.paths-unseen'];
    expect(judgeSet(set, nightly, inNovember)).toEqual(making.tellsPaths ? told : untold);
  });
  testCase(making.interrupted, 'a run that was interrupted made no copy', (set) => {
    const [verdict, age, rhythm, ...notes] = judgeSet(set, nightly, inNovember);
    expect([verdict, age, rhythm]).toEqual(['fail', 'backup.too-old', 'backup.regular']);
    expect(notes.filter((code) => !leftOut.test(code))).toEqual([]);
  });
  testCase(making.wrongPassword, 'a wrong password is unknown', (set) => {
    expect(judgeSet(set, nightly, inNovember)).toEqual(['unknown', 'backup.wrong-password']);
  });
  testCase(making.locked, 'a lock of somebody else is in nobody’s way', (set) => {
    expect(judgeSet(set, nightly, inNovember)).toEqual(asGood);
  });
}

function testCase(one: Case, name: string, judge: (set: BackupSet) => void): void {
  if (typeof one === 'function') test(name, async () => judge(await one()));
}

/** The copies' moments; some tools note when they really began, a few seconds later. */
function minutesOf({ points }: BackupSet): string[] {
  if (points.state !== 'read') throw new Error(`not read: ${JSON.stringify(points)}`);
  return points.value.map(({ time }) => time.slice(0, 16));
}
