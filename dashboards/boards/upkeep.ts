import type { Language } from '../../policies/schema.ts';
import type { Board } from '../parts/board.ts';
import { colours, thresholds } from '../parts/colours.ts';
import { columns, hostColumn } from '../parts/columns.ts';
import { course, type MakePanel } from '../parts/panels.ts';
import { table } from '../parts/table.ts';
import { words } from '../parts/words.ts';
import { count } from './figures.ts';
import { days, daysUnit, milliseconds } from './queries.ts';

const pending = 'waarborg_updates_pending';
const lists = 'waarborg_updates_lists_timestamp_seconds';
const changed = 'waarborg_password_oldest_change_timestamp_seconds';
const noUpdates = {
  en: 'No host told of updates: no control asks for them, or they could not be read',
  nl: 'Geen server meldde updates: geen maatregel vraagt ernaar, of ze waren niet te lezen',
} as const;
const noPasswords = {
  en: 'No control asks for the age of passwords, or nobody knows it',
  nl: 'Geen maatregel vraagt naar de leeftijd van wachtwoorden, of niemand weet die',
} as const;

/** Updates that wait, releases that end, and passwords that grow old. */
export const upkeepBoard: Board = {
  name: 'upkeep',
  title: { en: 'Waarborg: accounts and updates', nl: 'Waarborg: accounts en updates' },
  description: {
    en: 'Which hosts wait for security updates or a reboot, whose release is no longer supported, and where passwords are old.',
    nl: 'Welke servers wachten op beveiligingsupdates of een herstart, van welke de ondersteuning eindigt, en waar wachtwoorden oud zijn.',
  },
  from: 'now-30d',
  sections: (language) => [
    { panels: [security, reboots, oldLists, ending, passwordsDue, accountsOpen] },
    {
      title: { en: 'Updates', nl: 'Updates' },
      panels: [waiting(language), waitingOverTime, support(language), oldest(language)],
    },
    { title: { en: 'Accounts', nl: 'Accounts' }, panels: [passwords(language), passwordsOverTime] },
  ],
};

const security = count({
  title: { en: 'Wait for security updates', nl: 'Beveiliging wacht' },
  description: {
    en: 'Hosts with a security update that is not installed.',
    nl: 'Servers met een beveiligingsupdate die niet is geïnstalleerd.',
  },
  expr: `count(${pending}{category="security"} > 0)`,
  steps: thresholds.attentionAboveZero,
  empty: noUpdates,
});

const reboots = count({
  title: { en: 'Wait for a reboot', nl: 'Wachten op een herstart' },
  description: {
    en: 'Hosts on which something asks for a reboot: until then what was updated does not all run.',
    nl: 'Servers waarop iets om een herstart vraagt: tot dan draait niet alles wat is bijgewerkt.',
  },
  expr: 'count(waarborg_reboot_required == 1)',
  steps: thresholds.attentionAboveZero,
  empty: noUpdates,
});

const oldLists = count({
  title: { en: 'Old lists', nl: 'Oude lijsten' },
  description: {
    en: 'Hosts whose lists of security updates are older than seven days: they do not know what waits.',
    nl: 'Servers waarvan de lijsten met beveiligingsupdates ouder zijn dan zeven dagen: ze weten niet wat er wacht.',
  },
  expr: `count(time() - ${lists} > 7 * 86400)`,
  steps: thresholds.badAboveZero,
  empty: noUpdates,
});

const lastSupport = 'max by (host) (waarborg_support_end_timestamp_seconds)';

const ending = count({
  title: { en: 'Support ends', nl: 'Steun eindigt' },
  description: {
    en: 'Hosts whose release has no support of any sort in ninety days, or none now.',
    nl: 'Servers waarvan de versie over negentig dagen geen enkele ondersteuning meer heeft, of nu al niet.',
  },
  expr: `count(${lastSupport} - time() < 90 * 86400)`,
  steps: thresholds.badAboveZero,
  empty: noUpdates,
});

const passwordsDue = count({
  title: { en: 'Old passwords', nl: 'Oude wachtwoorden' },
  description: {
    en: 'Hosts, by kind of password, whose oldest one was not changed for 183 days.',
    nl: 'Servers, per soort wachtwoord, waarvan het oudste 183 dagen niet is gewijzigd.',
  },
  expr: `count(time() - ${changed} > 183 * 86400)`,
  steps: thresholds.badAboveZero,
  empty: noPasswords,
});

const accountsOpen = count({
  title: { en: 'Controls that do not hold', nl: 'Kloppen niet' },
  description: {
    en: 'Controls about passwords, access and updates that fail or are unknown, over all hosts: those with these words in their name.',
    nl: 'Maatregelen over wachtwoorden, toegang en updates die falen of onbekend zijn, over alle servers: die met zulke woorden in hun naam.',
  },
  expr: 'sum(waarborg_control_hosts{control=~".*(password|access|update|mfa).*",verdict=~"fail|unknown"})',
  steps: thresholds.badAboveZero,
  empty: words.nothingYet,
});

