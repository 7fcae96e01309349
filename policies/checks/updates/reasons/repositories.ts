import type { Catalogue } from '../../../reasons.ts';

export const repositoryReasons = {
  'updates.repository-fresh': {
    verdict: 'pass',
    en: 'the repository was last asked for news at {checked|moment}; at most {maximum|duration} is allowed',
    nl: 'de bron is op {checked|moment} voor het laatst om nieuws gevraagd; hoogstens {maximum|duration} geleden is toegestaan',
  },
  'updates.repository-old': {
    verdict: 'fail',
    en: 'the repository was last asked for news at {checked|moment}, longer than {maximum|duration} ago; refresh it',
    nl: 'de bron is op {checked|moment} voor het laatst om nieuws gevraagd, langer dan {maximum|duration} geleden; ververs hem',
  },
  'updates.repository-future': {
    verdict: 'unknown',
    en: 'the index of the repository is dated {moment|moment}, in the future: a clock is wrong or it is forged',
    nl: 'de index van de bron is gedateerd {moment|moment}, in de toekomst: een klok staat verkeerd of hij is vervalst',
  },
  'updates.repositories-still': {
    verdict: 'unknown',
    en: 'none of the repositories of {system} has changed since {made|moment}, longer than {maximum|duration} ago: the mirror may stand still',
    nl: 'geen van de bronnen van {system} is veranderd sinds {made|moment}, langer dan {maximum|duration} geleden: de spiegel staat misschien stil',
  },
  'updates.repository-off': {
    verdict: 'fail',
    en: 'no enabled repository is {expected}, which brings updates to {system}',
    nl: 'geen ingeschakelde bron is {expected}, waaruit updates voor {system} komen',
  },
  'updates.repositories-unknown': {
    verdict: 'unknown',
    en: 'which repositories bring updates to {system} is not known',
    nl: 'welke bronnen updates voor {system} brengen is niet bekend',
  },
  'updates.registered': {
    verdict: 'pass',
    en: 'the subscription for updates is {status}, until {expires|moment}',
    nl: 'het abonnement op updates is {status}, tot {expires|moment}',
  },
  'updates.registered-undated': {
    verdict: 'pass',
    en: 'the subscription for updates is {status}',
    nl: 'het abonnement op updates is {status}',
  },
  'updates.registration-ended': {
    verdict: 'fail',
    en: 'the subscription for updates ended at {expires|moment}',
    nl: 'het abonnement op updates is geëindigd op {expires|moment}',
  },
  'updates.not-registered': {
    verdict: 'fail',
    en: 'there is no active subscription for updates: {status}',
    nl: 'er is geen actief abonnement op updates: {status}',
  },
} as const satisfies Catalogue;
