import type { Language } from '../../../policies/schema.ts';
import type { ComplianceReport, ReportedLot, ReportedSample } from '../model.ts';
import { peopleTexts } from '../view/people-texts.ts';
import { sampleTexts } from '../view/sample-texts.ts';
import { texts } from '../view/texts.ts';
import { keptText } from '../view/words.ts';
import { count, moment, text, type Cell, type Table } from './table.ts';
import { tableTexts } from './texts.ts';

/** A row a control of a host that was to be looked at; of a month of which nothing was drawn, one row. */
export function samplesTable({ organisation }: ComplianceReport, language: Language): Table {
  const [t, own, words] = [sampleTexts[language], peopleTexts[language], texts[language]];
  return {
    name: t.title,
    columns: [
      { head: t.month, width: 10 },
      { head: words.host, width: 30 },
      { head: words.policy, width: 20 },
      { head: words.control, width: 24 },
      { head: t.dueHead, width: 20 },
      { head: t.found, width: 24 },
      { head: t.foundOn, width: 20 },
      { head: own.by, width: 24 },
      { head: own.said, width: 60 },
      { head: tableTexts[language].firstEntry, width: 10 },
    ],
    rows: (organisation?.samples ?? []).flatMap((sample) => {
      const lots: readonly (ReportedLot | undefined)[] = sample.lots.length === 0 ? [undefined] : sample.lots;
      return lots.map((lot) => lotCells(sample, lot, language));
    }),
  };
}

function lotCells({ month, due, first }: ReportedSample, lot: ReportedLot | undefined, language: Language): Cell[] {
  const t = sampleTexts[language];
  const last = lot?.checks.at(-1);
  const said = (lot?.checks ?? []).flatMap(({ statement }) => (statement === null ? [] : [statement]));
  return [
    text(month),
    text(lot?.host ?? ''),
    text(lot?.policy ?? ''),
    text(lot?.control ?? ''),
    moment(due ?? undefined),
    text(lot === undefined ? t.notDrawn : t.states[last?.found ?? 'open']),
    moment(last?.entry.receivedAt),
    text(last?.by ?? ''),
    text(said.map((kept) => keptText(kept, language)).join('\n')),
    count((last?.entry ?? first).index),
  ];
}
