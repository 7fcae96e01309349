import type { Language } from '../../../policies/schema.ts';
import { needShipped } from '../../../policies/shipped.ts';
import { html, type Markup } from '../../web/html.ts';
import type { ComplianceReport } from '../model.ts';
import { peopleTexts } from '../view/people-texts.ts';
import { registerTexts } from '../view/register-texts.ts';
import { sampleTexts } from '../view/sample-texts.ts';
import { texts } from '../view/texts.ts';
import { viewOf, type ReportView } from '../view/view.ts';
import { controlSection, keptTable, summaryTable } from './controls.ts';
import { evidenceChapter, verifyChapter, waiverChapter } from './evidence.ts';
import { peopleChapters } from './people.ts';
import { brandIcon, legend, patterns } from './parts.ts';

const style = needShipped('collector/reports/html/style.css').toString();

/** The report as one HTML file that needs nothing else, for reading and for printing. */
export function renderHtml(report: ComplianceReport, language: Language): string {
  const view = viewOf(report, language);
  const t = texts[language];
  const policies = view.policies.map(({ title }) => title).join(', ');
  const head = html`<meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${view.title}${policies === '' ? '' : `: ${policies}`} · Waarborg</title>`;
  const body = html`${patterns()} ${titlePage(view)}
    <main>
      <section class="chapter" id="summary">
        <h2>${t.summary}</h2>
        <p class="aside">${t.summaryNote}</p>
        ${legend(language)} ${view.policies.map((policy) => summaryTable(policy, language))}
      </section>
      <section class="chapter" id="findings">
        <h2>${t.findings}</h2>
        ${
          view.findings.length === 0
            ? html`<p>${t.findingsNone}</p>`
            : view.findings.map((control) => controlSection(control, language))
        }
      </section>
      ${view.kept.length > 0 ? keptTable(view.kept, language) : undefined} ${waiverChapter(view)}
      ${view.people === undefined ? undefined : peopleChapters(view.people, language)} ${evidenceChapter(view)}
      ${verifyChapter(view)}
    </main>`;
  // The style is our own, and goes in as it is.
  return `<!doctype html>
<html lang="${language}">
<head>
${head.toString()}
<style>
${style}</style>
</head>
<body>
${body.toString()}
</body>
</html>
`;
}

function titlePage(view: ReportView): Markup {
  const t = texts[view.language];
  const { headline, figures, facts, policies } = view;
  const marks = { failed: '✗', unshown: '?', kept: '✓' } as const;
  return html`<header class="title">
    <p class="brand">${brandIcon()} Waarborg</p>
    <h1>${view.title}</h1>
    <p class="subtitle">${policies.map(({ title }) => title).join(' · ')}</p>
    <p class="headline ${headline.standing}">
      <span aria-hidden="true">${marks[headline.standing]}</span> ${headline.text}
    </p>
    <ul class="figures">
      ${figures.map(
        ({ value, name, note }) =>
          html`<li><b>${value}</b><span>${name}</span> <span class="aside">${note}</span></li>`,
      )}
    </ul>
    <dl class="facts">
      ${facts.map(
        ({ name, lines }) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${lines.map((line, index) => html`${index > 0 ? html`<br />` : undefined}${line}`)}</dd>
          </div>`,
      )}
    </dl>
    <nav aria-labelledby="contents">
      <h2 id="contents">${t.contents}</h2>
      <ul class="contents">
        <li><a href="#summary">${t.summary}</a></li>
        <li>
          <a href="#findings">${t.findings}</a>
          <ul>
            ${view.findings.map(
              ({ anchor, control, title }) => html`<li><a href="#${anchor}">${control}: ${title}</a></li>`,
            )}
          </ul>
        </li>
        ${view.kept.length > 0 ? html`<li><a href="#kept-throughout">${t.keptThroughout}</a></li>` : undefined}
        <li><a href="#waivers">${t.waivers}</a></li>
        ${
          view.people === undefined
            ? undefined
            : html`<li><a href="#attestations">${peopleTexts[view.language].attestations}</a></li>
                <li><a href="#cases">${peopleTexts[view.language].cases}</a></li>
                <li><a href="#registers">${registerTexts[view.language].title}</a></li>
                <li><a href="#spot-checks">${sampleTexts[view.language].title}</a></li>`
        }
        <li><a href="#hosts">${t.hostsAndGaps}</a></li>
        <li><a href="#meaning">${t.meaning}</a></li>
        <li><a href="#verify">${t.verify}</a></li>
      </ul>
    </nav>
  </header>`;
}
