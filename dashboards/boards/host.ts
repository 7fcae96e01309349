import type { Language } from '../../policies/schema.ts';
import type { Board } from '../parts/board.ts';
import { thresholds } from '../parts/colours.ts';
import { columns, policyColumn } from '../parts/columns.ts';
import { course, stat, type MakePanel } from '../parts/panels.ts';
import { collectorPages } from '../parts/places.ts';
import { table } from '../parts/table.ts';
import { hostVariable } from '../parts/variables.ts';
import { words } from '../parts/words.ts';
import { count, small, verdictsOverTime } from './figures.ts';
import { milliseconds, withDefinition } from './queries.ts';

const here = 'host="$host"';
const neverReported = { en: 'This host never reported', nl: 'Deze server meldde nooit iets' } as const;
const noUpdates = {
  en: 'No control asks for updates here, or they could not be read',
  nl: 'Geen maatregel vraagt hier naar updates, of ze waren niet te lezen',
} as const;

/** One host: what it does not keep, and the figures behind it. */
export const hostBoard: Board = {
  name: 'host',
  title: { en: 'Waarborg: one host', nl: 'Waarborg: één server' },
  description: {
    en: 'What one host does not keep and since when, and the figures of its certificates, backups, updates and passwords.',
    nl: 'Wat één server niet nakomt en sinds wanneer, en de cijfers van zijn certificaten, back-ups, updates en wachtwoorden.',
  },
  from: 'now-30d',
  variables: [hostVariable],
  sections: (language) => [
    { panels: [compliant, failing, unknown, lastReport, system, reboot] },
    { panels: [open(language), verdicts] },
    {
      title: { en: 'What the verdicts rest on', nl: 'Waarop de oordelen rusten' },
      panels: [certificates, backups, updates, passwords, lists],
    },
  ],
};

const compliant = stat({
  title: words.compliant,
  description: {
    en: 'Controls that hold on this host, of all that apply.',
    nl: 'Maatregelen die op deze server kloppen, van alle die gelden.',
  },
  expr: `sum(waarborg_host_controls{${here},verdict="pass"}) / sum(waarborg_host_controls{${here},verdict!="not-applicable"})`,
  unit: 'percentunit',
  steps: thresholds.share,
  course: true,
  empty: neverReported,
  ...small,
});

const failing = count({
  title: words.fails,
  description: { en: 'Controls that fail on this host.', nl: 'Maatregelen die op deze server falen.' },
  expr: `sum(waarborg_host_controls{${here},verdict="fail"})`,
  steps: thresholds.badAboveZero,
  empty: words.nothingYet,
  width: 3,
});

const unknown = count({
  title: words.unknownOrStale,
  description: {
    en: 'Controls that could not be read on this host, or all of them where it fell silent.',
    nl: 'Maatregelen die op deze server niet te lezen waren, of alle waar hij zwijgt.',
  },
  expr: `sum(waarborg_host_controls{${here},verdict=~"unknown|stale"})`,
  steps: thresholds.doubtAboveZero,
  empty: words.nothingYet,
});

const lastReport = stat({
  title: { en: 'Last report', nl: 'Laatste rapport' },
  description: {
    en: 'When the facts of the newest report were read.',
    nl: 'Wanneer de feiten van het nieuwste rapport werden gelezen.',
  },
  expr: milliseconds(`max(waarborg_host_last_report_timestamp_seconds{${here}}) > 0`),
  unit: 'dateTimeFromNow',
  steps: thresholds.none,
  link: { title: collectorPages.host.title, url: '${collector}/hosts/${host}' },
  empty: neverReported,
  ...small,
});

const system = stat({
  title: { en: 'System and agent', nl: 'Systeem en agent' },
  description: {
    en: 'The operating system and the version of the agent, as the last report names them.',
    nl: 'Het besturingssysteem en de versie van de agent, zoals het laatste rapport ze noemt.',
  },
  expr: `max by (os, agent_version) (waarborg_host_info{${here}})`,
  legend: '{{os}}, agent {{agent_version}}',
  shows: 'name',
  unit: 'none',
  steps: thresholds.none,
  empty: neverReported,
  ...small,
  width: 6,
});

const reboot = stat({
  title: { en: 'Reboot waits', nl: 'Herstart nodig' },
  description: {
    en: '1 where something asks for a reboot of this host, 0 where nothing does.',
    nl: '1 waar iets om een herstart van deze server vraagt, 0 waar niets dat doet.',
  },
  expr: `max(waarborg_reboot_required{${here}})`,
  unit: 'none',
  steps: thresholds.attentionAboveZero,
  empty: noUpdates,
  ...small,
  width: 3,
});

function open(language: Language): MakePanel {
  const since = `max by (policy, control) (waarborg_control_failing_since_timestamp_seconds{${here}})`;
  const verdicts = `max by (policy, control, severity, verdict) (waarborg_control_compliant{${here}}) == 0`;
  return table({
    title: { en: 'What does not hold', nl: 'Wat niet klopt' },
    description: {
      en: 'Each control that does not hold here and since when. The collector’s page of the host says why and what to do.',
      nl: 'Elke maatregel die hier niet klopt, en sinds wanneer. De pagina van de server op de collector zegt waarom en wat te doen.',
    },
    // The verdict has a series of its own: multiplied, its labels stand beside the moment.
    queries: [
      milliseconds(withDefinition(`((${verdicts}) + 1) * on (policy, control) group_left () ${since}`, 'title')),
    ],
    columns: [
      { ...columns.title, links: [collectorPages.control] },
      { of: 'control', title: words.control, width: 190 },
      { ...policyColumn(language), width: 150 },
      columns.severity,
      columns.verdict,
      columns.since,
    ],
    sort: { of: 'A', order: 'up' },
    empty: words.nothingWrong,
    width: 16,
    height: 10,
  });
}

