import type { ReportView } from '../view/view.ts';
import { colours, type Sheet } from './sheet.ts';

/** The first page: what it is about, what it comes to, and what it rests on. */
export function titlePage(sheet: Sheet, view: ReportView): void {
  brand(sheet, view.policies.length > 3 ? 44 : 96);
  sheet.paragraph('H1', view.title, { font: 'bold', size: 28, after: 2 });
  const policies = view.policies.map(({ title }) => title).join(' · ');
  if (policies !== '') sheet.paragraph('P', policies, { size: 14, colour: colours.soft, after: 14 });
  headline(sheet, view);
  figures(sheet, view);
  for (const { name, lines } of view.facts) fact(sheet, name, lines);
}

/** @param space below its top: with many policies the page needs it for what they rest on */
function brand(sheet: Sheet, space: number): void {
  const { document } = sheet;
  sheet.decorate(() => {
    document.save().translate(sheet.left, sheet.y).scale(0.75);
    document.path('M16 1 29 5v11c0 8-5.6 12.9-13 15C8.6 28.9 3 24 3 16V5z').fill(colours.accent);
    document.path('m8 11 4 11 4-9 4 9 4-11').lineWidth(3).lineCap('round').lineJoin('round').stroke('#ffffff');
    document.restore();
  });
  sheet.textAt('P', 'Waarborg', { x: sheet.left + 31, y: sheet.y + 4, width: 200 }, { font: 'bold', size: 12 });
  sheet.skip(space);
}

function headline(sheet: Sheet, { headline: { standing, text } }: ReportView): void {
  const name = standing === 'unshown' ? 'unknown' : standing;
  const style = { font: 'bold', size: 12.5, colour: colours[name] } as const;
  const width = sheet.width - 28;
  const height = sheet.heightOf(text, width, style) + 20;
  const { document, left, y } = sheet;
  sheet.decorate(() => {
    document.rect(left, y, sheet.width, height).fill(colours[`${name}-paper`]);
    document.rect(left, y, 4, height).fill(colours[name]);
  });
  sheet.textAt('P', text, { x: left + 16, y: y + 10, width }, style);
  sheet.skip(height + 16);
}

function figures(sheet: Sheet, { figures: all }: ReportView): void {
  const space = 10;
  const width = (sheet.width - space * (all.length - 1)) / all.length;
  const inner = width - 20;
  const [big, small, tiny] = [{ font: 'bold', size: 19 }, { size: 9 }, { size: 8, colour: colours.soft }] as const;
  const heights = all.map(
    ({ value, name, note }) =>
      sheet.heightOf(value, inner, big) + sheet.heightOf(name, inner, small) + sheet.heightOf(note, inner, tiny),
  );
  const height = Math.max(...heights) + 22;
  for (const [index, { value, name, note }] of all.entries()) {
    const x = sheet.left + index * (width + space);
    sheet.decorate(
      () => void sheet.document.roundedRect(x, sheet.y, width, height, 5).lineWidth(0.7).stroke(colours.line),
    );
    let y = sheet.y + 8;
    for (const [text, style] of [
      [value, big],
      [name, small],
      [note, tiny],
    ] as const) {
      sheet.textAt('P', text, { x: x + 10, y, width: inner }, style);
      y += sheet.heightOf(text, inner, style) + 2;
    }
  }
  sheet.skip(height + 22);
}

function fact(sheet: Sheet, name: string, lines: readonly string[]): void {
  const indent = 90;
  const text = lines.join('\n');
  const height = sheet.heightOf(text, sheet.width - indent, { size: 9.5 });
  sheet.ensure(height + 8);
  sheet.rule(sheet.y);
  sheet.skip(4);
  sheet.textAt('P', name, { x: sheet.left, y: sheet.y, width: indent - 10 }, { colour: colours.soft });
  sheet.paragraph('P', text, { indent, after: 4 });
}
