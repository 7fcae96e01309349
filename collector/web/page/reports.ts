import { reportFormatNames } from '../../reports/formats.ts';
import { html, type Markup } from '../html.ts';
import type { ShownOrganisation } from '../../people/shown.ts';
import { texts } from '../texts.ts';
import type { FleetDetail } from '../views.ts';
import { backToOverview, framed } from './frame.ts';
import type { PageContext } from './layout.ts';

/** Thirty days, in milliseconds. */
const usualPeriod = 30 * 86_400_000;

/** Asks what a report for an auditor is to be of; the answer is a file. */
export function reportsPage({ controls }: FleetDetail, organisation: ShownOrganisation, context: PageContext): string {
  const { language, at } = context;
  const t = texts[language];
  const policies = new Map(
    [...controls, ...organisation.controls].map(({ policy, policyTitle }) => [
      policy,
      policyTitle?.[language] ?? policy,
    ]),
  );
  const day = (moment: Date): string => moment.toISOString().slice(0, 10);
  const body = html`${backToOverview(context)}
    <h1>${t.reports}</h1>
    <p>${t.reportsIntro}</p>
    <form class="order" method="get" action="/api/v1/compliance">
      <fieldset>
        <legend>${t.reportsPeriod}</legend>
        ${field('from', t.reportsFrom, { type: 'date', value: day(new Date(at.getTime() - usualPeriod)) })}
        ${field('to', t.reportsTo, { type: 'date', value: day(at) })}
      </fieldset>
      <fieldset>
        <legend>${t.policies}</legend>
        <p class="aside">${t.reportsPolicies}</p>
        ${[...policies].map(
          ([policy, title]) => html`<label><input type="checkbox" name="policy" value="${policy}" /> ${title}</label>`,
        )}
      </fieldset>
      <fieldset>
        <legend>${t.hosts}</legend>
        ${field('host', t.reportsHosts, { type: 'text', value: '' })}
        ${field('label', t.reportsLabels, { type: 'text', value: '' })}
      </fieldset>
      <fieldset>
        <legend>${t.reportsForm}</legend>
        ${select(
          'format',
          t.reportsFormat,
          reportFormatNames.map((name) => [name, name.toUpperCase()]),
          'pdf',
        )}
        ${select(
          'language',
          t.reportsLanguage,
          [
            ['nl', 'Nederlands'],
            ['en', 'English'],
          ],
          language,
        )}
      </fieldset>
      <button class="main">${t.reportsMake}</button>
    </form>`;
  return framed(context, t.reports, body, { renews: false });
}

function field(
  name: string,
  label: string,
  { type, value }: { readonly type: string; readonly value: string },
): Markup {
  return html`<label>${label} <input type="${type}" name="${name}" value="${value}" /></label>`;
}

function select(
  name: string,
  label: string,
  options: readonly (readonly [value: string, text: string])[],
  chosen: string,
): Markup {
  return html`<label>
    ${label}
    <select name="${name}">
      ${options.map(([value, text]) =>
        value === chosen
          ? html`<option value="${value}" selected="selected">${text}</option>`
          : html`<option value="${value}">${text}</option>`,
      )}
    </select>
  </label>`;
}
