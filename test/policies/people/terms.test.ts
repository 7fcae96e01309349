import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dueAfter, isWorkingDay, Term, termText } from '../../../policies/people/terms.ts';

function due(moment: string, term: string): string {
  return dueAfter(moment, Term.parse(term));
}

describe('a term', () => {
  test.each([
    ['24 hours', '2026-11-20T09:00:00Z', '24h', '2026-11-21T09:00:00.000Z'],
    ['24 hours over the end of summer time', '2026-10-24T10:00:00Z', '24h', '2026-10-25T10:00:00.000Z'],
    ['a day over the end of summer time has 25 hours', '2026-10-24T10:00:00Z', '1d', '2026-10-25T11:00:00.000Z'],
    ['a day over the beginning of summer time has 23 hours', '2026-03-28T10:00:00Z', '1d', '2026-03-29T09:00:00.000Z'],
    ['60 days', '2026-01-15T12:00:00Z', '60d', '2026-03-16T12:00:00.000Z'],
    ['six months from a day that the last month lacks', '2026-08-31T10:00:00Z', '6mo', '2027-02-28T11:00:00.000Z'],
    ['a working day from a Friday ends with Monday', '2026-11-20T09:00:00Z', '1wd', '2026-11-23T23:00:00.000Z'],
    ['a working day from a Saturday ends with Monday', '2026-11-21T09:00:00Z', '1wd', '2026-11-23T23:00:00.000Z'],
    ['two working days over the end of the week', '2026-11-19T22:30:00Z', '2wd', '2026-11-23T23:00:00.000Z'],
    ['late in the evening it is already tomorrow here', '2026-11-19T23:30:00Z', '1wd', '2026-11-23T23:00:00.000Z'],
    ["two working days over a weekend and the King's day", '2026-04-24T10:00:00Z', '2wd', '2026-04-29T22:00:00.000Z'],
    ['three working days over Easter', '2026-04-01T10:00:00Z', '3wd', '2026-04-08T22:00:00.000Z'],
    ['five working days over Christmas and New Year', '2026-12-23T10:00:00Z', '5wd', '2026-12-31T23:00:00.000Z'],
  ])('%s', (_, moment, term, expected) => {
    expect(due(moment, term)).toBe(expected);
  });

  test('of working days never ends earlier than that of as many days begins to', () => {
    const moment = fc.date({ min: new Date('2015-01-01'), max: new Date('2050-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 20 }), (from, count) => {
        const end = Temporal.Instant.from(due(from.toISOString(), `${count}wd`)).toZonedDateTimeISO('Europe/Amsterdam');
        expect(end.hour + end.minute + end.second).toBe(0);
        expect(isWorkingDay(end.toPlainDate().subtract({ days: 1 }))).toBe(true);
        const begun = Temporal.Instant.from(from.toISOString()).toZonedDateTimeISO('Europe/Amsterdam').toPlainDate();
        let working = 0;
        for (let day = begun.add({ days: 1 }); !day.equals(end.toPlainDate()); day = day.add({ days: 1 })) {
          if (isWorkingDay(day)) working += 1;
        }
        expect(working).toBe(count);
      }),
    );
  });

  test.each(['24', 'h', '0h', '1.5d', '2 wd', '-1d', '2m', '10000d', ''])('is none as "%s"', (text) => {
    expect(Term.safeParse(text).success).toBe(false);
  });

  test('is written as it was read', () => {
    for (const text of ['24h', '60d', '2wd', '6mo']) expect(termText(Term.parse(text))).toBe(text);
  });
});
