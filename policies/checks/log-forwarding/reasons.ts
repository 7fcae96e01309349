import { reasonsFrom, type Catalogue } from '../../reasons.ts';

export const reasons = {
  'log-forwarding.connected': {
    verdict: 'pass',
    en: '{program} sends everything to {target} and is connected with it',
    nl: '{program} stuurt alles naar {target} en is daarmee verbonden',
  },
  'log-forwarding.relayed': {
    verdict: 'pass',
    en: '{program} sends everything to {relay} on this host, which is connected with {target}',
    nl: '{program} stuurt alles naar {relay} op deze host, en die is verbonden met {target}',
  },
  'log-forwarding.datagrams-accepted': {
    verdict: 'pass',
    en: '{program} is told to send everything to {target} by UDP; nobody can see here whether it arrives, and the control lets that do',
    nl: '{program} moet alles naar {target} sturen via UDP; of het aankomt is hier niet te zien, en de control neemt daar genoegen mee',
  },
  'log-forwarding.none': {
    verdict: 'fail',
    en: 'no program runs that can send logs elsewhere (looked for {programs})',
    nl: 'er draait geen programma dat logs elders kan heensturen (gezocht naar {programs})',
  },
  'log-forwarding.no-destination': {
    verdict: 'fail',
    en: '{program} runs, and is not told to send anything elsewhere',
    nl: '{program} draait, en hoeft niets elders heen te sturen',
  },
  'log-forwarding.local': {
    verdict: 'fail',
    en: '{program} sends to {target}, which is this host itself, and nothing there sends it on',
    nl: '{program} stuurt naar {target}, en dat is deze host zelf; niets daar stuurt het door',
  },
  'log-forwarding.not-connected': {
    verdict: 'fail',
    en: '{program} is told to send to {target}, and has no connection with it',
    nl: '{program} moet naar {target} sturen, en heeft daar geen verbinding mee',
  },
  'log-forwarding.stuck': {
    verdict: 'fail',
    en: 'records of {program} wait on disk since {since|moment}; within {maximum|duration} they are expected to be gone',
    nl: 'regels van {program} wachten op schijf sinds {since|moment}; binnen {maximum|duration} horen ze weg te zijn',
  },
  'log-forwarding.waiting-future': {
    verdict: 'unknown',
    en: 'records of {program} wait on disk since {since|moment}, which lies in the future; a clock is or was wrong',
    nl: 'regels van {program} wachten op schijf sinds {since|moment}, wat in de toekomst ligt; een klok loopt of liep fout',
  },
  'log-forwarding.not-connected-now': {
    verdict: 'unknown',
    en: '{program} sends to {target} by HTTP and has no connection with it at this moment',
    nl: '{program} stuurt via HTTP naar {target} en heeft daar nu geen verbinding mee',
  },
  'log-forwarding.datagrams': {
    verdict: 'unknown',
    en: '{program} is told to send to {target} by UDP, and nobody can see here whether that arrives; use TCP or RELP',
    nl: '{program} moet via UDP naar {target} sturen, en of dat aankomt is hier niet te zien; gebruik TCP of RELP',
  },
  'log-forwarding.part': {
    verdict: 'unknown',
    en: '{program} sends to {target} only what some rule chooses, so nobody can say that all is there',
    nl: '{program} stuurt naar {target} alleen wat een regel uitkiest, dus niemand kan zeggen dat alles er is',
  },
  'log-forwarding.targets-not-set': {
    verdict: 'unknown',
    en: '{program} runs; where the central place is, nobody said: set logTargets in agent.yaml',
    nl: '{program} draait; waar de centrale plek is, zei niemand: zet logTargets in agent.yaml',
  },
} as const satisfies Catalogue;

export const because = reasonsFrom(reasons);
