import type { Language } from '../../../policies/schema.ts';
import type { OpenCase, ShownOrganisationControl } from '../../people/shown.ts';
import type { ListedWaiver } from '../../people/standing-waivers.ts';
import { caseName } from '../../people/words.ts';
import { html, type Markup } from '../html.ts';
import { peopleTexts } from '../people-texts.ts';
import { dueLine } from './due.ts';
import { findingSubject } from './findings.ts';
import type { PageContext } from './layout.ts';
import { actPath, controlPath, organisationControlPath } from './links.ts';
import { time } from './moment.ts';
import { badge } from './verdict.ts';

/** Past this many, a list is only counted: the API and reports have all. */
const listed = 50;

/** Open cases with what is due by when, the soonest first. */
export function caseSection(cases: readonly OpenCase[], { at, language }: PageContext): Markup {
  const own = peopleTexts[language];
  return section(
    { id: 'cases', title: own.cases, none: own.noCases, isWide: true, language },
    cases,
    ({ about, finding, due }) => {
      const began = html`<span class="aside"
        ><a href="${actPath(about.id)}">${about.id}</a> · ${own.began} ${time(about.began, language)}</span
      >`;
      const steps = due.map((term) => dueLine(term, at, language));
      return html`<b class="case">${caseName(about, language)}</b> ${began}
        ${finding === undefined ? undefined : findingSubject(finding, language)}
        ${steps.length === 0 ? html`<p class="aside">${own.noTerm}</p>` : steps}`;
    },
  );
}

/** Attestations and certificates that stand and end soon, as their documents have it. */
export function endingSection(controls: readonly ShownOrganisationControl[], language: Language): Markup {
  const own = peopleTexts[language];
  const ending = controls
    .flatMap(({ policy, control, definition, reasons }) => {
      const ending = reasons.filter(({ code }) => code === 'attestation.ends-soon' || code === 'register.ends-soon');
      return ending.flatMap(({ subject, values: { until } }) => {
        return typeof until === 'string' ? [{ policy, control, definition, subject, until }] : [];
      });
    })
    .sort((a, b) => Date.parse(a.until) - Date.parse(b.until));
  return section(
    { id: 'endings', title: own.endings, none: own.noEndings, language },
    ending,
    ({ policy, control, definition, subject, until }) => {
      const path = organisationControlPath(policy, control);
      return html`<a href="${path}">${definition.title[language]}</a>
        <p class="aside">${own.until} ${time(until, language)}${subject === undefined ? '' : ` · ${subject}`}</p>`;
    },
  );
}

/** Exceptions that hold, or that somebody must approve of, with their end. */
export function waiverSection(
  waivers: readonly ListedWaiver[],
  controls: readonly ShownOrganisationControl[],
  language: Language,
): Markup {
  const own = peopleTexts[language];
  return section(
    { id: 'waivers', title: own.waivers, none: own.noWaivers, language },
    waivers,
    ({ waiver: { asked }, state, title, until }) => {
      const { id, policy, control, scope } = asked;
      const shown = controls.find((one) => one.policy === policy && one.control === control);
      const path = shown === undefined ? controlPath(policy, control) : organisationControlPath(policy, control);
      const holds =
        state === 'holds'
          ? badge('waived', language)
          : html`<span class="badge unknown"><span aria-hidden="true">?</span> ${own.awaitsApproval}</span>`;
      const places = scope.of === 'hosts' ? scope.hosts.join(', ') : own.ofOrganisation;
      return html`<a href="${path}">${title[language]}</a> ${holds}
        <p class="aside">${own.until} ${time(until, language)} · <a href="${actPath(id)}">${id}</a> · ${places}</p>`;
    },
  );
}

interface SectionOf {
  readonly id: string;
  readonly title: string;
  /** What it says where there is nothing to list. */
  readonly none: string;
  readonly isWide?: boolean;
  readonly language: Language;
}

function section<Item>(
  { id, title, none, isWide = false, language }: SectionOf,
  items: readonly Item[],
  written: (item: Item) => Markup,
): Markup {
  const rest = items.length - listed;
  return html`<section class="${isWide ? 'wide' : ''}" aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${
      items.length === 0
        ? html`<p class="aside">${none}</p>`
        : html`<ul class="entries">
            ${items.slice(0, listed).map((item) => html`<li>${written(item)}</li>`)}
            ${rest > 0 ? html`<li class="more">${peopleTexts[language].more(rest)}</li>` : undefined}
          </ul>`
    }
  </section>`;
}
