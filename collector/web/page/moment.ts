import { formatDuration, formatMoment } from '../../../policies/explain.ts';
import { secondsBetween } from '../../../policies/quantities.ts';
import type { Language } from '../../../policies/schema.ts';
import { html, type Markup } from '../html.ts';
import { texts } from '../texts.ts';

export function time(moment: string | Date, language: Language): Markup {
  const iso = typeof moment === 'string' ? moment : moment.toISOString();
  return html`<time datetime="${iso}">${formatMoment(moment, language)}</time>`;
}

/** The moment and, where it lies in the past, how long ago that is. */
export function timeAndAge(moment: string, at: Date, language: Language): Markup {
  const age = secondsBetween(moment, at);
  if (age < 0) return time(moment, language);
  return html`${time(moment, language)} (${texts[language].ago(formatDuration(age, language))})`;
}
