import { create, type Font } from 'fontkit';
import { needShipped } from '../../../policies/shipped.ts';

/** Source Sans 3 (SIL Open Font License): Latin, Greek and Cyrillic, so that European names are written as they are. */
const files = { regular: 'SourceSans3-Regular.ttf', bold: 'SourceSans3-SemiBold.ttf' } as const;

export type FontName = keyof typeof files;
export const fontNames = Object.keys(files) as readonly FontName[];

/** A font's file, to be embedded. */
export function fontFile(name: FontName): Buffer {
  return needShipped(`collector/reports/pdf/fonts/${files[name]}`);
}

/** Makes of any text one that the font can write: what it has no letter for is spelt out, and nothing is left out. */
export function spellerOf(name: FontName): (text: string) => string {
  const font = create(fontFile(name)) as Font;
  return (text) =>
    Array.from(text)
      .map((character) => {
        const code = character.codePointAt(0) ?? 0;
        return character === '\n' || (code >= 0x20 && font.hasGlyphForCodePoint(code)) ? character : spelt(code);
      })
      .join('');
}

function spelt(code: number): string {
  return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
}
