import type { Language } from '../../../policies/schema.ts';
import { registerTexts } from '../view/register-texts.ts';
import type { RegisterView } from '../view/registers.ts';
import { texts } from '../view/texts.ts';
import { aside, beginChapter } from './chapter.ts';
import type { Sheet } from './sheet.ts';
import { drawTable, type Row } from './table.ts';

/** Whom and what the organisation answers for. */
export function registerChapter(sheet: Sheet, { rows, more }: RegisterView, language: Language): void {
  const [t, own] = [texts[language], registerTexts[language]];
  beginChapter(sheet, own.title, { onNewPage: false });
  aside(sheet, own.note);
  if (rows.length === 0) {
    sheet.paragraph('P', own.none);
    return;
  }
  const columns = [
    { head: own.register, width: 0.18 },
    { head: own.line, width: 0.28 },
    { head: t.from, width: 0.2 },
    { head: t.until, width: 0.2 },
    { head: t.proof, width: 0.14 },
  ];
  const lines = rows.map(({ register, id, said, from, until, proof }): Row => {
    return { cells: [register, { text: id, style: { font: 'bold' } }, from, until, proof], below: [said] };
  });
  drawTable(sheet, columns, lines);
  if (more > 0) aside(sheet, t.more(more));
}
