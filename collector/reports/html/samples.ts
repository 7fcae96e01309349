import type { Language } from '../../../policies/schema.ts';
import { html, type Markup } from '../../web/html.ts';
import { peopleTexts } from '../view/people-texts.ts';
import { sampleTexts } from '../view/sample-texts.ts';
import type { SampleView } from '../view/samples.ts';
import { texts } from '../view/texts.ts';
import { table, whole } from './table.ts';

/** What was drawn to be looked at, and what was found. */
export function sampleChapter(samples: readonly SampleView[], language: Language): Markup {
  const t = sampleTexts[language];
  return html`<section id="spot-checks">
    <h2>${t.title}</h2>
    <p class="aside">${t.note}</p>
    ${samples.length === 0 ? html`<p>${t.none}</p>` : samples.map((sample) => sampleMarkup(sample, language))}
  </section>`;
}

function sampleMarkup({ month, lines, lots }: SampleView, language: Language): Markup {
  const [t, own, { control, proof }] = [sampleTexts[language], peopleTexts[language], texts[language]];
  const rows = lots.map((lot) => {
    const found = lot.isWrong
      ? html`<span class="state failed"><i aria-hidden="true">✗</i><span>${lot.found}</span></span>`
      : lot.found;
    return [
      lot.subject,
      found,
      whole(lot.done),
      lot.by,
      html`${lot.lines.map((line) => html`<p>${line}</p>`)}`,
      lot.proof,
    ];
  });
  return html`<h3>${month}</h3>
    ${lines.map((line) => html`<p class="aside">${line}</p>`)}
    ${rows.length === 0 ? undefined : table([control, t.found, t.foundOn, own.by, own.said, proof], rows)}`;
}
