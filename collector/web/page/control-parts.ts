import type { Control, Language } from '../../../policies/schema.ts';
import { html, type Markup } from '../html.ts';
import { standardName, texts } from '../texts.ts';
import type { HostDetail, ShownControl } from '../views.ts';
import { time, timeAndAge } from './moment.ts';

/**
 * Since when the verdict stands and, over changes between fail and unknown, since when it has not been passing. What a
 * host reported that is stale or whose clock is wrong stands since no moment that can be told.
 */
export function sinceLine(control: ShownControl, host: HostDetail, at: Date, language: Language): Markup {
  const t = texts[language];
  const { since, failingSince } = control;
  const begun =
    host.freshness === 'fresh'
      ? html`${t.since} ${time(since, language)}`
      : html`${t.lastReport} ${time(host.lastReportAt, language)}`;
  const isLonger = failingSince !== null && (failingSince !== since || host.freshness !== 'fresh');
  const longer = isLonger ? html`<br />${t.notPassingSince} ${timeAndAge(failingSince, at, language)}` : undefined;
  return html`<p class="aside">${begun}${longer}</p>`;
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
