import { verdictNames } from '../../../policies/explain.ts';
import type { Language, Severity, Text } from '../../../policies/schema.ts';
import type { SpanState } from '../model.ts';

/** What reports say; a language that lacks a text does not compile. Reasons are in policies/explain.ts. */
export interface Texts {
  readonly title: string;
  readonly contents: string;
  readonly policy: string;
  readonly source: string;
  readonly period: string;
  readonly scope: string;
  readonly allHosts: string;
  readonly allHostsAndOrganisation: string;
  readonly namedHosts: (names: string) => string;
  readonly labelled: (labels: string) => string;
  readonly versions: string;
  readonly version: (version: string) => string;
  readonly evidence: string;
  readonly entriesOf: (size: string, origin: string) => string;
  readonly logEnds: (moment: string) => string;
  readonly logEmpty: string;
  readonly verified: Readonly<Record<'store' | 'sound-given' | 'sound-bundle', string>>;
  readonly verifiedIncomplete: (findings: string) => string;

  readonly kept: string;
  readonly keptNote: (counted: string) => string;
  readonly keptNoteWithOrganisation: (counted: string) => string;
  readonly noShare: string;
  readonly controlsKept: string;
  readonly controlsKeptNote: (failed: string, unshown: string) => string;
  readonly hosts: string;
  readonly hostsNote: (withGaps: string, without: string) => string;
  readonly reports: string;
  readonly reportsNote: string;

  readonly headlineNone: string;
  readonly headlineKept: string;
  readonly headlineFailed: (failed: number) => string;
  readonly headlineUnshown: (unshown: number) => string;
  readonly headlineMissing: (documents: number) => string;
  readonly headlineSilent: (hosts: number) => string;

  readonly summary: string;
  readonly summaryNote: string;
  readonly control: string;
  readonly clause: string;
  readonly severity: string;
  readonly severities: Readonly<Record<Severity, string>>;
  readonly onHosts: string;
  readonly course: string;
  readonly share: string;
  readonly atEnd: string;
  readonly total: string;
  readonly legend: string;
  readonly bars: Readonly<Record<'kept' | 'failed' | 'unknown' | 'silent' | 'outside', string>>;
  readonly waived: string;

  readonly findings: string;
  readonly findingsNone: string;
  readonly promise: string;
  readonly remedy: string;
  readonly serves: string;
  readonly definitionMissing: string;
  readonly host: string;
  readonly state: string;
  readonly from: string;
  readonly until: string;
  readonly length: string;
  readonly proof: string;
  readonly entry: (index: string) => string;
  readonly entries: (first: string, last: string) => string;
  readonly before: (entry: string) => string;
  readonly after: (entry: string) => string;
  readonly between: (before: string, after: string) => string;
  readonly noEntry: string;
  readonly failing: (first: string, last: string) => string;
  readonly gapsLine: (length: string, states: string) => string;
  readonly lastFound: Readonly<Record<'host' | 'organisation', string>>;
  readonly more: (count: number) => string;
  readonly keptThroughout: string;
  readonly keptThroughoutNote: string;

  readonly waivers: string;
  readonly waiversNote: string;
  readonly waiversNone: string;
  readonly reason: string;
  readonly approvedBy: string;

  readonly hostsAndGaps: string;
  readonly labels: string;
  readonly labelsUnknown: string;
  readonly reportCount: string;
  readonly lastReport: string;
  readonly never: string;
  readonly gaps: string;
  readonly gapsNote: string;
  /** Some of one kind in one row, and how long they are. */
  readonly gapsTogether: (count: number, length: string) => string;
  readonly gapsGrouped: string;
  readonly gapsNone: string;
  readonly collector: string;

  readonly meaning: string;
  readonly meaningShare: (staleAfter: string) => string;
  readonly meaningOrganisation: string;
  readonly meanings: Readonly<Record<SpanState, string>>;

