/**
 * The days that the law of the Netherlands counts as holidays where terms are concerned: Algemene termijnenwet, article 3,
 * first and second paragraph, so with Good Friday and with 5 May of each year. They stand here and not in a package,
 * because a verifier judges terms of long ago again: another version of a list may never change what came out. A test
 * holds them against a kept list. From 2014 on; before it the King's day was another.
 */
export function isDutchHoliday(day: Temporal.PlainDate): boolean {
  return holidaysOf(day.year).some((holiday) => holiday.equals(day));
}

const years = new Map<number, readonly Temporal.PlainDate[]>();

function holidaysOf(year: number): readonly Temporal.PlainDate[] {
  const known = years.get(year);
  if (known !== undefined) return known;
  const on = (month: number, day: number): Temporal.PlainDate => Temporal.PlainDate.from({ year, month, day });
  const easter = easterOf(year);
  const kings = on(4, 27);
  const holidays = [
    on(1, 1),
    easter.subtract({ days: 2 }),
    easter,
    easter.add({ days: 1 }),
    // On a Sunday it is held the day before.
    kings.dayOfWeek === 7 ? kings.subtract({ days: 1 }) : kings,
    on(5, 5),
    easter.add({ days: 39 }),
    easter.add({ days: 49 }),
    easter.add({ days: 50 }),
    on(12, 25),
    on(12, 26),
  ];
  years.set(year, holidays);
  return holidays;
}

/** Easter Sunday of the Gregorian calendar, by the anonymous algorithm (Nature, 20 April 1876). */
function easterOf(year: number): Temporal.PlainDate {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const ofCentury = year % 100;
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const moon = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30;
  const week = (32 + 2 * (century % 4) + 2 * Math.floor(ofCentury / 4) - moon - (ofCentury % 4)) % 7;
  const shift = Math.floor((golden + 11 * moon + 22 * week) / 451);
  const days = moon + week - 7 * shift + 114;
  return Temporal.PlainDate.from({ year, month: Math.floor(days / 31), day: (days % 31) + 1 });
}
