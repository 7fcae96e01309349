import { peopleTexts } from '../view/people-texts.ts';
import type { CaseView } from '../view/people.ts';
import { texts } from '../view/texts.ts';
import type { ReportView } from '../view/view.ts';
import { aside, beginChapter } from './chapter.ts';
import { registerChapter } from './registers.ts';
import { colours, type Sheet } from './sheet.ts';
import { sampleChapter } from './samples.ts';
import { drawTable, type Row } from './table.ts';

/** What people stated, and what had a deadline. */
export function peopleChapters(sheet: Sheet, { people, language }: ReportView): void {
  if (people === undefined) return;
  const t = peopleTexts[language];
  beginChapter(sheet, t.attestations, { onNewPage: false });
  aside(sheet, t.attestationsNote);
  for (const line of people.missing) sheet.paragraph('P', line);
  if (people.attestations.length === 0) sheet.paragraph('P', t.attestationsNone);
  else attestationTable(sheet, people.attestations, language);
  if (people.moreAttestations > 0) aside(sheet, texts[language].more(people.moreAttestations));
  beginChapter(sheet, t.cases, { onNewPage: false });
  aside(sheet, t.casesNote);
  if (people.cases.length === 0) sheet.paragraph('P', t.casesNone);
  else caseTable(sheet, people.cases, language);
  if (people.moreCases > 0) aside(sheet, texts[language].more(people.moreCases));
  registerChapter(sheet, people.registers, language);
  sampleChapter(sheet, people.samples, language);
}

type Attestations = NonNullable<ReportView['people']>['attestations'];

function attestationTable(sheet: Sheet, attestations: Attestations, language: ReportView['language']): void {
  const [t, own] = [texts[language], peopleTexts[language]];
  const columns = [
    { head: t.control, width: 0.3 },
    { head: t.from, width: 0.18 },
    { head: t.until, width: 0.18 },
    { head: own.by, width: 0.2 },
    { head: t.proof, width: 0.14 },
  ];
  const rows = attestations.map(({ control, from, until, by, proof, lines }): Row => {
    return { cells: [{ text: control, style: { font: 'bold' } }, from, until, by, proof], below: lines };
  });
  drawTable(sheet, columns, rows);
}

function caseTable(sheet: Sheet, cases: readonly CaseView[], language: ReportView['language']): void {
  const [t, own] = [texts[language], peopleTexts[language]];
  const columns = [
    { head: own.caseAndStep, width: 0.34 },
    { head: own.due, width: 0.24 },
    { head: own.done, width: 0.28 },
    { head: t.proof, width: 0.14 },
  ];
  drawTable(
    sheet,
    columns,
    cases.flatMap((one) => caseRows(one, own.late)),
  );
}

function caseRows({ name, began, closed, proof, lines, steps }: CaseView, late: string): Row[] {
  const opening: Row = {
    isOpening: true,
    cells: [{ text: name, style: { font: 'bold' } }, began, closed, proof],
    below: lines,
  };
  const rows = steps.map((step): Row => {
    const done = step.isLate
      ? ({ text: `${step.done} ✗ ${late}`, style: { colour: colours.failed } } as const)
      : step.done;
    return { isOpening: false, cells: [`· ${step.step}`, step.due, done, step.proof] };
  });
  return [opening, ...rows];
}
