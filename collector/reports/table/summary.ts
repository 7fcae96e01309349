import type { Language } from '../../../policies/schema.ts';
import type { ComplianceReport } from '../model.ts';
import { spanStates } from '../states.ts';
import { front } from '../view/front.ts';
import { standingOf, type Standing } from '../view/kept.ts';
import { stateNames, texts } from '../view/texts.ts';
import { verifyView } from '../view/verify.ts';
import { shareCell } from './cells.ts';
import { count, duration, moment, none, text, type Cell, type Table } from './table.ts';
import { tableTexts } from './texts.ts';

/** What the title page of the reports for reading says, and how to verify it. */
export function summaryTable(report: ComplianceReport, language: Language): Table {
  const [t, own] = [texts[language], tableTexts[language]];
  const { headline, facts } = front(report, language);
  const said = facts.filter(({ name }) => name !== t.period);
  return {
    name: own.sheets.summary,
    columns: [
      { head: own.figure, width: 36 },
      { head: own.value, width: 90, isMixed: true },
      { head: own.note, width: 70 },
    ],
    rows: [
      row(t.title, text(headline.text)),
      row(t.from, moment(report.period.from)),
      row(t.until, moment(report.period.until)),
      ...said.flatMap(({ name, lines }) => lines.map((line) => row(name, text(line)))),
      ...figureRows(report, language),
      ...report.policies.map(({ policy, title, totals }) =>
        row(`${t.share}: ${policy}`, shareCell(totals), title?.[language]),
      ),
      ...logRows(report, language),
    ],
  };
}

function figureRows({ totals, policies, hosts, staleAfter }: ComplianceReport, language: Language): Cell[][] {
  const [t, own] = [texts[language], tableTexts[language]];
  const standings = policies.flatMap(({ controls }) => controls.map(standingOf));
  const counts = (['kept', 'failed', 'unshown'] as const).map((standing: Standing) =>
    row(`${t.control}: ${own.standings[standing]}`, count(standings.filter((one) => one === standing).length)),
  );
  return [
    row(t.share, shareCell(totals), totals.share === null ? t.noShare : t.kept),
    row(own.counted, duration(totals.counted)),
    row(own.compliant, duration(totals.compliant)),
    row(own.waived, duration(totals.waived)),
    ...spanStates
      .filter((state) => totals.durations[state] !== undefined)
      .map((state) =>
        row(`${t.state}: ${stateNames[state][language]}`, duration(totals.durations[state] ?? 0), t.meanings[state]),
      ),
    row(own.controls, count(standings.length)),
    ...counts,
    row(own.sheets.hosts, count(hosts.length)),
    row(t.reportCount, count(hosts.reduce((sum, host) => sum + host.reports, 0)), t.reportsNote),
    row(own.staleAfter, duration(staleAfter)),
  ];
}

/** Enough to hold the log to this report, and to make it again. */
function logRows(report: ComplianceReport, language: Language): Cell[][] {
  const [t, own] = [texts[language], tableTexts[language]];
  const { origin, key, size, root, checkpoint, lastReceivedAt } = report.log;
  const { meaning, intro, steps, limit } = verifyView(report, language);
  return [
    row(t.evidence, text(origin)),
    row(own.logSize, count(size)),
    row(own.logEnd, moment(lastReceivedAt)),
    row(own.root, text(root)),
    row(t.logKey, text(key)),
    row(t.checkpoint, text(checkpoint), t.checkpointNote),
    ...meaning.map((line) => row(t.meaning, text(line))),
    row(t.verify, text(intro)),
    ...steps.map((step) => row('', text(step.command ?? ''), step.text)),
    row('', text(limit)),
  ];
}

function row(name: string, value: Cell, note?: string): Cell[] {
  return [text(name), value, note === undefined ? none : text(note)];
}
