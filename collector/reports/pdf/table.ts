import { colours, type Sheet, type TextStyle } from './sheet.ts';

export interface Column {
  readonly head: string;
  /** A part of the whole width; all of them together are 1. */
  readonly width: number;
  readonly align?: 'right';
}

/** Text with its style, or something that is drawn at its place and is so high. */
export type Cell =
  | string
  | { readonly text: string; readonly style: TextStyle }
  | { readonly height: number; readonly draw: (place: { x: number; y: number; width: number }) => void };

export interface Row {
  readonly cells: readonly Cell[];
  /** Lines below the row, over the whole width. */
  readonly below?: readonly string[];
  /** Whether nothing but the row before it may stand above it on a page. */
  readonly isOpening?: boolean;
}

const size = 8.5;
const padding = 3;
const between = 8;
const indent = 10;

/** Lines below a row stay with it on one page, unless they are higher than this together. */
const longestTogether = 120;

/** A table whose heads stand again on every page. */
export function drawTable(sheet: Sheet, columns: readonly Column[], rows: readonly Row[]): void {
  const hasHeads = columns.some(({ head }) => head !== '');
  const head = (): void => {
    if (!hasHeads) return;
    const style = { font: 'bold', size: 7.5, colour: colours.soft } as const;
    drawRow(
      sheet,
      columns,
      columns.map((column) => ({ text: column.head, style })),
      'TH',
    );
    sheet.rule(sheet.y - padding + 1, colours.ink, 0.8);
  };
  sheet.within('Table', () => {
    sheet.ensure(60);
    head();
    for (const [index, row] of rows.entries()) {
      const height = rowHeight(sheet, columns, row.cells) + Math.min(heightBelow(sheet, row), longestTogether);
      if (sheet.ensure(height + (row.isOpening === true ? 45 : 12))) head();
      else if (index > 0 && row.isOpening !== false) sheet.rule(sheet.y - 1);
      drawRow(sheet, columns, row.cells, 'TD');
      for (const line of row.below ?? []) drawBelow(sheet, line);
      if (row.below !== undefined && row.below.length > 0) sheet.skip(padding);
    }
  });
  sheet.skip(6);
}

function drawRow(sheet: Sheet, columns: readonly Column[], cells: readonly Cell[], tag: 'TH' | 'TD'): void {
  const height = rowHeight(sheet, columns, cells);
  const y = sheet.y + padding;
  sheet.within('TR', () => {
    for (const [index, cell] of cells.entries()) {
      const place = placeOf(sheet, columns, index, y);
      const align = columns[index]?.align === 'right' ? ({ align: 'right' } as const) : {};
      if (typeof cell === 'string') sheet.textAt(tag, cell, place, { size, ...align });
      else if ('text' in cell) sheet.textAt(tag, cell.text, place, { size, ...align, ...cell.style });
      else sheet.within(tag, () => cell.draw(place));
    }
  });
  sheet.y = y + height - padding;
}

function drawBelow(sheet: Sheet, line: string): void {
  sheet.within('TR', () => sheet.paragraph('TD', line, { size, indent, after: 1 }));
}

function heightBelow(sheet: Sheet, { below = [] }: Row): number {
  return below.reduce((sum, line) => sum + sheet.heightOf(line, sheet.width - indent, { size }) + 1, 0);
}

function placeOf(sheet: Sheet, columns: readonly Column[], index: number, y: number) {
  const before = columns.slice(0, index).reduce((sum, { width }) => sum + width, 0);
  const width = (columns[index]?.width ?? 0) * sheet.width - between;
  return { x: sheet.left + before * sheet.width, y, width };
}

function rowHeight(sheet: Sheet, columns: readonly Column[], cells: readonly Cell[]): number {
  const heights = cells.map((cell, index) => {
    const { width } = placeOf(sheet, columns, index, 0);
    if (typeof cell === 'string') return sheet.heightOf(cell, width, { size });
    return 'text' in cell ? sheet.heightOf(cell.text, width, { size, ...cell.style }) : cell.height;
  });
  return Math.max(...heights) + 2 * padding;
}
