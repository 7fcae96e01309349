import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildCompliance } from '../../../collector/reports/build.ts';
import { renderCsv } from '../../../collector/reports/csv.ts';
import { renderHtml } from '../../../collector/reports/html/render.ts';
import { renderJunit } from '../../../collector/reports/junit.ts';
import type { ComplianceReport } from '../../../collector/reports/model.ts';
import { sheetXml } from '../../../collector/reports/xlsx/sheet.ts';
import { renderXlsx } from '../../../collector/reports/xlsx/render.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { day, MadeUpLog, requestOf } from './evidence.ts';
import { fixtureReport, fixtureWaiver } from './fixture.ts';
import { peopleLog, peoplePolicy } from './people.ts';

/** The forms of values, as other programs read them. */

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

let report: ComplianceReport;
beforeAll(async () => {
  report = await fixtureReport();
});

/** Debian's own, with its reader of workbooks. */
const interpreter = '/usr/bin/python3';
const isReadable = existsSync('/usr/lib/python3/dist-packages/openpyxl/__init__.py');

/** A program of Python on a file, that answers in JSON. */
function python(program: string, content: string | Buffer): unknown {
  const file = join(folder.path, 'file.xlsx');
  writeFileSync(file, content);
  return JSON.parse(execFileSync(interpreter, ['-c', program, file], { maxBuffer: 2 ** 26 }).toString());
}

function rowsOfCsv(csv: string): Record<string, string>[] {
  const program =
    "import csv,json,sys\nprint(json.dumps(list(csv.DictReader(open(sys.argv[1],newline='',encoding='utf-8-sig'),strict=True))))";
  return python(program, csv) as Record<string, string>[];
}

interface SheetRead {
  readonly frozen: string;
  readonly filter: string;
  readonly rows: (string | number | null)[][];
  readonly formats: string[][];
  readonly types: string[][];
}

function sheetsOf(xlsx: Buffer): Record<string, SheetRead> {
  const program = `
import json, sys, openpyxl, datetime
def plain(value):
    if isinstance(value, datetime.datetime): return value.isoformat()
    if isinstance(value, datetime.timedelta): return value.total_seconds()
    if isinstance(value, datetime.time): return value.hour * 3600 + value.minute * 60 + value.second
    return value
print(json.dumps({sheet.title: {
    'frozen': sheet.freeze_panes,
    'filter': sheet.auto_filter.ref,
    'rows': [[plain(cell.value) for cell in row] for row in sheet.iter_rows()],
    'formats': [[cell.number_format for cell in row] for row in sheet.iter_rows()],
    'types': [[cell.data_type for cell in row] for row in sheet.iter_rows()],
} for sheet in openpyxl.load_workbook(sys.argv[1])}))`;
  return python(program, xlsx) as Record<string, SheetRead>;
}

/** The cells below a head, by the control and host beside them. */
function column({ rows }: SheetRead, head: string, keys: readonly string[]): Record<string, unknown> {
  const [heads = [], ...below] = rows;
  const at = (name: string): number => heads.indexOf(name);
  return Object.fromEntries(below.map((row) => [keys.map((key) => row[at(key)]).join(' '), row[at(head)]]));
}

/** Three controls by hand, over three hosts and ten days each. */
const shares = { 'EX-tls': '66.1', 'EX-updates': '63.9', 'EX-password': '70.6' } as const;

const hostilePolicy = '=HYPERLINK("http://evil.example","a")';

/** A host that says what a spreadsheet, or a reader of XML, would act on. */
async function hostileReport(): Promise<ComplianceReport> {
  const subject = `${hostilePolicy}\n<b>&"'_x000D_\u0007\uFFFE`;
  const reasons = [{ code: 'host.denied', verdict: 'unknown', subject, values: { what: ']]>' } } as const];
  const log = new MadeUpLog().enrol(day(1), 'web1');
  log.hourly(day(1), day(11), 'web1', { 'EX-tls': { verdict: 'unknown', reasons } });
  return buildCompliance(log.evidence(), requestOf());
}

