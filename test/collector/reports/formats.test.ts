import { chromium } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildCompliance } from '../../../collector/reports/build.ts';
import { renderHtml } from '../../../collector/reports/html/render.ts';
import type { ComplianceReport } from '../../../collector/reports/model.ts';
import { renderPdf } from '../../../collector/reports/pdf/render.ts';
import { peopleTexts } from '../../../collector/reports/view/people-texts.ts';
import { stateNames, texts } from '../../../collector/reports/view/texts.ts';
import { percentage } from '../../../collector/reports/view/words.ts';
import { explain } from '../../../policies/explain.ts';
import type { Language } from '../../../policies/schema.ts';
import { tool } from '../../support/tools.ts';
import { day, examplePolicy, MadeUpLog, requestOf } from './evidence.ts';
import { flat, languages, textOfHtml, toolOnPdf } from './forms.ts';
import { fixtureReasons, fixtureReport, fixtureWaiver } from './fixture.ts';
import { peopleLog, peoplePolicy } from './people.ts';

let report: ComplianceReport;
beforeAll(async () => {
  report = await fixtureReport();
});

/** What each form must say, in a language. */
function mustSay(language: Language): string[] {
  const t = texts[language];
  const english = language === 'en';
  return [
    t.title,
    examplePolicy.title[language],
    t.headlineFailed(1),
    '66.9 %'.replace('.', english ? '.' : ','),
    ...examplePolicy.controls.flatMap(({ id, title, clause, promise, remedy }) => [
      `${id}: ${title[language]}`,
      clause,
      promise[language],
      remedy[language],
    ]),
    ...['web1', 'db1', 'mail1', 'new1', 'never1'].map((host) => `${host}.example.nl`),
    ...Object.values(stateNames).map((name) => name[language]),
    ...Object.values(t.meanings),
    ...fixtureReasons.map((reason) => explain(reason, language)),
    // The failure of web1, from the third day at seven to the fourth at three, and its proof.
    ...(english
      ? [
          '3 Oct 2026, 07:00',
          '4 Oct 2026, 15:00',
          '1 day 8 hours',
          'entries 113 to 178',
          'seen failing from 3 Oct 2026',
        ]
      : [
          '3 okt 2026, 07:00',
          '4 okt 2026, 15:00',
          '1 dag 8 uur',
          'regels 113 tot en met 178',
          'niet voldaan gezien van',
        ]),
    fixtureWaiver.reason,
    fixtureWaiver.approvedBy,
    ...[t.summary, t.findings, t.waivers, t.hostsAndGaps, t.gaps, t.meaning, t.verify, t.qrNote],
    report.log.key,
    report.log.root,
    'Gis8TQ==',
    'waarborg verify evidence --key',
    `--from ${day(1)} --to ${day(11)} --stale-after 5400s --language ${language}`,
  ];
}

