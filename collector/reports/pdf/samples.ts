import type { Language } from '../../../policies/schema.ts';
import { peopleTexts } from '../view/people-texts.ts';
import { sampleTexts } from '../view/sample-texts.ts';
import type { LotRow, SampleView } from '../view/samples.ts';
import { texts } from '../view/texts.ts';
import { aside, beginChapter } from './chapter.ts';
import { colours, type Sheet } from './sheet.ts';
import { drawTable, type Row } from './table.ts';

/** What was drawn to be looked at, and what was found. */
export function sampleChapter(sheet: Sheet, samples: readonly SampleView[], language: Language): void {
  const t = sampleTexts[language];
  beginChapter(sheet, t.title, { onNewPage: false });
  aside(sheet, t.note);
  if (samples.length === 0) sheet.paragraph('P', t.none);
  else drawTable(sheet, columnsIn(language), samples.flatMap(rowsOf));
}

function columnsIn(language: Language) {
  const [t, own, { control, proof }] = [sampleTexts[language], peopleTexts[language], texts[language]];
  return [
    { head: control, width: 0.4 },
    { head: t.found, width: 0.13 },
    { head: t.foundOn, width: 0.15 },
    { head: own.by, width: 0.2 },
    { head: proof, width: 0.12 },
  ];
}

function rowsOf({ month, lines, lots }: SampleView): Row[] {
  const opening: Row = {
    isOpening: true,
    cells: [{ text: month, style: { font: 'bold' } }, '', '', '', ''],
    below: lines,
  };
  return [opening, ...lots.map(lotRow)];
}

function lotRow({ subject, found, isWrong, done, by, proof, lines }: LotRow): Row {
  const told = isWrong ? ({ text: `✗ ${found}`, style: { colour: colours.failed } } as const) : found;
  return { isOpening: false, cells: [subject, told, done, by, proof], below: lines };
}
