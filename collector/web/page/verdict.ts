import { verdictNames } from '../../../policies/explain.ts';
import type { Language, Severity } from '../../../policies/schema.ts';
import type { ShownVerdict } from '../../state/fleet.ts';
import { html, type Markup } from '../html.ts';
import { texts } from '../texts.ts';
import { worstFirst, type HostFreshness, type VerdictCounts } from '../views.ts';

/** Each verdict differs in shape as well as in colour. */
export const symbols: Readonly<Record<ShownVerdict, string>> = {
  fail: '✗',
  stale: '◷',
  unknown: '?',
  waived: '⚑',
  pass: '✓',
  'not-applicable': '–',
};

/** A symbol whose meaning stands in words beside it. */
export function symbol(verdict: ShownVerdict): Markup {
  return html`<span class="symbol ${verdict}" aria-hidden="true">${symbols[verdict]}</span>`;
}

export function badge(verdict: ShownVerdict, language: Language): Markup {
  return html`<span class="badge ${verdict}"
    ><span aria-hidden="true">${symbols[verdict]}</span> ${verdictNames[verdict][language]}</span
  >`;
}

export function severityBadge(severity: Severity | undefined, language: Language): Markup | undefined {
  if (severity === undefined) return undefined;
  return html`<span class="severity ${severity}">${texts[language].severity[severity]}</span>`;
}

/** Nothing for a host that can be relied on. */
export function freshnessBadge(freshness: HostFreshness, language: Language): Markup | undefined {
  if (freshness === 'fresh') return undefined;
  return html`<span class="badge ${freshness}"
    ><span aria-hidden="true">${freshnessSymbols[freshness]}</span> ${texts[language].freshness[freshness]}</span
  >`;
}

const freshnessSymbols = { stale: '◷', 'clock-ahead': '⚠', 'never-seen': '∅' } as const;

/** Verdicts as a bar with its figures. What does not apply is told, but takes no room in the bar. */
export function verdictBar(counts: VerdictCounts, language: Language): Markup {
  const shown = worstFirst.filter((verdict) => counts[verdict] > 0);
  const figures = shown.map((verdict) => `${counts[verdict]} ${verdictNames[verdict][language]}`).join(', ');
  return html`<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="${figures}">
      ${segments(counts).map(
        ({ verdict, start, width }) =>
          html`<rect class="${verdict}" x="${start}" y="0" width="${width}" height="10"></rect>`,
      )}
    </svg>
    <ul class="figures">
      ${shown.map(
        (verdict) =>
          html`<li>
            ${symbol(verdict)} <b>${counts[verdict].toLocaleString(language)}</b> ${verdictNames[verdict][language]}
          </li>`,
      )}
    </ul>`;
}

/** No verdict may be too thin to see: one failure among thousands is what the bar is for. */
function segments(counts: VerdictCounts): { verdict: ShownVerdict; start: number; width: number }[] {
  const found = worstFirst.filter((verdict) => verdict !== 'not-applicable' && counts[verdict] > 0);
  const total = found.reduce((sum, verdict) => sum + counts[verdict], 0);
  const thinnest = 12;
  const weights = found.map((verdict) => Math.max((counts[verdict] / total) * 1000, thinnest));
  const scale = 1000 / weights.reduce((sum, weight) => sum + weight, 0);
  let start = 0;
  return found.map((verdict, index) => {
    const width = (weights[index] ?? 0) * scale;
    const segment = { verdict, start: Math.round(start), width: Math.max(Math.round(width) - 2, 1) };
    start += width;
    return segment;
  });
}
