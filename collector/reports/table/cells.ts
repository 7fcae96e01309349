import type { Language } from '../../../policies/schema.ts';
import { standardName } from '../../web/texts.ts';
import type { ControlCompliance, EntryReference, PolicyCompliance, SpanState, Totals } from '../model.ts';
import { spanStates } from '../states.ts';
import { stateNames, texts } from '../view/texts.ts';
import { shownShare } from '../view/words.ts';
import { count, duration, moment, none, text, type Cell, type Column } from './table.ts';
import { tableTexts } from './texts.ts';

/** Cells that several tables have, each with the columns that they stand in. */

export function stateCell(state: SpanState, language: Language): Cell {
  return { kind: 'state', state, value: stateNames[state][language] };
}

export function shareCell(totals: Totals): Cell {
  const value = shownShare(totals);
  return value === null ? none : { kind: 'share', value };
}

export function controlColumns(language: Language): Column[] {
  const t = texts[language];
  return [
    { head: t.policy, width: 20 },
    { head: t.control, width: 24 },
    { head: tableTexts[language].title, width: 32 },
  ];
}

export function controlCells({ policy }: PolicyCompliance, control: ControlCompliance, language: Language): Cell[] {
  return [text(policy), text(control.control), text(control.definition?.title[language] ?? '')];
}

/** How long what was kept, and how long each state stood. */
export function totalsColumns(language: Language): Column[] {
  const { share } = texts[language];
  const { counted, compliant, waived } = tableTexts[language];
  const lengths = [counted, compliant, waived, ...spanStates.map((state) => stateNames[state][language])];
  return [{ head: share, width: 11 }, ...lengths.map((head) => ({ head, width: 12, isDuration: true }))];
}

export function totalsCells(totals: Totals): Cell[] {
  return [
    shareCell(totals),
    ...[totals.counted, totals.compliant, totals.waived].map(duration),
    ...spanStates.map((state) => duration(totals.durations[state] ?? 0)),
  ];
}

/** Where an entry is in the log, and when it was received and its facts were read. */
export function entryColumns(name: string, language: Language): Column[] {
  const { received, read } = tableTexts[language];
  return [
    { head: name, width: 10 },
    { head: `${name}, ${received}`, width: 20 },
    { head: `${name}, ${read}`, width: 20 },
  ];
}

export function entryCells(entry: EntryReference | null): Cell[] {
  return [count(entry?.index), moment(entry?.receivedAt), moment(entry?.issuedAt)];
}

/** `ISO/IEC 27001:2022 A.8.24` and so on. */
export function servesCell({ definition }: ControlCompliance, language: Language): Cell {
  const all = Object.entries(definition?.maps ?? {});
  return text(all.map(([standard, clauses]) => `${standardName(standard, language)} ${clauses.join(', ')}`).join('; '));
}
