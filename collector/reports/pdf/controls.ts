import { setImmediate } from 'node:timers/promises';
import { barKindOf, barWidth, type Bar, type BarKind } from '../view/bar.ts';
import type { ControlView, CourseView, SpanView } from '../view/controls.ts';
import type { PolicyView, SummaryRow } from '../view/summary.ts';
import { texts, type Texts } from '../view/texts.ts';
import type { ReportView } from '../view/view.ts';
import { drawBar, stateColour } from './bar.ts';
import { aside, beginChapter } from './chapter.ts';
import { colours, type Sheet } from './sheet.ts';
import { drawTable, type Cell, type Row } from './table.ts';

export function summaryChapter(sheet: Sheet, { policies, language }: ReportView): void {
  const t = texts[language];
  const bookmark = beginChapter(sheet, t.summary);
  aside(sheet, t.summaryNote);
  legend(sheet, t);
  for (const policy of policies) {
    sheet.ensure(90);
    bookmark.addItem(policy.title);
    sheet.paragraph('H3', `${policy.title}: ${policy.share}`, { font: 'bold', size: 11 });
    summaryTable(sheet, policy, t);
  }
}

function legend(sheet: Sheet, t: Texts): void {
  const whole = { x: 0, width: barWidth };
  const kinds: readonly BarKind[] = ['kept', 'failed', 'unknown', 'silent', 'outside'];
  const items = kinds.map((kind): [Bar, string] => [{ segments: [{ kind, ...whole }], waivers: [] }, t.bars[kind]]);
  items.push([{ segments: [{ kind: 'failed', ...whole }], waivers: [whole] }, t.waived]);
  let x = sheet.left;
  for (const [bar, text] of items) {
    const width = 26 + sheet.widthOf(text, { size: 8 }) + 16;
    if (x + width > sheet.left + sheet.width) {
      x = sheet.left;
      sheet.skip(17);
    }
    drawBar(sheet, bar, { x, y: sheet.y + 1, width: 20 }, text);
    sheet.textAt('P', text, { x: x + 25, y: sheet.y, width: width - 25 }, { size: 8 });
    x += width;
  }
  sheet.skip(26);
}

function summaryTable(sheet: Sheet, { rows }: PolicyView, t: Texts): void {
  const columns = [
    { head: t.control, width: 0.3 },
    { head: t.severity, width: 0.13 },
    { head: t.onHosts, width: 0.13, align: 'right' },
    { head: t.course, width: 0.19 },
    { head: t.share, width: 0.11, align: 'right' },
    { head: t.atEnd, width: 0.14 },
  ] as const;
  drawTable(
    sheet,
    columns,
    rows.map((row) => summaryRow(sheet, row)),
  );
}

function summaryRow(sheet: Sheet, row: SummaryRow): Row {
  const clause = row.clause === '' ? '' : `\n${row.clause}`;
  return {
    cells: [
      { text: `${row.control}: ${row.title}${clause}`, style: { font: 'bold' } },
      row.severity,
      row.subjects,
      barCell(sheet, row.bar, `${row.control}: ${row.share}`),
      row.share,
      state(row.atEnd.state, row.atEnd.text),
    ],
  };
}

/** Controls that were not always kept. Of fifty hosts these are hundreds of pages, so others get their turn in between. */
export async function findingsChapter(sheet: Sheet, { findings, language }: ReportView): Promise<void> {
  const t = texts[language];
  const bookmark = beginChapter(sheet, t.findings);
  if (findings.length === 0) sheet.paragraph('P', t.findingsNone);
  for (const view of findings) {
    sheet.ensure(170);
    bookmark.addItem(`${view.control}: ${view.title}`);
    sheet.within('Sect', () => controlSection(sheet, view, t));
    sheet.skip(14);
    await setImmediate();
  }
}

