import type { Language } from '../../../policies/schema.ts';
import type { OpenCase } from '../../people/shown.ts';
import { html, type Markup } from '../html.ts';
import { number, texts } from '../texts.ts';
import { bySeverity, byShownVerdict, worstShown, type HostDetail, type ShownControl } from '../views.ts';
import { sinceLine } from './control-parts.ts';
import { backToOverview, framed } from './frame.ts';
import type { PageContext } from './layout.ts';
import { controlAnchor, controlPath } from './links.ts';
import { findingLine } from './findings.ts';
import { time, timeAndAge } from './moment.ts';
import { reasonList } from './reasons.ts';
import { badge, freshnessBadge, severityBadge, symbol, verdictBar } from './verdict.ts';

/**
 * One host: how it reports, every control from worst to best, and where the evidence lies.
 * @param cases open findings that name the host
 */
export function hostPage(host: HostDetail, cases: readonly OpenCase[], context: PageContext): string {
  const { language, at } = context;
  const t = texts[language];
  const controls = host.controls.toSorted((a, b) => byShownVerdict(a, b) || bySeverity(a.definition, b.definition));
  const overall = symbol(controls.length === 0 ? 'not-applicable' : worstShown(controls));
  const body = html`${backToOverview(context)}
    <h1>
      ${host.freshness === 'fresh' ? overall : undefined} ${host.host} ${freshnessBadge(host.freshness, language)}
    </h1>
    ${freshnessNotice(host, at, language)}
    <div class="summary">
      <section class="wide" aria-labelledby="controls">
        <h2 id="controls">${t.controlsOfHost}</h2>
        ${controls.length === 0 ? html`<p>${t.noControls}</p>` : verdictBar(host.counts, language)}
      </section>
    </div>
    ${controls.map((control) => {
      const own = cases.filter(
        ({ finding }) => finding?.policy === control.policy && finding.control === control.control,
      );
      return controlMarkup(control, host, own, context);
    })}
    <div class="summary">${hostFacts(host, at, language)} ${evidence(host, context)}</div>`;
  return framed(context, host.host, body);
}

function freshnessNotice(host: HostDetail, at: Date, language: Language): Markup | undefined {
  const t = texts[language];
  switch (host.freshness) {
    case 'fresh':
      return undefined;
    case 'stale':
      return html`<p class="notice stale">
        ${t.lastReport} ${timeAndAge(host.lastReportAt, at, language)}. ${t.unreliable.stale}
      </p>`;
    case 'clock-ahead':
      return html`<p class="notice clock-ahead">
        ${t.madeAndReceived} ${time(host.lastReportAt, language)}. ${t.unreliable['clock-ahead']}
      </p>`;
  }
}

function controlMarkup(
  control: ShownControl,
  host: HostDetail,
  cases: readonly OpenCase[],
  { at, language }: PageContext,
): Markup {
  const t = texts[language];
  const { policy, verdict, definition } = control;
  // What to do about a host that is stale or whose clock is wrong stands above; its controls may have nothing to mend.
  const isOpen = verdict === 'fail' || (verdict === 'unknown' && host.freshness === 'fresh');
  return html`<article class="row ${verdict}" id="${controlAnchor(policy, control.control)}">
    <header>
      <h3><a href="${controlPath(policy, control.control)}">${definition?.title[language] ?? control.control}</a></h3>
      <p>${badge(verdict, language)} ${severityBadge(definition?.severity, language)}</p>
      ${sinceLine(control, host, at, language)}
      <p class="aside">${control.control} · ${definition?.clause ?? t.definitionMissing}</p>
      ${cases.map((one) => findingLine(one, at, language))}
    </header>
    <div>
      ${definition === undefined ? undefined : html`<p>${definition.promise[language]}</p>`}
      <h4>${t.found[host.freshness]}</h4>
      ${reasonList(control, host.freshness, language)}
      ${
        isOpen && definition !== undefined
          ? html`<h4>${t.remedy}</h4>
              <p>${definition.remedy[language]}</p>`
          : undefined
      }
    </div>
  </article>`;
}

function hostFacts(host: HostDetail, at: Date, language: Language): Markup {
  const t = texts[language];
  const labels = Object.entries(host.labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return html`<section aria-labelledby="facts">
    <h2 id="facts">${t.hostFacts}</h2>
    <dl class="facts">
      ${fact(t.hostname, host.hostname)} ${fact(t.system, host.os)} ${fact(t.agent, host.agentVersion)}
      ${
        host.readOver === undefined
          ? undefined
          : fact(
              t.readOver,
              `${host.readOver.by}, ${host.readOver.address}${host.readOver.sudo ? ' (sudo)' : ''}, ${host.readOver.hostKey ?? '–'}`,
            )
      }
      ${fact(t.lastReport, timeAndAge(host.lastReportAt, at, language))}
      ${fact(
        t.labels,
        labels.length === 0
          ? t.none
          : labels.map(([name, value]) => html`<span class="label">${name}: ${value}</span> `),
      )}
      ${fact(
        t.policies,
        host.policies.map(
          ({ policy, version, title }) => html`${title?.[language] ?? policy}, ${t.version} ${version}<br />`,
        ),
      )}
    </dl>
  </section>`;
}

function evidence(host: HostDetail, { language, log }: PageContext): Markup {
  const t = texts[language];
  const [before, between, after] = t.verify;
  return html`<section aria-labelledby="evidence">
    <h2 id="evidence">${t.evidence}</h2>
    <dl class="facts">
      ${fact(t.place, t.placeOf(number(host.index, language)))} ${fact(t.origin, log.origin)}
      ${fact(t.size, t.entries(number(log.size, language)))} ${fact(t.root, html`<code>${log.root}</code>`)}
    </dl>
    <p class="aside">${before} <code>waarborg export DIR</code> ${between} <code>waarborg verify DIR</code> ${after}</p>
  </section>`;
}

function fact(name: string, value: Markup | string | readonly Markup[]): Markup {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}
