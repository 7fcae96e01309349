import { html } from '../web/html.ts';
import type { Composed, Line } from './message.ts';
import { noticeTexts } from './words.ts';

/** A message as plain text, for mail (RFC 3676 leaves long lines to the reader's program). */
export function asText({ sections, foot, link, language }: Composed): string {
  const told = sections.map(({ heading, lines }) => [heading, '-'.repeat(heading.length), ...lines.flatMap(textLines)]);
  const where = link === null ? [] : [[`${noticeTexts[language].look} ${link}`]];
  return `${[...told, ...where, ['-- ', ...foot]].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function textLines({ text, details, link }: Line): string[] {
  const said = [`* ${text}`, ...details.map((detail) => `    ${detail}`)].map(inOneLine);
  return [...said, ...(link === null ? [] : [`  ${link}`])];
}

/** What hosts report may hold line breaks: it must not pass for lines of the message's own. */
function inOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** The same as HTML that every mail program can show: no pictures, nothing from elsewhere. */
export function asHtml({ subject, sections, foot, link, language }: Composed): string {
  const markup = html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="color-scheme" content="light dark" />
        <title>${subject}</title>
      </head>
      <body style="font-family: sans-serif; line-height: 1.4; max-width: 46em">
        ${sections.map(
          ({ heading, lines }) =>
            html`<h2 style="font-size: 1.1em">${heading}</h2>
              <ul style="padding-left: 1.2em">
                ${lines.map(htmlLine)}
              </ul>`,
        )}
        ${link === null ? undefined : html`<p>${noticeTexts[language].look} <a href="${link}">${link}</a></p>`}
        <p style="font-size: 0.85em; opacity: 0.75">${foot.join(' ')}</p>
      </body>
    </html>`;
  return `${markup.toString()}\n`;
}

function htmlLine({ text, details, link }: Line) {
  const told = link === null ? html`${text}` : html`<a href="${link}">${text}</a>`;
  return html`<li>
    ${told}
    ${
      details.length === 0
        ? undefined
        : html`<ul style="padding-left: 1.2em">
            ${details.map((detail) => html`<li>${detail}</li>`)}
          </ul>`
    }
  </li>`;
}
