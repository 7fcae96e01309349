import type { Language, Text } from '../../policies/schema.ts';

/** Turns a text into the one of a set's language. */
export type Say = (text: Text) => string;

export const languages: readonly Language[] = ['en', 'nl'];

export function sayIn(language: Language): Say {
  return (text) => text[language];
}

/** What several dashboards say. */
export const words = {
  host: { en: 'Host', nl: 'Server' },
  hosts: { en: 'Hosts', nl: 'Servers' },
  policy: { en: 'Policy', nl: 'Beleid' },
  control: { en: 'Control', nl: 'Beheersmaatregel' },
  clause: { en: 'Clause', nl: 'Paragraaf' },
  title: { en: 'Title', nl: 'Titel' },
  severity: { en: 'Severity', nl: 'Ernst' },
  verdict: { en: 'Verdict', nl: 'Oordeel' },
  since: { en: 'Since', nl: 'Sinds' },
  fails: { en: 'Fails', nl: 'Faalt' },
  unknown: { en: 'Unknown', nl: 'Onbekend' },
  stale: { en: 'Out of date', nl: 'Verouderd' },
  waived: { en: 'Waived', nl: 'Vrijgesteld' },
  passes: { en: 'Passes', nl: 'Voldoet' },
  notApplicable: { en: 'Not applicable', nl: 'Niet van toepassing' },
  unknownOrStale: { en: 'Unknown or out of date', nl: 'Onbekend of verouderd' },
  open: { en: 'Open', nl: 'Open' },
  endpoint: { en: 'Endpoint', nl: 'Eindpunt' },
  compliant: { en: 'Compliant', nl: 'Voldoet' },
  nothingWrong: { en: 'Nothing: all is as promised', nl: 'Niets: alles is zoals beloofd' },
  nothingYet: { en: 'No report has come in yet', nl: 'Er is nog geen rapport binnen' },
} as const satisfies Record<string, Text>;

/** The verdicts as they are shown, from the one that asks for most attention. */
export const verdictWords = {
  fail: words.fails,
  unknown: words.unknown,
  stale: words.stale,
  waived: words.waived,
  pass: words.passes,
  'not-applicable': words.notApplicable,
} as const satisfies Record<string, Text>;
