import type { Language } from '../../../policies/schema.ts';
import type { ShownOrganisation } from '../../people/shown.ts';
import { html, type Markup } from '../html.ts';
import { peopleTexts } from '../people-texts.ts';
import { texts } from '../texts.ts';
import { bySeverity, byShownVerdict, worstShown } from '../views.ts';
import { organisationControlPath, organisationPath } from './links.ts';
import { worstReason } from './reasons.ts';
import { badge } from './verdict.ts';

/** So many controls are listed; the page of the organisation has all. */
const listed = 6;

/** What people have to mend or to show, the severest first; undefined where there is nothing. */
export function organisationIssues({ controls, unread }: ShownOrganisation, language: Language): Markup | undefined {
  const [t, own] = [texts[language], peopleTexts[language]];
  const open = controls
    .filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown')
    .sort((a, b) => byShownVerdict(a, b) || bySeverity(a.definition, b.definition));
  if (open.length + unread.length === 0) return undefined;
  const verdict = worstShown(open);
  const rest = open.length - listed;
  return html`<article class="row ${verdict}">
    <header>
      <h3><a href="${organisationPath}">${t.organisation}</a></h3>
      <p>${badge(verdict, language)}</p>
      ${unread.map(({ policy }) => html`<p class="aside">${own.unread(policy)}</p>`)}
    </header>
    <ul class="hosts">
      ${open.slice(0, listed).map(
        (one) =>
          html`<li class="${one.verdict}">
            <a class="host" href="${organisationControlPath(one.policy, one.control)}"
              >${one.definition.title[language]}</a
            >
            ${worstReason(one, 'fresh', language)}
          </li>`,
      )}
      ${rest > 0 ? html`<li class="more"><a href="${organisationPath}">${own.more(rest)}</a></li>` : undefined}
    </ul>
  </article>`;
}
