import { obstacleReasons } from '../../reading.ts';
import { reasonsFrom, type Catalogue } from '../../reasons.ts';

export const listeningReasons = {
  ...obstacleReasons,
  'listening.nothing': {
    verdict: 'pass',
    en: 'nothing listens beyond loopback',
    nl: 'er luistert niets buiten loopback',
  },
  'listening.services-not-set': {
    verdict: 'unknown',
    en: 'nobody said which services may listen; list them as services in agent.yaml',
    nl: 'er is niet gezegd welke diensten mogen luisteren; noem ze als services in agent.yaml',
  },
  'listening.allowed': {
    verdict: 'pass',
    en: '{programs} listens, as allowed',
    nl: '{programs} luistert, zoals toegestaan',
  },
  'listening.not-allowed': {
    verdict: 'fail',
    en: '{programs} listens, and is not among the services allowed',
    nl: '{programs} luistert, en staat niet tussen de toegestane diensten',
  },
  'listening.other-program': {
    verdict: 'fail',
    en: '{programs} listens; expected {expected}',
    nl: '{programs} luistert; verwacht: {expected}',
  },
  'listening.program-unknown': {
    verdict: 'unknown',
    en: 'it is not known what listens, and only {expected} may; run the agent as root or with CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, and install iproute2 (ss)',
    nl: 'het is niet bekend wat er luistert, en alleen {expected} mag dat; draai de agent als root of met CAP_SYS_PTRACE en CAP_DAC_READ_SEARCH, en installeer iproute2 (ss)',
  },
  'listening.no-plain-text': {
    verdict: 'pass',
    en: 'no service that is known to speak plain text listens beyond loopback',
    nl: 'geen dienst waarvan bekend is dat ze onversleuteld spreekt luistert buiten loopback',
  },
  'listening.plain-text': {
    verdict: 'fail',
    en: '{service} speaks plain text, and listens beyond loopback',
    nl: '{service} spreekt onversleuteld, en luistert buiten loopback',
  },
  'listening.plain-unclear': {
    verdict: 'unknown',
    en: '{service} speaks plain text unless it is set up otherwise, which a socket does not show',
    nl: '{service} spreekt onversleuteld tenzij het anders is ingesteld, wat een socket niet laat zien',
  },
  'listening.encrypted': {
    verdict: 'pass',
    en: '{service} answers with TLS from the first byte',
    nl: '{service} antwoordt met TLS vanaf de eerste byte',
  },
  'listening.no-management': {
    verdict: 'pass',
    en: 'no management service listens beyond loopback',
    nl: 'geen beheerdienst luistert buiten loopback',
  },
  'listening.management-private': {
    verdict: 'pass',
    en: 'a management service ({service}), on an address that is not public',
    nl: 'een beheerdienst ({service}), op een adres dat niet openbaar is',
  },
  'listening.management-public': {
    verdict: 'fail',
    en: 'a management service ({service}) listens on a public address; expected the address of the management network',
    nl: 'een beheerdienst ({service}) luistert op een openbaar adres; verwacht: het adres van het beheernetwerk',
  },
  'listening.management-everywhere': {
    verdict: 'fail',
    en: 'a management service ({service}) listens on every address of the host, public ones among them; expected the address of the management network',
    nl: 'een beheerdienst ({service}) luistert op elk adres van de host, ook op openbare; verwacht: het adres van het beheernetwerk',
  },
  'listening.management-unclear': {
    verdict: 'unknown',
    en: 'a management service ({service}) listens on every address of the host; it has no public one itself, and whether one is mapped to it cannot be seen: set exposure to private in agent.yaml where none is',
    nl: 'een beheerdienst ({service}) luistert op elk adres van de host; die heeft zelf geen openbaar adres, en of er een naar hem leidt is niet te zien: zet exposure op private in agent.yaml als dat niet zo is',
  },
  'listening.programs-unseen': {
    verdict: 'unknown',
    en: 'processes of other users may not be seen, so that a service on a port that is not its own is not known; run the agent as root or with CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, and install iproute2 (ss)',
    nl: 'processen van andere gebruikers mogen niet gezien worden, zodat een dienst op een andere poort dan de hare niet herkend wordt; draai de agent als root of met CAP_SYS_PTRACE en CAP_DAC_READ_SEARCH, en installeer iproute2 (ss)',
  },
} as const satisfies Catalogue;

export const because = reasonsFrom(listeningReasons);
