import { createHash } from 'node:crypto';
import type { Role } from '../../access/tokens.ts';
import type { Language } from '../../../policies/schema.ts';
import { needShipped } from '../../../policies/shipped.ts';
import { html, type Markup } from '../html.ts';
import { texts } from '../texts.ts';

/** What every page of someone who is logged in shows besides its own. */
export interface PageContext {
  readonly language: Language;
  /** When the page is made, in UTC. */
  readonly at: Date;
  readonly log: LogView;
  /** Where browsers reach this collector: `https://waarborg.example.nl`. */
  readonly url: string;
  readonly reader: Reader;
}

/** Who looks at a page. */
export interface Reader {
  readonly role: Role;
  /** His pseudonym. */
  readonly person: string;
  /** What his forms carry, so that no other site can send them; null where he has no session. */
  readonly form: string | null;
}

/** The evidence log's newest signed head. */
export interface LogView {
  readonly origin: string;
  readonly size: number;
  /** In base64. */
  readonly root: string;
}

export const style = needShipped('collector/web/style.css').toString();
export const icon = needShipped('collector/web/icon.svg').toString();

/** Another style has another address, so that browsers may keep each for ever. */
export const stylePath = versioned('/style.css', style);
export const iconPath = versioned('/icon.svg', icon);

function versioned(path: string, content: string): string {
  return `${path}?${createHash('sha256').update(content).digest('hex').slice(0, 12)}`;
}

/** The whole document around a page. `bar` stands at the right of the header, `foot` at the end. */
export function documentOf(page: {
  readonly language: Language;
  readonly title: string;
  readonly bar?: Markup;
  readonly foot?: Markup;
  readonly body: Markup;
}): string {
  const { language, title, bar, foot, body } = page;
  const t = texts[language];
  const other: Language = language === 'nl' ? 'en' : 'nl';
  const markup = html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Waarborg</title>
        <link rel="icon" href="${iconPath}" type="image/svg+xml" />
        <link rel="stylesheet" href="${stylePath}" />
      </head>
      <body>
        <a class="skip" href="#content">${t.skip}</a>
        <header class="top">
          <a class="brand" href="/"><img src="${iconPath}" width="22" height="22" alt="" />Waarborg</a>
          <nav>
            <a href="?lang=${other}" hreflang="${other}" lang="${other}">${t.otherLanguage}</a>
            ${bar}
          </nav>
        </header>
        <main id="content">${body}</main>
        ${foot}
      </body>
    </html> `;
  return markup.toString();
}
