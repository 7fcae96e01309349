import type { Language } from '../../../policies/schema.ts';
import type { ShownVerdict } from '../../state/fleet.ts';
import { html, type Markup } from '../html.ts';
import { number, texts } from '../texts.ts';
import type { FleetDetail, HostFreshness } from '../views.ts';
import { freshnessBadge, symbol, verdictBar } from './verdict.ts';

/** The fleet in one sentence, and the verdict that it means. */
export function headline(fleet: FleetDetail, language: Language): { verdict: ShownVerdict; text: string } {
  const t = texts[language];
  const { counts } = fleet;
  const failing = fleet.controls.filter(({ verdict }) => verdict === 'fail').length;
  if (failing > 0) {
    const hosts = fleet.hosts.filter((host) => host.counts.fail > 0).length;
    return { verdict: 'fail', text: t.failing(failing, hosts) };
  }
  const isUnreliable = fleet.neverSeen.length > 0 || fleet.hosts.some(({ freshness }) => freshness !== 'fresh');
  if (isUnreliable || counts.unknown + counts.stale > 0) return { verdict: 'unknown', text: t.notEstablished };
  if (counts.waived > 0) return { verdict: 'waived', text: t.someWaived(counts.waived) };
  if (counts.pass === 0) return { verdict: 'not-applicable', text: t.noneApplies };
  return { verdict: 'pass', text: t.allPass };
}

/** The headline, the hosts by how they report, and the controls as a bar. */
export function summary(fleet: FleetDetail, language: Language): Markup {
  const t = texts[language];
  const { verdict, text } = headline(fleet, language);
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
    </div>`;
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
