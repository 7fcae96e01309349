import { html } from '../html.ts';
import { texts } from '../texts.ts';
import type { FleetDetail } from '../views.ts';
import { attention } from './attention.ts';
import { enrolSteps } from './enrol.ts';
import { framed } from './frame.ts';
import type { PageContext } from './layout.ts';
import { matrix } from './matrix.ts';
import { headline, summary } from './summary.ts';

/** The overview: the fleet at a glance, what needs attention, and every host against every control. */
export function fleetPage(fleet: FleetDetail, context: PageContext): string {
  const { language, at } = context;
  if (fleet.hosts.length + fleet.neverSeen.length === 0) {
    const title = texts[language].nothingReported;
    return framed(
      context,
      title,
      html`<h1>${title}</h1>
        ${enrolSteps(context)}`,
    );
  }
  return framed(
    context,
    headline(fleet, language).text,
    html`${summary(fleet, language)} ${attention(fleet, at, language)} ${matrix(fleet, language)}`,
  );
}
