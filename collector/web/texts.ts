import type { Language, Severity, Text } from '../../policies/schema.ts';
import type { Freshness } from '../state/fleet.ts';

/** What the pages say; a language that lacks a text does not compile. Verdicts and reasons are in policies/explain.ts. */
interface Texts {
  readonly skip: string;
  readonly overview: string;
  readonly organisation: string;
  readonly otherLanguage: string;
  readonly logOut: string;
  readonly renewed: string;
  readonly logLine: (size: string, origin: string) => string;

  readonly loginTitle: string;
  readonly loginAsk: string;
  readonly loginHow: string;
  readonly loginToken: string;
  readonly loginSubmit: string;
  readonly loginRefused: string;

  readonly nothingReported: string;
  readonly enrolSteps: readonly [string, string, string];
  readonly failing: (controls: number, hosts: number) => string;
  readonly notEstablished: string;
  readonly allPass: string;
  readonly someWaived: (count: number) => string;
  readonly noneApplies: string;
  readonly hosts: string;
  readonly reporting: string;
  readonly freshness: Readonly<Record<Freshness['state'] | 'never-seen', string>>;
  readonly controls: string;
  readonly controlsOnHosts: string;
  readonly controlsOfHost: string;
  readonly countPass: (pass: number, applicable: number) => string;

  readonly attention: string;
  readonly nothingFound: string;
  readonly unreliable: Readonly<Record<'stale' | 'clock-ahead' | 'never-seen', string>>;
  readonly lastReport: string;
  readonly ago: (age: string) => string;
  readonly madeAndReceived: string;
  readonly onHosts: (count: number) => string;
  readonly moreHosts: (count: number) => string;
  readonly moreReasons: (count: number) => string;
  readonly severity: Readonly<Record<Severity, string>>;

  readonly matrix: string;
  readonly matrixOrder: string;
  readonly notAsked: string;
  readonly notShown: (count: number) => string;
  readonly host: string;

  readonly hostFacts: string;
  readonly hostname: string;
  readonly system: string;
  readonly agent: string;
  readonly readOver: string;
  readonly labels: string;
  readonly policies: string;
  readonly version: string;
  readonly none: string;
  readonly since: string;
  readonly notPassingSince: string;
  readonly clause: string;
  readonly promise: string;
  readonly remedy: string;
  readonly found: Readonly<Record<Freshness['state'], string>>;
  readonly maps: string;
  readonly definitionMissing: string;
  readonly noControls: string;
  readonly severalVersions: (versions: string) => string;

  readonly evidence: string;
  readonly place: string;
  readonly placeOf: (index: string) => string;
  readonly origin: string;
  readonly size: string;
  readonly entries: (count: string) => string;
  readonly root: string;
  readonly verify: readonly [string, string, string];

  readonly reports: string;
  readonly reportsIntro: string;
  readonly reportsPeriod: string;
  readonly reportsFrom: string;
  readonly reportsTo: string;
  readonly reportsPolicies: string;
  readonly reportsHosts: string;
  readonly reportsLabels: string;
  readonly reportsForm: string;
  readonly reportsFormat: string;
  readonly reportsLanguage: string;
  readonly reportsMake: string;

  readonly unknownPage: string;
  readonly unknownHost: (host: string) => string;
  readonly unknownControl: (control: string) => string;
  readonly toOverview: string;
}

