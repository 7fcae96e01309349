import type { Language } from '../../../policies/schema.ts';
import type { CollectorGap, ComplianceReport, HostGap } from '../model.ts';
import type { SpanView } from './controls.ts';
import { stateNames, texts } from './texts.ts';
import { cellMoment, entriesText, lengthOf, proofOf } from './words.ts';

/** A gap, or several of one kind that are told together. */
export interface GapRow extends Omit<SpanView, 'reasons' | 'isWaived'> {
  readonly host: string;
}

export interface GapsView {
  readonly gaps: readonly GapRow[];
  /** Whether some are told together. */
  readonly areGrouped: boolean;
  /** Gaps that there was no room for. */
  readonly moreGaps: number;
}

/** Past this many rows, gaps are only counted. */
const maximumRows = 500;

/** Of a host's gaps of one kind so many are told one by one: a machine that sleeps each night has hundreds. */
const toldAlone = 6;

/** Where there are more, so many of them: the longest. */
const toldLongest = 3;

/** The collector's own gaps, and those of each host, in order of time. */
export function gapsView(report: ComplianceReport, language: Language): GapsView {
  const ofCollector = rowsOf(report.collectorGaps, (gaps) => collectorRow(gaps, language));
  const ofHosts = report.hosts.flatMap(({ host, gaps }) => {
    const kinds = [...Map.groupBy(gaps, ({ state }) => state)];
    return kinds
      .flatMap(([state, those]) => rowsOf(those, (some) => hostRow(host, state, some, language)))
      .sort((a, b) => (a.from < b.from ? -1 : 1));
  });
  const rows = [...ofCollector, ...ofHosts];
  const left = rows.slice(maximumRows);
  return {
    gaps: rows.slice(0, maximumRows).map(({ row }) => row),
    areGrouped: rows.some(({ count }) => count > 1),
    moreGaps: left.reduce((sum, { count }) => sum + count, 0),
  };
}

interface CountedRow {
  readonly row: GapRow;
  /** How many gaps it tells. */
  readonly count: number;
  readonly from: string;
}

/** Some gaps that are told in one row: at least one, in order of time. */
type Some<Gap> = readonly [Gap, ...Gap[]];

function rowsOf<Gap extends { readonly from: string; readonly until: string }>(
  gaps: readonly Gap[],
  rowOf: (some: Some<Gap>) => GapRow,
): CountedRow[] {
  const longestFirst = [...gaps].sort((a, b) => millisecondsOf(b) - millisecondsOf(a));
  const alone = new Set(longestFirst.slice(0, gaps.length > toldAlone ? toldLongest : toldAlone));
  const rows = gaps.filter((gap) => alone.has(gap)).map((gap) => ({ row: rowOf([gap]), count: 1, from: gap.from }));
  const [first, ...others] = gaps.filter((gap) => !alone.has(gap));
  if (first === undefined) return rows;
  return [...rows, { row: rowOf([first, ...others]), count: others.length + 1, from: first.from }];
}

function collectorRow(gaps: Some<CollectorGap>, language: Language): GapRow {
  const [first, last] = [gaps[0], gaps.at(-1) ?? gaps[0]];
  return {
    ...rowOf(texts[language].collector, 'collector-gap', gaps, language),
    proof: entriesText(first.entry?.index, last.entry?.index, language),
  };
}

function hostRow(host: string, state: HostGap['state'], gaps: Some<HostGap>, language: Language): GapRow {
  const [first, last] = [gaps[0], gaps.at(-1) ?? gaps[0]];
  const proof = proofOf({ state, begun: first.begun, ended: last.ended }, language);
  return { ...rowOf(host, state, gaps, language), proof };
}

function rowOf(
  host: string,
  state: HostGap['state'],
  gaps: Some<{ readonly from: string; readonly until: string }>,
  language: Language,
): Omit<GapRow, 'proof'> {
  const [first, last] = [gaps[0], gaps.at(-1) ?? gaps[0]];
  const length = lengthOf(together(gaps), language);
  return {
    host,
    state,
    name: stateNames[state][language],
    from: cellMoment(first.from, language),
    until: cellMoment(last.until, language),
    length: gaps.length === 1 ? length : texts[language].gapsTogether(gaps.length, length),
  };
}

/** A stretch of time that is as long as all of these. */
export function together(gaps: readonly { readonly from: string; readonly until: string }[]) {
  const length = gaps.reduce((sum, gap) => sum + millisecondsOf(gap), 0);
  return { from: new Date(0).toISOString(), until: new Date(length).toISOString() };
}

function millisecondsOf({ from, until }: { readonly from: string; readonly until: string }): number {
  return Date.parse(until) - Date.parse(from);
}
