import { day, steady, type RuleCase } from './case.ts';

const checkpoint = 'waarborg_log_checkpoint_timestamp_seconds';
const scrubbed = 'waarborg_log_scrub_completed_timestamp_seconds';
const anchored = (anchor: string): string => `waarborg_log_anchored_timestamp_seconds{anchor="${anchor}"}`;
const contradicted = 'waarborg_log_contradicted_timestamp_seconds{host="web1"}';

export const evidence: readonly RuleCase[] = [
  {
    alert: 'WaarborgLogNotGrowing',
    what: 'a log without so much as a heartbeat',
    series: { [checkpoint]: steady(0) },
    at: '1h',
    fires: [{ severity: 'critical', labels: {} }],
  },
  {
    alert: 'WaarborgLogNotGrowing',
    what: 'a log that grows by heartbeats only',
    series: { [checkpoint]: '0x9 600x9 1200x9 1800x9 2400x9 3000x9 3600x9' },
    at: '1h',
    fires: [],
  },
  {
    alert: 'WaarborgLogBehind',
    what: 'a log that was set back',
    series: { waarborg_log_behind: steady(1) },
    at: '1m',
    fires: [{ severity: 'critical', labels: {} }],
  },
  {
    alert: 'WaarborgLogBehind',
    what: 'a log that goes on',
    series: { waarborg_log_behind: steady(0) },
    at: '1h',
    fires: [],
  },
  {
    alert: 'WaarborgAgentReportsFork',
    what: 'an agent that holds more than there is',
    series: { [contradicted]: steady(0) },
    at: '1h',
    fires: [{ severity: 'critical', labels: { host: 'web1' } }],
  },
  {
    alert: 'WaarborgAgentReportsFork',
    what: 'one that did so days ago, and not since',
    series: { [contradicted]: steady(-3 * day) },
    at: '1h',
    fires: [],
  },
  {
    alert: 'WaarborgLogDamaged',
    what: 'a place that is not what was signed',
    series: { waarborg_log_scrub_mismatches: steady(2) },
    at: '1m',
    fires: [{ severity: 'critical', labels: {} }],
  },
  {
    alert: 'WaarborgLogDamaged',
    what: 'a log that is whole',
    series: { waarborg_log_scrub_mismatches: steady(0) },
    at: '1h',
    fires: [],
  },
  {
    alert: 'WaarborgLogNotScrubbed',
    what: 'a log that nobody read again for a week',
    series: { [scrubbed]: steady(-day, 150) },
    interval: '1h',
    at: '6d',
    fires: [{ severity: 'warning', labels: {} }],
  },
  {
    alert: 'WaarborgLogNotScrubbed',
    what: 'a log that is read again each day',
    series: { [scrubbed]: `0x23 ${day}x23 ${2 * day}x23 ${3 * day}x23 ${4 * day}x23 ${5 * day}x40` },
    interval: '1h',
    at: '6d',
    fires: [],
  },
  {
    alert: 'WaarborgLogNotAnchored',
    what: 'one witness of two that has been silent since yesterday',
    series: { [anchored('w1')]: steady(-day), [anchored('w2')]: '0+60x600' },
    at: '1h',
    fires: [{ severity: 'warning', labels: { anchor: 'w1' } }],
  },
  {
    alert: 'WaarborgLogNotAnchored',
    what: 'witnesses that answered this hour',
    series: { [anchored('w1')]: '0+60x600', [anchored('w2')]: '0+60x600' },
    at: '9h',
    fires: [],
  },
];
