import { dateOf, instantsOf } from '../../../policies/checks/updates/local-time.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const month = `(${months.join('|')})`;
const clock = '(\\d\\d):(\\d\\d):(\\d\\d)';

/** A moment as a record has it. */
type Stamp =
  | { readonly moment: Date }
  /** Local time; without a year where `year` is undefined, as syslog writes it (RFC 3164 4.1.2). */
  | { readonly year: number | undefined; readonly month: number; readonly day: number; readonly time: string };

/** What the forms have in common: each looks at the beginning of a record, or where its form has the moment. */
const forms: readonly [RegExp, (parts: readonly string[]) => Stamp][] = [
  // RFC 3339, as rsyslog's new form and PostgreSQL with a zone have it.
  [/^\[?(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,]\d+)? ?(Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)(?= |\]|$)/, zoned],
  // The same without a zone: MariaDB, PHP, many applications; also nginx's errors with slashes.
  [/^\[?(\d{4})[-/](\d\d)[-/](\d\d)[T ]+(\d\d:\d\d:\d\d)/, ([year, m, day, time]) => local(year, Number(m), day, time)],
  // The common log format of web servers: [01/Nov/2026:06:25:01 +0100].
  [new RegExp(`\\[(\\d\\d)/${month}/(\\d{4}):${clock} ([+-]\\d{4})\\]`), common],
  // Apache's errors: [Sun Nov 01 06:25:01.123456 2026].
  [
    new RegExp(`^\\[[A-Z][a-z]{2} ${month} (\\d\\d) (\\d\\d:\\d\\d:\\d\\d)(?:\\.\\d+)? (\\d{4})\\]`),
    ([name, day, time, year]) => local(year, months.indexOf(name ?? '') + 1, day, time),
  ],
  // Syslog's old form, without a year.
  [
    new RegExp(`^(?:<\\d{1,3}>)?${month} ([ \\d]\\d) (\\d\\d:\\d\\d:\\d\\d)(?= )`),
    ([name, day, time]) => local(undefined, months.indexOf(name ?? '') + 1, day, time),
  ],
  // The kernel's audit, and proxies that count seconds.
  [/^(?:type=\S+ msg=audit\()?(1\d{9})\.\d{3}\b/, ([seconds]) => ({ moment: new Date(Number(seconds) * 1000) })],
];

function local(year: string | undefined, month: number, day = '', time = ''): Stamp {
  return { year: year === undefined ? undefined : Number(year), month, day: Number(day), time };
}

function zoned([day = '', time = '', zone = '']: readonly string[]): Stamp {
  const offset = /^(Z|UTC|GMT)$/.test(zone)
    ? 'Z'
    : zone.replace(/^([+-]\d\d)$/, '$1:00').replace(/(\d\d)(\d\d)$/, '$1:$2');
  return { moment: new Date(`${day}T${time}${offset}`) };
}

function common([day, name = '', year, hour, minute, second, zone]: readonly string[]): Stamp {
  const month = String(months.indexOf(name) + 1).padStart(2, '0');
  return zoned([`${year ?? ''}-${month}-${day ?? ''}`, `${hour ?? ''}:${minute ?? ''}:${second ?? ''}`, zone ?? '']);
}

export interface Surroundings {
  /** The host's zone (IANA name). */
  readonly zone: string;
  /** A moment that the record is not later than, such as the first one of the next piece. */
  readonly before: Date;
}

/**
 * The moment of the first record in a text. A year that is left out is the latest with which the record is not later than
 * `before`; of a local time that occurs twice the earlier is meant.
 * @returns undefined where none of its first twenty lines has a moment in a known form
 */
export function firstMoment(text: string, surroundings: Surroundings): Date | undefined {
  for (const line of text.split('\n', 20)) {
    for (const [form, make] of forms) {
      const found = form.exec(line.slice(0, 1024));
      if (found === null) continue;
      const moment = place(make(found.slice(1)), surroundings);
      if (moment !== undefined && !Number.isNaN(moment.getTime())) return moment;
    }
  }
  return undefined;
}

function place(stamp: Stamp, { zone, before }: Surroundings): Date | undefined {
  if ('moment' in stamp) return stamp.moment;
  if (stamp.year !== undefined) return inYear(stamp, stamp.year, zone);
  // Eight years back: the longest way to a 29 February.
  for (let year = before.getUTCFullYear() + 1; year >= before.getUTCFullYear() - 8; year -= 1) {
    const moment = inYear(stamp, year, zone);
    if (moment !== undefined && moment <= before) return moment;
  }
  return undefined;
}

function inYear({ month, day, time }: Extract<Stamp, { time: string }>, year: number, zone: string): Date | undefined {
  const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}T${time}`;
  try {
    return dateOf(instantsOf(text, zone)[0]);
  } catch {
    // A day that the year does not have.
    return undefined;
  }
}