const en: Texts = {
  skip: 'Skip to content',
  overview: 'Overview',
  organisation: 'Organisation',
  otherLanguage: 'Nederlands',
  logOut: 'Log out',
  renewed: 'renews itself every minute',
  logLine: (size, origin) => `${size} entries in the evidence log ${origin}`,

  loginTitle: 'Log in',
  loginAsk: 'Give a token of an auditor, operator, approver or reporter.',
  loginHow: 'The operator makes one on the collector:',
  loginToken: 'Token',
  loginSubmit: 'Log in',
  loginRefused: 'This token is not valid here. It may have expired or been revoked, or be meant for something else.',

  nothingReported: 'No host has reported yet',
  enrolSteps: [
    'On the collector, make a token for one agent:',
    'On the host, enrol its agent with that token:',
    'Then start the agent. Its host appears here with its first report.',
  ],
  failing: (controls, hosts) =>
    `${controls} ${controls === 1 ? 'control fails' : 'controls fail'} on ${hosts} ${hosts === 1 ? 'host' : 'hosts'}`,
  notEstablished: 'No failure found, but not everything could be established',
  allPass: 'Every control passes',
  someWaived: (count) =>
    `All that is not waived passes; ${count === 1 ? 'one control is' : `${count} controls are`} waived`,
  noneApplies: 'No control applies to these hosts',
  hosts: 'Hosts',
  reporting: 'reporting',
  freshness: {
    fresh: 'reporting',
    stale: 'out of date',
    'clock-ahead': 'clock ahead',
    'never-seen': 'never reported',
  },
  controls: 'Controls',
  controlsOnHosts: 'Controls, each once a host',
  controlsOfHost: 'Controls of this host',
  countPass: (pass, applicable) => `${number(pass, 'en')} of ${number(applicable, 'en')} applicable pass`,

  attention: 'What needs attention',
  nothingFound: 'Nothing does: every host reports and every control that applies passes.',
  unreliable: {
    stale:
      'Too long without a report, so nothing here counts as passing. See whether the agent runs and reaches the collector.',
    'clock-ahead':
      'A clock that runs ahead, so nothing reported by it counts as passing. See whether time is synchronised (timedatectl), here and on the collector.',
    'never-seen': 'Expected, but nothing was ever reported. Enrol the agent, or take the name out of collector.yaml.',
  },
  lastReport: 'last report',
  ago: (age) => `${age} ago`,
  madeAndReceived: 'report dated',
  onHosts: (count) => `on ${number(count, 'en')} ${count === 1 ? 'host' : 'hosts'}`,
  moreHosts: (count) => `and ${number(count, 'en')} more ${count === 1 ? 'host' : 'hosts'}`,
  moreReasons: (count) => `${number(count, 'en')} more ${count === 1 ? 'finding' : 'findings'}`,
  severity: { critical: 'critical', warning: 'warning', info: 'info' },

  matrix: 'All hosts and controls',
  matrixOrder: 'Hosts with most to mend first.',
  notAsked: 'not asked of this host',
  notShown: (count) => `${number(count, 'en')} more hosts, with less to mend, are not shown here. The API lists all.`,
  host: 'Host',

  hostFacts: 'This host',
  hostname: 'Host name',
  system: 'System',
  agent: 'Agent',
  readOver: 'Read over SSH by',
  labels: 'Labels',
  policies: 'Policies',
  version: 'version',
  none: 'none',
  since: 'since',
  notPassingSince: 'not passing since',
  clause: 'Clause',
  promise: 'Promise',
  remedy: 'What to do',
  found: {
    fresh: 'Found',
    stale: 'Found then, and no longer relied on',
    'clock-ahead': 'Found on a wrong clock; only failures count',
  },
  maps: 'Serves',
  definitionMissing: 'The collector does not have the document that words this control.',
  noControls: 'The policies of this host ask nothing of it: no control has labels that match.',
  severalVersions: (versions) =>
    `Hosts were judged by several versions of this policy (${versions}); shown is the newest.`,

  evidence: 'Evidence',
  place: 'Newest report',
  placeOf: (index) => `entry ${index}, counted from 0`,
  origin: 'Log',
  size: 'Signed head',
  entries: (count) => `${count} entries`,
  root: 'Root',
  verify: [
    'Do not take this page’s word for it:',
    'on the collector writes all evidence to a folder, and',
    'checks it on another machine.',
  ],

  reports: 'Reports',
  reportsIntro:
    'How each control stood over a period, on each host and of the organisation, with what proves it, as a file to keep.',
  reportsPeriod: 'Period',
  reportsFrom: 'From',
  reportsTo: 'Up to and including',
  reportsPolicies: 'None chosen: all of them',
  reportsHosts: 'Names, such as web1.example.nl; empty: all',
  reportsLabels: 'Labels, such as role=web; empty: any',
  reportsForm: 'File',
  reportsFormat: 'Form',
  reportsLanguage: 'Language',
  reportsMake: 'Make the report',

  unknownPage: 'Not found',
  unknownHost: (host) => `No host ${host} is known here.`,
  unknownControl: (control) => `No host has reported a control ${control}.`,
  toOverview: 'To the overview',
};

