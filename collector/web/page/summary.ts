import type { Language } from '../../../policies/schema.ts';
import type { ShownVerdict } from '../../state/fleet.ts';
import { html, type Markup } from '../html.ts';
import type { ShownOrganisation } from '../../people/shown.ts';
import { peopleTexts } from '../people-texts.ts';
import { number, texts } from '../texts.ts';
import { countShown, type FleetDetail, type HostFreshness } from '../views.ts';
import { organisationPath } from './links.ts';
import { freshnessBadge, symbol, verdictBar } from './verdict.ts';

/** The fleet and the organisation in one sentence, and the verdict that it means. */
export function headline(
  fleet: FleetDetail,
  organisation: ShownOrganisation,
  language: Language,
): { verdict: ShownVerdict; text: string } {
  const t = texts[language];
  const { counts } = fleet;
  const own = countShown(organisation.controls);
  const failing = fleet.controls.filter(({ verdict }) => verdict === 'fail').length;
  if (failing > 0) {
    const hosts = fleet.hosts.filter((host) => host.counts.fail > 0).length;
    return { verdict: 'fail', text: t.failing(failing, hosts) };
  }
  if (own.fail > 0) return { verdict: 'fail', text: peopleTexts[language].failing(own.fail) };
  const isUnreliable = fleet.neverSeen.length > 0 || fleet.hosts.some(({ freshness }) => freshness !== 'fresh');
  const isUnknown = counts.unknown + counts.stale + own.unknown + organisation.unread.length > 0;
  if (isUnreliable || isUnknown) return { verdict: 'unknown', text: t.notEstablished };
  const waived = counts.waived + own.waived;
  if (waived > 0) return { verdict: 'waived', text: t.someWaived(waived) };
  if (counts.pass + own.pass === 0) return { verdict: 'not-applicable', text: t.noneApplies };
  return { verdict: 'pass', text: t.allPass };
}

/** The headline, the hosts by how they report, and the controls as bars. */
export function summary(fleet: FleetDetail, organisation: ShownOrganisation, language: Language): Markup {
  const t = texts[language];
  const { verdict, text } = headline(fleet, organisation, language);
  const { counts } = fleet;
  const applicable = counts.pass + counts.fail + counts.unknown + counts.stale + counts.waived;
  return html`<h1>${symbol(verdict)} ${text}</h1>
    <div class="summary">
      <section aria-labelledby="hosts-heading">
        <h2 id="hosts-heading">${t.hosts}</h2>
        ${hostFigures(fleet, language)}
      </section>
      <section class="wide" aria-labelledby="controls-heading">
        <h2 id="controls-heading">
          ${t.controlsOnHosts} <span class="aside">${t.countPass(counts.pass, applicable)}</span>
        </h2>
        ${verdictBar(counts, language)}
      </section>
      ${organisationSummary(organisation, language)}
    </div>`;
}

/** What people show, and how many cases are open; nothing where nothing is asked of the organisation. */
export function organisationSummary(organisation: ShownOrganisation, language: Language): Markup | undefined {
  const { controls, cases, unread } = organisation;
  if (controls.length + cases.length + unread.length === 0) return undefined;
  const t = texts[language];
  const counts = countShown(controls);
  const applicable = controls.length - counts['not-applicable'];
  return html`<section class="wide" aria-labelledby="organisation-heading">
    <h2 id="organisation-heading">
      <a href="${organisationPath}">${t.organisation}</a>
      <span class="aside">${t.countPass(counts.pass, applicable)}</span>
    </h2>
    ${verdictBar(counts, language)}
    ${cases.length > 0 ? html`<p class="aside">${peopleTexts[language].openCases(cases.length)}</p>` : undefined}
  </section>`;
}

function hostFigures({ hosts, neverSeen }: FleetDetail, language: Language): Markup {
  const t = texts[language];
  const found = { fresh: 0, stale: 0, 'clock-ahead': 0, 'never-seen': neverSeen.length };
  for (const { freshness } of hosts) found[freshness]++;
  const others: readonly HostFreshness[] = ['stale', 'clock-ahead', 'never-seen'];
  return html`<p class="total">${number(hosts.length + neverSeen.length, language)}</p>
    <ul class="figures">
      <li><b>${number(found.fresh, language)}</b> ${found.fresh === 1 ? t.freshness.fresh : t.reporting}</li>
      ${others
        .filter((state) => found[state] > 0)
        .map((state) => html`<li><b>${number(found[state], language)}</b> ${freshnessBadge(state, language)}</li>`)}
    </ul>`;
}
