import type { Language } from '../../policies/schema.ts';
import type { ComplianceReport } from './model.ts';
import { evidenceTable } from './table/evidence.ts';
import type { Cell } from './table/table.ts';

/** Without it, Excel takes UTF-8 for the machine's old code page; RFC 4180 neither asks for it nor forbids it. */
const byteOrderMark = '\uFEFF';

/**
 * The evidence table by RFC 4180: commas, CRLF, quotes where they are needed. Shares are from 0 to 1, lengths of time
 * seconds, moments ISO 8601 in UTC.
 */
export function renderCsv(report: ComplianceReport, language: Language): string {
  const { columns, rows } = evidenceTable(report, language);
  const lines = [columns.map(({ head, isDuration = false }) => field(isDuration ? `${head} (s)` : head)).join(',')];
  for (const row of rows) lines.push(row.map(written).join(','));
  return `${byteOrderMark}${lines.join('\r\n')}\r\n`;
}

function written(cell: Cell): string {
  switch (cell.kind) {
    case 'none':
      return '';
    case 'text':
    case 'state':
      return field(unarmed(cell.value));
    case 'moment':
      return cell.value;
    case 'count':
    case 'share':
    case 'duration':
      return String(cell.value);
  }
}

/**
 * A spreadsheet runs a text that begins like a formula, and hosts have a say in these texts: an apostrophe before it
 * makes it text. (OWASP, CSV injection; the wide forms are those of East Asian keyboards.)
 */
export function unarmed(text: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
