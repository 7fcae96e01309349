import type { Language, Text } from '../schema.ts';

/** Steps and fields of cases that the shipped documents name, and how findings end, as people read them. */
const words: Readonly<Record<string, Text>> = {
  confirmed: { en: 'confirmed', nl: 'bevestigd' },
  consequences: { en: 'consequences', nl: 'gevolgen' },
  contact: { en: 'contact', nl: 'contactpunt' },
  'customer-told': { en: 'customer told', nl: 'klant ingelicht' },
  'customers-told': { en: 'customers told', nl: 'klanten ingelicht' },
  erased: { en: 'erased', nl: 'gewist' },
  examined: { en: 'examined', nl: 'onderzocht' },
  gone: { en: 'gone', nl: 'niet meer gevraagd' },
  held: { en: 'held', nl: 'gehouden' },
  judged: { en: 'judged', nl: 'beoordeeld' },
  'logs-secured': { en: 'logs secured', nl: 'logs veiliggesteld' },
  measures: { en: 'measures', nl: 'maatregelen' },
  nature: { en: 'nature', nl: 'aard' },
  passed: { en: 'passes again', nl: 'voldoet weer' },
  people: { en: 'people', nl: 'betrokkenen' },
  replaced: { en: 'replaced', nl: 'vervangen' },
  solved: { en: 'solved', nl: 'opgelost' },
  supported: { en: 'supported', nl: 'meegewerkt' },
  waived: { en: 'waived', nl: 'ontheffing verleend' },
};

/** A step or a field of a case in words; one that no shipped document names is shown as it is. */
export function stepWords(name: string, language: Language): string {
  return words[name]?.[language] ?? name;
}
