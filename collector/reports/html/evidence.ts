import { html, type Markup } from '../../web/html.ts';
import { texts } from '../view/texts.ts';
import type { ReportView } from '../view/view.ts';
import { stateMark } from './parts.ts';
import { table, whole } from './table.ts';
import { qrModules, qrPath } from '../qr.ts';

export function waiverChapter({ waivers, language }: ReportView): Markup {
  const t = texts[language];
  const heads = [t.control, t.host, t.from, t.until, t.reason, t.approvedBy];
  const rows = waivers.map((waiver) => {
    return [waiver.control, waiver.subject, whole(waiver.from), whole(waiver.until), waiver.reason, waiver.approvedBy];
  });
  return html`<section id="waivers">
    <h2>${t.waivers}</h2>
    <p class="aside">${t.waiversNote}</p>
    ${rows.length === 0 ? html`<p>${t.waiversNone}</p>` : table(heads, rows)}
  </section>`;
}

/** Who reported, and when nothing is known. */
export function evidenceChapter({ hosts, gaps, areGrouped, moreGaps, language }: ReportView): Markup {
  const t = texts[language];
  const hostRows = hosts.map(({ host, labels, reports, lastReport, gaps: lost }) => {
    return [host, labels, reports, lastReport, lost];
  });
  const gapRows = gaps.map(({ host, state, name, from, until, length, proof }) => {
    return [host, stateMark(state, name), whole(from), whole(until), length, proof];
  });
  return html`<section class="chapter" id="hosts">
    <h2>${t.hostsAndGaps}</h2>
    ${table([t.host, t.labels, t.reportCount, t.lastReport, t.gaps], hostRows)}
    <h3>${t.gaps}</h3>
    <p class="aside">${areGrouped ? `${t.gapsNote} ${t.gapsGrouped}` : t.gapsNote}</p>
    ${
      gapRows.length === 0
        ? html`<p>${t.gapsNone}</p>`
        : table([t.host, t.state, t.from, t.until, t.length, t.proof], gapRows)
    }
    ${moreGaps > 0 ? html`<p class="aside">${t.more(moreGaps)}</p>` : undefined}
  </section>`;
}

export function verifyChapter({ verify, language }: ReportView): Markup {
  const t = texts[language];
  return html`<section class="chapter" id="meaning">
      <h2>${t.meaning}</h2>
      ${verify.meaning.map((text) => html`<p>${text}</p>`)}
      <table>
        <tbody>
          ${verify.meanings.map(
            ({ state, name, text }) =>
              html`<tr>
                <td class="name">${stateMark(state, name)}</td>
                <td>${text}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </section>
    <section class="chapter" id="verify">
      <h2>${t.verify}</h2>
      <p>${verify.intro}</p>
      <ol class="steps">
        ${verify.steps.map(
          ({ text, command }) =>
            html`<li>${text} ${command === undefined ? undefined : html`<pre>${command}</pre>`}</li>`,
        )}
      </ol>
      <p>${verify.limit}</p>
      <div class="last">
        <h3>${t.logKey}</h3>
        <pre>${verify.logKey}</pre>
        <div class="head">
          <div>
            <h3>${t.checkpoint}</h3>
            <p class="aside">${t.checkpointNote}</p>
            <pre>${verify.checkpoint}</pre>
          </div>
          <div>
            ${qrMarkup(verify.checkpoint, t.qrNote)}
            <p class="aside">${t.qrNote}</p>
          </div>
        </div>
      </div>
    </section>`;
}

function qrMarkup(text: string, label: string): Markup {
  const modules = qrModules(text);
  const { length } = modules;
  return html`<svg viewBox="0 0 ${length} ${length}" role="img" aria-label="${label}" shape-rendering="crispEdges">
    <rect width="${length}" height="${length}" fill="#ffffff"></rect>
    <path d="${qrPath(modules)}" fill="#000000"></path>
  </svg>`;
}