describe.skipIf(!isReadable)('the CSV', () => {
  test('has a row a span, whose times add up to the shares of the HTML', () => {
    const rows = rowsOfCsv(renderCsv(report, 'en'));
    const spans = report.policies[0]?.controls.flatMap(({ hosts }) => hosts.flatMap((course) => course.spans));
    expect(rows.filter((row) => row.Control !== '')).toHaveLength(spans?.length ?? 0);
    const html = renderHtml(report, 'en');
    for (const [control, share] of Object.entries(shares)) {
      const sum = (head: string): number =>
        rows.filter((row) => row.Control === control).reduce((total, row) => total + Number(row[head]), 0);
      const tenths = Math.floor((sum('Time kept (s)') / sum('Time that counts (s)')) * 1000) / 10;
      expect(tenths.toFixed(1)).toBe(share);
      expect(html).toContain(`${share} %`);
    }
    const failure = rows.find((row) => row.State === 'fails');
    expect(failure).toMatchObject({
      Control: 'EX-tls',
      Host: 'web1.example.nl',
      'From (UTC)': day(3, 7),
      'Until (UTC)': day(4, 15),
      'Length (s)': '115200',
      'Time kept (s)': '0',
      // Of the failure, what lay after the beginning of the waiver.
      'Not kept, under a waiver (s)': '54000',
      'First entry': '113',
      'Last entry': '178',
    });
    expect(failure?.Reasons).toContain('web1.example.nl:443: accepts TLSv1, TLSv1.1');
  });

  test('tells of hosts without any control, and of the collector, without adding to a share', () => {
    const rest = rowsOfCsv(renderCsv(report, 'nl')).filter((row) => row.Maatregel === '');
    expect(new Set(rest.map((row) => row.Host))).toEqual(
      new Set(['de collector', 'never1.example.nl', 'new1.example.nl']),
    );
    expect(rest.map((row) => row['Tijd die telt (s)'])).toEqual(rest.map(() => '0'));
    const silent = rest.filter((row) => row.Host === 'never1.example.nl');
    expect(silent.map((row) => row.Stand)).toEqual(['geen bericht', 'niet vastgelegd', 'geen bericht']);
  });

  test('is of the form of RFC 4180, with a byte order mark', () => {
    const csv = renderCsv(report, 'en');
    expect(csv.startsWith('\uFEFFPolicy,Control,')).toBe(true);
    expect(csv.endsWith('\r\n')).toBe(true);
    expect(csv.replace(/"(?:[^"]|"")*"/g, '').replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(renderCsv(report, 'en')).toBe(csv);
  });

  test('gives a spreadsheet no formula to run', async () => {
    const rows = rowsOfCsv(renderCsv(await hostileReport(), 'en'));
    const cells = rows.flatMap((row) => Object.values(row));
    expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
    expect(cells.some((cell) => cell.startsWith(`'${hostilePolicy}\n<b>&"'`))).toBe(true);
  });
});

