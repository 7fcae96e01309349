import { explainWithSubject, formatDuration, formatMoment } from '../../../policies/explain.ts';
import type { Reason } from '../../../policies/reasons.ts';
import type { Language } from '../../../policies/schema.ts';
import type { Kept, Period, Span, Totals } from '../model.ts';
import { isAbsence } from '../states.ts';
import { stateNames, texts } from './texts.ts';

/** Past this many, reasons are only counted. */
const maximumReasons = 12;

export function number(value: number, language: Language): string {
  return value.toLocaleString(language);
}

/**
 * The share as every format shows it, from 0 to 1: rounded down to tenths of a percent, so that only what was kept all
 * the time is 1. Null where no time counts.
 */
export function shownShare({ share }: Pick<Totals, 'share'>): number | null {
  if (share === null || share === 1) return share;
  return Math.min(Math.floor(share * 1000 + 1e-9), 999) / 1000;
}

export function percentage(totals: Pick<Totals, 'share'>, language: Language): string {
  const share = shownShare(totals);
  if (share === null) return '–';
  const digits = share === 1 ? 0 : 1;
  const format = new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${format.format(share * 100)} %`;
}

export function moment(iso: string, language: Language): string {
  return formatMoment(iso, language);
}

/** For a column whose head says that it is in UTC. */
export function cellMoment(iso: string, language: Language): string {
  return formatMoment(iso, language).replace(/ UTC$/, '');
}

export function periodText({ from, until }: Period, language: Language): string {
  return `${moment(from, language)} – ${moment(until, language)}`;
}

export function lengthOf({ from, until }: Period, language: Language): string {
  return formatDuration((Date.parse(until) - Date.parse(from)) / 1000, language);
}

/** Reasons as lines, worst first; what is left out is counted. */
export function reasonLines(reasons: readonly Reason[], language: Language): string[] {
  const lines = reasons.slice(0, maximumReasons).map((reason) => explainWithSubject(reason, language));
  const rest = reasons.length - lines.length;
  return rest > 0 ? [...lines, texts[language].more(rest)] : lines;
}

/** Words that people wrote, or what became of them. */
export function keptText(kept: Kept, language: Language): string {
  if (kept.state === 'kept') return kept.text;
  return `(${kept.state === 'withheld' ? texts[language].withheld : stateNames[kept.state][language]})`;
}

/** Where in the log it can be looked up: the reports that say so or, of an absence, the entries around it. */
export function proofOf({ state, begun, ended }: Pick<Span, 'state' | 'begun' | 'ended'>, language: Language): string {
  const t = texts[language];
  if (!isAbsence(state)) return entriesText(begun?.index ?? ended?.index, ended?.index, language);
  if (begun === null && ended === null) return t.noEntry;
  if (begun === null) return t.before(String(ended?.index));
  return ended === null ? t.after(String(begun.index)) : t.between(String(begun.index), String(ended.index));
}

export function entriesText(first: number | undefined, last: number | undefined, language: Language): string {
  const t = texts[language];
  if (first === undefined) return t.noEntry;
  return last === undefined || last === first ? t.entry(String(first)) : t.entries(String(first), String(last));
}
