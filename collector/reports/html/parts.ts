import type { Language } from '../../../policies/schema.ts';
import { html, type Markup } from '../../web/html.ts';
import type { SpanState } from '../model.ts';
import { barKindOf, barWidth, type Bar, type BarKind } from '../view/bar.ts';
import { texts } from '../view/texts.ts';

/** Each kind differs in shape as well as in colour. */
const symbols: Readonly<Record<BarKind, string>> = { failed: '✗', unknown: '?', silent: '∅', kept: '✓', outside: '–' };

export function stateMark(state: SpanState, text: string): Markup {
  const kind = barKindOf(state);
  return html`<span class="state ${kind}"><i aria-hidden="true">${symbols[kind]}</i><span>${text}</span></span>`;
}

export function barMarkup(bar: Bar, label: string): Markup {
  return html`<svg class="bar" viewBox="0 0 ${barWidth} 18" preserveAspectRatio="none" role="img" aria-label="${label}">
    ${barShapes(bar, barWidth)}
  </svg>`;
}

function barShapes({ segments, waivers }: Bar, width: number): Markup {
  return html`${segments.map(
      (segment) =>
        html`<rect x="${segment.x}" y="4" width="${segment.width}" height="14" fill="url(#${segment.kind})"></rect>`,
    )}
    <rect x="0.5" y="4.5" width="${width - 1}" height="13" fill="none" stroke="#9a9686" stroke-width="0.7"></rect>
    ${waivers.map((waiver) => html`<rect x="${waiver.x}" y="0" width="${waiver.width}" height="2.6" fill="#1d5c8a"></rect>`)}`;
}

/** What the bars are filled with: once a document. */
export function patterns(): Markup {
  return html`<svg class="patterns" aria-hidden="true">
    <defs>
      <pattern id="kept" width="8" height="8" patternUnits="userSpaceOnUse">
        <rect width="8" height="8" fill="#a8d5b9"></rect>
      </pattern>
      <pattern id="failed" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="5" height="5" fill="#b3261e"></rect>
        <rect width="1.4" height="5" fill="#ffffff" fill-opacity="0.55"></rect>
      </pattern>
      <pattern id="unknown" width="5" height="5" patternUnits="userSpaceOnUse">
        <rect width="5" height="5" fill="#f6d98c"></rect>
        <circle cx="2.5" cy="2.5" r="1.2" fill="#7d5200"></circle>
      </pattern>
      <pattern id="silent" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
        <rect width="4" height="4" fill="#ebe7f7"></rect>
        <rect width="1.3" height="4" fill="#5a4797"></rect>
      </pattern>
      <pattern id="outside" width="8" height="8" patternUnits="userSpaceOnUse">
        <rect width="8" height="8" fill="#ffffff"></rect>
      </pattern>
    </defs>
  </svg>`;
}

/** Which pattern stands for which states. */
export function legend(language: Language): Markup {
  const t = texts[language];
  const rows: readonly (readonly [BarKind, string])[] = [
    ['kept', t.bars.kept],
    ['failed', t.bars.failed],
    ['unknown', t.bars.unknown],
    ['silent', t.bars.silent],
    ['outside', t.bars.outside],
  ];
  // Not stretched, so that the patterns are seen as they are.
  const width = 33;
  const whole = { x: 0, width };
  const swatch = (bar: Bar): Markup =>
    html`<svg viewBox="0 0 ${width} 18" aria-hidden="true">${barShapes(bar, width)}</svg>`;
  return html`<ul class="legend" aria-label="${t.legend}">
    ${rows.map(([kind, text]) => html`<li>${swatch({ segments: [{ kind, ...whole }], waivers: [] })} ${text}</li>`)}
    <li>${swatch({ segments: [{ kind: 'failed', ...whole }], waivers: [whole] })} ${t.waived}</li>
  </ul>`;
}

/** collector/web/icon.svg, within the page. */
export function brandIcon(): Markup {
  return html`<svg viewBox="0 0 32 32" aria-hidden="true">
    <path fill="#1d5c8a" d="M16 1 29 5v11c0 8-5.6 12.9-13 15C8.600 28.900 3 24 3 16V5z"></path>
    <path
      fill="none"
      stroke="#fff"
      stroke-width="3"
      stroke-linecap="round"
      stroke-linejoin="round"
      d="m8 11 4 11 4-9 4 9 4-11"
    ></path>
  </svg>`;
}
