import type { Language } from '../../../policies/schema.ts';
import { html, type Markup } from '../../web/html.ts';
import type { ControlView, CourseView, SpanView } from '../view/controls.ts';
import type { PolicyView, SummaryRow } from '../view/summary.ts';
import { texts } from '../view/texts.ts';
import { barMarkup, stateMark } from './parts.ts';

/** Every control of a policy, a row each. */
export function summaryTable({ policy, title, share, rows }: PolicyView, language: Language): Markup {
  const t = texts[language];
  return html`<div class="wide">
    <table>
      <caption>
        ${title}: ${share}
      </caption>
      <thead>
        <tr>
          <th scope="col">${t.control}</th>
          <th scope="col">${t.severity}</th>
          <th scope="col" class="number">${t.onHosts}</th>
          <th scope="col">${t.course}</th>
          <th scope="col" class="number">${t.share}</th>
          <th scope="col">${t.atEnd}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => summaryRow(row, policy))}
      </tbody>
    </table>
  </div>`;
}

function summaryRow(row: SummaryRow, policy: string): Markup {
  const name =
    row.standing === 'kept' ? row.control : html`<a href="#${`${policy}.${row.control}`}">${row.control}</a>`;
  return html`<tr>
    <th scope="row">
      ${name}: ${row.title}
      <small>${row.clause}</small>
    </th>
    <td class="name">${row.severity}</td>
    <td class="number">${row.subjects}</td>
    <td class="course">${barMarkup(row.bar, `${row.control}: ${row.share}`)}</td>
    <td class="number">${row.share}</td>
    <td>${stateMark(row.atEnd.state, row.atEnd.text)}</td>
  </tr>`;
}

/** A control that was not always kept: what it promises, and what was found where and when. */
export function controlSection(view: ControlView, language: Language): Markup {
  const t = texts[language];
  const { anchor, control, title, policy, words, standing, share, courses, coursesHead, moreCourses } = view;
  return html`<article class="control ${standing}" id="${anchor}">
    <header>
      <p class="share">${share}</p>
      <h3>${control}: ${title}</h3>
      <p class="aside">
        ${[policy, words?.clause, words?.severity, ...(words?.serves ?? [])].filter((part) => part !== undefined).join(' · ')}
      </p>
      ${
        words === undefined
          ? html`<p>${t.definitionMissing}</p>`
          : html`<dl class="words">
              <dt>${t.promise}</dt>
              <dd>${words.promise}</dd>
              <dt>${t.remedy}</dt>
              <dd>${words.remedy}</dd>
            </dl>`
      }
    </header>
    ${courseTable(coursesHead, courses, language)}
    ${moreCourses > 0 ? html`<p class="aside">${t.more(moreCourses)}</p>` : undefined}
  </article>`;
}

/** The hosts of a control or the organisation, each with its bar, and below it what was found when. */
function courseTable(head: string, courses: readonly CourseView[], language: Language): Markup {
  const t = texts[language];
  return html`<div class="wide">
    <table class="courses">
      <thead>
        <tr>
          <th scope="col">${head}</th>
          <th scope="col">${t.from}</th>
          <th scope="col">${t.until}</th>
          <th scope="col">${t.length}</th>
          <th scope="col">${t.proof}</th>
        </tr>
      </thead>
      ${courses.map((course) => courseRows(course, language))}
    </table>
  </div>`;
}

function courseRows(course: CourseView, language: Language): Markup {
  const t = texts[language];
  const { name, bar, share, atEnd, spans, moreSpans, lastFound, waivers } = course;
  const notes = [course.failing, course.gaps, ...waivers].filter((note) => note !== undefined);
  return html`<tbody>
    <tr class="host">
      <th scope="rowgroup">${name}</th>
      <td colspan="2">${barMarkup(bar, `${name}: ${share}`)}</td>
      <td class="number">${share}</td>
      <td>${stateMark(atEnd.state, atEnd.text)}</td>
    </tr>
    ${notes.length === 0 ? undefined : detailRow(html`${notes.map((note) => html`<p>${note}</p>`)}`)}
    ${spans.map((span) => spanRows(span, language))}
    ${moreSpans > 0 ? detailRow(html`<p>${t.more(moreSpans)}</p>`) : undefined}
    ${
      lastFound.length === 0
        ? undefined
        : detailRow(
            html`<p>${lastFound[0]}</p>
              ${lineList(lastFound.slice(1))}`,
          )
    }
  </tbody>`;
}

function spanRows(span: SpanView, language: Language): Markup {
  const { state, name, from, until, length, proof, reasons, isWaived } = span;
  return html`<tr class="span">
      <td>${stateMark(state, isWaived ? `${name} (${texts[language].waived})` : name)}</td>
      <td class="moment">${from}</td>
      <td class="moment">${until}</td>
      <td>${length}</td>
      <td>${proof}</td>
    </tr>
    ${reasons.length === 0 ? undefined : detailRow(lineList(reasons))}`;
}

function detailRow(content: Markup): Markup {
  return html`<tr class="detail">
    <td colspan="5">${content}</td>
  </tr>`;
}

function lineList(lines: readonly string[]): Markup {
  return html`<ul class="reasons">
    ${lines.map((line) => html`<li>${line}</li>`)}
  </ul>`;
}

/** Controls that were kept throughout: what they promise, and where. */
export function keptTable(kept: readonly ControlView[], language: Language): Markup {
  const t = texts[language];
  return html`<section id="kept-throughout">
    <h2>${t.keptThroughout}</h2>
    <p class="aside">${t.keptThroughoutNote}</p>
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th scope="col">${t.control}</th>
            <th scope="col">${t.promise}</th>
            <th scope="col">${t.onHosts}</th>
          </tr>
        </thead>
        <tbody>
          ${kept.map(({ control, title, words, courses, moreCourses }) => {
            return html`<tr>
              <th scope="row">
                ${control}: ${title}
                <small>${words?.clause}</small>
              </th>
              <td>${words?.promise ?? t.definitionMissing}</td>
              <td>
                ${courses.map(({ name }) => name).join(', ')}${moreCourses > 0 ? `; ${t.more(moreCourses)}` : undefined}
              </td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
  </section>`;
}
