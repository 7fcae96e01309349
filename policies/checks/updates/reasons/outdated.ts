import type { Catalogue } from '../../../reasons.ts';

export const outdatedReasons = {
  'updates.programs-current': {
    verdict: 'pass',
    en: 'no service runs files that were replaced since it started',
    nl: 'geen dienst draait bestanden die sinds de start vervangen zijn',
  },
  'updates.program-outdated': {
    verdict: 'fail',
    en: 'still runs files that were replaced since it started: {replaced}; restart it',
    nl: 'draait nog bestanden die sinds de start vervangen zijn: {replaced}; herstart de dienst',
  },
  'updates.programs-hidden': {
    verdict: 'unknown',
    en: 'which files programs run cannot be seen (/proc/*/maps); run the agent as root, or give it CAP_SYS_PTRACE',
    nl: 'welke bestanden programma’s draaien is niet te zien (/proc/*/maps); draai de agent als root, of geef hem CAP_SYS_PTRACE',
  },
} as const satisfies Catalogue;
