import { explain, verdictNames } from '../../../policies/explain.ts';
import type { Reason } from '../../../policies/reasons.ts';
import type { Language } from '../../../policies/schema.ts';
import type { ComplianceReport } from '../model.ts';
import { coursesOf, subjectName } from '../subjects.ts';
import { texts } from '../view/texts.ts';
import { controlCells, controlColumns, stateCell } from './cells.ts';
import { moment, none, text, type Cell, type Table } from './table.ts';
import { tableTexts } from './texts.ts';

/** A row a reason: each of every span, as it was told when the span began, and each of the last report. */
export function reasonsTable(report: ComplianceReport, language: Language): Table {
  const [t, own] = [texts[language], tableTexts[language]];
  return {
    name: own.sheets.reasons,
    columns: [
      ...controlColumns(language),
      { head: t.host, width: 28 },
      { head: own.occasion, width: 20 },
      { head: t.state, width: 18 },
      { head: own.since, width: 20 },
      { head: own.verdict, width: 18 },
      { head: own.subject, width: 30 },
      { head: t.reason, width: 70 },
      { head: own.code, width: 26 },
    ],
    rows: reasonRows(report, language),
  };
}

function* reasonRows({ policies }: ComplianceReport, language: Language): Iterable<Cell[]> {
  const { occasions } = tableTexts[language];
  for (const policy of policies) {
    for (const control of policy.controls) {
      const about = controlCells(policy, control, language);
      for (const { subject, spans, lastReasons } of coursesOf(control)) {
        const name = text(subjectName(subject, language));
        for (const { state, from, reasons } of spans) {
          const place = [name, text(occasions.span), stateCell(state, language), moment(from)];
          for (const reason of reasons) yield [...about, ...place, ...reasonCells(reason, language)];
        }
        const place = [name, text(occasions.last), none, none];
        for (const reason of lastReasons) yield [...about, ...place, ...reasonCells(reason, language)];
      }
    }
  }
}

function reasonCells(reason: Reason, language: Language): Cell[] {
  return [
    text(verdictNames[reason.verdict][language]),
    text(reason.subject ?? ''),
    text(explain(reason, language)),
    text(reason.code),
  ];
}
