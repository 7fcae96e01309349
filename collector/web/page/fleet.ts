import { html } from '../html.ts';
import type { ShownOrganisation } from '../../people/shown.ts';
import { texts } from '../texts.ts';
import type { FleetDetail } from '../views.ts';
import { attention } from './attention.ts';
import { enrolSteps } from './enrol.ts';
import { framed } from './frame.ts';
import type { PageContext } from './layout.ts';
import { matrix } from './matrix.ts';
import { headline, organisationSummary, summary } from './summary.ts';

/** The overview: the fleet at a glance, what needs attention, and every host against every control. */
export function fleetPage(fleet: FleetDetail, organisation: ShownOrganisation, context: PageContext): string {
  const { language, at } = context;
  if (fleet.hosts.length + fleet.neverSeen.length === 0) {
    const title = texts[language].nothingReported;
    return framed(
      context,
      title,
      html`<h1>${title}</h1>
        ${enrolSteps(context)}
        <div class="summary">${organisationSummary(organisation, language)}</div>`,
    );
  }
  return framed(
    context,
    headline(fleet, organisation, language).text,
    html`${summary(fleet, organisation, language)} ${attention(fleet, organisation, { at, language })}
    ${matrix(fleet, language)}`,
  );
}
