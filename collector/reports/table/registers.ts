import type { Language } from '../../../policies/schema.ts';
import { lineText, registerTitles } from '../../people/register-words.ts';
import type { ComplianceReport } from '../model.ts';
import { peopleTexts } from '../view/people-texts.ts';
import { registerTexts } from '../view/register-texts.ts';
import { byRegister } from '../view/registers.ts';
import { texts } from '../view/texts.ts';
import { count, moment, text, type Table } from './table.ts';
import { tableTexts } from './texts.ts';

/** A row a line of a register. */
export function registersTable({ organisation }: ComplianceReport, language: Language): Table {
  const [t, own] = [texts[language], registerTexts[language]];
  return {
    name: own.title,
    columns: [
      { head: own.register, width: 20 },
      { head: own.line, width: 28 },
      { head: own.said, width: 50 },
      { head: t.from, width: 20 },
      { head: t.until, width: 20 },
      { head: peopleTexts[language].by, width: 24 },
      { head: peopleTexts[language].files, width: 10 },
      { head: tableTexts[language].firstEntry, width: 10 },
    ],
    rows: byRegister(organisation?.registers ?? []).map(({ id, record, by, files, entry }) => [
      text(registerTitles[record.of][language]),
      text(id),
      text(lineText(record, language)),
      moment(record.from),
      moment(record.until),
      text(by),
      count(files),
      count(entry.index),
    ]),
  };
}
