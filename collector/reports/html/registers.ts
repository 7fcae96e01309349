import type { Language } from '../../../policies/schema.ts';
import { html, type Markup } from '../../web/html.ts';
import { registerTexts } from '../view/register-texts.ts';
import type { RegisterView } from '../view/registers.ts';
import { texts } from '../view/texts.ts';
import { table, whole } from './table.ts';

/** Whom and what the organisation answers for. */
export function registerChapter({ rows, more }: RegisterView, language: Language): Markup {
  const [t, own] = [texts[language], registerTexts[language]];
  const cells = rows.map(({ register, id, said, from, until, proof }) => {
    return [register, id, said, whole(from), whole(until), proof];
  });
  return html`<section id="registers">
    <h2>${own.title}</h2>
    <p class="aside">${own.note}</p>
    ${
      cells.length === 0
        ? html`<p>${own.none}</p>`
        : table([own.register, own.line, own.said, t.from, t.until, t.proof], cells)
    }
    ${more > 0 ? html`<p class="aside">${t.more(more)}</p>` : undefined}
  </section>`;
}