describe('the HTML', () => {
  test.each(languages)('says all of it (%s)', (language) => {
    const text = textOfHtml(renderHtml(report, language));
    expect(mustSay(language).filter((words) => !text.includes(flat(words)))).toEqual([]);
    expect(text).not.toMatch(/undefined|\[object|NaN|Infinity|\{[a-z]+[|}]/);
  });

  test.each(languages)('speaks one language (%s)', (language) => {
    const other = language === 'nl' ? 'en' : 'nl';
    const text = textOfHtml(renderHtml(report, language));
    const foreign = Object.values(texts[other]).filter((words) => typeof words === 'string' && words.length > 12);
    expect(foreign.filter((words) => text.includes(flat(String(words))))).toEqual([]);
  });

  test('needs nothing else, and no script', () => {
    const html = renderHtml(report, 'nl');
    expect(html).not.toMatch(/<script|<link|<img|@import|url\((?!#)|https?:/);
    expect(html).toContain('<html lang="nl">');
    expect(/<title>([^<]*)</.exec(html)?.[1]).toBe('Nalevingsrapport: Voorbeeldbeleid · Waarborg');
  });

  test('leads every link to its place', () => {
    const html = renderHtml(report, 'en');
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    const links = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(8);
    expect(links.filter((link) => !ids.includes(link))).toEqual([]);
    expect(ids.length).toBe(new Set(ids).size);
  });

  test('draws each bar from the spans: what failed a fifth of the time fails a fifth of the bar', async () => {
    const log = new MadeUpLog().enrol(day(1), 'web1');
    log.hourly(day(1), day(5), 'web1', { 'EX-tls': 'pass' }).hourly(day(5), day(7), 'web1', { 'EX-tls': 'fail' });
    log.hourly(day(7), day(11), 'web1', { 'EX-tls': 'pass' }).heartbeat(day(11));
    const html = renderHtml(await buildCompliance(log.evidence(), requestOf()), 'en');
    const bar = /aria-label="web1: 80.0 %">([\s\S]*?)<\/svg>/.exec(html)?.[1] ?? '';
    const rects = [...bar.matchAll(/x="(\d+)" y="4" width="(\d+)" height="14" fill="url\(#(\w+)\)"/g)];
    expect(rects.map(([, x, width, kind]) => [kind, Number(x), Number(width)])).toEqual([
      ['kept', 0, 144],
      ['failed', 144, 72],
      ['kept', 216, 144],
    ]);
  });

  test.skipIf(tool('chromium') === undefined)('fits a phone and prints on A4, with a number on each page', async () => {
    const browser = await chromium.launch({
      executablePath: tool('chromium') ?? '',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    });
    try {
      const page = await browser.newPage({ viewport: { width: 375, height: 800 } });
      await page.setContent(renderHtml(report, 'nl'));
      const [wide, view] = await page.evaluate<[number, number]>(
        '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
      );
      expect(wide).toBeLessThanOrEqual(view);
      const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
      if (tool('pdftotext') === undefined) return;
      expect(toolOnPdf('pdfinfo', pdf)).toMatch(/Page size: +59[45].* \(A4\)/);
      expect(toolOnPdf('pdftotext', pdf)).toMatch(/^3 ?\/ ?\d$/m);
    } finally {
      await browser.close();
    }
  });
});

describe.skipIf(tool('pdftotext') === undefined)('the PDF', () => {
  test.each(languages)('says all of it (%s)', async (language) => {
    const text = toolOnPdf('pdftotext', await renderPdf(report, language), '-raw');
    const [words, letters] = [flat(text), text.replace(/\s+/g, '')];
    // Keys and hashes are broken over lines wherever the line ends.
    const isMissing = (one: string): boolean =>
      !words.includes(flat(one)) && !letters.includes(one.replace(/\s+/g, ''));
    expect(mustSay(language).filter(isMissing)).toEqual([]);
    expect(words).not.toMatch(/undefined|\[object|NaN|Infinity|\{[a-z]+[|}]/);
  });

  test('is tagged, with its language, title and bookmarks, and numbers its pages', async () => {
    const pdf = await renderPdf(report, 'nl');
    const info = toolOnPdf('pdfinfo', pdf);
    expect(info).toMatch(/Title: +Nalevingsrapport: Voorbeeldbeleid/);
    expect(info).toMatch(/Tagged: +yes/);
    const pages = Number(/Pages: +(\d+)/.exec(info)?.[1]);
    const text = toolOnPdf('pdftotext', pdf);
    const numbered = [...text.matchAll(/^Waarborg\s+(\d+) ?\/ ?(\d+)$/gm)].map(([, page, of]) => [
      Number(page),
      Number(of),
    ]);
    expect(numbered).toEqual(Array.from({ length: pages }, (_, page) => [page + 1, pages]));
    const structure = toolOnPdf('pdfinfo', pdf, '-struct-text');
    expect(structure).toMatch(/H1[\s\S]*"Nalevingsrapport"/);
    expect(structure).toMatch(/Table[\s\S]*TR[\s\S]*TH[\s\S]*"Maatregel"/);
    expect(pdf.toString('latin1')).toMatch(/\/Lang \(nl\)/);
    const bookmarks = [...pdf.toString('latin1').matchAll(/\/Title \(([^)]*)\)/g)].map(([, title]) => title);
    expect(bookmarks).toEqual(
      expect.arrayContaining(['Samenvatting', 'Voorbeeldbeleid', 'EX-tls: Alleen TLS 1.2 of hoger', 'Ontheffingen']),
    );
  });

  test('embeds its fonts, and asks the reader for none', async () => {
    const lines = toolOnPdf('pdffonts', await renderPdf(report, 'en'))
      .trim()
      .split('\n')
      .slice(2);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/SourceSans3.* yes +yes +yes /);
  });

  test('ends with the checkpoint and its code, on the last page', async () => {
    const pdf = await renderPdf(report, 'en');
    const pages = /Pages: +(\d+)/.exec(toolOnPdf('pdfinfo', pdf))?.[1] ?? '';
    const last = flat(toolOnPdf('pdftotext', pdf, '-f', pages));
    for (const words of [report.log.root, 'Gis8TQ==', texts.en.qrNote]) expect(last).toContain(words);
  });

  test('is the same bytes whenever it is made', async () => {
    expect((await renderPdf(report, 'nl')).equals(await renderPdf(report, 'nl'))).toBe(true);
  });

  test('spells out what its font has no letter for, and leaves nothing out', async () => {
    const subject = 'Žižkov-Ελλάς-Київ-☃-中';
    const reasons = [{ code: 'host.denied', verdict: 'unknown', subject, values: { what: 'a\u0007b' } } as const];
    const log = new MadeUpLog().enrol(day(1), 'web1').heartbeat(day(11));
    log.entries.pop();
    log.hourly(day(1), day(11), 'web1', { 'EX-tls': { verdict: 'unknown', reasons } });
    const odd = await buildCompliance(log.evidence(), requestOf());
    const text = flat(toolOnPdf('pdftotext', await renderPdf(odd, 'en')));
    expect(text).toContain('Žižkov-Ελλάς-Київ-‹U+2603›-‹U+4E2D›');
    expect(text).toContain('a‹U+0007›b');
  });
});

describe('what people show', () => {
  const made = (log = peopleLog()): Promise<ComplianceReport> => buildCompliance(log.evidence(), requestOf());

  /** What each form must say of it, in a language. */
  function words(language: Language): string[] {
    const english = language === 'en';
    const t = peopleTexts[language];
    return [
      ...peoplePolicy.controls.flatMap(({ id, title, promise }) => [`${id}: ${title[language]}`, promise[language]]),
      texts[language].allHostsAndOrganisation,
      texts[language].meaningOrganisation,
      ...[t.attestations, t.cases, t.late, 'Reviewed by Example', 'review.pdf', 'A laptop was lost', 'By telephone'],
      ...(english
        ? ['Organisation', 'approved by person-b on 3 Oct 2026', 'case-1: data leak, urgent', 'entries 2 to 7']
        : [
            'Organisatie',
            'goedgekeurd door person-b op 3 okt 2026',
            'case-1: datalek, dringend',
            'regels 2 tot en met 7',
          ]),
    ];
  }

  test.each(languages)('is in the HTML (%s)', async (language) => {
    const html = renderHtml(await made(), language);
    const text = textOfHtml(html);
    expect(words(language).filter((one) => !text.includes(flat(one)))).toEqual([]);
    expect(text).not.toMatch(/undefined|\[object|NaN|Infinity|\{[a-z]+[|}]/);
    const other = Object.values(peopleTexts[language === 'nl' ? 'en' : 'nl']).filter(
      (one) => typeof one === 'string' && one.length > 12,
    );
    expect(other.filter((one) => text.includes(flat(String(one))))).toEqual([]);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect([...html.matchAll(/href="#([^"]+)"/g)].filter(([, id]) => !ids.includes(id))).toEqual([]);
  });

  test.skipIf(tool('pdftotext') === undefined).each(languages)('is in the PDF (%s)', async (language) => {
    const letters = toolOnPdf('pdftotext', await renderPdf(await made(), language), '-raw').replace(/\s+/g, '');
    expect(words(language).filter((one) => !letters.includes(one.replace(/\s+/g, '')))).toEqual([]);
  });

  test('shows erased words as erased, and escapes those that are kept', async () => {
    const log = peopleLog().dropSaid(3, day(11));
    const html = renderHtml(await made(log), 'nl');
    expect(html).not.toContain('A laptop was lost');
    expect(textOfHtml(html)).toContain('(gewist)');
    const hostile = peopleLog().act(
      day(11),
      { act: 'take-step', of: 'case-1', step: 'told', fields: [] },
      { text: '<script>alert(1)</script>' },
    );
    const shown = await buildCompliance(hostile.evidence(), requestOf({ period: { from: day(1), until: day(12) } }));
    expect(renderHtml(shown, 'nl')).toContain('&lt;script&gt;alert(1)');
  });

  test.skipIf(tool('pdftotext') === undefined)('counts what there is no room for', async () => {
    const log = peopleLog();
    log.entries.pop();
    log.act(day(10, 1), { act: 'take-step', of: 'case-1', step: 'told', fields: [] }, { text: 'x'.repeat(2700) });
    for (let number = 0; number < 230; number += 1) {
      log.act(day(10, 2), {
        ...{ act: 'open-case', id: `case-of-${number}`, of: 'audit', urgency: null },
        ...{ began: day(10), about: null, fields: [] },
      });
    }
    const many = await made(log.heartbeat(day(11)));
    for (const text of [renderHtml(many, 'en'), toolOnPdf('pdftotext', await renderPdf(many, 'en'), '-raw')]) {
      expect(flat(text)).toContain('700 more characters');
      expect(flat(text)).toContain(texts.en.more(31));
    }
  });

  test('leaves no chapter where nobody did anything', () => {
    expect(renderHtml(report, 'nl')).not.toContain(peopleTexts.nl.attestations);
  });

  test('does not come out as kept where a document is not there', async () => {
    const log = peopleLog().enrol(day(1), 'web1').hourly(day(1), day(11), 'web1', { 'EX-tls': 'pass' });
    log.entries.sort((a, b) => Date.parse(a.receivedAt) - Date.parse(b.receivedAt));
    log.documents.delete(peoplePolicy.digest);
    expect(renderHtml(await made(log), 'en')).toContain(texts.en.headlineMissing(1));
  });
});

describe('a large report', () => {
  test('counts what it has no room for, and the tables of the PDF go on with their heads', async () => {
    const log = new MadeUpLog();
    for (let host = 0; host < 120; host += 1) {
      log.enrol(day(1), `host${host}`).report(day(1), `host${host}`, { 'EX-tls': host < 2 ? 'fail' : 'unknown' });
    }
    for (let hour = 2; hour < 120; hour += 2) {
      const told = { 'EX-tls': hour % 4 === 0 ? 'fail' : 'pass' } as const;
      log.report(day(1, hour), 'host0', told, { issuedAt: day(1, hour) });
    }
    const large = await buildCompliance(log.heartbeat(day(11)).evidence(), requestOf({ staleAfter: 7200 }));
    const html = textOfHtml(renderHtml(large, 'en'));
    expect(html).toContain('20 more are not shown here');
    // 30 stretches of failing, and the gaps of the host are told apart.
    expect(html.match(/fails 1 Oct 2026/g)?.length).toBeGreaterThan(0);
    if (tool('pdftotext') === undefined) return;
    const text = toolOnPdf('pdftotext', await renderPdf(large, 'en'), '-layout');
    const pages = text.split('\f').filter((page) => /host\d+ .* (fails|unknown|silent|not recorded)/.test(page));
    expect(pages.length).toBeGreaterThan(3);
    for (const page of pages) expect(page).toMatch(/Host/);
  });

  test('of one host, ninety days and thousands of changes is made all the same', async () => {
    const log = new MadeUpLog().enrol(day(1), 'web1');
    for (let hour = 0; hour < 90 * 24; hour += 1) {
      log.report(day(1, hour), 'web1', { 'EX-tls': hour % 2 === 0 ? 'fail' : 'pass' }, { issuedAt: day(1, hour) });
    }
    const period = { from: day(1), until: day(91) };
    const flapping = await buildCompliance(log.evidence(), requestOf({ period }));
    expect(flapping.policies[0]?.controls[0]?.hosts[0]).toMatchObject({ totals: { share: 0.5 } });
    expect(flapping.policies[0]?.controls[0]?.hosts[0]?.spans).toHaveLength(2160);
    expect(textOfHtml(renderHtml(flapping, 'en'))).toContain('1050 more are not shown here');
  });
});

describe('the headline', () => {
  const headlineOf = async (log: MadeUpLog, expected: readonly string[] = []): Promise<string | undefined> => {
    const made = await buildCompliance(log.evidence(), requestOf({ expected }));
    return /<p class="headline (\w+)/.exec(renderHtml(made, 'en'))?.[1];
  };
  const whole = (told: 'pass' | 'unknown'): MadeUpLog => {
    return new MadeUpLog().enrol(day(1), 'web1').hourly(day(1), day(11), 'web1', { 'EX-tls': told });
  };

  test('says that all was kept only where all was kept, of every host', async () => {
    expect(await headlineOf(whole('pass'))).toBe('kept');
    expect(await headlineOf(whole('pass'), ['never1'])).toBe('unshown');
    expect(await headlineOf(whole('pass').enrol(day(10), 'new1'))).toBe('unshown');
    expect(await headlineOf(whole('unknown'))).toBe('unshown');
    expect(await headlineOf(new MadeUpLog().heartbeat(day(11)))).toBe('unshown');
    const failed = whole('pass').report(day(10, 23, 30), 'web1', { 'EX-tls': 'fail' });
    expect(await headlineOf(failed)).toBe('failed');
  });

  test.each([
    [0.98769, '98.7 %'],
    [0.999, '99.9 %'],
    [0.99999999, '99.9 %'],
    [1, '100 %'],
    [0, '0.0 %'],
    [null, '–'],
  ])('a share of %s is %s', (share, words) => {
    expect(percentage({ share }, 'en')).toBe(words);
  });

  test('never rounds a share up to all of it', async () => {
    const log = new MadeUpLog().enrol(day(1), 'web1').hourly(day(1), day(11), 'web1', { 'EX-tls': 'pass' });
    log.report(day(10, 23, 59), 'web1', { 'EX-tls': 'unknown' });
    const made = await buildCompliance(log.evidence(), requestOf());
    expect(made.totals.share).toBeGreaterThan(0.9999);
    expect(textOfHtml(renderHtml(made, 'en'))).toContain('99.9 %');
    expect(textOfHtml(renderHtml(made, 'en'))).not.toContain('100 %');
  });
});
