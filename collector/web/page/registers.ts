import type { KeptRecord } from '../../../evidence/register.ts';
import type { Language } from '../../../policies/schema.ts';
import { lineText, registerTitles } from '../../people/register-words.ts';
import { html, type Markup } from '../html.ts';
import { peopleTexts } from '../people-texts.ts';
import { time } from './moment.ts';

/** So many lines of a register are listed; the API and reports have all. */
const listed = 20;

/** Whom and what the organisation answers for; undefined where nobody wrote anything down. */
export function registerSection(lines: readonly KeptRecord[], language: Language): Markup | undefined {
  if (lines.length === 0) return undefined;
  const byRegister = Map.groupBy(lines, ({ record }) => record.of);
  return html`<section class="wide" aria-labelledby="registers">
    <h2 id="registers">${peopleTexts[language].registers}</h2>
    ${Object.entries(registerTitles).map(([name, title]) => {
      const found = byRegister.get(name as KeptRecord['record']['of']) ?? [];
      return found.length === 0 ? undefined : registerMarkup(title[language], found, language);
    })}
  </section>`;
}

function registerMarkup(title: string, lines: readonly KeptRecord[], language: Language): Markup {
  const own = peopleTexts[language];
  const rest = lines.length - listed;
  return html`<h3>${title}</h3>
    <ul class="entries">
      ${lines.slice(0, listed).map(({ id, record }) => {
        const until =
          record.until === null
            ? undefined
            : html`<span class="aside">${own.until} ${time(record.until, language)}</span>`;
        return html`<li>${lineText(record, language)} <span class="aside">${id}</span> ${until}</li>`;
      })}
      ${rest > 0 ? html`<li class="more">${own.more(rest)}</li>` : undefined}
    </ul>`;
}
