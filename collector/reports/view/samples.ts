import type { Language } from '../../../policies/schema.ts';
import type { ReportedLot, ReportedSample } from '../model.ts';
import { sampleTexts } from './sample-texts.ts';
import { texts } from './texts.ts';
import { cellMoment, keptText, moment, number } from './words.ts';

/** The sample of a month. */
export interface SampleView {
  readonly month: string;
  /** How it was drawn, and by when it was to be looked at. */
  readonly lines: readonly string[];
  readonly lots: readonly LotRow[];
}

export interface LotRow {
  readonly subject: string;
  /** What was found last, or that nobody looked. */
  readonly found: string;
  /** Whether it was found otherwise, or nobody looked in time. */
  readonly isWrong: boolean;
  readonly done: string;
  readonly by: string;
  readonly proof: string;
  /** What was said, and the names of files. */
  readonly lines: readonly string[];
}

/** @param end of the period */
export function sampleView(sample: ReportedSample, end: string, language: Language): SampleView {
  const t = sampleTexts[language];
  const { month, first, root, population, sealed, due, lots } = sample;
  const tree = t.tree(String(first.index + 1), root);
  const isOver = due !== null && Date.parse(due) <= Date.parse(end);
  const rows = lots.map((lot) => lotRow(lot, isOver, language));
  if (sealed === null) return { month, lines: [t.notDrawn, tree], lots: rows };
  const of = population === null ? '?' : number(population, language);
  return {
    month,
    lines: [
      t.drawn(String(lots.length), of, moment(sealed.receivedAt, language)),
      ...(due === null ? [] : [t.due(moment(due, language))]),
      tree,
      t.seed(String(sealed.index), sealed.seed),
    ],
    lots: rows,
  };
}

function lotRow({ host, policy, control, checks }: ReportedLot, isOver: boolean, language: Language): LotRow {
  const t = sampleTexts[language];
  const last = checks.at(-1);
  const said = checks.flatMap(({ statement, files }) => [...(statement === null ? [] : [statement]), ...files]);
  return {
    subject: `${host}: ${policy} ${control}`,
    found: t.states[last?.found ?? 'open'],
    isWrong: last === undefined ? isOver : last.found === 'deviates',
    done: last === undefined ? '' : cellMoment(last.entry.receivedAt, language),
    by: last?.by ?? '',
    proof: last === undefined ? '' : texts[language].entry(String(last.entry.index)),
    lines: said.map((kept) => keptText(kept, language)),
  };
}
