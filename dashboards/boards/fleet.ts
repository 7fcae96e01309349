import type { Language } from '../../policies/schema.ts';
import type { Board } from '../parts/board.ts';
import { thresholds } from '../parts/colours.ts';
import { columns, hostColumn, policyColumn } from '../parts/columns.ts';
import { course, stat, type MakePanel } from '../parts/panels.ts';
import { collectorPages } from '../parts/places.ts';
import { table } from '../parts/table.ts';
import { words } from '../parts/words.ts';
import { count, small, verdictsOverTime } from './figures.ts';
import { compliantShare, milliseconds, withDefinition } from './queries.ts';

/** How the fleet stands, for whoever answers for it. All totals are of series that the collector has ready. */
export const fleetBoard: Board = {
  name: 'fleet',
  title: { en: 'Waarborg: fleet', nl: 'Waarborg: alle servers' },
  description: {
    en: 'How the fleet stands against its policies: what share holds, where it does not, and what changed.',
    nl: 'Hoe de servers ervoor staan ten opzichte van hun beleid: welk deel klopt, waar niet, en wat er veranderde.',
  },
  from: 'now-30d',
  sections: (language) => [
    { panels: [compliant, failing, unknown, silent, waived, hosts] },
    { panels: [shareByPolicy(language), sharesOverTime] },
    {
      title: { en: 'Where to look first', nl: 'Waar het eerst te kijken' },
      panels: [worstHosts(language), worstControls(language)],
    },
    {
      title: { en: 'What changed in this period', nl: 'Wat er in deze periode veranderde' },
      panels: [verdicts, worse(language), better(language), newest(language)],
    },
  ],
};

const compliant = stat({
  title: words.compliant,
  description: {
    en: 'Controls that hold, of all that apply, over all hosts and policies. What is unknown, out of date or waived does not count as holding.',
    nl: 'Maatregelen die kloppen, van alle die gelden, over alle servers en beleidsdocumenten. Wat onbekend, verouderd of vrijgesteld is telt niet als kloppend.',
  },
  expr: compliantShare(''),
  unit: 'percentunit',
  steps: thresholds.share,
  course: true,
  empty: words.nothingYet,
  ...small,
});

const failing = count({
  title: words.fails,
  description: {
    en: 'Controls that fail, counted once for each host.',
    nl: 'Maatregelen die falen, per server geteld.',
  },
  expr: 'sum(waarborg_policy_controls{verdict="fail"})',
  steps: thresholds.badAboveZero,
  empty: words.nothingYet,
});

const unknown = count({
  title: words.unknownOrStale,
  description: {
    en: 'Controls of which nobody can say whether they hold: they could not be read, or their host fell silent.',
    nl: 'Maatregelen waarvan niemand kan zeggen of ze kloppen: ze waren niet te lezen, of hun server zwijgt.',
  },
  expr: 'sum(waarborg_policy_controls{verdict=~"unknown|stale"})',
  steps: thresholds.doubtAboveZero,
  empty: words.nothingYet,
});

const silent = stat({
  title: { en: 'Silent hosts', nl: 'Zwijgende servers' },
  description: {
    en: 'Hosts whose last report is too old to rely on, and expected hosts that never reported.',
    nl: 'Servers waarvan het laatste rapport te oud is om op te vertrouwen, en verwachte servers die nooit iets meldden.',
  },
  expr:
    '(count(count by (host) (waarborg_host_controls{verdict="stale"} > 0)) or vector(0))' +
    ' + (count(waarborg_host_last_report_timestamp_seconds == 0) or vector(0))',
  unit: 'none',
  steps: thresholds.badAboveZero,
  empty: words.nothingYet,
  ...small,
});

const waived = count({
  title: words.waived,
  description: {
    en: 'Controls that would fail or be unknown and have an approved exception. They do not count as compliant.',
    nl: 'Maatregelen die zouden falen of onbekend zijn en een goedgekeurde uitzondering hebben. Ze tellen niet als kloppend.',
  },
  expr: 'sum(waarborg_policy_controls{verdict="waived"})',
  steps: thresholds.plain,
  empty: words.nothingYet,
});

const hosts = count({
  title: words.hosts,
  description: {
    en: 'Hosts that report or did; retired ones are left out.',
    nl: 'Servers die melden of meldden; buiten dienst gestelde tellen niet mee.',
  },
  expr: 'count(waarborg_host_info)',
  steps: thresholds.plain,
  empty: words.nothingYet,
});

function shareByPolicy(language: Language): MakePanel {
  return table({
    title: { en: 'Compliant by policy', nl: 'Voldoet, per beleid' },
    description: {
      en: 'Of each policy the share of its controls that hold, over all hosts, and how many do not.',
      nl: 'Van elk beleid het deel van de maatregelen dat klopt, over alle servers, en hoeveel er niet kloppen.',
    },
    queries: [
      compliantShare('', 'policy'),
      'sum by (policy) (waarborg_policy_controls{verdict=~"fail|unknown|stale"})',
    ],
    columns: [
      policyColumn(language),
      { of: 'A', title: words.compliant, unit: 'percentunit', decimals: 1, steps: thresholds.share, width: 110 },
      { of: 'B', title: words.open, unit: 'none', width: 80 },
    ],
    sort: { of: 'A', order: 'up' },
    empty: words.nothingYet,
    width: 9,
    height: 8,
  });
}

const sharesOverTime = course({
  title: { en: 'Compliant by policy, as it went', nl: 'Voldoet, per beleid, door de tijd' },
  description: {
    en: 'The share of controls that hold, of all that apply.',
    nl: 'Het deel van de geldende maatregelen dat klopt.',
  },
  lines: [{ expr: compliantShare('', 'policy'), legend: '{{policy}}' }],
  unit: 'percentunit',
  maximum: 1,
  empty: words.nothingYet,
  width: 15,
  height: 8,
});

