import { checkKinds } from './checks/index.ts';
import { observationReasons } from './observe.ts';
import { stepWords } from './people/step-words.ts';
import { Term } from './people/terms.ts';
import { obstacleReasons } from './reading.ts';
import type { Catalogue, Reason, ReasonValue } from './reasons.ts';
import type { Language, Text } from './schema.ts';
import type { Verdict } from './verdict.ts';

/** Every reason there is, by code. */
export const catalogue: Catalogue = Object.assign(
  {},
  obstacleReasons,
  observationReasons,
  ...checkKinds.map((kind) => kind.reasons),
) as Catalogue;

export const verdictNames: Record<Verdict | 'stale' | 'waived' | 'never-seen', Text> = {
  fail: { en: 'fails', nl: 'voldoet niet' },
  unknown: { en: 'unknown', nl: 'onbekend' },
  pass: { en: 'passes', nl: 'voldoet' },
  'not-applicable': { en: 'not applicable', nl: 'niet van toepassing' },
  stale: { en: 'out of date', nl: 'verouderd' },
  waived: { en: 'waived', nl: 'uitgezonderd' },
  'never-seen': { en: 'never reported', nl: 'nooit gemeld' },
};

/** A reason as a sentence without its subject. A code from a newer agent is shown as it is, with its values. */
export function explain(reason: Pick<Reason, 'code' | 'values'>, language: Language): string {
  const text = catalogue[reason.code]?.[language];
  if (text === undefined) return `${reason.code} ${JSON.stringify(reason.values)}`;
  return text.replace(/\{([^}|]+)(?:\|([^}]+))?\}/g, (slot, name: string, format?: string) => {
    const value = reason.values[name];
    return value === undefined ? slot : formatValue(value, format, language);
  });
}

/** A reason as a line: `subject: text`. */
export function explainWithSubject(reason: Reason, language: Language): string {
  const text = explain(reason, language);
  return reason.subject === undefined ? text : `${reason.subject}: ${text}`;
}

function formatValue(value: ReasonValue, format: string | undefined, language: Language): string {
  switch (format) {
    case 'moment':
      return formatMoment(String(value), language);
    case 'day':
      return formatDay(String(value), language);
    case 'duration':
      return formatDuration(Number(value), language);
    case 'bytes':
      return formatBytes(Number(value), language);
    case 'term':
      return formatTerm(String(value), language);
    case 'steps':
      return String(value)
        .split(', ')
        .map((name) => stepWords(name, language))
        .join(', ');
    default:
      return typeof value === 'number' ? value.toLocaleString(language) : value;
  }
}

/** As readers of each language write them in short; Intl takes longer to start than a scan of a server. */
const months: Record<Language, readonly string[]> = {
  en: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec'],
  nl: ['jan', 'feb', 'mrt', 'apr', 'mei', 'jun', 'jul', 'aug', 'sep', 'okt', 'nov', 'dec'],
};

/** `21 Nov 2026, 02:00 UTC`; a value that is no moment is shown as it stands. */
export function formatMoment(moment: string | Date, language: Language): string {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return String(moment);
  return `${dayOf(date, language)}, ${date.toISOString().slice(-13, -8)} UTC`;
}

function formatDay(day: string, language: Language): string {
  const date = new Date(day);
  return Number.isNaN(date.getTime()) ? day : dayOf(date, language);
}

function dayOf(date: Date, language: Language): string {
  return `${date.getUTCDate()} ${months[language][date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

const durationUnits = [
  { seconds: 86_400, en: ['day', 'days'], nl: ['dag', 'dagen'] },
  { seconds: 3600, en: ['hour', 'hours'], nl: ['uur', 'uur'] },
  { seconds: 60, en: ['minute', 'minutes'], nl: ['minuut', 'minuten'] },
  { seconds: 1, en: ['second', 'seconds'], nl: ['seconde', 'seconden'] },
] as const;

/** The two largest units that say something: `1 day 2 hours`, `398 days`, `15 minutes`. */
export function formatDuration(seconds: number, language: Language): string {
  let rest = Math.round(Math.abs(seconds));
  const words: string[] = [];
  for (const unit of durationUnits) {
    const count = Math.floor(rest / unit.seconds);
    if (count === 0) continue;
    rest -= count * unit.seconds;
    words.push(`${count} ${unit[language][count === 1 ? 0 : 1]}`);
    if (words.length === 2) break;
  }
  return words.length > 0 ? words.join(' ') : `0 ${durationUnits[3][language][1]}`;
}

const termUnits: Readonly<Record<Term['unit'], Readonly<Record<Language, readonly [one: string, more: string]>>>> = {
  h: { en: ['hour', 'hours'], nl: ['uur', 'uur'] },
  d: { en: ['day', 'days'], nl: ['dag', 'dagen'] },
  wd: { en: ['working day', 'working days'], nl: ['werkdag', 'werkdagen'] },
  mo: { en: ['month', 'months'], nl: ['maand', 'maanden'] },
};

/** `2 working days`; what is no term is shown as it stands. */
function formatTerm(text: string, language: Language): string {
  const term = Term.safeParse(text).data;
  if (term === undefined) return text;
  const [one, more] = termUnits[term.unit][language];
  return `${term.count} ${term.count === 1 ? one : more}`;
}

function formatBytes(bytes: number, language: Language): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = bytes > 0 ? Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1) : 0;
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(bytes / 1024 ** step);
  return `${number} ${units[step] ?? 'B'}`;
}