const verdicts = verdictsOverTime({
  title: { en: 'Verdicts, as they went', nl: 'Oordelen, door de tijd' },
  description: {
    en: 'Controls of this host by their verdict.',
    nl: 'Maatregelen van deze server naar hun oordeel.',
  },
  verdicts: ['fail', 'unknown', 'stale', 'waived', 'pass'],
  exprOf: (verdict) => `sum(waarborg_host_controls{${here},verdict="${verdict}"})`,
  width: 8,
  height: 10,
});

const certificates = table({
  title: { en: 'Certificates', nl: 'Certificaten' },
  description: {
    en: 'The endpoints of this host, the certificate of each that ends first, and the letter that SSL Labs would give.',
    nl: 'De eindpunten van deze server, per eindpunt het certificaat dat het eerst afloopt, en de letter die SSL Labs zou geven.',
  },
  queries: [
    milliseconds(`min by (endpoint) (waarborg_certificate_not_after_timestamp_seconds{${here}})`),
    `min by (endpoint) (waarborg_certificate_not_after_timestamp_seconds{${here}}) - time()`,
  ],
  columns: [columns.endpoint, { ...columns.ends, width: 170 }, { ...columns.left, decimals: 0, width: 110 }],
  sort: { of: 'B', order: 'up' },
  empty: {
    en: 'No certificate was seen on this host',
    nl: 'Op deze server is geen certificaat gezien',
  },
  width: 12,
  height: 8,
});

const backups = table({
  title: { en: 'Backups', nl: 'Back-ups' },
  description: {
    en: 'Of each set the newest and the oldest copy that counts, and how many there are.',
    nl: 'Van elke set de nieuwste en de oudste kopie die telt, en hoeveel er zijn.',
  },
  queries: [
    milliseconds(`max by (set) (waarborg_backup_newest_timestamp_seconds{${here}})`),
    milliseconds(`max by (set) (waarborg_backup_oldest_timestamp_seconds{${here}})`),
    `max by (set) (waarborg_backup_points{${here}})`,
  ],
  columns: [
    { of: 'set', title: { en: 'Set', nl: 'Set' } },
    { of: 'A', title: { en: 'Newest', nl: 'Nieuwste' }, unit: 'dateTimeFromNow', width: 130 },
    { of: 'B', title: { en: 'Oldest', nl: 'Oudste' }, unit: 'dateTimeFromNow', width: 130 },
    { of: 'C', title: { en: 'Copies', nl: 'Kopieën' }, width: 90 },
  ],
  sort: { of: 'A', order: 'up' },
  empty: {
    en: 'No set of backups could be read on this host',
    nl: 'Op deze server was geen set back-ups te lezen',
  },
  width: 12,
  height: 8,
});

const updates = course({
  title: { en: 'Updates that wait', nl: 'Updates die wachten' },
  description: {
    en: 'Waiting updates by sort; "unlabelled" come from sources that do not tell which are about security.',
    nl: 'Wachtende updates naar soort; "unlabelled" komen van bronnen die niet zeggen welke over beveiliging gaan.',
  },
  lines: [{ expr: `max by (category) (waarborg_updates_pending{${here}})`, legend: '{{category}}' }],
  minimum: 0,
  unit: 'none',
  empty: noUpdates,
  width: 12,
  height: 8,
});

const passwords = table({
  title: { en: 'Oldest passwords', nl: 'Oudste wachtwoorden' },
  description: {
    en: 'When the longest unchanged password of each kind was changed.',
    nl: 'Wanneer het langst ongewijzigde wachtwoord van elke soort is gewijzigd.',
  },
  queries: [milliseconds(`min by (kind) (waarborg_password_oldest_change_timestamp_seconds{${here}})`)],
  columns: [
    { of: 'kind', title: { en: 'Kind', nl: 'Soort' } },
    { of: 'A', title: { en: 'Changed', nl: 'Gewijzigd' }, unit: 'dateTimeFromNow', width: 130 },
  ],
  sort: { of: 'A', order: 'up' },
  empty: {
    en: 'No control asks for the age of passwords here, or nobody knows it',
    nl: 'Geen maatregel vraagt hier naar de leeftijd van wachtwoorden, of niemand weet die',
  },
  width: 7,
  height: 8,
});

const lists = stat({
  title: { en: 'Security lists', nl: 'Beveiligingslijsten' },
  description: {
    en: 'The date that the lists of security updates carry, or when repositories were last asked.',
    nl: 'De datum van de lijsten met beveiligingsupdates, of wanneer de bronnen voor het laatst zijn geraadpleegd.',
  },
  expr: milliseconds(`min(waarborg_updates_lists_timestamp_seconds{${here}})`),
  unit: 'dateTimeFromNow',
  steps: thresholds.none,
  empty: { en: 'The lists could not be read', nl: 'De lijsten waren niet te lezen' },
  width: 5,
  height: 8,
});
