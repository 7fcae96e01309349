import type { AccessLog, AccessRecord, Chain } from '../../access/access-log.ts';
import type { Language } from '../../../policies/schema.ts';
import { accessTexts } from '../access-texts.ts';
import { html, type Markup } from '../html.ts';
import { number } from '../texts.ts';
import { backToOverview, framed } from './frame.ts';
import type { PageContext } from './layout.ts';
import { time } from './moment.ts';

/** So many records are on a page. */
const listed = 200;

/** Who did and saw what, and whether all of it still stands as it was written. */
export function accessPage(
  log: Pick<AccessLog, 'list' | 'chain'>,
  before: number | undefined,
  context: PageContext,
): string {
  const { language } = context;
  const own = accessTexts[language];
  const records = log.list({ before, limit: listed });
  const last = records.at(-1);
  const body = html`${backToOverview(context)}
    <h1>${own.access}</h1>
    <p class="lead">${own.accessIntro}</p>
    ${chainMarkup(log.chain(), language)}
    <div class="scroll">
      <table class="records">
        <thead>
          <tr>
            ${[own.when, own.who, own.did, own.from].map((head) => html`<th scope="col">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${records.map((record) => recordRow(record, language))}
        </tbody>
      </table>
    </div>
    ${
      records.length === listed && last !== undefined
        ? html`<p><a href="/access?before=${last.number}">${own.earlier}</a></p>`
        : undefined
    }`;
  // Each look at it is a record of it: a page that renewed itself would fill it.
  return framed(context, own.access, body, { renews: false });
}

function chainMarkup({ dropped, head, brokenAt }: Chain, language: Language): Markup {
  const own = accessTexts[language];
  if (brokenAt !== null) {
    return html`<p class="notice fail" role="alert">${own.broken(number(brokenAt, language))}</p>`;
  }
  return html`<p>
    ${own.whole(number(head.number, language), head.hash.slice(0, 16))}
    ${dropped.number > 0 ? own.dropped(number(dropped.number, language)) : undefined}
  </p>`;
}

function recordRow({ at, person, role, from, did, about }: AccessRecord, language: Language): Markup {
  const own = accessTexts[language];
  return html`<tr>
    <td>${time(at, language)}</td>
    <td>${person ?? own.console} ${person === null ? undefined : html`<span class="aside">${role}</span>`}</td>
    <td>${own.deeds[did]} ${about === null ? undefined : html`<span class="aside">${about}</span>`}</td>
    <td>${from ?? ''}</td>
  </tr>`;
}
