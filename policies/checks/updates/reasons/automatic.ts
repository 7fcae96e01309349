import type { Catalogue } from '../../../reasons.ts';

export const automaticReasons = {
  'updates.automatic-works': {
    verdict: 'pass',
    en: 'unattended-upgrades last ended well at {local} ({hostZone}); at most {maximum|duration} ago is allowed',
    nl: 'unattended-upgrades liep voor het laatst goed af op {local} ({hostZone}); hoogstens {maximum|duration} geleden is toegestaan',
  },
  'updates.automatic-off': {
    verdict: 'fail',
    en: 'automatic updates are switched off: apt reads {setting} as {value}',
    nl: 'automatische updates staan uit: apt leest {setting} als {value}',
  },
  'updates.automatic-idle': {
    verdict: 'fail',
    en: 'unattended-upgrades last ended well at {local} ({hostZone}), longer than {maximum|duration} ago',
    nl: 'unattended-upgrades liep voor het laatst goed af op {local} ({hostZone}), langer dan {maximum|duration} geleden',
  },
  'updates.automatic-never': {
    verdict: 'fail',
    en: 'automatic updates are switched on, but the log of unattended-upgrades has no run that ended well',
    nl: 'automatische updates staan aan, maar het log van unattended-upgrades heeft geen run die goed afliep',
  },
  'updates.automatic-failed': {
    verdict: 'fail',
    en: 'unattended-upgrades ran at {local} ({hostZone}) and did not end well: look at its log',
    nl: 'unattended-upgrades liep op {local} ({hostZone}) en eindigde niet goed: bekijk het log ervan',
  },
  'updates.automatic-future': {
    verdict: 'unknown',
    en: 'unattended-upgrades logs a run at {local} ({hostZone}), in the future: a clock was wrong or the log is not genuine',
    nl: 'unattended-upgrades heeft een run in het log op {local} ({hostZone}), in de toekomst: een klok stond verkeerd of het log is niet echt',
  },
  'updates.automatic-unread': {
    verdict: 'unknown',
    en: 'whether {manager} updates by itself cannot be read yet; only unattended-upgrades can',
    nl: 'of {manager} vanzelf bijwerkt kan nog niet gelezen worden; alleen unattended-upgrades',
  },
} as const satisfies Catalogue;
