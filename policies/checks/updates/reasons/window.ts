import type { Catalogue } from '../../../reasons.ts';

export const windowReasons = {
  'updates.in-window': {
    verdict: 'pass',
    en: 'all {upgrades} upgrades of the last {within|duration} began between {from} and {to} ({timeZone})',
    nl: 'alle {upgrades} upgrades van de laatste {within|duration} begonnen tussen {from} en {to} ({timeZone})',
  },
  'updates.emergency': {
    verdict: 'pass',
    en: 'an upgrade began at {local} ({hostZone}), outside the window; it is recorded as an emergency: {reference}',
    nl: 'een upgrade begon om {local} ({hostZone}), buiten het venster; ze is als spoedgeval vastgelegd: {reference}',
  },
  'updates.outside-window': {
    verdict: 'fail',
    en: 'an upgrade began at {local} ({hostZone}), not between {from} and {to} ({timeZone})',
    nl: 'een upgrade begon om {local} ({hostZone}), niet tussen {from} en {to} ({timeZone})',
  },
  'updates.window-ambiguous': {
    verdict: 'unknown',
    en: 'an upgrade began at {local} ({hostZone}), a time that occurs twice or never as the clock changes; it cannot be placed between {from} and {to} ({timeZone})',
    nl: 'een upgrade begon om {local} ({hostZone}), een tijd die door het verzetten van de klok twee keer of nooit voorkomt; hij is niet te plaatsen tussen {from} en {to} ({timeZone})',
  },
  'updates.history-future': {
    verdict: 'unknown',
    en: 'an upgrade is logged at {local} ({hostZone}), in the future: a clock was wrong or the log is not genuine',
    nl: 'een upgrade staat in het log op {local} ({hostZone}), in de toekomst: een klok stond verkeerd of het log is niet echt',
  },
  'updates.history-too-short': {
    verdict: 'unknown',
    en: 'the log of upgrades reaches back to {reachesBackTo} only; upgrades of the last {within|duration} may be missing from it',
    nl: 'het log van upgrades gaat maar terug tot {reachesBackTo}; upgrades van de laatste {within|duration} kunnen ontbreken',
  },
  'updates.no-upgrades': {
    verdict: 'not-applicable',
    en: 'nothing was upgraded in the last {within|duration}',
    nl: 'er is niets bijgewerkt in de laatste {within|duration}',
  },
} as const satisfies Catalogue;