function waiting(language: Language): MakePanel {
  return table({
    title: { en: 'Most security updates waiting', nl: 'Meeste wachtende beveiligingsupdates' },
    description: {
      en: 'The twenty hosts with most security updates that are not installed, and whether they wait for a reboot.',
      nl: 'De twintig servers met de meeste niet geïnstalleerde beveiligingsupdates, en of ze op een herstart wachten.',
    },
    queries: [
      `topk(20, max by (host) (${pending}{category="security"}) > 0)`,
      `max by (host) (waarborg_reboot_required) and topk(20, max by (host) (${pending}{category="security"}) > 0)`,
    ],
    columns: [
      hostColumn(language),
      { of: 'A', title: { en: 'Waiting', nl: 'Wachtend' }, steps: thresholds.badAboveZero, width: 100 },
      {
        of: 'B',
        title: { en: 'Reboot', nl: 'Herstart' },
        mapped: {
          '0': { text: { en: 'no', nl: 'nee' }, color: colours.quiet },
          '1': { text: { en: 'waits', nl: 'wacht' }, color: colours.attention },
        },
        width: 100,
      },
    ],
    sort: { of: 'A', order: 'down' },
    empty: { en: 'No host waits for a security update', nl: 'Geen server wacht op een beveiligingsupdate' },
    width: 10,
    height: 10,
  });
}

const waitingOverTime = course({
  title: { en: 'Waiting updates over all hosts', nl: 'Wachtende updates over alle servers' },
  description: {
    en: 'Waiting updates by sort; "unlabelled" come from sources that do not tell which are about security.',
    nl: 'Wachtende updates naar soort; "unlabelled" komen van bronnen die niet zeggen welke over beveiliging gaan.',
  },
  lines: [{ expr: `sum by (category) (${pending})`, legend: '{{category}}' }],
  minimum: 0,
  unit: 'none',
  empty: noUpdates,
  width: 14,
  height: 10,
});

function support(language: Language): MakePanel {
  return table({
    title: { en: 'Support that ends first', nl: 'Ondersteuning die het eerst eindigt' },
    description: {
      en: 'The ten hosts whose release is supported shortest, extended support included, by a dated table.',
      nl: 'De tien servers waarvan de versie het kortst wordt ondersteund, verlengde ondersteuning inbegrepen, volgens een gedateerde tabel.',
    },
    queries: [milliseconds(`bottomk(10, ${lastSupport})`), `bottomk(10, ${lastSupport}) - time()`],
    columns: [
      hostColumn(language),
      { of: 'A', title: { en: 'Last day', nl: 'Laatste dag' }, unit: 'dateTimeAsIso', width: 165 },
      columns.left,
    ],
    sort: { of: 'B', order: 'up' },
    empty: noUpdates,
    width: 12,
    height: 8,
  });
}

function oldest(language: Language): MakePanel {
  return table({
    title: { en: 'Oldest lists', nl: 'Oudste lijsten' },
    description: {
      en: 'The ten hosts whose lists of security updates are oldest.',
      nl: 'De tien servers met de oudste lijsten met beveiligingsupdates.',
    },
    queries: [`time() - bottomk(10, max by (host) (${lists}))`],
    columns: [
      hostColumn(language),
      { of: 'A', title: { en: 'Age', nl: 'Leeftijd' }, unit: 's', decimals: 1, steps: thresholds.listAge, width: 120 },
    ],
    sort: { of: 'A', order: 'down' },
    empty: noUpdates,
    width: 12,
    height: 8,
  });
}

function passwords(language: Language): MakePanel {
  const first = `bottomk(20, min by (host, kind) (${changed}))`;
  return table({
    title: { en: 'Oldest passwords', nl: 'Oudste wachtwoorden' },
    description: {
      en: 'The twenty hosts, by kind of password, whose longest unchanged one was changed longest ago. Names of accounts are never in metrics.',
      nl: 'De twintig servers, per soort wachtwoord, waarvan het langst ongewijzigde het langst geleden is gewijzigd. Namen van accounts staan nooit in metrieken.',
    },
    queries: [milliseconds(first), `time() - ${first}`],
    columns: [
      hostColumn(language),
      { of: 'kind', title: { en: 'Kind', nl: 'Soort' }, width: 120 },
      { of: 'A', title: { en: 'Changed', nl: 'Gewijzigd' }, unit: 'dateTimeAsIso', width: 165 },
      {
        of: 'B',
        title: { en: 'Age', nl: 'Leeftijd' },
        unit: 's',
        decimals: 1,
        steps: thresholds.passwordAge,
        width: 120,
      },
    ],
    sort: { of: 'B', order: 'down' },
    empty: noPasswords,
    width: 13,
    height: 10,
  });
}

const passwordsOverTime = course({
  title: { en: 'Age of the oldest password', nl: 'Leeftijd van het oudste wachtwoord' },
  description: {
    en: 'Over all hosts, by kind of password.',
    nl: 'Over alle servers, per soort wachtwoord.',
  },
  lines: [{ expr: days(`max by (kind) (time() - ${changed})`), legend: '{{kind}}' }],
  minimum: 0,
  unit: daysUnit,
  empty: noPasswords,
  width: 11,
  height: 10,
});
