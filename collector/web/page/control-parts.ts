import type { Control, Language } from '../../../policies/schema.ts';
import { html, type Markup } from '../html.ts';
import { standardName, texts } from '../texts.ts';
import type { ShownControl } from '../views.ts';
import { time, timeAndAge } from './moment.ts';

/** Since when the verdict stands and, over changes between fail and unknown, since when it has not been passing. */
export function sinceLine({ since, failingSince }: ShownControl, at: Date, language: Language): Markup {
  const t = texts[language];
  const longer =
    failingSince === null || failingSince === since
      ? undefined
      : html`<br />${t.notPassingSince} ${timeAndAge(failingSince, at, language)}`;
  return html`<p class="aside">${t.since} ${time(since, language)}${longer}</p>`;
}

/** `A.8.24` under `ISO/IEC 27001:2022`, and so on. */
export function mapsList({ maps }: Control, language: Language): Markup | undefined {
  const standards = Object.entries(maps);
  if (standards.length === 0) return undefined;
  return html`<h2>${texts[language].maps}</h2>
    <dl class="facts">
      ${standards.map(
        ([standard, clauses]) =>
          html`<div>
            <dt>${standardName(standard, language)}</dt>
            <dd>${clauses.join(', ')}</dd>
          </div>`,
      )}
    </dl>`;
}
