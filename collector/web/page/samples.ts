import type { Language } from '../../../policies/schema.ts';
import { isSameLot, type Lot, type SpotCheck } from '../../../policies/checks/spot-checks.ts';
import type { ListedSample } from '../../people/samples.ts';
import { html, type Markup } from '../html.ts';
import { peopleTexts } from '../people-texts.ts';
import { dueLine } from './due.ts';
import type { PageContext } from './layout.ts';
import { hostControlPath } from './links.ts';
import { time } from './moment.ts';

/** So many months are listed, the newest first; reports have all. */
const listedMonths = 2;

/** What is to be looked at of the month, and what was found; undefined where no document asks for it. */
export function sampleSection(samples: readonly ListedSample[], context: PageContext): Markup | undefined {
  if (samples.length === 0) return undefined;
  return html`<section class="wide" aria-labelledby="spot-checks">
    <h2 id="spot-checks">${peopleTexts[context.language].spotChecks}</h2>
    ${samples.slice(0, listedMonths).map((sample) => sampleMarkup(sample, context))}
  </section>`;
}

function sampleMarkup(
  { month, population, sealed, sample, asked, due, checks }: ListedSample,
  { at, language }: PageContext,
): Markup {
  const own = peopleTexts[language];
  if (sealed === null) {
    return html`<h3>${month}</h3>
      <p class="aside">${own.notDrawn}</p>`;
  }
  const lots = sample.slice(0, asked).map((lot) => ({ lot, last: checks.findLast((check) => isSameLot(check, lot)) }));
  const isOpen = lots.some(({ last }) => last === undefined);
  return html`<h3>${month}</h3>
    <p class="aside">${own.drawnFrom(lots.length, population ?? 0)} ${time(sealed.receivedAt, language)}</p>
    ${isOpen && due !== null ? dueLine({ step: own.look, until: due }, at, language) : undefined}
    <ul class="entries">
      ${lots.map(({ lot, last }) => html`<li>${lotMarkup(lot, last, language)}</li>`)}
    </ul>
    <p class="aside">${own.howDrawn} <code>waarborg people sample --month ${month}</code></p>`;
}

function lotMarkup({ host, policy, control }: Lot, last: SpotCheck | undefined, language: Language): Markup {
  const path = hostControlPath(host, policy, control);
  return html`<a href="${path}">${host}: ${control}</a> ${stateMarkup(last, language)}`;
}

function stateMarkup(last: SpotCheck | undefined, language: Language): Markup {
  const own = peopleTexts[language];
  if (last === undefined) return html`<span class="aside">${own.notLooked}</span>`;
  if (last.found === 'confirmed') {
    return html`<span class="badge pass"><span aria-hidden="true">✓</span> ${own.confirmed}</span>
      <span class="aside">${time(last.recorded, language)}</span>`;
  }
  return html`<span class="badge fail"><span aria-hidden="true">✗</span> ${own.deviates}</span>
    <span class="aside">${time(last.recorded, language)}</span>`;
}
