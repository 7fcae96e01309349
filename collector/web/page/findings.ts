import type { Language } from '../../../policies/schema.ts';
import type { HostFinding } from '../../../evidence/host-findings.ts';
import type { OpenCase } from '../../people/shown.ts';
import { caseName } from '../../people/words.ts';
import { html, type Markup } from '../html.ts';
import { peopleTexts } from '../people-texts.ts';
import { dueLine } from './due.ts';
import { controlPath, hostControlPath, organisationPath } from './links.ts';

/** So many hosts of a finding are named; the page of the control has all. */
const named = 10;

/** On a host's page: the finding that stands for a failure there, and what is still to be done. */
export function findingLine({ about, due }: OpenCase, at: Date, language: Language): Markup {
  return html`<p>
      <a href="${organisationPath}#cases">${caseName(about, language)}</a> <span class="aside">${about.id}</span>
    </p>
    ${due.map((term) => dueLine(term, at, language))}`;
}

/** On the organisation's page: what a finding is about. */
export function findingSubject({ policy, control, hosts }: HostFinding, language: Language): Markup {
  const rest = hosts.length - named;
  return html`<p>
    <a href="${controlPath(policy, control)}">${control}</a>:
    ${hosts.slice(0, named).map((host) => html`<a href="${hostControlPath(host, policy, control)}">${host}</a> `)}
    ${rest > 0 ? peopleTexts[language].more(rest) : undefined}
  </p>`;
}
