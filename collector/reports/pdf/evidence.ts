import { qrModules, qrPath } from '../qr.ts';
import { texts } from '../view/texts.ts';
import type { ReportView } from '../view/view.ts';
import { aside, beginChapter } from './chapter.ts';
import { state } from './controls.ts';
import { colours, type Sheet } from './sheet.ts';
import { drawTable } from './table.ts';

export function waiversChapter(sheet: Sheet, { waivers, language }: ReportView): void {
  const t = texts[language];
  beginChapter(sheet, t.waivers, { onNewPage: false });
  aside(sheet, t.waiversNote);
  if (waivers.length === 0) {
    sheet.paragraph('P', t.waiversNone);
    return;
  }
  const columns = [
    { head: t.control, width: 0.15 },
    { head: t.host, width: 0.17 },
    { head: t.from, width: 0.15 },
    { head: t.until, width: 0.15 },
    { head: t.reason, width: 0.19 },
    { head: t.approvedBy, width: 0.19 },
  ];
  const rows = waivers.map(({ control, subject, from, until, reason, approvedBy }) => {
    return { cells: [control, subject, from, until, reason, approvedBy] };
  });
  drawTable(sheet, columns, rows);
}

/** Who reported, and when nothing is known. */
export function hostsChapter(sheet: Sheet, { hosts, gaps, areGrouped, moreGaps, language }: ReportView): void {
  const t = texts[language];
  const bookmark = beginChapter(sheet, t.hostsAndGaps);
  const hostColumns = [
    { head: t.host, width: 0.24 },
    { head: t.labels, width: 0.2 },
    { head: t.reportCount, width: 0.11, align: 'right' },
    { head: t.lastReport, width: 0.27 },
    { head: t.gaps, width: 0.18 },
  ] as const;
  const hostRows = hosts.map(({ host, labels, reports, lastReport, gaps: lost }) => {
    return { cells: [{ text: host, style: { font: 'bold' } } as const, labels, reports, lastReport, lost] };
  });
  drawTable(sheet, hostColumns, hostRows);
  sheet.skip(8);
  sheet.ensure(90);
  bookmark.addItem(t.gaps);
  sheet.paragraph('H3', t.gaps, { font: 'bold', size: 11 });
  aside(sheet, areGrouped ? `${t.gapsNote} ${t.gapsGrouped}` : t.gapsNote);
  if (gaps.length === 0) sheet.paragraph('P', t.gapsNone);
  else gapTable(sheet, gaps, language);
  if (moreGaps > 0) aside(sheet, t.more(moreGaps));
}

function gapTable(sheet: Sheet, gaps: ReportView['gaps'], language: ReportView['language']): void {
  const t = texts[language];
  const columns = [
    { head: t.host, width: 0.2 },
    { head: t.state, width: 0.15 },
    { head: t.from, width: 0.155 },
    { head: t.until, width: 0.155 },
    { head: t.length, width: 0.15 },
    { head: t.proof, width: 0.19 },
  ];
  const rows = gaps.map(({ host, state: of, name, from, until, length, proof }) => {
    return { cells: [host, state(of, name), from, until, length, proof] };
  });
  drawTable(sheet, columns, rows);
}

export function meaningChapter(sheet: Sheet, { verify, language }: ReportView): void {
  beginChapter(sheet, texts[language].meaning);
  for (const text of verify.meaning) sheet.paragraph('P', text, { after: 8 });
  const columns = [
    { head: '', width: 0.25 },
    { head: '', width: 0.75 },
  ];
  const rows = verify.meanings.map(({ state: of, name, text }) => ({ cells: [state(of, name), text] }));
  drawTable(sheet, columns, rows);
}

/** The last page: what to do, and the head to do it against. */
export function verifyChapter(sheet: Sheet, { verify, language }: ReportView): void {
  const t = texts[language];
  beginChapter(sheet, t.verify);
  sheet.paragraph('P', verify.intro, { after: 8 });
  for (const [index, { text, command }] of verify.steps.entries()) {
    sheet.paragraph('P', `${index + 1}. ${text}`, { after: 3 });
    if (command !== undefined) code(sheet, command, { indent: 14, width: sheet.width - 14 });
  }
  sheet.skip(4);
  sheet.paragraph('P', verify.limit, { after: 12 });
  const codeWidth = 150;
  sheet.ensure(codeWidth + 110);
  sheet.paragraph('H3', t.logKey, { font: 'bold', size: 11 });
  code(sheet, verify.logKey, { indent: 0, width: sheet.width });
  sheet.skip(6);
  const top = sheet.y;
  const beside = sheet.width - codeWidth - 18;
  sheet.paragraph('H3', t.checkpoint, { font: 'bold', size: 11 });
  const note = { x: sheet.left, y: sheet.y, width: beside };
  sheet.textAt('P', t.checkpointNote, note, { size: 8.5, colour: colours.soft });
  sheet.skip(sheet.heightOf(t.checkpointNote, beside, { size: 8.5 }) + 6);
  code(sheet, verify.checkpoint.trimEnd(), { indent: 0, width: beside });
  qrCode(sheet, verify.checkpoint, { x: sheet.left + sheet.width - codeWidth, y: top, width: codeWidth }, t.qrNote);
}

function code(
  sheet: Sheet,
  text: string,
  { indent, width }: { readonly indent: number; readonly width: number },
): void {
  const style = { size: 8.5 };
  const height = sheet.heightOf(text, width - 16, style) + 10;
  sheet.ensure(height);
  const { left, y, document } = sheet;
  sheet.decorate(() => {
    document
      .roundedRect(left + indent, y, width, height, 3)
      .lineWidth(0.6)
      .fillAndStroke(colours.tint, colours.line);
  });
  sheet.textAt('Code', text, { x: left + indent + 8, y: y + 5, width: width - 16 }, style);
  sheet.skip(height + 6);
}

function qrCode(sheet: Sheet, text: string, place: { x: number; y: number; width: number }, note: string): void {
  const modules = qrModules(text);
  const { x, y, width } = place;
  const draw = (): void => {
    sheet.document
      .save()
      .translate(x, y)
      .scale(width / modules.length);
    sheet.document.path(qrPath(modules)).fill('#000000');
    sheet.document.restore();
  };
  sheet.figure(draw, { alt: note, bbox: [x, y, x + width, y + width] });
  sheet.textAt('P', note, { x: x + 10, y: y + width, width: width - 20 }, { size: 8, colour: colours.soft });
}