describe.skipIf(!isReadable)('the XLSX', () => {
  test('shows the same figures as the HTML, rounded down', () => {
    const sheets = sheetsOf(renderXlsx(report, 'en'));
    expect(Object.keys(sheets)).toEqual([
      'Summary',
      'Controls',
      'Courses',
      'Reasons',
      'Evidence',
      'Hosts',
      'Waivers',
      'Attestations',
      'Cases',
      'Registers',
      'Spot checks',
    ]);
    const { Summary: summary, Controls: controls, Courses: courses } = sheets;
    if (summary === undefined || controls === undefined || courses === undefined) throw new Error('a sheet is missing');
    const figures = column(summary, 'Value', ['Figure']);
    expect(figures).toMatchObject({
      'Compliance report': '1 control failed at some time',
      'From (UTC)': '2026-10-01T00:00:00',
      'Until (UTC)': '2026-10-11T00:00:00',
      Kept: 0.669,
      'Time kept': 5_203_800,
      'Not kept, under a waiver': 54_000,
      'State: fails': 115_200,
      Controls: 3,
      'Control: failed at some time': 1,
      'Control: not always shown': 2,
      Hosts: 5,
      Reports: 510,
      'Log key': report.log.key,
      Checkpoint: report.log.checkpoint,
    });
    expect(column(controls, 'Kept', ['Control'])).toEqual(
      Object.fromEntries(
        Object.entries(shares).map(([control, share]) => [control, Number((Number(share) / 100).toFixed(3))]),
      ),
    );
    // 208 of 240 hours are 86.67 %.
    expect(column(courses, 'Kept', ['Control', 'Host'])).toMatchObject({
      'EX-tls web1.example.nl': 0.866,
      'EX-password web1.example.nl': 1,
      'EX-tls mail1.example.nl': 0.3,
    });
    // In seconds: 208, 72 and 192 hours.
    expect(column(courses, 'Time kept', ['Control', 'Host'])).toMatchObject({
      'EX-tls web1.example.nl': 748_800,
      'EX-tls mail1.example.nl': 259_200,
      'EX-updates web1.example.nl': 691_200,
    });
    expect(column(courses, 'fails', ['Control', 'Host'])).toMatchObject({
      'EX-tls web1.example.nl': 115_200,
      'EX-tls mail1.example.nl': 0,
    });
    expect(column(courses, 'First seen failing (UTC)', ['Control', 'Host'])).toMatchObject({
      'EX-tls web1.example.nl': '2026-10-03T07:00:00',
      'EX-tls mail1.example.nl': null,
    });
  });

  test('has each reason, span, host and waiver', () => {
    const sheets = sheetsOf(renderXlsx(report, 'nl'));
    expect(sheets.Redenen?.rows.flat()).toContain('accepteert TLSv1, TLSv1.1; het laagste dat mag is TLSv1.2');
    expect(sheets.Bewijs?.rows).toHaveLength(rowsOfCsv(renderCsv(report, 'nl')).length + 1);
    expect(sheets.Hosts?.rows.map(([host]) => host)).toEqual(['Host', ...report.hosts.map(({ host }) => host)]);
    expect(sheets.Ontheffingen?.rows[1]).toEqual(
      expect.arrayContaining(['EX-tls', fixtureWaiver.reason, fixtureWaiver.approvedBy, '2026-10-04T00:00:00']),
    );
  });

  test('types its cells, freezes and filters each head', () => {
    const sheets = sheetsOf(renderXlsx(report, 'en'));
    for (const { frozen, filter, rows, types } of Object.values(sheets)) {
      expect(frozen).toBe('A2');
      expect(filter).toMatch(new RegExp(`^A1:[A-Z]+${rows.length}$`));
      expect(types.flat().filter((type) => type === 'f')).toEqual([]);
    }
    const courses = sheets.Courses;
    const formatsOf = (head: string): string[] => {
      const index = courses?.rows[0]?.indexOf(head) ?? -1;
      return [...new Set(courses?.formats.slice(1).map((row) => row[index] ?? ''))];
    };
    expect(formatsOf('Kept')).toEqual(['0.0%']);
    expect(formatsOf('Time that counts')).toEqual(['[h]:mm:ss']);
    expect(formatsOf('First seen failing (UTC)')).toContain('yyyy-mm-dd hh:mm:ss');
  });

  test('is the same bytes wherever it is made', () => {
    const made = renderXlsx(report, 'nl');
    const zone = process.env.TZ;
    try {
      process.env.TZ = 'Pacific/Auckland';
      expect(renderXlsx(report, 'nl').equals(made)).toBe(true);
    } finally {
      process.env.TZ = zone;
    }
  });

  test('takes whatever a host says as text', async () => {
    const sheets = sheetsOf(renderXlsx(await hostileReport(), 'en'));
    // This reader leaves as it is what Excel and LibreOffice turn back into an underscore.
    const subject = `${hostilePolicy}\n<b>&"'_x005F_x000D_\uFFFD\uFFFD`;
    expect(sheets.Reasons?.rows[1]).toContain(subject);
    expect(Object.values(sheets).flatMap(({ types }) => types.flat())).not.toContain('f');
  });

  test('counts the rows that there is no room for', () => {
    const rows = Array.from({ length: 250_002 }, (_, index) => [{ kind: 'count', value: index } as const]);
    const { xml, range } = sheetXml({ name: 'a', columns: [{ head: 'n', width: 9 }], rows }, (left) => `${left} more`);
    expect(range.last).toBe('$A$250002');
    expect(xml).toContain('<v>249999</v>');
    expect(xml).not.toContain('<v>250000</v>');
    expect(xml).toContain('>2 more<');
  });
});

interface CaseRead {
  readonly suite: string;
  readonly name: string;
  readonly outcome: string;
  readonly message: string;
  readonly text: string;
}

interface JunitRead {
  readonly cases: CaseRead[];
  readonly counts: Record<string, Record<string, string>>;
}

function casesOf(xml: string): JunitRead {
  const program = `
import json, sys, xml.etree.ElementTree as tree
suites = tree.parse(sys.argv[1]).getroot().findall('testsuite')
def read(suite, case):
    child = next(iter(case), None)
    return {'suite': suite.get('name'), 'name': case.get('name'), 'outcome': child.tag, 'message': child.get('message') or '', 'text': child.text or ''}
print(json.dumps({'cases': [read(suite, case) for suite in suites for case in suite.findall('testcase')], 'counts': {suite.get('name'): suite.attrib for suite in suites}}))`;
  return python(program, xml) as JunitRead;
}