function worstHosts(language: Language): MakePanel {
  const count = (verdict: string): string => `sum by (host) (waarborg_host_controls{verdict=~"${verdict}"})`;
  // The first decides which hosts are shown; the others are asked of those alone.
  const worst = `topk(20, ${count('fail|unknown|stale')} > 0)`;
  return table({
    title: { en: 'Hosts with most open', nl: 'Servers met het meeste open' },
    description: {
      en: 'The twenty hosts with most controls that do not hold. Choose a name to see the host.',
      nl: 'De twintig servers met de meeste maatregelen die niet kloppen. Kies een naam voor die server.',
    },
    queries: [worst, ...['fail', 'unknown', 'stale'].map((verdict) => `${count(verdict)} and ${worst}`)],
    columns: [
      hostColumn(language),
      { of: 'A', title: words.open, width: 75 },
      { of: 'B', title: words.fails, steps: thresholds.badAboveZero, width: 75 },
      { of: 'C', title: words.unknown, steps: thresholds.doubtAboveZero, width: 95 },
      { of: 'D', title: words.stale, steps: thresholds.doubtAboveZero, width: 105 },
    ],
    sort: { of: 'A', order: 'down' },
    empty: words.nothingWrong,
    width: 10,
    height: 12,
  });
}

function worstControls(language: Language): MakePanel {
  const open = 'topk(20, sum by (policy, control) (waarborg_control_hosts{verdict=~"fail|unknown"}) > 0)';
  return table({
    title: { en: 'Controls that most hosts do not keep', nl: 'Maatregelen waaraan de meeste servers niet voldoen' },
    description: {
      en: 'The twenty controls that fail or are unknown on most hosts.',
      nl: 'De twintig maatregelen die op de meeste servers falen of onbekend zijn.',
    },
    queries: [withDefinition(open, 'severity, title')],
    columns: [
      { ...columns.title, links: [collectorPages.control] },
      { ...policyColumn(language), width: 150 },
      { of: 'control', title: words.control, width: 185 },
      columns.severity,
      { of: 'A', title: words.hosts, steps: thresholds.badAboveZero, width: 75 },
    ],
    sort: { of: 'A', order: 'down' },
    empty: words.nothingWrong,
    width: 14,
    height: 12,
  });
}

const verdicts = verdictsOverTime({
  title: { en: 'What does not hold, as it went', nl: 'Wat niet klopt, door de tijd' },
  description: {
    en: 'Controls that fail, are unknown, out of date or waived, over all hosts.',
    nl: 'Maatregelen die falen, onbekend, verouderd of vrijgesteld zijn, over alle servers.',
  },
  verdicts: ['fail', 'unknown', 'stale', 'waived'],
  exprOf: (verdict) => `sum(waarborg_policy_controls{verdict="${verdict}"})`,
  width: 24,
  height: 8,
});

/** Hosts that do not keep a control, now and at the beginning of the period: of both only what differs. */
const openHosts = 'sum by (policy, control) (waarborg_control_hosts{verdict=~"fail|unknown|stale"})';
const openHostsBefore =
  'sum by (policy, control) (waarborg_control_hosts{verdict=~"fail|unknown|stale"} offset $__range)';

function changed(language: Language, expr: string): Pick<Parameters<typeof table>[0], 'queries' | 'columns'> {
  return {
    queries: [expr],
    columns: [
      { of: 'control', title: words.control, links: [collectorPages.control] },
      { ...policyColumn(language), width: 140 },
      { of: 'A', title: words.hosts, width: 75 },
    ],
  };
}

function worse(language: Language): MakePanel {
  return table({
    title: { en: 'Got worse', nl: 'Verslechterd' },
    description: {
      en: 'Controls that more hosts do not keep than at the beginning of the period; how many more.',
      nl: 'Maatregelen waaraan meer servers niet voldoen dan aan het begin van de periode; hoeveel meer.',
    },
    ...changed(language, `topk(15, (${openHosts} - ${openHostsBefore}) > 0)`),
    sort: { of: 'A', order: 'down' },
    empty: {
      en: 'Nothing got worse since the beginning of this period',
      nl: 'Niets verslechterde sinds het begin van deze periode',
    },
    width: 7,
    height: 9,
  });
}

function better(language: Language): MakePanel {
  return table({
    title: { en: 'Got better', nl: 'Verbeterd' },
    description: {
      en: 'Controls that fewer hosts do not keep than at the beginning of the period; how many fewer.',
      nl: 'Maatregelen waaraan minder servers niet voldoen dan aan het begin van de periode; hoeveel minder.',
    },
    ...changed(language, `topk(15, (${openHostsBefore} - ${openHosts}) > 0)`),
    sort: { of: 'A', order: 'down' },
    empty: {
      en: 'Nothing got better since the beginning of this period',
      nl: 'Niets verbeterde sinds het begin van deze periode',
    },
    width: 7,
    height: 9,
  });
}

function newest(language: Language): MakePanel {
  const since = 'max by (host, control) (waarborg_control_failing_since_timestamp_seconds)';
  return table({
    title: { en: 'Newest troubles', nl: 'Nieuwste problemen' },
    description: {
      en: 'The controls that stopped holding last, by host.',
      nl: 'De maatregelen die het laatst ophielden te kloppen, per server.',
    },
    queries: [milliseconds(`topk(15, ${since})`)],
    columns: [hostColumn(language), { of: 'control', title: words.control, width: 180 }, columns.since],
    sort: { of: 'A', order: 'down' },
    empty: words.nothingWrong,
    width: 10,
    height: 9,
  });
}
