import type { Catalogue } from '../../../reasons.ts';

export const listsReasons = {
  'updates.unsupported': {
    verdict: 'unknown',
    en: 'the packages of {system} cannot be read yet; only those of apt, dnf, zypper and apk can',
    nl: 'de pakketten van {system} kunnen nog niet gelezen worden; alleen die van apt, dnf, zypper en apk',
  },
  'updates.lists-fresh': {
    verdict: 'pass',
    en: 'the security lists from {mirror} are those of {date|moment}; at most {maximum|duration} is allowed',
    nl: 'de beveiligingslijsten van {mirror} zijn die van {date|moment}; hoogstens {maximum|duration} is toegestaan',
  },
  'updates.lists-old': {
    verdict: 'fail',
    en: 'the security lists from {mirror} are those of {date|moment}, older than {maximum|duration}; run apt-get update',
    nl: 'de beveiligingslijsten van {mirror} zijn die van {date|moment}, ouder dan {maximum|duration}; draai apt-get update',
  },
  'updates.lists-update-fails': {
    verdict: 'fail',
    en: 'the security lists from {mirror} are those of {date|moment}, older than {maximum|duration}, although apt-get update was tried at {attempt|moment}: look at its warnings',
    nl: 'de beveiligingslijsten van {mirror} zijn die van {date|moment}, ouder dan {maximum|duration}, hoewel apt-get update geprobeerd is op {attempt|moment}: bekijk de waarschuwingen ervan',
  },
  'updates.lists-expired': {
    verdict: 'fail',
    en: 'the lists from {mirror} were valid until {validUntil|moment}',
    nl: 'de lijsten van {mirror} waren geldig tot {validUntil|moment}',
  },
  'updates.lists-future': {
    verdict: 'unknown',
    en: 'the security lists from {mirror} are dated {date|moment}, in the future: a clock is wrong or they are forged',
    nl: 'de beveiligingslijsten van {mirror} zijn gedateerd {date|moment}, in de toekomst: een klok staat verkeerd of ze zijn vervalst',
  },
  'updates.security-suite-off': {
    verdict: 'fail',
    en: 'no enabled source gives the security suite {expected}',
    nl: 'geen ingeschakelde bron geeft de beveiligingssuite {expected}',
  },
  'updates.security-components-off': {
    verdict: 'fail',
    en: 'the security suite {expected} is enabled without {components}; packages from there get no security updates',
    nl: 'de beveiligingssuite {expected} is ingeschakeld zonder {components}; pakketten daaruit krijgen geen beveiligingsupdates',
  },
  'updates.release-unknown': {
    verdict: 'unknown',
    en: 'which suite brings security updates to {system} is not known',
    nl: 'welke suite beveiligingsupdates voor {system} brengt is niet bekend',
  },
} as const satisfies Catalogue;
