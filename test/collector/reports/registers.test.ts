import { describe, expect, test } from 'vitest';
import { buildCompliance } from '../../../collector/reports/build.ts';
import { renderHtml } from '../../../collector/reports/html/render.ts';
import type { ComplianceReport } from '../../../collector/reports/model.ts';
import { renderPdf } from '../../../collector/reports/pdf/render.ts';
import { registersTable } from '../../../collector/reports/table/registers.ts';
import { registerTexts } from '../../../collector/reports/view/register-texts.ts';
import type { RegisterRecord } from '../../../evidence/register.ts';
import type { Language } from '../../../policies/schema.ts';
import { tool } from '../../support/tools.ts';
import { day, MadeUpLog, requestOf } from './evidence.ts';
import { peoplePolicy } from './people.ts';
import { languages, textOfHtml, toolOnPdf } from './forms.ts';

const forever = { from: day(1), until: null };

function recordedLog(): MadeUpLog {
  const log = new MadeUpLog().follow(day(2), peoplePolicy);
  const lines: [string, RegisterRecord, string?][] = [
    ['host-1', { of: 'host', host: 'spare', ...forever }],
    ['person-1', { of: 'person', roles: ['developer'], ...forever }, 'Jan de Vries'],
    ['customer-1', { of: 'customer', hosts: Array.from({ length: 12 }, (_, index) => `web${index}`), ...forever }],
    ['mail', { of: 'sub-processor', service: 'mail', told: day(1), ...forever }],
    ['certificate-1', { of: 'certificate', standard: 'iso27001', from: day(1), until: day(30) }],
    ['work-1', { of: 'maintenance', hosts: null, from: day(4), until: day(5) }],
    ['ended', { of: 'customer', hosts: [], from: day(-9), until: day(1) }],
    ['to-come', { of: 'customer', hosts: [], from: day(11), until: null }],
  ];
  for (const [id, record, text] of lines) {
    log.act(
      day(3),
      { act: 'record', id, record },
      { files: id === 'certificate-1' ? ['iso.pdf'] : [], ...(text ? { text } : {}) },
    );
  }
  log.act(day(6), { act: 'record', id: 'host-1', record: { of: 'host', host: 'spare', from: day(1), until: day(8) } });
  log.act(day(7), { act: 'strike', of: 'work-1' });
  return log.heartbeat(day(11));
}

const made = (): Promise<ComplianceReport> => buildCompliance(recordedLog().evidence(), requestOf());

const words: Readonly<Record<Language, readonly string[]>> = {
  en: ['Certificates', 'iso27001', 'customers were told on 1 Oct 2026', 'and 2 more', 'no end', 'developer'],
  nl: ['Certificaten', 'iso27001', 'klanten hoorden het op 1 okt 2026', 'en nog 2', 'geen einde', 'developer'],
};

describe('a host that the register expects', () => {
  const line = (until: string | null): RegisterRecord => ({ of: 'host', host: 'spare', from: day(1), until });
  const gapsOf = async (log: MadeUpLog): Promise<(string | number)[][] | undefined> => {
    const { hosts } = await buildCompliance(log.evidence(), requestOf());
    return hosts.find(({ host }) => host === 'spare')?.gaps.map(({ state, from, until }) => [state, from, until]);
  };
  const written = (): MadeUpLog => new MadeUpLog().act(day(1), { act: 'record', id: 'host-1', record: line(null) });

  test('was silent as long as its line stood, whoever struck it before the period ended', async () => {
    const log = written().act(day(10, 23), { act: 'strike', of: 'host-1' }).heartbeat(day(11));
    expect(await gapsOf(log)).toContainEqual(['silent', day(1), day(10, 23)]);
  });

  test('was silent up to the moment at which somebody wrote that it had ended earlier', async () => {
    const record = line(day(2));
    const log = written().act(day(10, 23), { act: 'record', id: 'host-1', record }).heartbeat(day(11));
    expect(await gapsOf(log)).toContainEqual(['silent', day(1), day(10, 23)]);
  });

  test('is none where its line was struck before it began', async () => {
    const record: RegisterRecord = { of: 'host', host: 'spare', from: day(9), until: null };
    const log = new MadeUpLog()
      .act(day(1), { act: 'record', id: 'host-1', record })
      .act(day(3), { act: 'strike', of: 'host-1' });
    expect(await gapsOf(log.heartbeat(day(11)))).toBeUndefined();
  });
});

describe('the registers', () => {
  test('are those lines that held in the period, as they stood at its end', async () => {
    const { organisation } = await made();
    expect(organisation?.registers.map(({ id, entry, files }) => [id, entry.index, files])).toEqual([
      ['host-1', 9, 0],
      ['person-1', 2, 0],
      ['customer-1', 3, 0],
      ['mail', 4, 0],
      ['certificate-1', 5, 1],
    ]);
    expect(organisation?.registers[0]?.record.until).toBe(day(8));
  });

  test.each(languages)('are in the HTML, without names (%s)', async (language) => {
    const text = textOfHtml(renderHtml(await made(), language));
    expect([registerTexts[language].note, ...words[language]].filter((one) => !text.includes(one))).toEqual([]);
    expect(text).not.toContain('Jan de Vries');
    expect(text).not.toMatch(/undefined|\[object|NaN/);
  });

  test.skipIf(tool('pdftotext') === undefined).each(languages)('are in the PDF (%s)', async (language) => {
    const letters = toolOnPdf('pdftotext', await renderPdf(await made(), language), '-raw').replace(/\s+/g, '');
    expect(words[language].filter((one) => !letters.includes(one.replace(/\s+/g, '')))).toEqual([]);
  });

  test('are a sheet of the workbook, a row each', async () => {
    const { rows, columns } = registersTable(await made(), 'en');
    const [first] = [...rows];
    expect([...rows].every((row) => row.length === columns.length)).toBe(true);
    expect(first?.map((cell) => ('value' in cell ? cell.value : null))).toEqual([
      ...['Certificates', 'certificate-1', 'iso27001', day(1), day(30), 'person-a', 1, 5],
    ]);
  });
});
