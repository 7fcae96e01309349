import { readFileSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Collector } from '../../../collector/collector.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';
import { allPass, hostile, hostState, reason, state } from './fleets.ts';
import { newToken, startWith } from './running.ts';

const executablePath = tool('chromium');
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

describe.skipIf(executablePath === undefined)('the pages in Chromium', () => {
  const folder = temporaryFolder();
  const long = 'a-name-without-any-place-to-break-it'.repeat(4);
  const hosts = [
    hostState(
      'web1.example.nl',
      [
        state('EX-tls', 'fail', { reasons: [reason('fail', hostile, long), reason('pass', 'web1.example.nl:443')] }),
        state('EX-info', 'unknown'),
        state('EX-updates', 'not-applicable'),
      ],
      { index: 0 },
    ),
    hostState('silent.example.nl', allPass, { index: 1, issuedAt: '2026-11-22T08:00:00.000Z' }),
    hostState(`${long}.example.nl`, allPass, { index: 2 }),
  ];
  let collector: Collector;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    collector = await startWith(folder.path, hosts, ['never.example.nl']);
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: flags });
    page = await browser.newPage({ locale: 'nl-NL', viewport: { width: 375, height: 800 } });
    // Here Chromium also tells what the policy of the page made it block.
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterAll(async () => {
    await browser.close();
    await collector.close();
    folder[Symbol.dispose]();
  });

  async function expectToFit(): Promise<void> {
    const [wide, view] = await page.evaluate<[number, number]>(
      '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
    );
    expect(wide).toBeLessThanOrEqual(view);
  }

  test('someone logs in by the form, looks around on a phone, and logs out', async () => {
    await page.goto(collector.url);
    expect(new URL(page.url()).pathname).toBe('/login');
    await expectToFit();
    await page.getByLabel('Token').fill(newToken(collector, 'auditor'));
    await page.getByRole('button', { name: 'Inloggen' }).click();

    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('1 maatregel voldoet niet op 1 host');
    expect(await page.locator('b', { hasText: hostile }).first().isVisible()).toBe(true);
    await expectToFit();

    await page.getByRole('link', { name: 'web1.example.nl, EX-tls: voldoet niet' }).click();
    expect(new URL(page.url()).hash).toBe('#example.EX-tls');
    expect(await page.locator('article:target h3').textContent()).toContain('EX-tls');
    await expectToFit();

    await page.locator('article:target h3 a').click();
    expect(new URL(page.url()).pathname).toBe('/policies/example/controls/EX-tls');
    await expectToFit();

    await page.getByRole('link', { name: 'English' }).click();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.getByRole('button', { name: 'Log out' }).click();
    expect(new URL(page.url()).pathname).toBe('/login');
    await page.goto(collector.url);
    expect(new URL(page.url()).pathname).toBe('/login');

    expect(complaints).toEqual([]);
  });

  test('the page of the organisation is found, and fits a phone', async () => {
    await page.goto(`${collector.url}/login?token=${newToken(collector, 'auditor')}&lang=nl`);
    await page.getByRole('link', { name: 'Organisatie' }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('Organisatie');
    await expectToFit();
    expect(complaints).toEqual([]);
  });

  test('a report is asked for on its page, and comes as a file', async () => {
    await page.goto(`${collector.url}/login?token=${newToken(collector, 'auditor')}&lang=nl`);
    await page.getByRole('link', { name: 'Rapporten' }).click();
    await expectToFit();
    await page.getByLabel('Vorm').selectOption('html');
    await page.getByLabel('Taal').selectOption('nl');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Maak het rapport' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^nalevingsrapport-2026-10-23-2026-11-22\.html$/);
    expect(readFileSync(await download.path(), 'utf8')).toContain('never.example.nl');
    expect(complaints).toEqual([]);
  });

  test('the style is applied: a failing cell is not the colour of one that passes', async () => {
    await page.goto(`${collector.url}/login?token=${newToken(collector, 'auditor')}`);
    const colourOf = (verdict: string): Promise<string> =>
      page.evaluate(`getComputedStyle(document.querySelector('td.${verdict}')).backgroundColor`);
    const colours = await Promise.all(['fail', 'unknown', 'stale', 'pass', 'not-applicable'].map(colourOf));
    expect(new Set(colours).size).toBe(5);
    expect(complaints).toEqual([]);
  });
});
