import type { Board } from '../parts/board.ts';
import { thresholds } from '../parts/colours.ts';
import { columns } from '../parts/columns.ts';
import { course, stat } from '../parts/panels.ts';
import { collectorPages } from '../parts/places.ts';
import { table } from '../parts/table.ts';
import { words } from '../parts/words.ts';
import { count, small } from './figures.ts';
import { milliseconds } from './queries.ts';

const compliantOf = 'waarborg_organisation_control_compliant';
const until = 'waarborg_organisation_attestation_until_timestamp_seconds';
const follows = {
  en: 'The organisation follows no document yet: "waarborg people follow"',
  nl: 'De organisatie volgt nog geen document: "waarborg people follow"',
} as const;

/** What people show: attestations, cases with terms, and waivers. */
export const organisationBoard: Board = {
  name: 'organisation',
  title: { en: 'Waarborg: the organisation', nl: 'Waarborg: de organisatie' },
  description: {
    en: 'What people show that no host can: attestations and when they end, cases and when their steps are due, and waivers.',
    nl: 'Wat mensen laten zien en geen server kan: verklaringen en wanneer ze aflopen, zaken en wanneer hun stappen af moeten zijn, en vrijstellingen.',
  },
  from: 'now-90d',
  sections: () => [
    { panels: [compliant, open, overdue, cases, waivers, unread] },
    { panels: [notKept, keptOverTime] },
    { panels: [attestations, due, waiverEnds] },
  ],
};

const compliant = stat({
  title: { en: 'Kept', nl: 'Nagekomen' },
  description: {
    en: 'Controls of the organisation that people show to be kept, of all of the documents that it follows.',
    nl: 'Maatregelen van de organisatie waarvan mensen laten zien dat ze worden nagekomen, van alle van de documenten die ze volgt.',
  },
  expr: `avg(${compliantOf})`,
  unit: 'percentunit',
  steps: thresholds.share,
  course: true,
  empty: follows,
  ...small,
});

const open = count({
  title: { en: 'Not shown', nl: 'Niet aangetoond' },
  description: {
    en: 'Controls of the organisation that fail, or of which nobody showed anything that counts.',
    nl: 'Maatregelen van de organisatie die falen, of waarvan niemand iets liet zien dat telt.',
  },
  expr: `count(${compliantOf} == 0)`,
  steps: thresholds.badAboveZero,
  empty: follows,
});

const overdue = count({
  title: { en: 'Steps overdue', nl: 'Stappen te laat' },
  description: {
    en: 'Kinds of steps of open cases of which at least one should have been done by now.',
    nl: 'Soorten stappen van open zaken waarvan er ten minste één al gedaan had moeten zijn.',
  },
  expr: 'count(waarborg_case_due_timestamp_seconds - time() < 0)',
  steps: thresholds.badAboveZero,
  empty: follows,
});

const cases = count({
  title: { en: 'Open cases', nl: 'Open zaken' },
  description: {
    en: 'Cases that are not closed: incidents, leaks, reports of vulnerabilities and so on.',
    nl: 'Zaken die niet gesloten zijn: incidenten, lekken, meldingen van kwetsbaarheden enzovoort.',
  },
  expr: 'sum(waarborg_cases_open)',
  steps: thresholds.plain,
  empty: follows,
});

const waivers = count({
  title: { en: 'Waivers', nl: 'Vrijstellingen' },
  description: {
    en: 'Approved exceptions that hold now, of hosts and of the organisation.',
    nl: 'Goedgekeurde uitzonderingen die nu gelden, van servers en van de organisatie.',
  },
  expr: 'sum(waarborg_waivers)',
  steps: thresholds.plain,
  empty: words.nothingYet,
});

const unread = count({
  title: { en: 'Documents not readable', nl: 'Onleesbare documenten' },
  description: {
    en: 'Documents that the organisation follows and the collector cannot read: what they ask nobody can tell.',
    nl: 'Documenten die de organisatie volgt en de collector niet kan lezen: wat ze vragen weet niemand.',
  },
  expr: 'sum(waarborg_organisation_documents_unread)',
  steps: thresholds.badAboveZero,
  empty: follows,
});

