import { describe, expect, test } from 'vitest';
import { buildCompliance } from '../../../collector/reports/build.ts';
import { renderCsv } from '../../../collector/reports/csv.ts';
import { renderHtml } from '../../../collector/reports/html/render.ts';
import type { ComplianceReport } from '../../../collector/reports/model.ts';
import { renderPdf } from '../../../collector/reports/pdf/render.ts';
import { gapsView } from '../../../collector/reports/view/gaps.ts';
import { texts } from '../../../collector/reports/view/texts.ts';
import { tool } from '../../support/tools.ts';
import { day, MadeUpLog, requestOf } from './evidence.ts';
import { flat, textOfHtml, toolOnPdf } from './forms.ts';

/** Of a log that sleeps each night from ten to six, in the third night until eight, and of the one host that it hears by day. */
async function sleeping(nights: number): Promise<ComplianceReport> {
  const log = new MadeUpLog().enrol(day(1), 'web1');
  for (let night = 1; night <= nights; night += 1) {
    log.hourly(day(night, night === 4 ? 8 : 6), day(night, 22), 'web1', { 'EX-tls': 'pass' });
    log.gap(day(night, 22), day(night + 1, night === 3 ? 8 : 6));
  }
  log.hourly(day(nights + 1, 6), day(nights + 1, 22), 'web1', { 'EX-tls': 'pass' }).heartbeat(day(nights + 1, 22));
  // It begins after the host's enrolment, and ends as the log does.
  const period = { from: day(1, 6), until: day(nights + 1, 22) };
  return buildCompliance(log.evidence(), requestOf({ period, staleAfter: 3600 }));
}

describe('gaps of a log that slept each night', () => {
  test('are told in few rows: the longest alone, and how many and how long the others are', async () => {
    const report = await sleeping(200);
    const { gaps, areGrouped, moreGaps } = gapsView(report, 'en');
    const own = gaps.filter(({ host }) => host === texts.en.collector);
    expect(own.map(({ length }) => length)).toEqual([
      '8 hours',
      '8 hours',
      '10 hours',
      '197 times, together 65 days 16 hours',
    ]);
    expect(own[2]).toMatchObject({ from: '3 Oct 2026, 22:00', until: '4 Oct 2026, 08:00', proof: /^entry \d+$/ });
    expect([areGrouped, moreGaps]).toEqual([true, 0]);
    expect(gaps.length).toBeLessThan(20);
  });

  test.each([
    ['en', '197 times, together 65 days 16 hours'],
    ['nl', '197 keer, samen 65 dagen 16 uur'],
  ] as const)(
    'are told alike in HTML and PDF (%s), and each of them by what a program reads',
    async (language, words) => {
      const report = await sleeping(200);
      const html = textOfHtml(renderHtml(report, language));
      expect(html).toContain(words);
      expect(html).toContain(flat(texts[language].gapsGrouped));
      expect(report.collectorGaps.length).toBe(200);
      const rows = renderCsv(report, language)
        .split('\r\n')
        .filter((row) => row.includes(`,${texts[language].collector},`));
      expect(rows.length).toBe(200);
      if (tool('pdftotext') === undefined) return;
      // Cells break into lines, and the tool reads across them.
      expect(flat(toolOnPdf('pdftotext', await renderPdf(report, language)))).toContain(words.replace(/,.*/, ''));
    },
  );

  test('stand one by one where they are few', async () => {
    const { gaps, areGrouped } = gapsView(await sleeping(6), 'en');
    expect(gaps.filter(({ host }) => host === texts.en.collector).length).toBe(6);
    expect(areGrouped).toBe(false);
    expect(textOfHtml(renderHtml(await sleeping(6), 'en'))).not.toContain(flat(texts.en.gapsGrouped));
  });

  test('that there is no room for are counted one by one, in whatever rows they would stand', async () => {
    const report = await sleeping(20);
    const [host] = report.hosts;
    const hosts = Array.from({ length: 300 }, (_, index) => ({ ...host, host: `web${index}` })) as typeof report.hosts;
    const { gaps, moreGaps } = gapsView({ ...report, hosts }, 'en');
    expect(gaps.length).toBe(500);
    const all = report.collectorGaps.length + hosts.reduce((sum, one) => sum + one.gaps.length, 0);
    const told = gaps.map(({ length }) => Number(/^(\d+) times/.exec(length)?.[1] ?? 1));
    expect(told.reduce((sum, count) => sum + count, 0) + moreGaps).toBe(all);
    expect(moreGaps).toBeGreaterThan(500);
  });
});
