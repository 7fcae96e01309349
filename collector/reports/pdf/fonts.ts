import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { create, type Font } from 'fontkit';

/** Source Sans 3 (SIL Open Font License): Latin, Greek and Cyrillic, so that European names are written as they are. */
const files = {
  regular: '@expo-google-fonts/source-sans-3/400Regular/SourceSans3_400Regular.ttf',
  bold: '@expo-google-fonts/source-sans-3/600SemiBold/SourceSans3_600SemiBold.ttf',
} as const;

export type FontName = keyof typeof files;
export const fontNames = Object.keys(files) as readonly FontName[];

/** The bytes of a font, to be embedded. */
export function fontFile(name: FontName): Buffer {
  return readFileSync(fileURLToPath(import.meta.resolve(files[name])));
}

/** Makes of any text one that the font can write: what it has no letter for is spelt out, and nothing is left out. */
export function spellerOf(file: Buffer): (text: string) => string {
  const font = create(file) as Font;
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
