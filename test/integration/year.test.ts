import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { renderHtml } from '../../collector/reports/html/render.ts';
import { bundledEvidence } from '../../collector/reports/from-bundle.ts';
import { makeReport, makeStoredReport } from '../../collector/reports/make.ts';
import type { ComplianceReport } from '../../collector/reports/model.ts';
import { folderReader } from '../../commands/bundle-folder.ts';
import { verifyBundle } from '../../evidence/verify.ts';
import { hasSmtpServer, startSmtp } from '../support/servers/smtp.ts';
import { temporaryFolder } from '../support/tools.ts';
import { live } from './year/script.ts';
import { mailed, reported, told, verdicts } from './year/expected.ts';
import { Year } from './year/year.ts';

/** The rows of a table, with single spaces between what stands in them. */
function rowsOf(table: string): string[] {
  const rows = table.split('\n').map((row) => row.trim().replace(/ {2,}/g, ' '));
  return rows.filter((row) => row !== '');
}

const settings = { staleAfter: 25 * 3600, expected: [] };
const order = {
  period: { from: '2026-01-01T00:00:00.000Z', until: '2026-12-31T07:00:00.000Z' },
  scope: { policies: null, hosts: null, labels: {} },
};

function secondsBetween(from: string, until: string): number {
  return (Date.parse(until) - Date.parse(from)) / 1000;
}

