import type { Language } from '../../../policies/schema.ts';
import { lineText, registerTitles } from '../../people/register-words.ts';
import type { ReportedLine } from '../model.ts';
import { registerTexts } from './register-texts.ts';
import { texts } from './texts.ts';
import { cellMoment } from './words.ts';

/** The chapter on registers. */
export interface RegisterView {
  readonly rows: readonly RegisterRow[];
  /** Lines that there was no room for. */
  readonly more: number;
}

export interface RegisterRow {
  readonly register: string;
  readonly id: string;
  readonly said: string;
  readonly from: string;
  readonly until: string;
  readonly proof: string;
}

/** What a report for reading has room for; other formats hold all. */
const maximumLines = 500;

export function registerView(lines: readonly ReportedLine[], language: Language): RegisterView {
  return {
    rows: byRegister(lines)
      .slice(0, maximumLines)
      .map(({ id, record, entry }) => ({
        register: registerTitles[record.of][language],
        id,
        said: lineText(record, language),
        from: cellMoment(record.from, language),
        until: record.until === null ? registerTexts[language].noEnd : cellMoment(record.until, language),
        proof: texts[language].entry(String(entry.index)),
      })),
    more: Math.max(lines.length - maximumLines, 0),
  };
}

/** Register after register, each in the order of the log. */
export function byRegister(lines: readonly ReportedLine[]): ReportedLine[] {
  const order = Object.keys(registerTitles);
  return lines.toSorted((a, b) => order.indexOf(a.record.of) - order.indexOf(b.record.of));
}