const notKept = table({
  title: { en: 'What is not shown', nl: 'Wat niet is aangetoond' },
  description: {
    en: 'Controls of the organisation that do not hold. The collector’s page says what is missing.',
    nl: 'Maatregelen van de organisatie die niet kloppen. De pagina van de collector zegt wat ontbreekt.',
  },
  queries: [`max by (policy, control, severity, verdict) (${compliantOf}) == 0`],
  columns: [
    { of: 'control', title: words.control, links: [collectorPages.organisation] },
    { of: 'policy', title: words.policy, width: 190 },
    columns.severity,
    columns.verdict,
    columns.kept,
  ],
  sort: { of: 'policy', order: 'up' },
  empty: words.nothingWrong,
  width: 14,
  height: 10,
});

const keptOverTime = course({
  title: { en: 'Kept by policy, as it went', nl: 'Nagekomen per beleid, door de tijd' },
  description: {
    en: 'The share of the organisation’s controls that is shown to be kept.',
    nl: 'Het deel van de maatregelen van de organisatie waarvan is aangetoond dat ze worden nagekomen.',
  },
  lines: [{ expr: `avg by (policy) (${compliantOf})`, legend: '{{policy}}' }],
  minimum: 0,
  maximum: 1,
  unit: 'percentunit',
  empty: follows,
  width: 10,
  height: 10,
});

const attestations = table({
  title: { en: 'Attestations that end first', nl: 'Verklaringen die het eerst aflopen' },
  description: {
    en: 'The twenty controls whose attestation ends first, or has ended: somebody has to attest them anew.',
    nl: 'De twintig maatregelen waarvan de verklaring het eerst afloopt, of is afgelopen: iemand moet ze opnieuw verklaren.',
  },
  queries: [
    milliseconds(`bottomk(20, max by (policy, control) (${until}))`),
    `bottomk(20, max by (policy, control) (${until})) - time()`,
  ],
  columns: [
    { of: 'control', title: words.control, links: [collectorPages.organisation] },
    { of: 'policy', title: words.policy, width: 180 },
    columns.ends,
    columns.left,
  ],
  sort: { of: 'B', order: 'up' },
  empty: { en: 'Nobody attested anything yet', nl: 'Niemand heeft nog iets verklaard' },
  width: 24,
  height: 10,
});

const due = table({
  title: { en: 'Steps that are due', nl: 'Stappen die gedaan moeten worden' },
  description: {
    en: 'Of each kind of case and step of an open one the soonest term; red is overdue or within a week.',
    nl: 'Per soort zaak en stap van een open zaak de eerste termijn; rood is te laat of binnen een week.',
  },
  queries: [
    milliseconds('min by (kind, step) (waarborg_case_due_timestamp_seconds)'),
    'min by (kind, step) (waarborg_case_due_timestamp_seconds) - time()',
  ],
  columns: [
    { of: 'kind', title: { en: 'Kind of case', nl: 'Soort zaak' }, links: [collectorPages.organisation] },
    { of: 'step', title: { en: 'Step', nl: 'Stap' } },
    { of: 'A', title: { en: 'Due', nl: 'Uiterlijk' }, unit: 'dateTimeAsIso', width: 165 },
    columns.left,
  ],
  sort: { of: 'B', order: 'up' },
  empty: { en: 'No step of an open case is to be done', nl: 'Van geen open zaak moet nog een stap gedaan worden' },
  width: 12,
  height: 9,
});

const waiverEnds = table({
  title: { en: 'Waivers that end first', nl: 'Vrijstellingen die het eerst aflopen' },
  description: {
    en: 'Controls with an approved exception, how many hold, and when the first of them ends by itself.',
    nl: 'Maatregelen met een goedgekeurde uitzondering, hoeveel er gelden, en wanneer de eerste vanzelf afloopt.',
  },
  queries: [
    'sum by (policy, control) (waarborg_waivers)',
    'min by (policy, control) (waarborg_waiver_until_timestamp_seconds) - time()',
  ],
  columns: [
    { of: 'control', title: words.control, links: [collectorPages.organisation] },
    { of: 'policy', title: words.policy, width: 180 },
    { of: 'A', title: { en: 'Hold', nl: 'Gelden' }, width: 80 },
    columns.left,
  ],
  sort: { of: 'B', order: 'up' },
  empty: { en: 'No exception holds now', nl: 'Er geldt nu geen uitzondering' },
  width: 12,
  height: 9,
});