  readonly verify: string;
  readonly verifyIntro: string;
  readonly verifyExport: string;
  readonly verifyKeep: string;
  readonly verifyRun: string;
  readonly verifyReport: string;
  readonly verifyLimit: string;
  readonly logKey: string;
  readonly checkpoint: string;
  readonly checkpointNote: string;
  readonly qrNote: string;
  readonly withheld: string;
  readonly page: (page: number, of: number) => string;
}

export const stateNames: Readonly<Record<SpanState, Text>> = {
  fail: verdictNames.fail,
  unknown: verdictNames.unknown,
  pass: verdictNames.pass,
  'not-applicable': verdictNames['not-applicable'],
  'wrong-clock': { en: 'wrong clock', nl: 'verkeerde klok' },
  silent: { en: 'silent', nl: 'geen bericht' },
  'collector-gap': { en: 'not recorded', nl: 'niet vastgelegd' },
  erased: { en: 'erased', nl: 'gewist' },
  missing: { en: 'missing', nl: 'ontbreekt' },
  'not-asked': { en: 'not asked', nl: 'niet gevraagd' },
  'not-enrolled': { en: 'not enrolled', nl: 'niet aangemeld' },
};

const en: Texts = {
  withheld: 'not shown in a report of some hosts',
  title: 'Compliance report',
  contents: 'Contents',
  policy: 'Policy',
  source: 'Source',
  period: 'Period',
  scope: 'Scope',
  allHosts: 'all hosts',
  allHostsAndOrganisation: 'all hosts, and the organisation itself',
  namedHosts: (names) => `hosts ${names}`,
  labelled: (labels) => `hosts labelled ${labels}`,
  versions: 'Documents',
  version: (version) => `version ${version}`,
  evidence: 'Evidence',
  entriesOf: (size, origin) => `${size} entries of the log ${origin}`,
  logEnds: (moment) => `its last entry is of ${moment}`,
  logEmpty: 'it has no entries',
  verified: {
    store: 'Made by the collector from its own store. Verify the evidence yourself: the last pages tell how.',
    'sound-given': 'Made from a bundle that was verified whole and found sound, with the log key that was given.',
    'sound-bundle':
      'Made from a bundle that was verified whole and found sound, but with the log key that it brought along: compare the key on the last page with the one that the operator publishes.',
  },
  verifiedIncomplete: (findings) =>
    `Made from a bundle that is incomplete (findings of the verification: ${findings}). What was missing or did not hold counts as not shown.`,

  kept: 'of the time, promises were kept',
  keptNote: (counted) => `over ${counted} of controls on hosts`,
  keptNoteWithOrganisation: (counted) => `over ${counted} of controls on hosts and of the organisation`,
  noShare: 'no time counts',
  controlsKept: 'controls kept throughout',
  controlsKeptNote: (failed, unshown) => `failed at some time: ${failed}; not always shown: ${unshown}`,
  hosts: 'hosts',
  hostsNote: (withGaps, without) => `with gaps in their evidence: ${withGaps}; without any report: ${without}`,
  reports: 'signed reports',
  reportsNote: 'made in this period',

  headlineNone: 'Nothing was shown: no host reported on any control in this period',
  headlineKept: 'Every control was kept, all the time that counts',
  headlineFailed: (failed) =>
    failed === 1 ? '1 control failed at some time' : `${failed} controls failed at some time`,
  headlineUnshown: (unshown) =>
    unshown === 1
      ? 'No failure was seen, but 1 control could not always be shown'
      : `No failure was seen, but ${unshown} controls could not always be shown`,
  headlineMissing: (documents) =>
    documents === 1
      ? 'No failure was seen, but 1 document that the organisation follows is not in the evidence'
      : `No failure was seen, but ${documents} documents that the organisation follows are not in the evidence`,
  headlineSilent: (hosts) =>
    hosts === 1
      ? 'No failure was seen, but of 1 host nothing was ever shown'
      : `No failure was seen, but of ${hosts} hosts nothing was ever shown`,

  summary: 'Summary',
  summaryNote: 'Each bar is the whole period. Over several hosts it shows the worst of them at each moment.',
  control: 'Control',
  clause: 'Clause',
  severity: 'Severity',
  severities: { critical: 'critical', warning: 'warning', info: 'info' },
  onHosts: 'Hosts',
  course: 'Period',
  share: 'Kept',
  atEnd: 'At the end',
  total: 'All controls',
  legend: 'Legend',
  bars: {
    kept: 'kept',
    failed: 'failed',
    unknown: 'unknown, wrong clock, erased or missing',
    silent: 'silent or not recorded',
    outside: 'not asked or not enrolled',
  },
  waived: 'waiver',

  findings: 'Controls that were not always kept',
  findingsNone: 'There are none.',
  promise: 'Promise',
  remedy: 'What to do',
  serves: 'Serves',
  definitionMissing: 'The document that words this control is not in the evidence.',
  host: 'Host',
  state: 'State',
  from: 'From (UTC)',
  until: 'Until (UTC)',
  length: 'Length',
  proof: 'Proof',
  entry: (index) => `entry ${index}`,
  entries: (first, last) => `entries ${first} to ${last}`,
  before: (entry) => `before entry ${entry}`,
  after: (entry) => `after entry ${entry}`,
  between: (before, after) => `between entries ${before} and ${after}`,
  noEntry: 'no entry',
  failing: (first, last) => `seen failing from ${first} to ${last}`,
  gapsLine: (length, states) => `nothing shown for ${length} (${states}): see the gaps in the evidence`,
  lastFound: { host: 'Found in the last report', organisation: 'Found when the period ended' },
  more: (count) => (count === 1 ? '1 more is not shown here' : `${count} more are not shown here`),
  keptThroughout: 'Controls kept throughout',
  keptThroughoutNote: 'At every moment that counts, each of these passed or did not apply.',

  waivers: 'Waivers',
  waiversNote: 'Approved exceptions. Time under a waiver stays not kept; it is told apart.',
  waiversNone: 'There are none.',
  reason: 'Reason',
  approvedBy: 'Approved by',

  hostsAndGaps: 'Hosts and gaps in the evidence',
  labels: 'Labels',
  labelsUnknown: 'not known',
  reportCount: 'Reports',
  lastReport: 'Last report',
  never: 'none',
  gaps: 'Gaps',
  gapsNote: 'When nothing, or nothing that can be relied on, is known of a host.',
  gapsTogether: (count, length) => `${count} times, together ${length}`,
  gapsGrouped:
    'Of many gaps of one kind, the longest stand alone and the others together; XLSX, CSV and JSON list each.',
  gapsNone: 'There are none: every host reported all the time.',
  collector: 'the collector',

  meaning: 'What the words mean',
  meaningShare: (staleAfter) =>
    `Kept is the time in which a control passed or did not apply, as a part of all time that counts, rounded down. All time counts but “not asked” and “not enrolled”: a failure, silence, and whatever nobody can show count as not kept. A report stands until the next one, and for ${staleAfter} at most.`,
  meaningOrganisation:
    'Of the organisation itself the states say what people wrote into the log, and stand from one entry to the next: “passes” that it shows the promise kept, “fails” that it shows it broken, such as by a statement that ended or a term that passed, “unknown” that nobody has shown it, “not asked” that its document was not followed.',
  meanings: {
    pass: 'the host was seen to keep the promise',
    'not-applicable': 'there was nothing on the host that the promise is about',
    fail: 'the host was seen to break the promise',
    unknown: 'the agent could not establish it either way',
    'wrong-clock': 'reported with a date that contradicts the log; only failures count',
    silent: 'a report was due and none came',
    'collector-gap': 'the collector took no reports, or the log had ended',
    erased: 'what was reported was removed on purpose, with an entry that says so',
    missing:
      'what was reported is not in the evidence, and no entry says why; or entries are left out of it that may be acts of people',
    'not-asked': 'the policies of the host did not ask it, or the organisation did not follow the document',
    'not-enrolled': 'the host was not part of the fleet',
  },

  verify: 'How to verify this report',
  verifyIntro:
    'Do not take this report at its word. All it says follows from a log of signed reports in which nothing can be changed unseen. On a machine that the operator does not control:',
  verifyExport: 'Have the operator export the evidence, and copy the folder:',
  verifyKeep: 'Put the checkpoint of the last page into a file, to the letter and with a line end after its last line:',
  verifyRun: 'Verify every signature, number and verdict, and that the log still holds all that this report rests on:',
  verifyReport: 'Make this report again from the folder, and compare:',
  verifyLimit:
    'Compare the log key with the one that the operator published elsewhere. Without a checkpoint held outside, an operator who also drops or forges every agent is not detected: keep this report.',
  logKey: 'Log key',
  checkpoint: 'Checkpoint',
  checkpointNote: 'The signed head of the log that this report rests on. A later head must continue it.',
  qrNote: 'The code holds the checkpoint, to the letter.',
  page: (page, of) => `${page} / ${of}`,
};

