import { reasonsFrom, type Catalogue } from '../../reasons.ts';

export const reasons = {
  'updates.unsupported': {
    verdict: 'unknown',
    en: 'the packages of {system} cannot be read yet; only systems with apt can',
    nl: 'de pakketten van {system} kunnen nog niet gelezen worden; alleen systemen met apt',
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
    en: 'the security lists from {mirror} were valid until {validUntil|moment}',
    nl: 'de beveiligingslijsten van {mirror} waren geldig tot {validUntil|moment}',
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

  'updates.none-waiting': {
    verdict: 'pass',
    en: 'no security update waits for any of {installed} packages',
    nl: 'er wacht geen beveiligingsupdate voor een van de {installed} pakketten',
  },
  'updates.waiting-briefly': {
    verdict: 'pass',
    en: 'security update {version} waits, and did not yet at {notBefore|moment}; at most {maximum|duration} is allowed',
    nl: 'beveiligingsupdate {version} wacht, en deed dat nog niet op {notBefore|moment}; hoogstens {maximum|duration} is toegestaan',
  },
  'updates.waiting-too-long': {
    verdict: 'fail',
    en: '{installed} is installed and security update {version} waits, since {firstSeen|moment} at the latest; at most {maximum|duration} is allowed',
    nl: '{installed} is geïnstalleerd en beveiligingsupdate {version} wacht, uiterlijk sinds {firstSeen|moment}; hoogstens {maximum|duration} is toegestaan',
  },
  'updates.kept-back-too-long': {
    verdict: 'fail',
    en: 'a hold or a pin keeps {installed} installed while security update {version} waits, since {firstSeen|moment} at the latest; at most {maximum|duration} is allowed',
    nl: 'een hold of pin houdt {installed} geïnstalleerd terwijl beveiligingsupdate {version} wacht, uiterlijk sinds {firstSeen|moment}; hoogstens {maximum|duration} is toegestaan',
  },
  'updates.waiting-since-unknown': {
    verdict: 'unknown',
    en: 'security update {version} waits; it was first seen at {firstSeen|moment}, but nobody knows how long it waited before',
    nl: 'beveiligingsupdate {version} wacht; ze is voor het eerst gezien op {firstSeen|moment}, maar niemand weet hoe lang ze daarvoor al wachtte',
  },
  'updates.waiting-clock': {
    verdict: 'unknown',
    en: 'security update {version} waits; it was first seen at {firstSeen|moment}, in the future: a clock is or was wrong',
    nl: 'beveiligingsupdate {version} wacht; ze is voor het eerst gezien op {firstSeen|moment}, in de toekomst: een klok staat of stond verkeerd',
  },
  'updates.waiting-not-timed': {
    verdict: 'unknown',
    en: 'security update {version} waits; since when cannot be told from the lists that this host has',
    nl: 'beveiligingsupdate {version} wacht; sinds wanneer is uit de lijsten van deze host niet op te maken',
  },
  'updates.lists-no-ground': {
    verdict: 'unknown',
    en: 'without sound and fresh security lists nobody can tell which updates wait; mend those first',
    nl: 'zonder deugdelijke en verse beveiligingslijsten weet niemand welke updates wachten; herstel die eerst',
  },

  'updates.reboot-required': {
    verdict: 'fail',
    en: 'the host asks for a reboot (/run/reboot-required)',
    nl: 'de host vraagt om een herstart (/run/reboot-required)',
  },
  'updates.kernel-current': {
    verdict: 'pass',
    en: 'the running kernel {running} is the newest that is installed',
    nl: 'de draaiende kernel {running} is de nieuwste die geïnstalleerd is',
  },
  'updates.kernel-outdated': {
    verdict: 'fail',
    en: 'kernel {running} runs while {newest} ({version}) is installed; reboot',
    nl: 'kernel {running} draait terwijl {newest} ({version}) geïnstalleerd is; herstart',
  },
  'updates.kernel-rebuilt': {
    verdict: 'fail',
    en: 'kernel {running} runs as build {build} while {version} is installed; reboot',
    nl: 'kernel {running} draait als build {build} terwijl {version} geïnstalleerd is; herstart',
  },
  'updates.kernel-foreign': {
    verdict: 'unknown',
    en: 'the running kernel {running} comes from none of the installed kernel packages, so nobody can tell whether it is current',
    nl: 'de draaiende kernel {running} komt uit geen van de geïnstalleerde kernelpakketten; niemand weet of hij actueel is',
  },
  'updates.kernel-not-ours': {
    verdict: 'not-applicable',
    en: 'no kernel package is installed: kernel {running} is provided from outside, as for a container, and must be judged there',
    nl: 'er is geen kernelpakket geïnstalleerd: kernel {running} komt van buiten, zoals bij een container, en moet daar beoordeeld worden',
  },

  'updates.in-window': {
    verdict: 'pass',
    en: 'all {upgrades} upgrades of the last {within|duration} began between {from} and {to} ({timeZone})',
    nl: 'alle {upgrades} upgrades van de laatste {within|duration} begonnen tussen {from} en {to} ({timeZone})',
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

export const because = reasonsFrom(reasons);
