import { describe, expect, it } from 'vitest';
import { catalogue, explain, formatDuration, formatMoment } from '../../policies/explain.ts';

function slots(text: string): string[] {
  return [...text.matchAll(/\{([^}]+)\}/g)].map(([, slot]) => slot ?? '').sort();
}

describe('the texts of reasons', () => {
  it.each(Object.entries(catalogue))('%s says the same in both languages', (_code, { en, nl }) => {
    expect(en.length).toBeGreaterThan(5);
    expect(nl.length).toBeGreaterThan(5);
    expect(nl).not.toBe(en);
    expect([...new Set(slots(nl))]).toEqual([...new Set(slots(en))]);
  });

  it('use only formats that there are', () => {
    const formats = Object.values(catalogue).flatMap(({ en, nl }) =>
      [...slots(en), ...slots(nl)].map((slot) => slot.split('|')[1]),
    );
    expect([...new Set(formats)].filter((format) => format !== undefined).sort()).toEqual(
      expect.arrayContaining(['duration', 'moment']),
    );
    for (const format of formats)
      expect([undefined, 'duration', 'moment', 'day', 'bytes', 'term', 'steps']).toContain(format);
  });

  it('fill in values by their format, in the reader’s language', () => {
    const reason = { code: 'host.command-failed', values: { what: 'restic snapshots', detail: 'exit code 1' } };
    expect(explain(reason, 'en')).toBe('restic snapshots failed: exit code 1');
    expect(explain(reason, 'nl')).toBe('restic snapshots is mislukt: exit code 1');
    expect(formatDuration(93_600, 'en')).toBe('1 day 2 hours');
    expect(formatDuration(93_600, 'nl')).toBe('1 dag 2 uur');
    const late = { step: 'confirmed', due: '2026-11-17T23:00:00Z', term: '1wd', began: '2026-11-16T00:00:00Z' };
    const told = (term: string, language: 'en' | 'nl'): string =>
      explain({ code: 'cases.overdue', values: { ...late, term } }, language);
    expect(told('1wd', 'en')).toContain('1 working day after 16 Nov 2026, 00:00 UTC');
    expect(told('60d', 'nl')).toContain('60 dagen na');
    expect(told('6mo', 'nl')).toContain('6 maanden na');
    expect(told('soon', 'en')).toContain('soon after');
    expect(formatDuration(0, 'en')).toBe('0 seconds');
    expect(formatMoment('2026-11-21T02:00:00Z', 'en')).toBe('21 Nov 2026, 02:00 UTC');
    expect(formatMoment('2026-11-21T02:00:00Z', 'nl')).toBe('21 nov 2026, 02:00 UTC');
  });

  it.each([
    ['en', 'en-GB'],
    ['nl', 'nl-NL'],
  ] as const)('write moments in %s as %s has them, in every month', (language, locale) => {
    const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
    for (let month = 0; month < 12; month++) {
      const moment = new Date(Date.UTC(2026, month, month + 1, month, 5));
      expect(formatMoment(moment, language)).toBe(`${format.format(moment)} UTC`);
    }
  });

  it('show a code of a newer agent as it is, and a missing value as its slot', () => {
    expect(explain({ code: 'future.thing', values: { a: 1 } }, 'en')).toBe('future.thing {"a":1}');
    expect(explain({ code: 'host.missing', values: {} }, 'en')).toBe('{what} does not exist');
  });
});
