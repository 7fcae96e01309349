import { stripVTControlCharacters, styleText } from 'node:util';
import type { ShownVerdict } from '../../collector/state/fleet.ts';

type Format = Parameters<typeof styleText>[0];

/** Colours a text where the stream is a terminal that shows colours (NO_COLOR and FORCE_COLOR are honoured). */
export function paint(format: Format, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(format, text, { stream });
}

const marks: Readonly<Record<ShownVerdict, readonly [mark: string, format: Format]>> = {
  fail: ['✗', ['red', 'bold']],
  unknown: ['?', ['yellow', 'bold']],
  pass: ['✓', ['green', 'bold']],
  'not-applicable': ['–', 'dim'],
  stale: ['◷', ['yellow', 'bold']],
  waived: ['⚑', ['cyan', 'bold']],
};

/** A verdict as one character that is told apart without its colour too. */
export function mark(verdict: ShownVerdict): string {
  const [character, format] = marks[verdict];
  return paint(format, character);
}

export function paintVerdict(verdict: ShownVerdict, text: string): string {
  return paint(marks[verdict][1], text);
}

/** Columns to write in: the terminal's, within what reads well. */
export function textWidth(): number {
  return Math.min(Math.max(process.stdout.columns || 100, 60), 120);
}

/** Breaks a text into lines of at most `width` columns; longer words stand alone. Hosts' own texts lose their control characters. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of cleanText(text).split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** What a host says is not to move the reader's cursor. */
export function cleanText(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, ' ');
}

/** Pads with spaces behind, counting what is seen. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(width - stripVTControlCharacters(text).length, 0));
}