describe.skipIf(!hasSmtpServer)('the year 2026', () => {
  const resources = new AsyncDisposableStack();
  const folder = resources.use(temporaryFolder());
  const mails: string[] = [];
  let year: Year;
  let report: ComplianceReport;

  beforeAll(async () => {
    // What the collector does at intervals it does when the year says so.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    await using smtp = await startSmtp({ isGuarded: false });
    year = resources.use(await Year.begin(folder.path, smtp));
    await live(year);
    for (const { text } of smtp.mails()) mails.push(...text.split(/\r?\n/).filter((line) => /^(\* | {4})/.test(line)));
    report = await makeStoredReport({ data: year.data, ...settings }, order);
  }, 180_000);

  afterAll(async () => {
    await resources.disposeAsync();
    vi.useRealTimers();
  });

  test('comes out in these verdicts on the organisation, on these days', () => {
    expect(year.verdicts).toEqual(rowsOf(verdicts));
  });

  test('is told to the desk in these words, and what is critical to the board by mail', () => {
    expect(year.told).toEqual(rowsOf(told));
    expect(mails.map((line) => line.trim())).toEqual(rowsOf(mailed));
  });

  test('stands in the report of the year as these spans', () => {
    const spans = report.policies.flatMap(({ controls }) =>
      controls.flatMap(({ control, hosts, organisation }) => {
        const ofOrganisation = organisation === null ? [] : [{ host: 'organisation', spans: organisation.spans }];
        return [...hosts, ...ofOrganisation].flatMap(({ host, spans: course }) =>
          course.map(({ from, state }) => `${control} ${host.split('.')[0] ?? ''} ${from.slice(0, 16)} ${state}`),
        );
      }),
    );
    expect(spans).toEqual(rowsOf(reported));
  });

  test('has its exceptions in the report: over the failures, which they do not mend', () => {
    const courses = report.policies.flatMap(({ controls }) => controls.flatMap(({ hosts }) => hosts));
    const waived = courses.filter(({ waivers }) => waivers.length > 0);
    expect(waived.map(({ host, waivers, totals }) => [host, waivers.length, totals.waived])).toEqual([
      ['db1.example.nl', 1, secondsBetween('2026-11-25T09:00:00Z', '2026-12-31T07:00:00Z')],
      ['web2.example.nl', 1, secondsBetween('2026-01-16T09:00:00Z', '2026-07-01T00:00:00Z')],
    ]);
    for (const { totals } of waived) expect(totals.counted - totals.compliant).toBeGreaterThanOrEqual(totals.waived);
  });

  test('has what people did in the report: statements, cases by their terms, registers, samples', () => {
    const { attestations = [], cases = [], registers = [], samples = [] } = report.organisation ?? {};
    expect(attestations.map(({ id, until, files }) => [id, until?.slice(0, 10), files.length])).toEqual([
      ['attestation-january', '2026-04-08', 1],
      ['attestation-april', '2026-07-21', 1],
      ['attestation-july', '2026-10-15', 1],
      ['attestation-october', '2027-01-10', 1],
    ]);
    const told = cases.flatMap(({ id, steps }) =>
      steps
        .filter(({ step }) => step === 'customers-told')
        .map(({ done, due }) => [id, done?.receivedAt.slice(0, 16), due[0]?.until.slice(0, 16)]),
    );
    expect(told).toEqual([
      ['case-23-hours', '2026-04-26T09:00', '2026-04-26T10:00'],
      ['case-25-hours', '2026-04-27T13:00', '2026-04-27T12:00'],
      ['case-autumn', '2026-10-25T20:30', '2026-10-25T20:00'],
    ]);
    // The collector closed each of its findings itself, and says how they ended.
    const findings = cases.filter(({ of }) => of === 'finding');
    expect(findings.map(({ about, steps }) => [about?.control, about?.hosts.join(), steps.at(-1)?.step])).toEqual([
      ['CP-time-sync', 'web2.example.nl', 'waived'],
      ['CP-time-sync', 'web1.example.nl', 'passed'],
      ['CP-time-sync', 'db1.example.nl', 'passed'],
      ['AN-server-password-rotation', 'web1.example.nl', 'passed'],
      ['CP-time-sync', 'web2.example.nl', 'passed'],
      ['CP-time-sync', 'db1.example.nl', 'waived'],
    ]);
    expect(registers.map(({ id }) => id)).toEqual(['certificate-iso27001', 'certificate-iso27017', 'person-jan']);
    const looked = samples.map(({ month, due, lots }) => {
      const late = lots.filter(({ checks: [first] }) => (first?.entry.receivedAt ?? '9') >= (due ?? ''));
      return `${month} ${lots.length} ${late.length}`;
    });
    const months = ['02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12'];
    expect(looked).toEqual(months.map((month) => `2026-${month} 5 ${month === '09' ? 5 : 0}`));
  });

  test.each([
    [
      'en',
      ['Attestations', 'Cases', 'Registers', 'Spot checks', 'customers-told', 'A firewall of a customer is in the way'],
    ],
    ['nl', ['Verklaringen', 'Zaken', 'Registers', 'Steekproeven', 'Reviewed all rights', 'bevinding']],
  ] as const)('is told by the report to whoever reads it in %s', (language, words) => {
    const html = renderHtml(report, language);
    for (const word of words) expect(html).toContain(word);
  });

  test('verifies whenever it is looked at, and comes out as the collector shows it', () => {
    const failing = year.audits.map(({ at, audited, shown }) => {
      expect([audited.outcome, audited.findings]).toEqual(['sound', []]);
      expect(audited.organisation?.observations).toEqual(shown);
      return [at, shown.filter(({ verdict }) => verdict === 'fail').map(({ control }) => control)];
    });
    expect(failing).toEqual([
      ['2026-05-19T10:00', ['AN-alert-response.normal', 'CP-disclosure', 'CP-incident-process']],
      ['2026-08-10T10:00', ['VX-measures-monitored']],
      ['2026-09-20T12:00', ['VX-spot-checks']],
      ['2026-12-31T07:00', []],
    ]);
    const waivers = year.audits.map(({ audited }) => audited.organisation?.waivers.map(({ id }) => id));
    expect(waivers).toEqual([['waiver-web2'], [], [], ['waiver-db1']]);
    // One a month; of January too, for which nobody asked yet.
    const samples = year.audits.map(({ audited }) => audited.organisation?.samples.length);
    expect(samples).toEqual([5, 8, 9, 12]);
  });

  test('gives an auditor the same report from the bundle, with nothing of the collector at hand', async () => {
    const { evidence } = bundledEvidence(folderReader(join(folder.path, 'bundle-3')), {});
    if (evidence === undefined) throw new Error('the bundle gives no evidence');
    const { verification, ...own } = await makeReport(evidence, settings, order);
    expect(verification).toMatchObject({ outcome: 'sound', findings: 0 });
    const { verification: _, ...shown } = report;
    expect(own).toEqual(shown);
  });

  test('does not verify where one act was altered', () => {
    const altered = join(folder.path, 'altered');
    cpSync(join(folder.path, 'bundle-3'), altered, { recursive: true });
    // Customers were told after 25 hours: now it reads as 23.
    const actAt = (hour: number): string => `"kind":"act","receivedAt":"2026-04-27T${hour}:00:00.000Z"`;
    const tiles = join(altered, 'tile', 'entries');
    const touched = readdirSync(tiles, { recursive: true, encoding: 'utf8', withFileTypes: true }).filter((file) => {
      if (!file.isFile()) return false;
      const path = join(file.parentPath, file.name);
      const text = readFileSync(path, 'latin1');
      writeFileSync(path, text.replace(actAt(13), actAt(11)), 'latin1');
      return text.includes(actAt(13));
    });
    expect(touched).toHaveLength(1);
    const { outcome, findings } = verifyBundle(folderReader(altered));
    expect(outcome).toBe('tampered');
    // Its leaf is another, and what comes before it in the log came later.
    expect(findings.map(({ code }) => code)).toEqual(['entry.changed', 'entry.clock', 'log.silent']);
  });
});
