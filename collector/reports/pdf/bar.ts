import { barKindOf, barWidth, type Bar, type BarKind } from '../view/bar.ts';
import type { SpanState } from '../model.ts';
import { colours, type Sheet } from './sheet.ts';

/** How a kind is filled: its paper, and the pattern upon it. */
const fills: Readonly<Record<BarKind, { readonly paper: string; readonly ink?: string; readonly pattern?: string }>> = {
  kept: { paper: '#a8d5b9' },
  failed: { paper: '#b3261e', ink: '#ffffff', pattern: '0.9 w -1 -1 m 5 5 l s -1 3 m 1 5 l s 3 -1 m 5 1 l s' },
  unknown: { paper: '#f6d98c', ink: '#7d5200', pattern: '1.2 1.2 1.6 1.6 re f' },
  silent: { paper: '#ebe7f7', ink: '#5a4797', pattern: '1 w -1 5 m 5 -1 l s -1 1 m 1 -1 l s 3 5 m 5 3 l s' },
  outside: { paper: '#ffffff' },
};

/** The period as a bar: patterns as well as colours, for printers and for eyes that take some colours for one. */
export function drawBar(
  sheet: Sheet,
  { segments, waivers }: Bar,
  place: { readonly x: number; readonly y: number; readonly width: number },
  alt: string,
): void {
  const { document } = sheet;
  const { x, y, width } = place;
  const scale = width / barWidth;
  const height = 10;
  const draw = (): void => {
    for (const segment of segments) {
      const { paper, ink, pattern } = fills[segment.kind];
      const [from, size] = [x + segment.x * scale, segment.width * scale];
      document.rect(from, y, size, height).fill(paper);
      if (ink === undefined || pattern === undefined) continue;
      document.rect(from, y, size, height).fill([document.pattern([0, 0, 4, 4], 4, 4, pattern), ink]);
    }
    document.rect(x, y, width, height).lineWidth(0.5).stroke('#9a9686');
    for (const waiver of waivers)
      document.rect(x + waiver.x * scale, y - 3, waiver.width * scale, 1.6).fill(colours.accent);
  };
  sheet.figure(draw, { alt, bbox: [x, y - 3, x + width, y + height] });
}

export function stateColour(state: SpanState): string {
  return colours[barKindOf(state)];
}
