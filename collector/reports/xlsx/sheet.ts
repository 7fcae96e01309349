import type { Cell, Column, Table } from '../table/table.ts';
import { escapeXml } from '../xml.ts';
import { styleIndex, styleOf } from './styles.ts';

/** A worksheet can have 1,048,576 rows; long before, nobody can open it. Further ones are counted in a last row. */
const maximumRows = 250_000;

/** More a cell cannot hold. */
const maximumText = 32_767;

const [dayMilliseconds, daySeconds] = [86_400_000, 86_400];

/** 1 January 1970 in days of a workbook, which counts from the end of 1899. */
const epochDay = 25_569;

/** In points. */
const lineHeight = 13;

/** In characters: what still can be read when it is made to fit. */
const widestOnePage = 230;

export interface Sheet {
  readonly xml: string;
  /** The corners of the table with its head, as names of a workbook have them: `$A$1` and so on. */
  readonly range: { readonly first: string; readonly last: string };
}

/** @param more what to say of rows that there was no room for */
export function sheetXml({ columns, rows }: Table, more: (rows: number) => string): Sheet {
  const lines = [headXml(columns)];
  let left = 0;
  for (const row of rows) {
    if (lines.length > maximumRows) left += 1;
    else lines.push(rowXml(lines.length + 1, row, columns));
  }
  if (left > 0) lines.push(rowXml(lines.length + 1, [{ kind: 'text', value: more(left) }], columns));
  const last = `${columnName(columns.length - 1)}${lines.length}`;
  const isWide = columns.reduce((sum, { width }) => sum + width, 0) > widestOnePage;
  const widths = columns.map(
    ({ width }, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  );
  const xml = [
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">',
    isWide ? '' : '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>',
    `<dimension ref="A1:${last}"/>`,
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>',
    `<sheetFormatPr defaultRowHeight="${lineHeight}"/>`,
    `<cols>${widths.join('')}</cols><sheetData>${lines.join('')}</sheetData>`,
    `<autoFilter ref="A1:${last}"/>`,
    '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>',
    // 9 is A4. What is too wide for a page goes on beside it, before it goes on below.
    `<pageSetup paperSize="9" ${isWide ? 'scale="70" pageOrder="overThenDown"' : 'fitToHeight="0"'} orientation="landscape"/>`,
    '<headerFooter><oddFooter>&amp;L&amp;A&amp;R&amp;P / &amp;N</oddFooter></headerFooter></worksheet>',
  ].join('');
  return { xml, range: { first: '$A$1', last: `$${columnName(columns.length - 1)}$${lines.length}` } };
}

/** `A` to `Z`, then `AA` and so on. */
function columnName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : `${columnName(Math.floor(index / 26) - 1)}${letter}`;
}

function headXml(columns: readonly Column[]): string {
  const cells = columns.map(({ head }, index) => textXml(`${columnName(index)}1`, head, styleIndex('head', false)));
  const height = Math.max(...columns.map(({ head, width }) => linesOf(head, width)));
  return `<row r="1"${heightOf(height)}>${cells.join('')}</row>`;
}

function rowXml(row: number, cells: readonly Cell[], columns: readonly Column[]): string {
  let height = 1;
  let xml = '';
  for (const [index, cell] of cells.entries()) {
    const { width, isMixed = false } = columns[index] ?? { width: Infinity };
    if (cell.kind === 'text') height = Math.max(height, linesOf(cell.value, width));
    xml += cellXml(`${columnName(index)}${row}`, cell, isMixed);
  }
  return `<row r="${row}"${heightOf(height)}>${xml}</row>`;
}

/** How many lines a text takes: LibreOffice does not find out by itself when it opens a workbook. */
function linesOf(text: string, width: number): number {
  return text.split('\n').reduce((sum, line) => sum + Math.max(Math.ceil((line.length * 1.1) / width), 1), 0);
}

/** In points; no row can be higher than 409. */
function heightOf(lines: number): string {
  return lines === 1 ? '' : ` ht="${Math.min(lines * lineHeight + 2, 409)}" customHeight="1"`;
}

function cellXml(reference: string, cell: Cell, isLeft: boolean): string {
  if (cell.kind === 'none') return '';
  const style = styleIndex(styleOf(cell), isLeft);
  switch (cell.kind) {
    case 'text':
    case 'state':
      return textXml(reference, cell.value, style);
    case 'moment':
      return numberXml(reference, Date.parse(cell.value) / dayMilliseconds + epochDay, style);
    case 'duration':
      return numberXml(reference, cell.value / daySeconds, style);
    case 'count':
    case 'share':
      return numberXml(reference, cell.value, style);
  }
}

/** Text that is said to be text is never taken for a formula. */
function textXml(reference: string, value: string, style: number): string {
  const shown = value.length > maximumText ? `${value.slice(0, maximumText - 1)}…` : value;
  // A workbook reads `_x000D_` as a character by its number, unless the underscore is written so itself.
  const written = escapeXml(shown).replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_');
  return `<c r="${reference}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${written}</t></is></c>`;
}

function numberXml(reference: string, value: number, style: number): string {
  return `<c r="${reference}" s="${style}"><v>${value}</v></c>`;
}
