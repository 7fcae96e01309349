import type { Language } from '../../../policies/schema.ts';
import { html, type Markup } from '../html.ts';
import { texts } from '../texts.ts';
import { byShownVerdict, countShown, type ControlDetail, type ControlOnHost } from '../views.ts';
import { mapsList, sinceLine } from './control-parts.ts';
import { backToOverview, framed } from './frame.ts';
import type { PageContext } from './layout.ts';
import { hostControlPath } from './links.ts';
import { reasonList } from './reasons.ts';
import { badge, freshnessBadge, severityBadge, symbol, verdictBar } from './verdict.ts';

/** Past this many hosts, which come worst first, the rest is only counted. */
const maximumHosts = 400;

/** One control over all hosts: what it promises, and what was found where. */
export function controlPage(detail: ControlDetail, context: PageContext): string {
  const { language, at } = context;
  const t = texts[language];
  const { control, definition, verdict, versions } = detail;
  const onHosts = detail.onHosts.toSorted(byShownVerdict);
  const hidden = onHosts.length - maximumHosts;
  const title = definition?.title[language] ?? control;
  const body = html`${backToOverview(context)}
    <h1>${symbol(verdict)} ${title}</h1>
    <div class="summary">
      ${promise(detail, language)}
      <section class="wide" aria-labelledby="hosts">
        <h2 id="hosts">${t.hosts}</h2>
        ${verdictBar(countShown(onHosts), language)}
        ${versions.length > 1 ? html`<p class="aside">${t.severalVersions(versions.join(', '))}</p>` : undefined}
        ${
          definition === undefined
            ? undefined
            : html`<h2>${t.remedy}</h2>
                <p>${definition.remedy[language]}</p>`
        }
      </section>
    </div>
    ${onHosts.slice(0, maximumHosts).map((onHost) => hostMarkup(onHost, at, language))}
    ${hidden > 0 ? html`<p class="aside">${t.notShown(hidden)}</p>` : undefined}`;
  return framed(context, title, body);
}

function promise({ control, policy, policyTitle, definition }: ControlDetail, language: Language): Markup {
  const t = texts[language];
  return html`<section class="wide" aria-labelledby="promise">
    <h2 id="promise">${t.promise}</h2>
    ${definition === undefined ? html`<p>${t.definitionMissing}</p>` : html`<p>${definition.promise[language]}</p>`}
    <p class="aside">
      ${severityBadge(definition?.severity, language)}
      ${control}${definition === undefined ? undefined : html` · ${definition.clause}`} ·
      ${policyTitle?.[language] ?? policy}
    </p>
    ${definition === undefined ? undefined : mapsList(definition, language)}
  </section>`;
}

function hostMarkup(onHost: ControlOnHost, at: Date, language: Language): Markup {
  const { host, policy, control, verdict } = onHost;
  return html`<article class="row compact ${verdict}">
    <header>
      <h3>
        <a class="host" href="${hostControlPath(host.host, policy, control)}">${host.host}</a>
        ${badge(verdict, language)}
        ${host.freshness === 'clock-ahead' ? freshnessBadge('clock-ahead', language) : undefined}
      </h3>
      ${sinceLine(onHost, host, at, language)}
    </header>
    <div>${reasonList(onHost, host.freshness, language)}</div>
  </article>`;
}
