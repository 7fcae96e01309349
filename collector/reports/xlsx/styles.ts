import type { Cell } from '../table/table.ts';
import { barKindOf, type BarKind } from '../view/bar.ts';

/** The formats of cells, by their place in `styles.xml`. */
const names = [
  'plain',
  'head',
  'text',
  'count',
  'share',
  'moment',
  'duration',
  'kept',
  'failed',
  'unknown',
  'silent',
  'outside',
] as const;
export type StyleName = (typeof names)[number];

/** Each stands there twice: as it is, and at the left, for columns of which each cell is something else. */
export function styleIndex(name: StyleName, isLeft: boolean): number {
  return names.indexOf(name) + (isLeft ? names.length : 0);
}

export function styleOf(cell: Exclude<Cell, { kind: 'none' }>): StyleName {
  return cell.kind === 'state' ? barKindOf(cell.state) : cell.kind;
}

/** Number formats of one's own begin at 164 (ECMA-376 part 1, 18.8.30). */
const numberFormats = {
  share: [164, '0.0%'],
  moment: [165, 'yyyy-mm-dd hh:mm:ss'],
  duration: [166, '[h]:mm:ss'],
} as const;

/** Ink and ground, as the reports for reading have them. */
const colours: Readonly<Record<BarKind | 'head', readonly [ink: string, ground: string]>> = {
  head: ['FFFFFFFF', 'FF23395B'],
  kept: ['FF14532D', 'FFDCF2E3'],
  failed: ['FF8B1A1A', 'FFF9DADA'],
  unknown: ['FF6B4A00', 'FFFBEBC8'],
  silent: ['FF3F4654', 'FFE3E6EB'],
  outside: ['FF6A7180', 'FFFFFFFF'],
};
const coloured = Object.keys(colours) as readonly (keyof typeof colours)[];

export function stylesXml(): string {
  const fonts = coloured.map(
    (name) =>
      `<font>${name === 'head' || name === 'failed' ? '<b/>' : ''}<sz val="10"/><color rgb="${colours[name][0]}"/><name val="Calibri"/><family val="2"/></font>`,
  );
  const fills = coloured.map(
    (name) => `<fill><patternFill patternType="solid"><fgColor rgb="${colours[name][1]}"/></patternFill></fill>`,
  );
  const formats = Object.values(numberFormats).map(([id, code]) => `<numFmt numFmtId="${id}" formatCode="${code}"/>`);
  return [
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">',
    `<numFmts count="${formats.length}">${formats.join('')}</numFmts>`,
    `<fonts count="${fonts.length + 1}"><font><sz val="10"/><name val="Calibri"/><family val="2"/></font>${fonts.join('')}</fonts>`,
    // The first two are the application's own, whatever is written there.
    `<fills count="${fills.length + 2}"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>${fills.join('')}</fills>`,
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>',
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>',
    `<cellXfs count="${names.length * 2}">${names.map((name) => formatXml(name, false)).join('')}${names.map((name) => formatXml(name, true)).join('')}</cellXfs>`,
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
  ].join('');
}

function formatXml(name: StyleName, isLeft: boolean): string {
  const colour = coloured.findIndex((one) => one === name);
  const [font, fill] = colour === -1 ? [0, 0] : [colour + 1, colour + 2];
  const wraps = name === 'text' || name === 'head' ? ' wrapText="1"' : '';
  const left = isLeft ? ' horizontal="left"' : '';
  return `<xf numFmtId="${numberFormat(name)}" fontId="${font}" fillId="${fill}" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="top"${wraps}${left}/></xf>`;
}

function numberFormat(name: StyleName): number {
  switch (name) {
    case 'share':
    case 'moment':
    case 'duration':
      return numberFormats[name][0];
    case 'count':
      // 3: digits in groups of three, as the reader's language has it.
      return 3;
    default:
      return 0;
  }
}
