import type { Catalogue } from '../../../reasons.ts';

export const supportReasons = {
  'updates.supported': {
    verdict: 'pass',
    en: '{system} is supported until {until|day} (table of {dated|day})',
    nl: '{system} wordt ondersteund tot en met {until|day} (tabel van {dated|day})',
  },
  'updates.supported-undated': {
    verdict: 'pass',
    en: '{system} is supported, and no end was announced (table of {dated|day})',
    nl: '{system} wordt ondersteund, en er is geen einde aangekondigd (tabel van {dated|day})',
  },
  'updates.supported-extended': {
    verdict: 'pass',
    en: '{system} has extended support until {until|day} (table of {dated|day})',
    nl: '{system} heeft verlengde ondersteuning tot en met {until|day} (tabel van {dated|day})',
  },
  'updates.support-ended': {
    verdict: 'fail',
    en: 'support of {system} ended on {until|day}: new leaks are not mended; move to a newer release',
    nl: 'de ondersteuning van {system} is op {until|day} geëindigd: nieuwe lekken worden niet gedicht; stap over op een nieuwere release',
  },
  'updates.support-ended-undated': {
    verdict: 'fail',
    en: 'support of {system} has ended: new leaks are not mended; move to a newer release',
    nl: 'de ondersteuning van {system} is geëindigd: nieuwe lekken worden niet gedicht; stap over op een nieuwere release',
  },
  'updates.extended-off': {
    verdict: 'fail',
    en: 'standard support of {system} has ended, and this host does not have the extended support that lasts until {until|day}',
    nl: 'de gewone ondersteuning van {system} is geëindigd, en deze host heeft de verlengde niet, die tot en met {until|day} duurt',
  },
  'updates.extended-unproven': {
    verdict: 'unknown',
    en: 'standard support of {system} has ended; whether this host has the extended support until {until|day} was not asked',
    nl: 'de gewone ondersteuning van {system} is geëindigd; of deze host de verlengde heeft, tot en met {until|day}, is niet gevraagd',
  },
  'updates.support-unknown': {
    verdict: 'unknown',
    en: 'the table of {dated|day} does not tell until when {system} is supported; a table of your own can (updates.endOfLife in agent.yaml)',
    nl: 'de tabel van {dated|day} zegt niet tot wanneer {system} wordt ondersteund; een eigen tabel kan dat (updates.endOfLife in agent.yaml)',
  },
  'updates.support-table-old': {
    verdict: 'unknown',
    en: 'the table of ends of support is that of {dated|day}, older than {maximum|duration}; update the agent or give a newer table',
    nl: 'de tabel met einddata van ondersteuning is die van {dated|day}, ouder dan {maximum|duration}; werk de agent bij of geef een nieuwere tabel',
  },
  'updates.support-table-future': {
    verdict: 'unknown',
    en: 'the table of ends of support is dated {dated|day}, in the future: a clock or the table is wrong',
    nl: 'de tabel met einddata van ondersteuning is gedateerd {dated|day}, in de toekomst: een klok of de tabel klopt niet',
  },
} as const satisfies Catalogue;
