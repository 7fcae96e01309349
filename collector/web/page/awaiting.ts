import type { Awaiting } from '../../people/awaiting.ts';
import { actTexts } from '../act-texts.ts';
import { html, type Markup } from '../html.ts';
import type { PageContext } from './layout.ts';
import { actPath } from './links.ts';
import { time } from './moment.ts';

/** What counts only once others approve of it; nothing where there is none. */
export function awaitingSection(awaiting: readonly Awaiting[], { language }: PageContext): Markup | undefined {
  if (awaiting.length === 0) return undefined;
  const own = actTexts[language];
  return html`<section class="wide" aria-labelledby="awaiting">
    <h2 id="awaiting">${own.awaiting}</h2>
    <ul class="entries">
      ${awaiting.map(
        ({ id, of, title, by, recorded, approvals, needed }) =>
          html`<li>
            <a href="${actPath(id)}">${own.kinds[of]}: ${title[language]}</a>
            <p class="aside">${own.approvedOf(approvals, needed)} · ${by} · ${time(recorded, language)} · ${id}</p>
          </li>`,
      )}
    </ul>
  </section>`;
}
