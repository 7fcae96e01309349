import type { Language } from '../../../policies/schema.ts';
import type { ComplianceReport } from '../model.ts';
import { texts } from '../view/texts.ts';
import { viewOf } from '../view/view.ts';
import { findingsChapter, keptChapter, summaryChapter } from './controls.ts';
import { hostsChapter, meaningChapter, verifyChapter, waiversChapter } from './evidence.ts';
import { peopleChapters } from './people.ts';
import { Sheet } from './sheet.ts';
import { titlePage } from './title.ts';

/** The report as a tagged PDF with bookmarks: the same that the HTML says. */
export async function renderPdf(report: ComplianceReport, language: Language): Promise<Buffer> {
  const view = viewOf(report, language);
  const policies = view.policies.map(({ title }) => title).join(', ');
  const sheet = new Sheet({
    title: policies === '' ? view.title : `${view.title}: ${policies}`,
    language,
    at: new Date(report.log.lastReceivedAt ?? report.period.until),
  });
  titlePage(sheet, view);
  summaryChapter(sheet, view);
  await findingsChapter(sheet, view);
  for (const chapter of [keptChapter, waiversChapter, peopleChapters, hostsChapter, meaningChapter, verifyChapter]) {
    chapter(sheet, view);
  }
  return sheet.finish(texts[language].page);
}
