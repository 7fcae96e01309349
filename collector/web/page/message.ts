import { html } from '../html.ts';
import { texts } from '../texts.ts';
import { enrolSteps } from './enrol.ts';
import { backToOverview, framed } from './frame.ts';
import type { PageContext } from './layout.ts';
import { freshnessBadge } from './verdict.ts';

/** For an address that names nothing: an old link, a host that was renamed. */
export function notFoundPage(
  missing: { readonly host: string } | { readonly control: string },
  context: PageContext,
): string {
  const t = texts[context.language];
  const said = 'host' in missing ? t.unknownHost(missing.host) : t.unknownControl(missing.control);
  return framed(
    context,
    t.unknownPage,
    html`${backToOverview(context)}
      <h1>${t.unknownPage}</h1>
      <p>${said}</p>`,
  );
}

/** A host that must report and never did. */
export function neverSeenPage(host: string, context: PageContext): string {
  const { language } = context;
  const body = html`${backToOverview(context)}
    <h1>${host} ${freshnessBadge('never-seen', language)}</h1>
    <p class="notice never-seen">${texts[language].unreliable['never-seen']}</p>
    ${enrolSteps(context, host)}`;
  return framed(context, host, body);
}
