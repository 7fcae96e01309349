import type { Catalogue } from '../../../reasons.ts';

export const waitingReasons = {
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
  'updates.patch-too-long': {
    verdict: 'fail',
    en: 'security patch {version} is needed and not applied, since {firstSeen|moment} at the latest; at most {maximum|duration} is allowed',
    nl: 'beveiligingspatch {version} is nodig en niet aangebracht, uiterlijk sinds {firstSeen|moment}; hoogstens {maximum|duration} is toegestaan',
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
  'updates.unlabelled-briefly': {
    verdict: 'pass',
    en: 'update {version} from {source} waits, which does not tell whether it is about security; it did not wait yet at {notBefore|moment}, and at most {maximum|duration} is allowed',
    nl: 'update {version} van {source} wacht, die niet zegt of het om beveiliging gaat; op {notBefore|moment} wachtte hij nog niet, en hoogstens {maximum|duration} is toegestaan',
  },
  'updates.unlabelled-waiting': {
    verdict: 'unknown',
    en: 'update {version} from {source} waits, which does not tell whether it is about security; if it is, it may have waited too long',
    nl: 'update {version} van {source} wacht, die niet zegt of het om beveiliging gaat; zo ja, dan wacht hij misschien te lang',
  },
} as const satisfies Catalogue;