function controlSection(sheet: Sheet, view: ControlView, t: Texts): void {
  const { control, title, policy, words, standing, share, courses, coursesHead, moreCourses } = view;
  const colour = colours[standing === 'unshown' ? 'unknown' : standing];
  sheet.rule(sheet.y, colour, 2);
  sheet.skip(7);
  const shareWidth = 70;
  const place = { x: sheet.left + sheet.width - shareWidth, y: sheet.y, width: shareWidth };
  sheet.textAt('P', share, place, { font: 'bold', size: 12, align: 'right' });
  const heading = `${control}: ${title}`;
  const style = { font: 'bold', size: 12 } as const;
  sheet.textAt('H3', heading, { x: sheet.left, y: sheet.y, width: sheet.width - shareWidth - 10 }, style);
  sheet.skip(sheet.heightOf(heading, sheet.width - shareWidth - 10, style) + 3);
  const about = [policy, words?.clause, words?.severity, ...(words?.serves ?? [])].filter((part) => part !== undefined);
  aside(sheet, about.join(' · '));
  if (words === undefined) sheet.paragraph('P', t.definitionMissing);
  else wordsTable(sheet, [t.promise, t.remedy], [words.promise, words.remedy]);
  courseTable(sheet, coursesHead, courses, t);
  if (moreCourses > 0) aside(sheet, t.more(moreCourses));
}

function wordsTable(sheet: Sheet, heads: readonly [string, string], cells: readonly [string, string]): void {
  const columns = heads.map((head) => ({ head, width: 0.5 }));
  drawTable(sheet, columns, [{ cells }]);
}

function courseTable(sheet: Sheet, head: string, courses: readonly CourseView[], t: Texts): void {
  const columns = [
    { head, width: 0.27 },
    { head: t.from, width: 0.17 },
    { head: t.until, width: 0.17 },
    { head: t.length, width: 0.17 },
    { head: t.proof, width: 0.22 },
  ] as const;
  const rows = courses.flatMap((course) => [
    courseRow(sheet, course, t),
    ...course.spans.map((span) => spanRow(span, t)),
  ]);
  drawTable(sheet, columns, rows);
}

function courseRow(sheet: Sheet, course: CourseView, t: Texts): Row {
  const { name, bar, share, atEnd, failing, gaps, waivers, moreSpans, lastFound } = course;
  const notes = [failing, gaps, ...waivers, moreSpans > 0 ? t.more(moreSpans) : undefined];
  const found = lastFound.map((line, index) => (index === 0 ? line : `· ${line}`));
  const wide: Cell = {
    height: 10,
    draw: ({ x, y, width }) => drawBar(sheet, bar, { x, y: y + 1.5, width: width * 2 + 8 }, `${name}: ${share}`),
  };
  return {
    isOpening: true,
    cells: [{ text: name, style: { font: 'bold' } }, wide, '', share, state(atEnd.state, atEnd.text)],
    below: [...notes.filter((note) => note !== undefined), ...found],
  };
}

function spanRow({ state: of, name, from, until, length, proof, reasons, isWaived }: SpanView, t: Texts): Row {
  const text = isWaived ? `${name} (${t.waived})` : name;
  return {
    isOpening: false,
    cells: [state(of, text), from, until, length, proof],
    below: reasons.map((reason) => `· ${reason}`),
  };
}

/** Controls that were kept throughout. */
export function keptChapter(sheet: Sheet, { kept, language }: ReportView): void {
  if (kept.length === 0) return;
  const t = texts[language];
  beginChapter(sheet, t.keptThroughout, { onNewPage: false });
  aside(sheet, t.keptThroughoutNote);
  const columns = [
    { head: t.control, width: 0.32 },
    { head: t.promise, width: 0.38 },
    { head: t.onHosts, width: 0.3 },
  ];
  const rows = kept.map(({ control, title, words, courses, moreCourses }): Row => {
    const names = courses.map(({ name }) => name).join(', ');
    return {
      cells: [
        { text: `${control}: ${title}${words === undefined ? '' : `\n${words.clause}`}`, style: { font: 'bold' } },
        words?.promise ?? t.definitionMissing,
        moreCourses > 0 ? `${names}; ${t.more(moreCourses)}` : names,
      ],
    };
  });
  drawTable(sheet, columns, rows);
}

/** Shape, words and colour. */
export function state(of: SpanView['state'], text: string): Cell {
  const symbols: Readonly<Record<BarKind, string>> = {
    failed: '✗',
    unknown: '?',
    silent: '○',
    kept: '✓',
    outside: '–',
  };
  return { text: `${symbols[barKindOf(of)]} ${text}`, style: { font: 'bold', colour: stateColour(of) } };
}

function barCell(sheet: Sheet, bar: Bar, alt: string): Cell {
  return { height: 12, draw: ({ x, y, width }) => drawBar(sheet, bar, { x, y: y + 2, width }, alt) };
}