describe.skipIf(!isReadable)('the JUnit', () => {
  test('fails what was seen failing, errs on what was not always shown, and passes what was kept', () => {
    const { cases, counts } = casesOf(renderJunit(report, 'en'));
    const outcomes = Object.fromEntries(cases.map(({ name, outcome }) => [name.replace(/ .*:/, ''), outcome]));
    expect(outcomes).toEqual({
      'EX-tls db1.example.nl': 'error',
      'EX-tls mail1.example.nl': 'error',
      'EX-tls web1.example.nl': 'failure',
      'EX-updates db1.example.nl': 'error',
      'EX-updates mail1.example.nl': 'error',
      'EX-updates web1.example.nl': 'error',
      'EX-password db1.example.nl': 'error',
      'EX-password mail1.example.nl': 'error',
      'EX-password web1.example.nl': 'system-out',
      'never1.example.nl': 'error',
      'new1.example.nl': 'error',
    });
    expect(counts.example).toMatchObject({ tests: '9', failures: '1', errors: '7', skipped: '0' });
    expect(counts['waarborg.hosts']).toMatchObject({ tests: '2', failures: '0', errors: '2' });
    const failure = cases.find(({ outcome }) => outcome === 'failure');
    expect(failure?.message).toBe('failed at some time: Promise of EX-tls: so it was agreed.');
    for (const words of ['Kept: 86.6 %', 'fails: 3 Oct 2026, 07:00 UTC', 'entries 113 to 178', fixtureWaiver.reason]) {
      expect(failure?.text).toContain(words);
    }
  });

  test('skips what never applied', async () => {
    const log = new MadeUpLog().enrol(day(1), 'web1').hourly(day(1), day(11), 'web1', { 'EX-tls': 'not-applicable' });
    const { cases } = casesOf(renderJunit(await buildCompliance(log.evidence(), requestOf()), 'nl'));
    expect(cases).toMatchObject([{ outcome: 'skipped', message: 'niet van toepassing' }]);
  });

  test('never passes for want of cases', async () => {
    const empty = await buildCompliance(new MadeUpLog().heartbeat(day(11)).evidence(), requestOf());
    expect(casesOf(renderJunit(empty, 'en')).cases).toMatchObject([{ outcome: 'error' }]);
  });

  test('stays XML whatever a host says', async () => {
    const { cases } = casesOf(renderJunit(await hostileReport(), 'en'));
    expect(cases[0]?.text).toContain(`${hostilePolicy}\n<b>&"'_x000D_\uFFFD\uFFFD: no permission to read ]]>`);
  });
});

describe.skipIf(!isReadable)('what people show', () => {
  let people: ComplianceReport;
  beforeAll(async () => {
    people = await buildCompliance(peopleLog().evidence(), requestOf());
  });

  test('has its rows under the name of the organisation, and none under that of a host', () => {
    const rows = rowsOfCsv(renderCsv(people, 'nl'));
    expect(new Set(rows.map(({ Host }) => Host))).toEqual(new Set(['Organisatie']));
    const failed = rows.filter((row) => row.Maatregel === 'P-review' && row.Stand === 'voldoet niet');
    expect(failed.map((row) => [row['Eerste regel'], row['Laatste regel'], row['Duur (s)']])).toEqual([
      ['2', '7', String(60 * 3600)],
      ['9', '9', String(24 * 3600)],
    ]);
    const sum = (head: string): number => rows.reduce((all, row) => all + Number(row[head]), 0);
    expect(sum('Tijd nagekomen (s)') / sum('Tijd die telt (s)')).toBe(people.totals.share);
  });

  test('has sheets of attestations and cases', () => {
    const sheets = sheetsOf(renderXlsx(people, 'en'));
    expect(sheets.Courses?.rows.slice(1).map((row) => row[3])).toEqual(['Organisation', 'Organisation']);
    const [, first, second] = sheets.Attestations?.rows ?? [];
    expect(first).toEqual([
      ...['people', 'P-review', '2026-10-01T00:00:00', '2026-10-06T00:00:00', null],
      ...['person-a', null, 'person-b', 'Reviewed by Example', 'review.pdf', 1],
    ]);
    expect(second?.[4]).toBe('2026-10-10T00:00:00');
    const [, told, contained] = sheets.Cases?.rows ?? [];
    expect(told).toEqual([
      ...['case-1', 'data leak, urgent', '2026-10-04T09:00:00', '2026-10-06T13:00:00'],
      ...['customer told', '2026-10-05T09:00:00', '2026-10-06T12:00:00', 4],
      ...['nature', 'A laptop was lost\nBy telephone'],
    ]);
    expect(contained?.slice(4, 7)).toEqual(['contained', null, '2026-10-06T12:00:00']);
  });

  test('fails in a pipeline as a host does, and a document that is not there is an error', async () => {
    const { cases } = casesOf(renderJunit(people, 'en'));
    expect(cases.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['P-review Rights are reviewed: Organisation', 'failure'],
      ['P-leak Customers hear of a data leak: Organisation', 'failure'],
    ]);
    const log = peopleLog();
    log.documents.delete(peoplePolicy.digest);
    const lacking = casesOf(renderJunit(await buildCompliance(log.evidence(), requestOf()), 'en')).cases;
    expect(lacking.filter(({ suite }) => suite === 'waarborg.organisation')).toMatchObject([
      { name: 'people', outcome: 'error' },
    ]);
  });
});