const nl: Texts = {
  withheld: 'staat niet in een rapport over enkele hosts',
  title: 'Nalevingsrapport',
  contents: 'Inhoud',
  policy: 'Beleid',
  source: 'Bron',
  period: 'Periode',
  scope: 'Bereik',
  allHosts: 'alle hosts',
  allHostsAndOrganisation: 'alle hosts, en de organisatie zelf',
  namedHosts: (names) => `hosts ${names}`,
  labelled: (labels) => `hosts met label ${labels}`,
  versions: 'Documenten',
  version: (version) => `versie ${version}`,
  evidence: 'Bewijs',
  entriesOf: (size, origin) => `${size} regels van het log ${origin}`,
  logEnds: (moment) => `de laatste regel is van ${moment}`,
  logEmpty: 'het heeft geen regels',
  verified: {
    store:
      'Gemaakt door de collector uit de eigen opslag. Controleer het bewijs zelf: de laatste bladzijden zeggen hoe.',
    'sound-given':
      'Gemaakt uit een bundel die geheel gecontroleerd en in orde bevonden is, met de logsleutel die daarvoor gegeven is.',
    'sound-bundle':
      'Gemaakt uit een bundel die geheel gecontroleerd en in orde bevonden is, maar met de logsleutel uit de bundel zelf: vergelijk de sleutel op de laatste bladzijde met die welke de beheerder bekendmaakt.',
  },
  verifiedIncomplete: (findings) =>
    `Gemaakt uit een bundel die onvolledig is (bevindingen van de controle: ${findings}). Wat ontbrak of niet klopte, telt als niet aangetoond.`,

  kept: 'van de tijd zijn de beloften nagekomen',
  keptNote: (counted) => `over ${counted} van maatregelen op hosts`,
  keptNoteWithOrganisation: (counted) => `over ${counted} van maatregelen op hosts en van de organisatie`,
  noShare: 'geen tijd telt',
  controlsKept: 'maatregelen steeds nagekomen',
  controlsKeptNote: (failed, unshown) => `ooit niet voldaan: ${failed}; niet steeds aangetoond: ${unshown}`,
  hosts: 'hosts',
  hostsNote: (withGaps, without) => `met gaten in het bewijs: ${withGaps}; zonder enig rapport: ${without}`,
  reports: 'ondertekende rapporten',
  reportsNote: 'in deze periode gemaakt',

  headlineNone: 'Er is niets aangetoond: geen host heeft in deze periode over enige maatregel gerapporteerd',
  headlineKept: 'Elke maatregel is nagekomen, alle tijd die telt',
  headlineFailed: (failed) =>
    failed === 1 ? '1 maatregel voldeed op enig moment niet' : `${failed} maatregelen voldeden op enig moment niet`,
  headlineUnshown: (unshown) =>
    unshown === 1
      ? 'Geen tekortkoming gezien, maar 1 maatregel kon niet steeds worden aangetoond'
      : `Geen tekortkoming gezien, maar ${unshown} maatregelen konden niet steeds worden aangetoond`,
  headlineMissing: (documents) =>
    documents === 1
      ? 'Geen tekortkoming gezien, maar 1 document dat de organisatie volgt zit niet in het bewijs'
      : `Geen tekortkoming gezien, maar ${documents} documenten die de organisatie volgt zitten niet in het bewijs`,
  headlineSilent: (hosts) =>
    hosts === 1
      ? 'Geen tekortkoming gezien, maar van 1 host is nooit iets aangetoond'
      : `Geen tekortkoming gezien, maar van ${hosts} hosts is nooit iets aangetoond`,

  summary: 'Samenvatting',
  summaryNote: 'Elke balk is de hele periode. Over meer hosts toont hij op elk moment de slechtste daarvan.',
  control: 'Maatregel',
  clause: 'Bepaling',
  severity: 'Ernst',
  severities: { critical: 'kritiek', warning: 'waarschuwing', info: 'info' },
  onHosts: 'Hosts',
  course: 'Periode',
  share: 'Nagekomen',
  atEnd: 'Aan het eind',
  total: 'Alle maatregelen',
  legend: 'Legenda',
  bars: {
    kept: 'nagekomen',
    failed: 'voldoet niet',
    unknown: 'onbekend, verkeerde klok, gewist of ontbreekt',
    silent: 'geen bericht of niet vastgelegd',
    outside: 'niet gevraagd of niet aangemeld',
  },
  waived: 'ontheffing',

  findings: 'Maatregelen die niet steeds zijn nagekomen',
  findingsNone: 'Die zijn er niet.',
  promise: 'Belofte',
  remedy: 'Wat te doen',
  serves: 'Dient',
  definitionMissing: 'Het document waarin deze maatregel verwoord is, zit niet in het bewijs.',
  host: 'Host',
  state: 'Stand',
  from: 'Van (UTC)',
  until: 'Tot (UTC)',
  length: 'Duur',
  proof: 'Bewijs',
  entry: (index) => `regel ${index}`,
  entries: (first, last) => `regels ${first} tot en met ${last}`,
  before: (entry) => `vóór regel ${entry}`,
  after: (entry) => `na regel ${entry}`,
  between: (before, after) => `tussen regels ${before} en ${after}`,
  noEntry: 'geen regel',
  failing: (first, last) => `niet voldaan gezien van ${first} tot ${last}`,
  gapsLine: (length, states) => `${length} niets aangetoond (${states}): zie de gaten in het bewijs`,
  lastFound: { host: 'Gevonden in het laatste rapport', organisation: 'Gevonden aan het eind van de periode' },
  more: (count) => (count === 1 ? 'nog 1 staat hier niet' : `nog ${count} staan hier niet`),
  keptThroughout: 'Maatregelen die steeds zijn nagekomen',
  keptThroughoutNote: 'Op elk moment dat telt voldeed elk hiervan, of was het niet van toepassing.',

  waivers: 'Ontheffingen',
  waiversNote: 'Goedgekeurde uitzonderingen. Tijd onder een ontheffing blijft niet nagekomen; zij wordt apart vermeld.',
  waiversNone: 'Die zijn er niet.',
  reason: 'Reden',
  approvedBy: 'Goedgekeurd door',

  hostsAndGaps: 'Hosts en gaten in het bewijs',
  labels: 'Labels',
  labelsUnknown: 'niet bekend',
  reportCount: 'Rapporten',
  lastReport: 'Laatste rapport',
  never: 'geen',
  gaps: 'Gaten',
  gapsNote: 'Wanneer van een host niets bekend is, of niets waarop te bouwen valt.',
  gapsTogether: (count, length) => `${count} keer, samen ${length}`,
  gapsGrouped:
    'Van veel gaten van één soort staan de langste apart en de andere samen; XLSX, CSV en JSON noemen ze alle.',
  gapsNone: 'Die zijn er niet: elke host heeft steeds gerapporteerd.',
  collector: 'de collector',

  meaning: 'Wat de woorden betekenen',
  meaningShare: (staleAfter) =>
    `Nagekomen is de tijd waarin een maatregel voldeed of niet van toepassing was, als deel van alle tijd die telt, naar beneden afgerond. Alle tijd telt behalve “niet gevraagd” en “niet aangemeld”: een tekortkoming, stilte, en al wat niemand kan aantonen tellen als niet nagekomen. Een rapport geldt tot het volgende, en hoogstens ${staleAfter}.`,
  meaningOrganisation:
    'Van de organisatie zelf zeggen de standen wat mensen in het log hebben geschreven, en ze gelden van de ene regel tot de volgende: “voldoet” dat daaruit blijkt dat de belofte is nagekomen, “voldoet niet” dat blijkt dat dat niet zo is, bijvoorbeeld doordat een verklaring afliep of een termijn verstreek, “onbekend” dat niemand het heeft aangetoond, “niet gevraagd” dat het document niet gevolgd werd.',
  meanings: {
    pass: 'gezien is dat de host de belofte nakwam',
    'not-applicable': 'op de host was niets waarover de belofte gaat',
    fail: 'gezien is dat de host de belofte niet nakwam',
    unknown: 'de agent kon het niet vaststellen',
    'wrong-clock': 'gerapporteerd met een datum die het log tegenspreekt; alleen tekortkomingen tellen',
    silent: 'er had een rapport moeten komen en er kwam geen',
    'collector-gap': 'de collector nam geen rapporten aan, of het log was geëindigd',
    erased: 'wat gerapporteerd is, is met opzet gewist, met een regel die dat zegt',
    missing:
      'wat gerapporteerd is, zit niet in het bewijs, en geen regel zegt waarom; of er zijn regels weggelaten die daden van mensen kunnen zijn',
    'not-asked': 'het beleid van de host vroeg het niet, of de organisatie volgde het document niet',
    'not-enrolled': 'de host hoorde niet bij het park',
  },

  verify: 'Zo controleert u dit rapport',
  verifyIntro:
    'Geloof dit rapport niet op zijn woord. Alles erin volgt uit een log van ondertekende rapporten waaraan niets ongemerkt verandert. Op een machine die de beheerder niet beheerst:',
  verifyExport: 'Laat de beheerder het bewijs exporteren, en kopieer de map:',
  verifyKeep:
    'Zet het controlepunt van de laatste bladzijde in een bestand, letterlijk en met een regeleinde na de laatste regel:',
  verifyRun:
    'Controleer elke handtekening, elk nummer en elk oordeel, en dat het log nog alles bevat waarop dit rapport rust:',
  verifyReport: 'Maak dit rapport opnieuw uit de map, en vergelijk:',
  verifyLimit:
    'Vergelijk de logsleutel met die welke de beheerder elders bekend heeft gemaakt. Zonder een controlepunt dat buiten bewaard is, blijft een beheerder die ook alle agents weglaat of vervalst onopgemerkt: bewaar dit rapport.',
  logKey: 'Logsleutel',
  checkpoint: 'Controlepunt',
  checkpointNote: 'De ondertekende stand van het log waarop dit rapport rust. Een latere stand moet erop voortgaan.',
  qrNote: 'De code bevat het controlepunt, letterlijk.',
  page: (page, of) => `${page} / ${of}`,
};

export const texts: Readonly<Record<Language, Texts>> = { nl, en };
