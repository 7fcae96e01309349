import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, tool } from '../../support/tools.ts';

/** The text of reports that are made for reading. */

export const languages = ['nl', 'en'] as const;

/** Without the breaks of lines, nor what marks them in HTML. */
export function flat(text: string): string {
  return text.replace(/\s+/g, ' ');
}

export function textOfHtml(html: string): string {
  const body = html.slice(html.indexOf('<body>'));
  const text = body
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/&gt;/g, '>')
    .replace(/&lt;/g, '<');
  return flat(text.replace(/&quot;/g, '"').replace(/&amp;/g, '&'));
}

/** What a tool of poppler-utils prints of a PDF. */
export function toolOnPdf(name: string, pdf: Buffer, ...options: string[]): string {
  using folder = temporaryFolder();
  const file = join(folder.path, 'report.pdf');
  writeFileSync(file, pdf);
  return execFileSync(tool(name) ?? '', [...options, file, ...(name === 'pdftotext' ? ['-'] : [])]).toString();
}
