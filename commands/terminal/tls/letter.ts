import type { Letter } from '../../../policies/checks/tls/rating/letters.ts';
import type { Rating } from '../../../policies/checks/tls/rating/rate.ts';
import { scoreText } from './words.ts';
import { paint } from '../style.ts';

const glyphs: Readonly<Record<string, readonly string[]>> = {
  A: [' ███ ', '█   █', '█████', '█   █', '█   █'],
  B: ['████ ', '█   █', '████ ', '█   █', '████ '],
  C: [' ████', '█    ', '█    ', '█    ', ' ████'],
  D: ['████ ', '█   █', '█   █', '█   █', '████ '],
  E: ['█████', '█    ', '████ ', '█    ', '█████'],
  F: ['█████', '█    ', '████ ', '█    ', '█    '],
  M: ['█   █', '██ ██', '█ █ █', '█   █', '█   █'],
  T: ['█████', '  █  ', '  █  ', '  █  ', '  █  '],
  '+': ['   ', ' █ ', '███', ' █ ', '   '],
  '-': ['   ', '   ', '███', '   ', '   '],
  '?': [' ███ ', '█   █', '  ██ ', '     ', '  █  '],
};

type Colour = 'green' | 'yellow' | 'red';

function colourOf({ letter: { best, worst } }: Rating): Colour {
  if (best !== worst) return 'yellow';
  if (best.startsWith('A')) return 'green';
  return best === 'B' || best === 'C' ? 'yellow' : 'red';
}

/** A letter in the colour of what it is worth, or what it lies between. */
export function paintLetter(rating: Rating): string {
  return paint([colourOf(rating), 'bold'], spanText(rating.letter));
}

export function spanText({ best, worst }: { best: Letter; worst: Letter }): string {
  return best === worst ? best : `${best} to ${worst}`;
}

/** The letter as large as a person wants to see it, with the scores at its side; without colours, in plain words. */
export function letterLines(rating: Rating): string[] {
  const { letter, ifTrusted, scores } = rating;
  const isDecided = letter.best === letter.worst;
  const title = isDecided ? `grade ${letter.best}` : `grade not decided: between ${letter.best} and ${letter.worst}`;
  const otherwise = isOfTrust(letter.best) || isOfTrust(letter.worst) ? `, ${spanText(ifTrusted)} if trusted` : '';
  const beside = [
    paint('bold', title) + paint('dim', otherwise),
    `protocol      ${scoreText(scores.protocol)}`,
    `key exchange  ${scoreText(scores.keyExchange)}`,
    `cipher        ${scoreText(scores.cipher)}`,
    `total         ${scoreText(scores.total)}`,
  ];
  const hasColours = paint('bold', 'x') !== 'x';
  if (!hasColours) return beside.map((line) => `  ${line}`);
  const shapes = Array.from(isDecided ? letter.best : '?', (character) => glyphs[character] ?? []);
  return beside.map((line, row) => {
    const large = shapes.map((shape) => shape[row] ?? '').join(' ');
    return `  ${paint(colourOf(rating), large)}    ${line}`;
  });
}

function isOfTrust(letter: Letter): boolean {
  return letter === 'T' || letter === 'M';
}
