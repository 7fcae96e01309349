import { reasonsFrom, type Catalogue } from '../../reasons.ts';

export const reasons = {
  'capacity.space-enough': {
    verdict: 'pass',
    en: '{used} % of its space and {inodes} of its inodes are used; {maximum} % may be',
    nl: '{used} % van de ruimte en {inodes} van de inodes is in gebruik; {maximum} % mag',
  },
  'capacity.space': {
    verdict: 'fail',
    en: '{used} % of its space is used; at most {maximum} % is expected',
    nl: '{used} % van de ruimte is in gebruik; hoogstens {maximum} % wordt verwacht',
  },
  'capacity.inodes': {
    verdict: 'fail',
    en: '{used} % of its inodes are used; at most {maximum} % is expected (look for folders with very many small files)',
    nl: '{used} % van de inodes is in gebruik; hoogstens {maximum} % wordt verwacht (zoek mappen met heel veel kleine bestanden)',
  },
  'capacity.failed': {
    verdict: 'fail',
    en: 'the kernel stopped writing to it after an error; look in the kernel’s log, and check the file system',
    nl: 'de kernel schrijft er na een fout niet meer naar; kijk in het log van de kernel en controleer het bestandssysteem',
  },
  'capacity.remounted': {
    verdict: 'fail',
    en: 'it is read-only, and /etc/fstab wants it writable',
    nl: 'het is alleen te lezen, en /etc/fstab wil het beschrijfbaar',
  },
  'capacity.btrfs-metadata': {
    verdict: 'fail',
    en: '{used} % of what its metadata can get is used; at most {maximum} % is expected (btrfs balance makes room)',
    nl: '{used} % van wat de metadata kan krijgen is in gebruik; hoogstens {maximum} % wordt verwacht (btrfs balance maakt ruimte)',
  },
  'capacity.pool-enough': {
    verdict: 'pass',
    en: '{data} % of its data and {metadata} % of its metadata is used; {maximum} % may be',
    nl: '{data} % van de data en {metadata} % van de metadata is in gebruik; {maximum} % mag',
  },
  'capacity.pool': {
    verdict: 'fail',
    en: 'the thin pool has {data} % of its data and {metadata} % of its metadata in use; at most {maximum} % is expected',
    nl: 'de thin pool heeft {data} % van de data en {metadata} % van de metadata in gebruik; hoogstens {maximum} % wordt verwacht',
  },
  'capacity.pool-failed': {
    verdict: 'fail',
    en: 'the kernel takes no writes to the thin pool any more, because its metadata are damaged (lvconvert --repair)',
    nl: 'de kernel neemt voor de thin pool geen schrijfopdrachten meer aan, omdat de metadata beschadigd zijn (lvconvert --repair)',
  },
  'capacity.memory-enough': {
    verdict: 'pass',
    en: '{available} % of memory or more is available; {minimum} % is asked',
    nl: '{available} % van het geheugen of meer is beschikbaar; {minimum} % wordt gevraagd',
  },
  'capacity.memory': {
    verdict: 'fail',
    en: 'less than {below} % of memory is available; at least {minimum} % is expected',
    nl: 'minder dan {below} % van het geheugen is beschikbaar; minstens {minimum} % wordt verwacht',
  },
  'capacity.swap-enough': {
    verdict: 'pass',
    en: 'at most {used} % of swap is used; {maximum} % may be',
    nl: 'hoogstens {used} % van de swap is in gebruik; {maximum} % mag',
  },
  'capacity.swap': {
    verdict: 'fail',
    en: 'up to {used} % of swap is used; at most {maximum} % is expected',
    nl: 'tot {used} % van de swap is in gebruik; hoogstens {maximum} % wordt verwacht',
  },
  'capacity.load-enough': {
    verdict: 'pass',
    en: 'the load of 15 minutes is at most {load} for each of {processors} processors; {maximum} may be',
    nl: 'de load van 15 minuten is hoogstens {load} per processor, van {processors}; {maximum} mag',
  },
  'capacity.load': {
    verdict: 'fail',
    en: 'the load of 15 minutes is up to {load} for each of {processors} processors; at most {maximum} is expected',
    nl: 'de load van 15 minuten is tot {load} per processor, van {processors}; hoogstens {maximum} wordt verwacht',
  },
  'capacity.trend-steady': {
    verdict: 'pass',
    en: 'since {since|day} it does not grow so that it would be full within years',
    nl: 'sinds {since|day} groeit het niet zo dat het binnen jaren vol is',
  },
  'capacity.trend-far': {
    verdict: 'pass',
    en: 'as it grew since {since|day} it is full on {full|day}; that must be {minimum|duration} away',
    nl: 'zoals het groeide sinds {since|day} is het vol op {full|day}; dat moet {minimum|duration} weg zijn',
  },
  'capacity.trend-full-soon': {
    verdict: 'fail',
    en: 'as it grew since {since|day} it is full on {full|day}; that must be {minimum|duration} away',
    nl: 'zoals het groeide sinds {since|day} is het vol op {full|day}; dat moet {minimum|duration} weg zijn',
  },
  'capacity.trend-young': {
    verdict: 'unknown',
    en: 'the agent has {count} weekly readings of it; four over three weeks tell how it grows',
    nl: 'de agent heeft er {count} wekelijkse metingen van; vier over drie weken zeggen hoe het groeit',
  },
  'capacity.trend-old': {
    verdict: 'unknown',
    en: 'the last weekly reading is of {last|day}; one of the last three weeks is needed',
    nl: 'de laatste wekelijkse meting is van {last|day}; een van de laatste drie weken is nodig',
  },
  'capacity.trend-future': {
    verdict: 'unknown',
    en: 'a weekly reading is of {last|moment}, which lies in the future; a clock is or was wrong',
    nl: 'een wekelijkse meting is van {last|moment}, wat in de toekomst ligt; een klok loopt of liep fout',
  },
  'capacity.trend-no-memory': {
    verdict: 'unknown',
    en: 'this run remembers nothing of earlier ones; only an agent with a data folder can tell how it grows',
    nl: 'deze run weet niets van eerdere; alleen een agent met een datamap kan zeggen hoe het groeit',
  },
  'capacity.quotas-enough': {
    verdict: 'pass',
    en: 'each of {limited} users with a limit stays below {maximum} % of it',
    nl: 'elk van {limited} gebruikers met een limiet blijft onder {maximum} % daarvan',
  },
  'capacity.quota': {
    verdict: 'fail',
    en: '{used} % of the quota of {of} is used; from {maximum} % on it must be reported',
    nl: '{used} % van het quotum ({of}) is in gebruik; vanaf {maximum} % moet dat gemeld worden',
  },
  'capacity.quotas-old': {
    verdict: 'unknown',
    en: 'usage by {source} is of {asOf|moment}; figures of the last {maximum|duration} are needed',
    nl: 'het gebruik volgens {source} is van {asOf|moment}; cijfers van de laatste {maximum|duration} zijn nodig',
  },
  'capacity.quotas-future': {
    verdict: 'unknown',
    en: 'usage by {source} is of {asOf|moment}, which lies in the future; a clock is or was wrong',
    nl: 'het gebruik volgens {source} is van {asOf|moment}, wat in de toekomst ligt; een klok loopt of liep fout',
  },
  'capacity.no-quotas': {
    verdict: 'unknown',
    en: 'no user has a quota here that could be watched (the kernel’s, DirectAdmin’s)',
    nl: 'geen gebruiker heeft hier een quotum om op te letten (van de kernel, van DirectAdmin)',
  },
  'capacity.quotas-not-used': {
    verdict: 'not-applicable',
    en: 'no user has a quota here, and this control asks for none',
    nl: 'geen gebruiker heeft hier een quotum, en deze maatregel vraagt er geen',
  },
} as const satisfies Catalogue;

export const because = reasonsFrom(reasons);