const nl: Texts = {
  skip: 'Naar de inhoud',
  overview: 'Overzicht',
  organisation: 'Organisatie',
  otherLanguage: 'English',
  logOut: 'Uitloggen',
  renewed: 'ververst zichzelf elke minuut',
  logLine: (size, origin) => `${size} regels in het bewijslog ${origin}`,

  loginTitle: 'Inloggen',
  loginAsk: 'Geef een token van een auditor, beheerder, goedkeurder of rapporteur.',
  loginHow: 'De beheerder maakt er een op de collector:',
  loginToken: 'Token',
  loginSubmit: 'Inloggen',
  loginRefused: 'Dit token is hier niet geldig. Het kan verlopen of ingetrokken zijn, of voor iets anders bedoeld.',

  nothingReported: 'Nog geen enkele host heeft gerapporteerd',
  enrolSteps: [
    'Maak op de collector een token voor één agent:',
    'Meld op de host de agent aan met dat token:',
    'Start daarna de agent. De host verschijnt hier met het eerste rapport.',
  ],
  failing: (controls, hosts) =>
    `${controls} ${controls === 1 ? 'maatregel voldoet' : 'maatregelen voldoen'} niet op ${hosts} ${hosts === 1 ? 'host' : 'hosts'}`,
  notEstablished: 'Geen tekortkoming gevonden, maar niet alles kon worden vastgesteld',
  allPass: 'Alle maatregelen voldoen',
  someWaived: (count) =>
    `Alles waarvoor geen uitzondering geldt voldoet; voor ${count === 1 ? 'één maatregel' : `${count} maatregelen`} geldt er een`,
  noneApplies: 'Geen maatregel is op deze hosts van toepassing',
  hosts: 'Hosts',
  reporting: 'rapporteren',
  freshness: {
    fresh: 'rapporteert',
    stale: 'verouderd',
    'clock-ahead': 'klok loopt voor',
    'never-seen': 'nooit gemeld',
  },
  controls: 'Maatregelen',
  controlsOnHosts: 'Maatregelen, elk per host geteld',
  controlsOfHost: 'Maatregelen van deze host',
  countPass: (pass, applicable) => `${number(pass, 'nl')} van ${number(applicable, 'nl')} toepasselijke voldoen`,

  attention: 'Wat aandacht vraagt',
  nothingFound: 'Niets: elke host rapporteert en elke maatregel die van toepassing is voldoet.',
  unreliable: {
    stale:
      'Te lang geen rapport, dus niets hiervan geldt als in orde. Kijk of de agent draait en de collector kan bereiken.',
    'clock-ahead':
      'Een klok die voorloopt, dus niets wat daarop gemeld is geldt als in orde. Kijk of de tijd gesynchroniseerd wordt (timedatectl), hier en op de collector.',
    'never-seen': 'Verwacht, maar er is nooit iets gemeld. Meld de agent aan, of haal de naam uit collector.yaml.',
  },
  lastReport: 'laatste rapport',
  ago: (age) => `${age} geleden`,
  madeAndReceived: 'rapport gedateerd',
  onHosts: (count) => `op ${number(count, 'nl')} ${count === 1 ? 'host' : 'hosts'}`,
  moreHosts: (count) => `en nog ${number(count, 'nl')} ${count === 1 ? 'host' : 'hosts'}`,
  moreReasons: (count) => `nog ${number(count, 'nl')} ${count === 1 ? 'bevinding' : 'bevindingen'}`,
  severity: { critical: 'kritiek', warning: 'waarschuwing', info: 'info' },

  matrix: 'Alle hosts en maatregelen',
  matrixOrder: 'Hosts waar het meest te herstellen is eerst.',
  notAsked: 'wordt van deze host niet gevraagd',
  notShown: (count) =>
    `Nog ${number(count, 'nl')} hosts, waar minder te herstellen is, staan hier niet. De API noemt ze alle.`,
  host: 'Host',

  hostFacts: 'Deze host',
  hostname: 'Hostnaam',
  system: 'Systeem',
  agent: 'Agent',
  readOver: 'Over SSH gelezen door',
  labels: 'Labels',
  policies: 'Beleid',
  version: 'versie',
  none: 'geen',
  since: 'sinds',
  notPassingSince: 'voldoet niet aantoonbaar sinds',
  clause: 'Bepaling',
  promise: 'Belofte',
  remedy: 'Wat te doen',
  found: {
    fresh: 'Gevonden',
    stale: 'Toen gevonden; telt nu niet meer',
    'clock-ahead': 'Gevonden op een verkeerde klok; alleen wat niet voldoet telt',
  },
  maps: 'Dient',
  definitionMissing: 'De collector heeft het document niet waarin deze maatregel verwoord is.',
  noControls: 'Het beleid van deze host vraagt er niets van: geen maatregel heeft labels die passen.',
  severalVersions: (versions) =>
    `Hosts zijn beoordeeld met verschillende versies van dit beleid (${versions}); hier staat de nieuwste.`,

  evidence: 'Bewijs',
  place: 'Nieuwste rapport',
  placeOf: (index) => `regel ${index}, geteld vanaf 0`,
  origin: 'Log',
  size: 'Ondertekende stand',
  entries: (count) => `${count} regels`,
  root: 'Wortel',
  verify: [
    'Geloof deze pagina niet op haar woord:',
    'op de collector schrijft al het bewijs in een map, en',
    'controleert het op een andere machine.',
  ],

  reports: 'Rapporten',
  reportsIntro:
    'Hoe elke maatregel ervoor stond in een periode, op elke host en van de organisatie, met wat dat bewijst, als bestand om te bewaren.',
  reportsPeriod: 'Periode',
  reportsFrom: 'Van',
  reportsTo: 'Tot en met',
  reportsPolicies: 'Niets gekozen: alle',
  reportsHosts: 'Namen, zoals web1.example.nl; leeg: alle',
  reportsLabels: 'Labels, zoals role=web; leeg: welke ook',
  reportsForm: 'Bestand',
  reportsFormat: 'Vorm',
  reportsLanguage: 'Taal',
  reportsMake: 'Maak het rapport',

  unknownPage: 'Niet gevonden',
  unknownHost: (host) => `Een host ${host} is hier niet bekend.`,
  unknownControl: (control) => `Geen host heeft een maatregel ${control} gerapporteerd.`,
  toOverview: 'Naar het overzicht',
};

export const texts: Readonly<Record<Language, Texts>> = { nl, en };

/** The standards that policies map to, as they are cited. */
const standards: Readonly<Record<string, Text>> = {
  'iso27001-2022': { nl: 'ISO/IEC 27001:2022', en: 'ISO/IEC 27001:2022' },
  'iso27001-2013': { nl: 'ISO/IEC 27001:2013', en: 'ISO/IEC 27001:2013' },
  iso27017: { nl: 'ISO/IEC 27017', en: 'ISO/IEC 27017' },
  iso27018: { nl: 'ISO/IEC 27018', en: 'ISO/IEC 27018' },
  gdpr: { nl: 'AVG', en: 'GDPR' },
  nis2: { nl: 'NIS2', en: 'NIS2' },
};

export function standardName(key: string, language: Language): string {
  return standards[key]?.[language] ?? key;
}

export function number(value: number, language: Language): string {
  return value.toLocaleString(language);
}
