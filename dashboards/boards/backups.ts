import type { Language } from '../../policies/schema.ts';
import type { Board } from '../parts/board.ts';
import { colours, thresholds } from '../parts/colours.ts';
import { hostColumn } from '../parts/columns.ts';
import { course, type MakePanel } from '../parts/panels.ts';
import { table } from '../parts/table.ts';
import { words } from '../parts/words.ts';
import { count } from './figures.ts';
import { days, daysUnit, milliseconds } from './queries.ts';

const newest = 'waarborg_backup_newest_timestamp_seconds';
const noSets = { en: 'No set of backups was read', nl: 'Er is geen set back-ups gelezen' } as const;
const set = { en: 'Set', nl: 'Set' } as const;

/** Whether copies are made, kept and regular. Only copies that count are in these figures. */
export const backupsBoard: Board = {
  name: 'backups',
  title: { en: 'Waarborg: backups', nl: 'Waarborg: back-ups' },
  description: {
    en: 'Which sets of backups are late, how far back they reach, and where copies are missing. Copies that do not count are left out.',
    nl: 'Welke sets back-ups achterlopen, hoe ver ze teruggaan, en waar kopieën ontbreken. Kopieën die niet tellen blijven buiten beschouwing.',
  },
  from: 'now-30d',
  sections: (language) => [
    { panels: [sets, late, without, unread, broken, open] },
    { panels: [oldestNewest(language), ages] },
    { panels: [shortest(language), gaps(language), memory(language)] },
  ],
};

const sets = count({
  title: { en: 'Sets', nl: 'Sets' },
  description: { en: 'Sets of backups that could be read.', nl: 'Sets back-ups die te lezen waren.' },
  expr: 'count(waarborg_backup_points)',
  steps: thresholds.plain,
  empty: noSets,
});

const late = count({
  title: { en: 'Older than 26 hours', nl: 'Ouder dan 26 uur' },
  description: {
    en: 'Sets whose newest copy is more than a day and two hours old. A set with another rhythm may be so and be right: its control decides.',
    nl: 'Sets waarvan de nieuwste kopie ouder is dan een dag en twee uur. Een set met een ander ritme mag dat zijn: de maatregel beslist.',
  },
  expr: `count(time() - ${newest} > 26 * 3600)`,
  steps: thresholds.badAboveZero,
  empty: noSets,
});

const without = count({
  title: { en: 'Without any copy', nl: 'Zonder enige kopie' },
  description: {
    en: 'Sets that were read and hold no copy that counts.',
    nl: 'Sets die gelezen zijn en geen kopie bevatten die telt.',
  },
  expr: 'count(waarborg_backup_points == 0)',
  steps: thresholds.badAboveZero,
  empty: noSets,
});

const unread = count({
  title: { en: 'Watched, not readable', nl: 'Bewaakt, niet leesbaar' },
  description: {
    en: 'Sets that the agent remembers and could not read the last time: nobody knows what is in them.',
    nl: 'Sets die de agent zich herinnert en de laatste keer niet kon lezen: niemand weet wat erin zit.',
  },
  expr: 'count(waarborg_backup_watched_since_timestamp_seconds unless on (host, set) waarborg_backup_points)',
  steps: thresholds.doubtAboveZero,
  empty: noSets,
});

const broken = count({
  title: { en: 'Memory began anew', nl: 'Geheugen begon opnieuw' },
  description: {
    en: 'Sets of which the agent’s memory began anew within this period, or was silent about a copy that went.',
    nl: 'Sets waarvan het geheugen van de agent in deze periode opnieuw begon, of zweeg over een kopie die verdween.',
  },
  expr: 'count(time() - waarborg_backup_memory_broken_timestamp_seconds < $__range_s)',
  steps: thresholds.attentionAboveZero,
  empty: noSets,
});

const open = count({
  title: { en: 'Controls that do not hold', nl: 'Kloppen niet' },
  description: {
    en: 'Controls about backups that fail or are unknown, over all hosts: those with "backup" in their name.',
    nl: 'Maatregelen over back-ups die falen of onbekend zijn, over alle servers: die met "backup" in hun naam.',
  },
  expr: 'sum(waarborg_control_hosts{control=~".*-backup.*",verdict=~"fail|unknown"})',
  steps: thresholds.badAboveZero,
  empty: words.nothingYet,
});

