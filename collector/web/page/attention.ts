import type { Language } from '../../../policies/schema.ts';
import { html, type Markup } from '../html.ts';
import type { ShownOrganisation } from '../../people/shown.ts';
import { texts } from '../texts.ts';
import {
  bySeverity,
  byShownVerdict,
  type ControlDetail,
  type ControlOnHost,
  type FleetDetail,
  type HostDetail,
} from '../views.ts';
import { controlPath, hostControlPath, hostPath } from './links.ts';
import { time, timeAndAge } from './moment.ts';
import { organisationIssues } from './organisation-issues.ts';
import { worstReason } from './reasons.ts';
import { badge, freshnessBadge, severityBadge } from './verdict.ts';

/** Of each control this many hosts are listed, each with its worst reason. */
const listedHosts = 4;
/** So many hosts that do not report are named; past that they are counted. */
const listedSilent = 20;

/** A control that is open on some hosts that can be relied on. */
interface Issue {
  readonly detail: ControlDetail;
  readonly worst: ControlOnHost;
  /** The worst first. */
  readonly open: readonly ControlOnHost[];
}

/** Hosts that cannot be relied on, then failing and unknown controls, the severest first, then those of the organisation. */
export function attention(
  fleet: FleetDetail,
  organisation: ShownOrganisation,
  { at, language }: { readonly at: Date; readonly language: Language },
): Markup {
  const t = texts[language];
  const silent = [
    silentGroup(
      'never-seen',
      fleet.neverSeen.map((host) => ({ host, told: undefined })),
      language,
    ),
    ...(['clock-ahead', 'stale'] as const).map((state) => silentHosts(state, fleet.hosts, at, language)),
  ].filter((group) => group !== undefined);
  const issues = openIssues(fleet.controls);
  const own = organisationIssues(organisation, language);
  const isCalm = silent.length + issues.length === 0 && own === undefined;
  return html`<section aria-labelledby="attention">
    <h2 id="attention">${t.attention}</h2>
    ${silent} ${issues.map((issue) => issueMarkup(issue, language))} ${own}
    ${isCalm ? html`<p class="calm">${t.nothingFound}</p>` : undefined}
  </section>`;
}

/**
 * A host that is stale is told once as such, not again under each of its controls; the same goes for what is unknown
 * only because its host's clock runs ahead.
 */
function openIssues(controls: readonly ControlDetail[]): Issue[] {
  return controls
    .flatMap((detail) => {
      const open = detail.onHosts.filter(isOpen).sort(byShownVerdict);
      const [worst] = open;
      return worst === undefined ? [] : [{ detail, worst, open }];
    })
    .sort(
      (a, b) =>
        bySeverity(a.detail.definition, b.detail.definition) ||
        byShownVerdict(a.worst, b.worst) ||
        b.open.length - a.open.length,
    );
}

function isOpen({ verdict, host }: ControlOnHost): boolean {
  return verdict === 'fail' || (verdict === 'unknown' && host.freshness === 'fresh');
}

function issueMarkup({ detail, worst: { verdict }, open }: Issue, language: Language): Markup {
  const t = texts[language];
  const { policy, control, policyTitle, definition } = detail;
  const rest = open.length - listedHosts;
  return html`<article class="row ${verdict}">
    <header>
      <h3><a href="${controlPath(policy, control)}">${definition?.title[language] ?? control}</a></h3>
      <p>${badge(verdict, language)} ${severityBadge(definition?.severity, language)} ${t.onHosts(open.length)}</p>
      <p class="aside">
        ${control} · ${definition?.clause ?? t.definitionMissing} · ${policyTitle?.[language] ?? policy}
      </p>
    </header>
    <ul class="hosts">
      ${open.slice(0, listedHosts).map((onHost) => issueHost(onHost, language))}
      ${
        rest > 0
          ? html`<li class="more"><a href="${controlPath(policy, control)}">${t.moreHosts(rest)}</a></li>`
          : undefined
      }
    </ul>
  </article>`;
}

function issueHost(onHost: ControlOnHost, language: Language): Markup {
  const t = texts[language];
  const { host, policy, control, verdict, failingSince, reasons } = onHost;
  return html`<li class="${verdict}">
    <a class="host" href="${hostControlPath(host.host, policy, control)}">${host.host}</a>
    ${worstReason(onHost, host.freshness, language)}
    <p class="aside">
      ${failingSince === null ? undefined : html`${t.since} ${time(failingSince, language)}`}
      ${reasons.length > 1 ? `· ${t.moreReasons(reasons.length - 1)}` : undefined}
    </p>
  </li>`;
}

function silentHosts(
  state: 'stale' | 'clock-ahead',
  hosts: readonly HostDetail[],
  at: Date,
  language: Language,
): Markup | undefined {
  const t = texts[language];
  const found = hosts.filter(({ freshness }) => freshness === state);
  const told = ({ lastReportAt }: HostDetail): Markup =>
    state === 'stale'
      ? html`${t.lastReport} ${timeAndAge(lastReportAt, at, language)}`
      : html`${t.madeAndReceived} ${time(lastReportAt, language)}`;
  return silentGroup(
    state,
    found.map((host) => ({ host: host.host, told: told(host) })),
    language,
  );
}

function silentGroup(
  state: 'stale' | 'clock-ahead' | 'never-seen',
  hosts: readonly { readonly host: string; readonly told: Markup | undefined }[],
  language: Language,
): Markup | undefined {
  if (hosts.length === 0) return undefined;
  const t = texts[language];
  const rest = hosts.length - listedSilent;
  return html`<article class="row ${state}">
    <header>
      <h3>${freshnessBadge(state, language)} ${t.onHosts(hosts.length)}</h3>
      <p class="aside">${t.unreliable[state]}</p>
    </header>
    <ul class="hosts">
      ${hosts
        .slice(0, listedSilent)
        .map(
          ({ host, told }) =>
            html`<li><a class="host" href="${hostPath(host)}">${host}</a> <span class="aside">${told}</span></li>`,
        )}
      ${rest > 0 ? html`<li class="more"><a href="#matrix">${t.moreHosts(rest)}</a></li>` : undefined}
    </ul>
  </article>`;
}
