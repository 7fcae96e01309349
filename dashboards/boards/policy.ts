import type { Language } from '../../policies/schema.ts';
import type { Board } from '../parts/board.ts';
import { thresholds } from '../parts/colours.ts';
import { columns, hostColumn } from '../parts/columns.ts';
import { stat, type MakePanel } from '../parts/panels.ts';
import { collectorPages } from '../parts/places.ts';
import { table } from '../parts/table.ts';
import { policyVariable } from '../parts/variables.ts';
import { verdictWords, words } from '../parts/words.ts';
import { count, small, verdictsOverTime } from './figures.ts';
import { compliantShare, withDefinition } from './queries.ts';

const here = 'policy="$policy"';

/** One policy: each of its controls against its clause, and where it does not hold. */
export const policyBoard: Board = {
  name: 'policy',
  title: { en: 'Waarborg: one policy', nl: 'Waarborg: één beleid' },
  description: {
    en: 'Each control of a policy beside the clause that promises it, with the hosts that keep it and those that do not.',
    nl: 'Elke maatregel van een beleid naast de paragraaf die hem belooft, met de servers die eraan voldoen en die dat niet doen.',
  },
  from: 'now-30d',
  variables: [policyVariable],
  sections: (language) => [
    { panels: [compliant, open('fail'), open('unknown'), open('stale'), open('waived'), hosts] },
    { panels: [clauses] },
    { panels: [byPeople, worstHosts(language)] },
    { panels: [verdicts] },
  ],
};

const compliant = stat({
  title: words.compliant,
  description: {
    en: 'Controls of this policy that hold, of all that apply, over all hosts. What is unknown, out of date or waived does not count as holding.',
    nl: 'Maatregelen van dit beleid die kloppen, van alle die gelden, over alle servers. Wat onbekend, verouderd of vrijgesteld is telt niet als kloppend.',
  },
  expr: compliantShare(here),
  unit: 'percentunit',
  steps: thresholds.share,
  course: true,
  empty: { en: 'No host is held to this policy', nl: 'Geen server valt onder dit beleid' },
  ...small,
});

const meaning = {
  fail: {
    steps: thresholds.badAboveZero,
    description: {
      en: 'Controls that fail, counted once for each host.',
      nl: 'Maatregelen die falen, per server geteld.',
    },
  },
  unknown: {
    steps: thresholds.doubtAboveZero,
    description: {
      en: 'Controls that could not be read, or rest on a wrong clock.',
      nl: 'Maatregelen die niet te lezen waren, of op een verkeerde klok berusten.',
    },
  },
  stale: {
    steps: thresholds.doubtAboveZero,
    description: { en: 'Controls on hosts that fell silent.', nl: 'Maatregelen op servers die zwijgen.' },
  },
  waived: {
    steps: thresholds.plain,
    description: {
      en: 'Controls with an approved exception. They do not count as compliant.',
      nl: 'Maatregelen met een goedgekeurde uitzondering. Ze tellen niet als kloppend.',
    },
  },
} as const;

function open(verdict: keyof typeof meaning): MakePanel {
  return count({
    title: verdictWords[verdict],
    ...meaning[verdict],
    expr: `sum(waarborg_policy_controls{${here},verdict="${verdict}"})`,
    empty: words.nothingYet,
  });
}

const hosts = count({
  title: words.hosts,
  description: { en: 'Hosts that are held to this policy.', nl: 'Servers die onder dit beleid vallen.' },
  expr: `count(count by (host) (waarborg_host_controls{${here}}))`,
  steps: thresholds.plain,
  empty: words.nothingYet,
});

const ofVerdict = (verdict: string): string => {
  const count = `sum by (policy, control) (waarborg_control_hosts{${here},verdict="${verdict}"})`;
  return `sum by (control, clause, severity, title) (${withDefinition(count, 'clause, severity, title')})`;
};

/** The policy is the dashboard's own. */
const controlPage = {
  ...collectorPages.control,
  url: '${collector}/policies/${policy}/controls/${__data.fields.control}',
};

const clauses = table({
  title: { en: 'What hosts show, by clause', nl: 'Wat servers laten zien, per paragraaf' },
  description: {
    en: 'Each control that hosts are asked, beside the clause of the source that promises it: on how many hosts it holds, fails and so on.',
    nl: 'Elke maatregel die aan servers wordt gevraagd, naast de paragraaf van de bron die hem belooft: op hoeveel servers hij klopt, faalt enzovoort.',
  },
  queries: ['fail', 'unknown', 'stale', 'waived', 'pass'].map(ofVerdict),
  columns: [
    columns.clause,
    { ...columns.title, links: [controlPage] },
    { of: 'control', title: words.control, width: 210 },
    columns.severity,
    { of: 'A', title: words.fails, steps: thresholds.badAboveZero, width: 75 },
    { of: 'B', title: words.unknown, steps: thresholds.doubtAboveZero, width: 95 },
    { of: 'C', title: words.stale, steps: thresholds.doubtAboveZero, width: 105 },
    { of: 'D', title: words.waived, steps: thresholds.none, width: 95 },
    { of: 'E', title: words.passes, steps: thresholds.none, width: 85 },
  ],
  sort: { of: 'clause', order: 'up' },
  empty: { en: 'No host reported any control of this policy', nl: 'Geen server meldde een maatregel van dit beleid' },
  width: 24,
  height: 14,
});

const byPeople = table({
  title: { en: 'What people show', nl: 'Wat mensen laten zien' },
  description: {
    en: 'Controls of this policy that no host can show: attestations, and cases that are answered in time.',
    nl: 'Maatregelen van dit beleid die geen server kan laten zien: verklaringen, en zaken die op tijd zijn afgehandeld.',
  },
  queries: [`max by (control, severity, verdict) (waarborg_organisation_control_compliant{${here}})`],
  columns: [
    { of: 'control', title: words.control, links: [collectorPages.organisation] },
    columns.severity,
    columns.verdict,
    columns.kept,
  ],
  sort: { of: 'A', order: 'up' },
  empty: {
    en: 'The organisation does not follow this policy, or people show nothing of it',
    nl: 'De organisatie volgt dit beleid niet, of mensen laten er niets van zien',
  },
  width: 14,
  height: 10,
});

const verdicts = verdictsOverTime({
  title: { en: 'Verdicts, as they went', nl: 'Oordelen, door de tijd' },
  description: {
    en: 'Controls of this policy by their verdict, over all hosts.',
    nl: 'Maatregelen van dit beleid naar hun oordeel, over alle servers.',
  },
  verdicts: ['fail', 'unknown', 'stale', 'waived', 'pass'],
  exprOf: (verdict) => `sum(waarborg_policy_controls{${here},verdict="${verdict}"})`,
  width: 24,
  height: 8,
});

function worstHosts(language: Language): MakePanel {
  return table({
    title: { en: 'Hosts with most open', nl: 'Servers met het meeste open' },
    description: {
      en: 'The twenty hosts with most controls of this policy that do not hold.',
      nl: 'De twintig servers met de meeste maatregelen van dit beleid die niet kloppen.',
    },
    queries: [`topk(20, sum by (host) (waarborg_host_controls{${here},verdict=~"fail|unknown|stale"}) > 0)`],
    columns: [hostColumn(language), { of: 'A', title: words.open, steps: thresholds.badAboveZero, width: 90 }],
    sort: { of: 'A', order: 'down' },
    empty: words.nothingWrong,
    width: 10,
    height: 10,
  });
}