function oldestNewest(language: Language): MakePanel {
  const first = `bottomk(25, max by (host, set) (${newest}))`;
  return table({
    title: { en: 'Sets that wait longest for a copy', nl: 'Sets die het langst op een kopie wachten' },
    description: {
      en: 'The twenty-five sets whose newest copy is oldest.',
      nl: 'De vijfentwintig sets waarvan de nieuwste kopie het oudst is.',
    },
    queries: [milliseconds(first), `time() - ${first}`, `max by (host, set) (waarborg_backup_points) and ${first}`],
    columns: [
      hostColumn(language),
      { of: 'set', title: set, width: 110 },
      { of: 'A', title: { en: 'Newest copy', nl: 'Nieuwste kopie' }, unit: 'dateTimeAsIso', width: 165 },
      { of: 'B', title: { en: 'Age', nl: 'Leeftijd' }, unit: 's', decimals: 1, steps: thresholds.dailyAge, width: 110 },
      { of: 'C', title: { en: 'Copies', nl: 'Kopieën' }, width: 85 },
    ],
    sort: { of: 'B', order: 'down' },
    empty: noSets,
    width: 13,
    height: 12,
  });
}

const ages = course({
  title: { en: 'Age of the newest copy', nl: 'Leeftijd van de nieuwste kopie' },
  description: {
    en: 'Over all sets: the oldest newest copy, the one that nine in ten sets do better than, and the middle one.',
    nl: 'Over alle sets: de oudste nieuwste kopie, die waar negen van de tien sets jonger zijn, en de middelste.',
  },
  lines: [
    { expr: days(`max(time() - ${newest})`), legend: { en: 'oldest', nl: 'oudste' }, colour: colours.bad },
    {
      expr: days(`quantile(0.9, time() - ${newest})`),
      legend: { en: 'nine in ten are younger', nl: 'negen van de tien zijn jonger' },
      colour: colours.doubt,
    },
    {
      expr: days(`quantile(0.5, time() - ${newest})`),
      legend: { en: 'middle', nl: 'middelste' },
      colour: colours.neutral,
    },
  ],
  minimum: 0,
  unit: daysUnit,
  empty: noSets,
  width: 11,
  height: 12,
});

function shortest(language: Language): MakePanel {
  const reach = 'topk(15, max by (host, set) (waarborg_backup_oldest_timestamp_seconds))';
  return table({
    title: { en: 'Shortest reach back', nl: 'Minst ver terug' },
    description: {
      en: 'The fifteen sets whose oldest copy is youngest: what was lost before that cannot be brought back.',
      nl: 'De vijftien sets waarvan de oudste kopie het jongst is: wat daarvoor verloren ging komt niet terug.',
    },
    queries: [`time() - ${reach}`],
    columns: [
      hostColumn(language),
      { of: 'set', title: set, width: 100 },
      { of: 'A', title: { en: 'Reaches back', nl: 'Gaat terug' }, unit: 's', decimals: 1, width: 125 },
    ],
    sort: { of: 'A', order: 'up' },
    empty: noSets,
    width: 8,
    height: 10,
  });
}

function gaps(language: Language): MakePanel {
  return table({
    title: { en: 'Longest gaps', nl: 'Langste gaten' },
    description: {
      en: 'The fifteen sets with the longest time between two copies that follow each other.',
      nl: 'De vijftien sets met de langste tijd tussen twee opeenvolgende kopieën.',
    },
    queries: ['topk(15, max by (host, set) (waarborg_backup_longest_gap_seconds))'],
    columns: [
      hostColumn(language),
      { of: 'set', title: set, width: 100 },
      { of: 'A', title: { en: 'Gap', nl: 'Gat' }, unit: 's', decimals: 1, steps: thresholds.dailyAge, width: 110 },
    ],
    sort: { of: 'A', order: 'down' },
    empty: noSets,
    width: 8,
    height: 10,
  });
}

function memory(language: Language): MakePanel {
  const latest = 'topk(15, max by (host, set) (waarborg_backup_memory_broken_timestamp_seconds))';
  return table({
    title: { en: 'When memory began anew', nl: 'Wanneer het geheugen opnieuw begon' },
    description: {
      en: 'When an agent last began to remember a set anew, or was silent about a copy that went. Until then nobody can say what vanished.',
      nl: 'Wanneer een agent zich een set voor het laatst opnieuw begon te herinneren, of zweeg over een kopie die verdween. Wat daarvoor verdween weet niemand.',
    },
    queries: [milliseconds(latest)],
    columns: [
      hostColumn(language),
      { of: 'set', title: set, width: 100 },
      { of: 'A', title: { en: 'At', nl: 'Op' }, unit: 'dateTimeAsIso', width: 165 },
    ],
    sort: { of: 'A', order: 'down' },
    empty: {
      en: 'The memory of no set was ever broken',
      nl: 'Van geen enkele set is het geheugen ooit onderbroken',
    },
    width: 8,
    height: 10,
  });
}
