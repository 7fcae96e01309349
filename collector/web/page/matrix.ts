import { verdictNames } from '../../../policies/explain.ts';
import type { Language } from '../../../policies/schema.ts';
import type { ShownVerdict } from '../../state/fleet.ts';
import { html, type Markup } from '../html.ts';
import { texts } from '../texts.ts';
import { worstFirst, worstShown, type ControlDetail, type FleetDetail, type HostDetail } from '../views.ts';
import { controlPath, hostControlPath, hostPath } from './links.ts';
import { freshnessBadge, symbol, symbols } from './verdict.ts';

/** Past this many rows nobody reads on, and a page grows too heavy to renew each minute. */
const maximumRows = 400;

/** Every host against every control, those with most to mend first. */
export function matrix(fleet: FleetDetail, language: Language): Markup {
  const t = texts[language];
  const { neverSeen, controls } = fleet;
  const hosts = fleet.hosts.toSorted(byNeed).slice(0, maximumRows);
  const hidden = fleet.hosts.length - hosts.length;
  const policies = [...Map.groupBy(controls, ({ policy }) => policy).values()];
  return html`<section class="matrix-section" aria-labelledby="matrix">
    <h2 id="matrix">${t.matrix}</h2>
    <p class="aside">${t.matrixOrder} ${hidden > 0 ? t.notShown(hidden) : undefined}</p>
    ${legend(language)}
    <div class="scroll" role="region" aria-labelledby="matrix" tabindex="0">
      <table class="matrix">
        <colgroup></colgroup>
        ${policies.map((ofPolicy) => html`<colgroup span="${ofPolicy.length}"></colgroup>`)}
        <thead>
          <tr>
            <th class="corner" scope="col" rowspan="2">${t.host}</th>
            ${policies.map((ofPolicy) => policyHeader(ofPolicy, language))}
          </tr>
          <tr>
            ${controls.map((control) => controlHeader(control, language))}
          </tr>
        </thead>
        <tbody>
          ${neverSeen.map((host) => neverSeenRow(host, controls.length, language))}
          ${hosts.map((host) => hostRow(host, controls, language))}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** Failures first, then hosts that cannot be relied on, then what is unknown, then the name. */
function byNeed(a: HostDetail, b: HostDetail): number {
  return (
    b.counts.fail - a.counts.fail ||
    Number(b.freshness !== 'fresh') - Number(a.freshness !== 'fresh') ||
    b.counts.unknown - a.counts.unknown ||
    (a.host < b.host ? -1 : 1)
  );
}

function legend(language: Language): Markup {
  return html`<ul class="figures">
    ${worstFirst.map((verdict) => html`<li>${symbol(verdict)} ${verdictNames[verdict][language]}</li>`)}
    <li><span class="symbol empty" aria-hidden="true"></span> ${texts[language].notAsked}</li>
  </ul>`;
}

function policyHeader(ofPolicy: readonly ControlDetail[], language: Language): Markup {
  const title = ofPolicy[0]?.policyTitle?.[language] ?? ofPolicy[0]?.policy;
  return html`<th class="policy" scope="colgroup" colspan="${ofPolicy.length}"><span>${title}</span></th>`;
}

function controlHeader({ policy, control, definition }: ControlDetail, language: Language): Markup {
  const title = definition?.title[language] ?? control;
  return html`<th class="control" scope="col">
    <a href="${controlPath(policy, control)}" title="${title}">${control}</a>
  </th>`;
}

function hostRow(host: HostDetail, controls: readonly ControlDetail[], language: Language): Markup {
  const own = Map.groupBy(host.controls, ({ policy, control }) => keyOf(policy, control));
  return html`<tr class="${host.freshness}">
    <th scope="row"><a href="${hostPath(host.host)}">${host.host}</a> ${freshnessBadge(host.freshness, language)}</th>
    ${controls.map((column) => {
      const found = own.get(keyOf(column.policy, column.control));
      return found === undefined ? html`<td></td>` : cell(host.host, column, worstShown(found), language);
    })}
  </tr>`;
}

function keyOf(policy: string, control: string): string {
  return `${policy}\n${control}`;
}

/** There are thousands of these, so they are kept short: the title names the link, because its text is hidden. */
function cell(host: string, { policy, control }: ControlDetail, verdict: ShownVerdict, language: Language): Markup {
  const path = hostControlPath(host, policy, control);
  const title = `${host}, ${control}: ${verdictNames[verdict][language]}`;
  return html`<td class="${verdict}">
    <a href="${path}" title="${title}"><i aria-hidden="true">${symbols[verdict]}</i></a>
  </td>`;
}

function neverSeenRow(host: string, columns: number, language: Language): Markup {
  return html`<tr class="never-seen">
    <th scope="row"><a href="${hostPath(host)}">${host}</a> ${freshnessBadge('never-seen', language)}</th>
    ${columns > 0 ? html`<td colspan="${columns}"></td>` : undefined}
  </tr>`;
}
