import { html, type Markup } from '../html.ts';
import { number, texts } from '../texts.ts';
import { documentOf, type PageContext } from './layout.ts';
import { mayRead } from '../readers.ts';
import { accessTexts } from '../access-texts.ts';
import { organisationPath } from './links.ts';
import { time } from './moment.ts';

/** A page of someone who is logged in. */
export function framed(context: PageContext, title: string, body: Markup, { renews = true } = {}): string {
  const { language, at, log } = context;
  const t = texts[language];
  return documentOf({
    language,
    title,
    bar: html`${linksFor(context).map(({ path, text }) => html`<a href="${path}">${text}</a> `)}
      <form method="post" action="/logout"><button>${t.logOut}</button></form>`,
    foot: html`<footer>
      <p>${time(at, language)}${renews ? ` · ${t.renewed}` : undefined}</p>
      <p>${t.logLine(number(log.size, language), log.origin)}</p>
    </footer>`,
    body,
  });
}

/** The pages that a reader may have. */
function linksFor({ language, reader: { role } }: PageContext): { readonly path: string; readonly text: string }[] {
  const [t, own] = [texts[language], accessTexts[language]];
  return pages
    .filter(({ path }) => mayRead(role, path))
    .map(({ path, name }) => ({ path, text: name === 'organisation' || name === 'reports' ? t[name] : own[name] }));
}

const pages = [
  { path: organisationPath, name: 'organisation' },
  { path: '/reports', name: 'reports' },
  { path: '/notices', name: 'notices' },
  { path: '/access', name: 'access' },
] as const;

/** The way back, above a page that is not the overview. */
export function backToOverview({ language, reader: { role } }: PageContext): Markup | undefined {
  if (!mayRead(role, '/')) return undefined;
  return html`<p class="back"><a href="/">← ${texts[language].overview}</a></p>`;
}
