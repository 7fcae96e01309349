import { formatDuration } from '../../../policies/explain.ts';
import { secondsBetween } from '../../../policies/quantities.ts';
import { stepWords } from '../../../policies/people/step-words.ts';
import type { Language } from '../../../policies/schema.ts';
import type { TermOfStep } from '../../people/terms.ts';
import { html, type Markup } from '../html.ts';
import { peopleTexts } from '../people-texts.ts';
import { time } from './moment.ts';

/** By when a step of a case is to be done, and how long that is from now. */
export function dueLine({ step, until }: Pick<TermOfStep, 'step' | 'until'>, at: Date, language: Language): Markup {
  const own = peopleTexts[language];
  const left = secondsBetween(at, until);
  const told =
    left <= 0
      ? html`<span class="badge fail"><span aria-hidden="true">✗</span> ${own.overdue}</span>`
      : html`<span class="aside">(${own.remaining(formatDuration(left, language))})</span>`;
  return html`<p>${stepWords(step, language)}: ${own.dueBy} ${time(until, language)} ${told}</p>`;
}
