import type { Board } from '../parts/board.ts';
import { colours, thresholds } from '../parts/colours.ts';
import { bars, course, stat } from '../parts/panels.ts';
import { table } from '../parts/table.ts';
import { small } from './figures.ts';
import { milliseconds } from './queries.ts';

/** The collector's own process: other programs of this Prometheus have figures of the same names. */
function ofCollector(expr: string): string {
  return `${expr} and on (instance, job) waarborg_log_size_entries`;
}

const noCollector = { en: 'No collector is scraped', nl: 'Er wordt geen collector uitgelezen' } as const;
const requests = 'waarborg_http_request_duration_seconds';

/** Whether the evidence log grows and is what was signed, and how the collector keeps up. */
export const logBoard: Board = {
  name: 'log',
  title: { en: 'Waarborg: evidence log and collector', nl: 'Waarborg: bewijslog en collector' },
  description: {
    en: 'Whether the evidence log grows, still holds what was signed, and is vouched for by others; and how the collector itself does.',
    nl: 'Of het bewijslog groeit, nog is wat er is ondertekend, en door anderen wordt bevestigd; en hoe het de collector zelf gaat.',
  },
  from: 'now-24h',
  sections: () => [
    { panels: [size, age, behind, mismatches, scrubbed, coverage] },
    { panels: [growth, anchored] },
    {
      title: { en: 'The collector', nl: 'De collector' },
      panels: [answers, slowness, memory, processor, lag],
    },
  ],
};

const size = stat({
  title: { en: 'Entries', nl: 'Regels' },
  description: { en: 'Entries in the evidence log.', nl: 'Regels in het bewijslog.' },
  expr: 'sum(waarborg_log_size_entries)',
  unit: 'short',
  steps: thresholds.plain,
  course: true,
  empty: noCollector,
  ...small,
});

const age = stat({
  title: { en: 'Last grew', nl: 'Laatst gegroeid' },
  description: {
    en: 'How long ago the log last grew. A heartbeat comes every ten minutes: twenty minutes of silence mean that it takes nothing.',
    nl: 'Hoe lang geleden het log voor het laatst groeide. Er komt elke tien minuten een hartslag: twintig minuten stilte betekent dat het niets aanneemt.',
  },
  expr: 'max(time() - waarborg_log_checkpoint_timestamp_seconds)',
  unit: 's',
  steps: thresholds.heartbeat,
  empty: noCollector,
  ...small,
});

const behind = stat({
  title: { en: 'Contradicted', nl: 'Tegengesproken' },
  description: {
    en: '1 where the log was shown a head of its own that it does not continue: it was set back or forked, and takes nothing any more (docs/recovery.md).',
    nl: '1 waar het log een eigen kop kreeg te zien die het niet voortzet: het is teruggezet of gesplitst, en neemt niets meer aan (docs/recovery.md).',
  },
  expr: 'max(waarborg_log_behind)',
  unit: 'none',
  steps: thresholds.badAboveZero,
  empty: noCollector,
  ...small,
});

const mismatches = stat({
  title: { en: 'Altered', nl: 'Veranderd' },
  description: {
    en: 'What is stored and is not what was signed, as the last pass over everything found it.',
    nl: 'Wat is opgeslagen en niet is wat er is ondertekend, zoals de laatste gang langs alles het vond.',
  },
  expr: 'sum(waarborg_log_scrub_mismatches)',
  unit: 'none',
  steps: thresholds.badAboveZero,
  empty: noCollector,
  ...small,
});

const scrubbed = stat({
  title: { en: 'Everything read again', nl: 'Alles herlezen' },
  description: {
    en: 'When all that is stored had last been read again and held against what was signed; each day, unless set otherwise.',
    nl: 'Wanneer alles wat is opgeslagen voor het laatst opnieuw was gelezen en naast het ondertekende gelegd; elke dag, tenzij anders ingesteld.',
  },
  expr: milliseconds('min(waarborg_log_scrub_completed_timestamp_seconds) > 0'),
  unit: 'dateTimeFromNow',
  steps: thresholds.none,
  empty: { en: 'Not since the collector started', nl: 'Niet sinds de collector begon' },
  ...small,
});

const coverage = stat({
  title: { en: 'Vouched for by others', nl: 'Door anderen bevestigd' },
  description: {
    en: 'The share of the log’s entries that the third party which is furthest behind vouches for.',
    nl: 'Het deel van de regels van het log waarvoor de derde die het verst achterloopt instaat.',
  },
  expr: 'min(waarborg_log_anchored_entries / on (instance, job) group_left () waarborg_log_size_entries)',
  unit: 'percentunit',
  steps: thresholds.share,
  empty: {
    en: 'No witness and no timestamp authority is set',
    nl: 'Er is geen getuige en geen tijdstempeldienst ingesteld',
  },
  ...small,
});

