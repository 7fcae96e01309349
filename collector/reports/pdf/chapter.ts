import { colours, type Sheet } from './sheet.ts';

/** Begins a chapter with its heading and bookmark; on a page of its own unless it is told to go on. */
export function beginChapter(sheet: Sheet, title: string, { onNewPage = true } = {}): PDFKit.PDFOutline {
  if (onNewPage) sheet.newPage();
  else {
    sheet.skip(18);
    sheet.ensure(120);
  }
  const bookmark = sheet.document.outline.addItem(title);
  sheet.paragraph('H2', title, { font: 'bold', size: 17, after: 6 });
  return bookmark;
}

export function aside(sheet: Sheet, text: string): void {
  sheet.paragraph('P', text, { size: 8.5, colour: colours.soft, after: 6 });
}
