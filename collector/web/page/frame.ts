import { html, type Markup } from '../html.ts';
import { number, texts } from '../texts.ts';
import { documentOf, type PageContext } from './layout.ts';
import { organisationPath } from './links.ts';
import { time } from './moment.ts';

/** A page of someone who is logged in. */
export function framed(context: PageContext, title: string, body: Markup, { renews = true } = {}): string {
  const { language, at, log } = context;
  const t = texts[language];
  return documentOf({
    language,
    title,
    bar: html`<a href="${organisationPath}">${t.organisation}</a>
      <a href="/reports">${t.reports}</a>
      <form method="post" action="/logout"><button>${t.logOut}</button></form>`,
    foot: html`<footer>
      <p>${time(at, language)}${renews ? ` · ${t.renewed}` : undefined}</p>
      <p>${t.logLine(number(log.size, language), log.origin)}</p>
    </footer>`,
    body,
  });
}

/** The way back, above a page that is not the overview. */
export function backToOverview({ language }: PageContext): Markup {
  return html`<p class="back"><a href="/">← ${texts[language].overview}</a></p>`;
}
