import { reasonsFrom, type Catalogue } from '../../reasons.ts';

export const reasons = {
  'time-sync.synchronised': {
    verdict: 'pass',
    en: '{program} follows {sources} at stratum {stratum}; the clock is off by at most {offset} s, and {maximum} s is allowed',
    nl: '{program} volgt {sources} op stratum {stratum}; de klok wijkt hoogstens {offset} s af, en {maximum} s mag',
  },
  'time-sync.no-daemon': {
    verdict: 'fail',
    en: 'no program keeps the clock right (looked for chronyd, ntpd, systemd-timesyncd and phc2sys); that the kernel once was synchronised does not count',
    nl: 'geen programma houdt de klok gelijk (gezocht naar chronyd, ntpd, systemd-timesyncd en phc2sys); dat de kernel ooit gelijkliep telt niet',
  },
  'time-sync.two-daemons': {
    verdict: 'fail',
    en: '{programs} all set this one clock, and work against each other; keep one',
    nl: '{programs} zetten allemaal deze ene klok en werken elkaar tegen; houd er één over',
  },
  'time-sync.not-steered': {
    verdict: 'fail',
    en: '{programs} runs, but may not set the clock (chronyd -x, or no CAP_SYS_TIME), so nobody does',
    nl: '{programs} draait, maar mag de klok niet zetten (chronyd -x, of geen CAP_SYS_TIME), dus niemand doet dat',
  },
  'time-sync.follows-host': {
    verdict: 'unknown',
    en: 'this is a container ({container}) and follows the clock of its host; look there',
    nl: 'dit is een container ({container}) en die volgt de klok van zijn host; kijk daar',
  },
  'time-sync.host-answers': {
    verdict: 'not-applicable',
    en: 'this is a container ({container}) and follows the clock of its host, where the promise must be shown',
    nl: 'dit is een container ({container}) en die volgt de klok van zijn host, waar de belofte getoond moet worden',
  },
  'time-sync.not-synchronised': {
    verdict: 'fail',
    en: '{program} runs, but is not synchronised (leap {leap}, stratum {stratum})',
    nl: '{program} draait, maar loopt niet gelijk (leap {leap}, stratum {stratum})',
  },
  'time-sync.own-clock': {
    verdict: 'fail',
    en: '{program} follows this machine’s own clock, and calls that synchronised',
    nl: '{program} volgt de eigen klok van deze machine en noemt dat gelijk',
  },
  'time-sync.silent': {
    verdict: 'fail',
    en: '{program} heard nothing it could use since {since|moment}; at least every {maximum|duration} is expected',
    nl: '{program} hoorde niets bruikbaars meer sinds {since|moment}; minstens elke {maximum|duration} wordt verwacht',
  },
  'time-sync.silent-future': {
    verdict: 'unknown',
    en: '{program} says it last heard its source at {since|moment}, which lies in the future; a clock is or was wrong',
    nl: '{program} zegt zijn bron het laatst te hebben gehoord op {since|moment}, wat in de toekomst ligt; een klok loopt of liep fout',
  },
  'time-sync.no-answer': {
    verdict: 'fail',
    en: '{program} is told to follow {sources}, and none of them answers',
    nl: '{program} moet {sources} volgen, en geen ervan antwoordt',
  },
  'time-sync.offset': {
    verdict: 'fail',
    en: 'by {program} the clock is off by {offset} s; at most {maximum} s is allowed',
    nl: 'volgens {program} wijkt de klok {offset} s af; hoogstens {maximum} s mag',
  },
  'time-sync.imprecise': {
    verdict: 'unknown',
    en: 'by {program} the clock is off by {offset} s, but that may be wrong by {distance} s, so nobody can say that it is within {maximum} s',
    nl: 'volgens {program} wijkt de klok {offset} s af, maar dat kan er {distance} s naast zitten, dus niemand kan zeggen dat het binnen {maximum} s is',
  },
  'time-sync.stratum': {
    verdict: 'fail',
    en: '{program} is at stratum {stratum}; at most {maximum} is allowed',
    nl: '{program} zit op stratum {stratum}; hoogstens {maximum} mag',
  },
  'time-sync.source-listed': {
    verdict: 'pass',
    en: '{program} may follow {configured}, which is in the list',
    nl: '{program} mag {configured} volgen, want die staat in de lijst',
  },
  'time-sync.source-unlisted': {
    verdict: 'fail',
    en: '{program} is told to follow {configured} ({address}), which is not in the list: {listed}',
    nl: '{program} moet {configured} ({address}) volgen, en die staat niet in de lijst: {listed}',
  },
  'time-sync.list-not-set': {
    verdict: 'unknown',
    en: 'nobody said which time sources are right; set timeSources in agent.yaml ({program} follows {sources})',
    nl: 'niemand zei welke tijdbronnen goed zijn; zet timeSources in agent.yaml ({program} volgt {sources})',
  },
} as const satisfies Catalogue;

export const because = reasonsFrom(reasons);
