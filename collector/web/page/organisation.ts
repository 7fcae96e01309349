import type { KeptRecord } from '../../../evidence/register.ts';
import type { Language } from '../../../policies/schema.ts';
import type { ShownOrganisation, ShownOrganisationControl } from '../../people/shown.ts';
import type { Awaiting } from '../../people/awaiting.ts';
import type { ListedSample } from '../../people/samples.ts';
import type { ListedWaiver } from '../../people/standing-waivers.ts';
import { html, type Markup } from '../html.ts';
import { peopleTexts } from '../people-texts.ts';
import { texts } from '../texts.ts';
import { bySeverity, byShownVerdict, countShown, worstShown } from '../views.ts';
import { awaitingSection } from './awaiting.ts';
import { backToOverview, framed } from './frame.ts';
import type { PageContext } from './layout.ts';
import { controlAnchor } from './links.ts';
import { time } from './moment.ts';
import { sampleSection } from './samples.ts';
import { caseSection, endingSection, waiverSection } from './organisation-parts.ts';
import { reasonList } from './reasons.ts';
import { registerSection } from './registers.ts';
import { badge, severityBadge, symbol, verdictBar } from './verdict.ts';

/** What is listed beside the controls. */
export interface ListedOfOrganisation {
  readonly waivers: readonly ListedWaiver[];
  readonly awaiting: readonly Awaiting[];
  readonly samples: readonly ListedSample[];
  /** Of registers. */
  readonly lines: readonly KeptRecord[];
}

/** What people show: every control of the organisation from worst to best, what is due, what ends, and what is waived. */
export function organisationPage(
  organisation: ShownOrganisation,
  { waivers, awaiting, samples, lines }: ListedOfOrganisation,
  context: PageContext,
): string {
  const { language } = context;
  const [t, own] = [texts[language], peopleTexts[language]];
  const { unread } = organisation;
  const controls = organisation.controls.toSorted(
    (a, b) => byShownVerdict(a, b) || bySeverity(a.definition, b.definition),
  );
  const body = html`${backToOverview(context)}
    <h1>${overall(organisation)} ${t.organisation}</h1>
    <p class="lead">${own.intro}</p>
    ${unread.map(({ policy, version }) => {
      return html`<p class="notice unknown">${own.unread(`${policy}, ${t.version} ${version}`)}</p>`;
    })}
    ${organisation.isFollowing ? undefined : nothingFollowed(language)}
    <div class="summary">
      <section class="wide" aria-labelledby="controls">
        <h2 id="controls">${own.controls}</h2>
        ${controls.length === 0 ? html`<p>${own.noControls}</p>` : verdictBar(countShown(controls), language)}
      </section>
    </div>
    <div class="summary">
      ${awaitingSection(awaiting, context)} ${caseSection(organisation.cases, context)}
      ${endingSection(controls, language)} ${waiverSection(waivers, controls, language)}
      ${sampleSection(samples, context)} ${registerSection(lines, language)}
    </div>
    ${controls.map((control) => controlMarkup(control, language))}`;
  return framed(context, t.organisation, body);
}

function overall({ controls, unread }: ShownOrganisation): Markup {
  if (controls.length + unread.length === 0) return symbol('not-applicable');
  const worst = worstShown([...controls, ...unread.map(() => ({ verdict: 'unknown' as const }))]);
  return symbol(worst);
}

function nothingFollowed(language: Language): Markup {
  const own = peopleTexts[language];
  return html`<p class="notice unknown">
    ${own.nothingFollowed} ${own.follow} <code>waarborg people follow --policy cloud-provider</code>
  </p>`;
}

function controlMarkup(shown: ShownOrganisationControl, language: Language): Markup {
  const t = texts[language];
  const { policy, policyTitle, control, definition, verdict, waivedUntil } = shown;
  const isOpen = verdict === 'fail' || verdict === 'unknown' || verdict === 'waived';
  return html`<article class="row ${verdict}" id="${controlAnchor(policy, control)}">
    <header>
      <h3>${definition.title[language]}</h3>
      <p>${badge(verdict, language)} ${severityBadge(definition.severity, language)}</p>
      ${
        waivedUntil === null
          ? undefined
          : html`<p class="aside">${peopleTexts[language].waivedUntil} ${time(waivedUntil, language)}</p>`
      }
      <p class="aside">${control} · ${definition.clause} · ${policyTitle[language]}</p>
    </header>
    <div>
      <p>${definition.promise[language]}</p>
      <h4>${t.found.fresh}</h4>
      ${reasonList(shown, 'fresh', language)}
      ${
        isOpen
          ? html`<h4>${t.remedy}</h4>
              <p>${definition.remedy[language]}</p>`
          : undefined
      }
    </div>
  </article>`;
}