const growth = course({
  title: { en: 'Entries an hour', nl: 'Regels per uur' },
  description: {
    en: 'How fast the log grows: reports, acts of people, heartbeats.',
    nl: 'Hoe snel het log groeit: rapporten, handelingen van mensen, hartslagen.',
  },
  lines: [
    {
      expr: 'sum(rate(waarborg_log_size_entries[$__rate_interval])) * 3600',
      legend: { en: 'entries an hour', nl: 'regels per uur' },
      colour: colours.neutral,
    },
  ],
  minimum: 0,
  unit: 'none',
  empty: noCollector,
  width: 14,
  height: 8,
});

const anchored = table({
  title: { en: 'Who vouches for the log', nl: 'Wie voor het log instaat' },
  description: {
    en: 'Witnesses and timestamp authorities, how many entries each vouches for, and how many came since.',
    nl: 'Getuigen en tijdstempeldiensten, voor hoeveel regels elk instaat, en hoeveel er sindsdien bijkwamen.',
  },
  queries: [
    'max by (anchor) (waarborg_log_anchored_entries)',
    'max by (anchor) (waarborg_log_size_entries - on (instance, job) group_right () waarborg_log_anchored_entries)',
  ],
  columns: [
    { of: 'anchor', title: { en: 'Third party', nl: 'Derde' } },
    { of: 'A', title: { en: 'Entries', nl: 'Regels' }, width: 110 },
    { of: 'B', title: { en: 'Since then', nl: 'Sindsdien' }, width: 110 },
  ],
  sort: { of: 'B', order: 'down' },
  empty: {
    en: 'No witness and no timestamp authority is set: "witnesses" and "timestamps" in collector.yaml',
    nl: 'Er is geen getuige en geen tijdstempeldienst ingesteld: "witnesses" en "timestamps" in collector.yaml',
  },
  width: 10,
  height: 8,
});

const answers = course({
  title: { en: 'Answers a second', nl: 'Antwoorden per seconde' },
  description: {
    en: 'HTTP answers by their status. 4xx are refused, 5xx are the collector’s own trouble.',
    nl: 'HTTP-antwoorden naar hun status. 4xx is geweigerd, 5xx is een probleem van de collector zelf.',
  },
  lines: [{ expr: `sum by (status) (rate(${requests}_count[$__rate_interval]))`, legend: '{{status}}' }],
  stacked: true,
  minimum: 0,
  unit: 'reqps',
  empty: noCollector,
  width: 12,
  height: 8,
});

const slowness = bars({
  title: { en: 'Slowest routes', nl: 'Traagste routes' },
  description: {
    en: 'The ten routes at which nineteen of twenty answers took longest, over this period.',
    nl: 'De tien routes waar negentien van de twintig antwoorden het langst duurden, over deze periode.',
  },
  expr: `sort_desc(topk(10, histogram_quantile(0.95, sum by (route, le) (rate(${requests}_bucket[$__range]))) > 0))`,
  legend: '{{route}}',
  names: 'above',
  unit: 's',
  steps: thresholds.plain,
  empty: { en: 'Nothing was asked in this period', nl: 'In deze periode is niets gevraagd' },
  width: 12,
  height: 8,
});

const memory = course({
  title: { en: 'Memory', nl: 'Geheugen' },
  description: {
    en: 'What the collector’s process holds in memory.',
    nl: 'Wat het proces van de collector in het geheugen houdt.',
  },
  lines: [{ expr: ofCollector('process_resident_memory_bytes'), legend: '{{instance}}' }],
  minimum: 0,
  unit: 'bytes',
  empty: noCollector,
  width: 8,
  height: 8,
});

const processor = course({
  title: { en: 'Processor', nl: 'Processor' },
  description: {
    en: 'Seconds of processor time that the collector takes in each second.',
    nl: 'Seconden processortijd die de collector per seconde gebruikt.',
  },
  lines: [{ expr: ofCollector('rate(process_cpu_seconds_total[$__rate_interval])'), legend: '{{instance}}' }],
  minimum: 0,
  unit: 'percentunit',
  empty: noCollector,
  width: 8,
  height: 8,
});

const lag = course({
  title: { en: 'Lag of its one thread', nl: 'Vertraging van zijn ene draad' },
  description: {
    en: 'How late the collector’s thread comes to its work, at one time in a hundred. More than a second is felt by agents.',
    nl: 'Hoe laat de draad van de collector aan zijn werk toekomt, in één op de honderd gevallen. Meer dan een seconde merken agents.',
  },
  lines: [{ expr: ofCollector('nodejs_eventloop_lag_p99_seconds'), legend: '{{instance}}' }],
  minimum: 0,
  unit: 's',
  empty: noCollector,
  width: 8,
  height: 8,
});
