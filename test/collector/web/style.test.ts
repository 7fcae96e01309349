import { expect, test } from 'vitest';
import { style } from '../../../collector/web/page/layout.ts';

/** Every pair of ink and paper that the style sets on another; WCAG 2.2 asks 4.5 for text (1.4.3). */
const pairs = [
  ...['ink', 'soft', 'accent', 'fail', 'unknown', 'stale', 'pass', 'none'].flatMap((ink) => [
    [ink, 'paper'],
    [ink, 'card'],
  ]),
  ...['fail', 'unknown', 'stale', 'pass', 'none'].map((verdict) => [verdict, `${verdict}-paper`]),
  ['card', 'fail'],
  ['card', 'accent'],
] as const;

const [light = '', dark = ''] = [...style.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) => block);

test.each([
  ['light', light],
  ['dark', dark],
])('every %s pair of ink and paper has a contrast of 4.5', (_name, block) => {
  const colours = new Map(
    [...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6})/g)].map(([, name = '', hex = '']) => [name, hex]),
  );
  const poor = pairs
    .map(([ink = '', paper = '']) => ({ ink, paper, contrast: contrast(colours.get(ink), colours.get(paper)) }))
    .filter((pair) => !(pair.contrast >= 4.5));
  expect(poor).toEqual([]);
});

test('the style takes nothing from elsewhere', () => {
  expect(style).not.toMatch(/@import|url\(|https?:/);
});

/** WCAG 2.2, "contrast ratio"; NaN for a colour that is not there. */
function contrast(a: string | undefined, b: string | undefined): number {
  const [lighter = NaN, darker = NaN] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(hex = ''): number {
  const [red = NaN, green = NaN, blue = NaN] = [1, 3, 5].map((from) => {
    const channel = Number.parseInt(hex.slice(from, from + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
