import type { Language } from '../../../policies/schema.ts';
import { html, type Markup } from '../../web/html.ts';
import type { CaseView, PeopleView } from '../view/people.ts';
import { peopleTexts } from '../view/people-texts.ts';
import { texts } from '../view/texts.ts';
import { sampleChapter } from './samples.ts';
import { registerChapter } from './registers.ts';
import { table, whole } from './table.ts';

/** What people stated, and what had a deadline. */
export function peopleChapters(people: PeopleView, language: Language): Markup {
  const { missing, attestations, moreAttestations, cases, moreCases, samples } = people;
  const [t, own] = [texts[language], peopleTexts[language]];
  const rows = attestations.map(({ control, from, until, by, lines, proof }) => {
    return [control, whole(from), whole(until), by, paragraphs(lines), proof];
  });
  return html`<section id="attestations">
      <h2>${own.attestations}</h2>
      <p class="aside">${own.attestationsNote}</p>
      ${missing.map((line) => html`<p>${line}</p>`)}
      ${
        rows.length === 0
          ? html`<p>${own.attestationsNone}</p>`
          : table([t.control, t.from, t.until, own.by, own.said, t.proof], rows)
      }
      ${moreAttestations > 0 ? html`<p class="aside">${t.more(moreAttestations)}</p>` : undefined}
    </section>
    <section id="cases">
      <h2>${own.cases}</h2>
      <p class="aside">${own.casesNote}</p>
      ${cases.length === 0 ? html`<p>${own.casesNone}</p>` : caseTable(cases, language)}
      ${moreCases > 0 ? html`<p class="aside">${t.more(moreCases)}</p>` : undefined}
    </section>
    ${registerChapter(people.registers, language)} ${sampleChapter(samples, language)}`;
}

function caseTable(cases: readonly CaseView[], language: Language): Markup {
  const [t, own] = [texts[language], peopleTexts[language]];
  return html`<div class="wide">
    <table class="courses">
      <thead>
        <tr>
          <th scope="col">${own.caseAndStep}</th>
          <th scope="col">${own.due}</th>
          <th scope="col">${own.done}</th>
          <th scope="col">${t.proof}</th>
        </tr>
      </thead>
      ${cases.map((one) => caseRows(one, language))}
    </table>
  </div>`;
}

function caseRows({ name, began, closed, proof, steps, lines }: CaseView, language: Language): Markup {
  const { late } = peopleTexts[language];
  return html`<tbody>
    <tr class="host">
      <th scope="rowgroup">${name}</th>
      <td class="moment">${began}</td>
      <td class="moment">${closed}</td>
      <td>${proof}</td>
    </tr>
    ${
      lines.length === 0
        ? undefined
        : html`<tr class="detail">
            <td colspan="4">${paragraphs(lines)}</td>
          </tr>`
    }
    ${steps.map(
      (step) =>
        html`<tr class="span">
          <td>${step.step}</td>
          <td class="moment">${step.due}</td>
          <td class="moment">
            ${step.done}
            ${
              step.isLate
                ? html`<span class="state failed"><i aria-hidden="true">✗</i><span>${late}</span></span>`
                : undefined
            }
          </td>
          <td>${step.proof}</td>
        </tr>`,
    )}
  </tbody>`;
}

function paragraphs(lines: readonly string[]): Markup {
  return html`${lines.map((line) => html`<p>${line}</p>`)}`;
}
