import PDFDocument from 'pdfkit';
import type { Language } from '../../../policies/schema.ts';
import { fontNames, fontFile, spellerOf, type FontName } from './fonts.ts';

/** The colours of collector/web/style.css, light. */
export const colours = {
  ink: '#1c2430',
  soft: '#56606e',
  line: '#d9d6cd',
  tint: '#f6f5f1',
  accent: '#1d5c8a',
  failed: '#b3261e',
  'failed-paper': '#fbe6e3',
  unknown: '#7d5200',
  'unknown-paper': '#fcefcf',
  silent: '#5a4797',
  kept: '#1c6b40',
  'kept-paper': '#e7f3ec',
  outside: '#616b78',
} as const;

export interface TextStyle {
  readonly font?: FontName;
  /** Points. */
  readonly size?: number;
  readonly colour?: string;
  readonly align?: 'left' | 'right';
}

/** The tags of a tagged PDF (ISO 32000-1, 14.8.4) that reports use. */
export type Tag =
  'H1' | 'H2' | 'H3' | 'H4' | 'P' | 'L' | 'LI' | 'Table' | 'TR' | 'TH' | 'TD' | 'Sect' | 'Figure' | 'Code';

const [left, top, bottom] = [48, 54, 64];
const gap = 1.5;

/**
 * Pages of A4 that are written from top to bottom, each piece within the structure that readers of the screen go by.
 * Lengths are points.
 */
export class Sheet {
  readonly document: PDFKit.PDFDocument;
  readonly #spell: (text: string) => string;
  /** The element that the next piece goes into, and those around it. */
  readonly #open: PDFKit.PDFStructureElement[];
  y = top;

  constructor({ title, language, at }: { readonly title: string; readonly language: Language; readonly at: Date }) {
    this.document = new PDFDocument({
      size: 'A4',
      // None at first: else the reader's own Helvetica would be it.
      font: '',
      margins: { top, bottom, left, right: left },
      bufferPages: true,
      tagged: true,
      pdfVersion: '1.7',
      lang: language,
      displayTitle: true,
      // The moment of the evidence, so that one report is one file, byte for byte.
      info: { Title: title, Producer: 'Waarborg', Creator: 'Waarborg', CreationDate: at },
    });
    for (const name of fontNames) this.document.registerFont(name, fontFile(name));
    this.#spell = spellerOf('regular');
    const root = this.document.struct('Document');
    this.document.addStructure(root);
    this.#open = [root];
  }

  get left(): number {
    return left;
  }

  get width(): number {
    return this.document.page.width - 2 * left;
  }

  /** What is left of the page. */
  get room(): number {
    return this.document.page.height - bottom - this.y;
  }

  newPage(): void {
    this.document.addPage();
    this.y = top;
  }

  /** Goes on to the next page where less than this is left. */
  ensure(height: number): boolean {
    if (this.room >= height || this.y === top) return false;
    this.newPage();
    return true;
  }

  skip(height: number): void {
    this.y += height;
  }

  /** Puts what `content` writes within an element. */
  within(tag: Tag, content: () => void, options: PDFKit.Mixins.StructureElementOptions = {}): void {
    const element = this.document.struct(tag, options);
    this.#open.at(-1)?.add(element);
    this.#open.push(element);
    content();
    this.#open.pop();
    element.end();
  }

  /** Draws something as an element of its own. */
  draw(tag: Tag, draw: () => void, options: PDFKit.Mixins.StructureElementOptions = {}): void {
    this.within(tag, () => void this.#open.at(-1)?.add(draw), options);
  }

  /**
   * Draws a figure.
   * @param figure what it shows, in words, and where: left, top, right and bottom
   */
  figure(draw: () => void, figure: { readonly alt: string; readonly bbox: readonly number[] }): void {
    this.draw('Figure', draw, figure);
  }

  /** Draws what has no meaning: rules, backgrounds. */
  decorate(draw: () => void): void {
    this.document.markContent('Artifact', { type: 'Layout' });
    draw();
    this.document.endMarkedContent();
  }

  rule(y: number, colour: string = colours.line, thickness = 0.6): void {
    this.decorate(() => {
      this.document
        .moveTo(left, y)
        .lineTo(left + this.width, y)
        .lineWidth(thickness)
        .stroke(colour);
    });
  }

  heightOf(text: string, width: number, style: TextStyle = {}): number {
    this.#use(style);
    return this.document.heightOfString(this.#spell(text), { width, lineGap: gap });
  }

  widthOf(text: string, style: TextStyle = {}): number {
    this.#use(style);
    return this.document.widthOfString(this.#spell(text));
  }

  /** Writes at a place, as an element of its own; the sheet's own place stays where it is. */
  textAt(tag: Tag, text: string, place: { x: number; y: number; width: number }, style: TextStyle = {}): void {
    this.draw(tag, () => {
      this.#use(style);
      const { x, y, width } = place;
      this.document.text(this.#spell(text), x, y, { width, lineGap: gap, align: style.align ?? 'left' });
    });
  }

  /** Writes a paragraph over the whole width, or from `indent` on, and goes on below it. */
  paragraph(
    tag: Tag,
    text: string,
    style: TextStyle & { readonly indent?: number; readonly after?: number } = {},
  ): void {
    const { indent = 0, after = 4 } = style;
    const width = this.width - indent;
    this.ensure(Math.min(this.heightOf(text, width, style), 120));
    this.textAt(tag, text, { x: left + indent, y: this.y, width }, style);
    // A text that is longer than what was left went on to the next page by itself.
    this.y = this.document.y + after;
  }

  /** Ends the document: numbers the pages, and gives the bytes. */
  async finish(pageText: (page: number, of: number) => string): Promise<Buffer> {
    const chunks: Buffer[] = [];
    this.document.on('data', (chunk: Buffer) => chunks.push(chunk));
    const ended = new Promise((resolve) => this.document.on('end', resolve));
    this.#open[0]?.end();
    this.#numberPages(pageText);
    this.document.end();
    await ended;
    return Buffer.concat(chunks);
  }

  #numberPages(pageText: (page: number, of: number) => string): void {
    const { count } = this.document.bufferedPageRange();
    for (let page = 0; page < count; page += 1) {
      this.document.switchToPage(page);
      // Below the margin, where text would else begin a page of its own.
      this.document.page.margins.bottom = 0;
      const y = this.document.page.height - bottom + 26;
      this.document.markContent('Artifact', { type: 'Pagination' });
      this.#use({ size: 8, colour: colours.soft });
      this.document.text('Waarborg', left, y, { width: this.width / 2 });
      const half = left + this.width / 2;
      this.document.text(pageText(page + 1, count), half, y, { width: this.width / 2, align: 'right' });
      this.document.endMarkedContent();
    }
  }

  #use({ font = 'regular', size = 9.5, colour = colours.ink }: TextStyle): void {
    this.document.font(font).fontSize(size).fillColor(colour);
  }
}
