import { day, hour, type Alert } from './rule.ts';

/** What the log, its guards and its witnesses say. */
export const evidence: readonly Alert[] = [
  {
    alert: 'WaarborgLogNotGrowing',
    severity: 'critical',
    expr: `time() - waarborg_log_checkpoint_timestamp_seconds > ${hour / 2}`,
    for: '15m',
    summary: 'The evidence log has not grown for half an hour.',
    description:
      'No report of any host was stored, and not even a heartbeat. Look at the log of the collector, its clock and its disk.',
  },
  {
    alert: 'WaarborgLogBehind',
    severity: 'critical',
    expr: 'waarborg_log_behind > 0',
    for: '0m',
    summary: 'The evidence log was set back or forked, and takes nothing any more.',
    description:
      'Somebody showed a head that this log signed and does not continue. Stop the collector, copy its data folder, and put back the newest copy.',
  },
  {
    alert: 'WaarborgAgentReportsFork',
    severity: 'critical',
    expr: `time() - waarborg_log_contradicted_timestamp_seconds < ${day}`,
    for: '0m',
    summary: 'The agent on {{ $labels.host }} holds more of the evidence log than there is.',
    description:
      'The log was set back since, or the agent was shown another one. Compare its newest checkpoint with the log before anything else.',
  },
  {
    alert: 'WaarborgLogDamaged',
    severity: 'critical',
    expr: 'waarborg_log_scrub_mismatches > 0',
    for: '0m',
    summary: 'What the evidence log stores is not what was signed.',
    description: 'The log of the collector names the places. Copy the data folder as it is, and look at the disk.',
  },
  {
    alert: 'WaarborgLogNotScrubbed',
    severity: 'warning',
    expr: `time() - waarborg_log_scrub_completed_timestamp_seconds > ${3 * day}`,
    for: '2d',
    summary: 'What the collector stores has not been read again for days.',
    description:
      'Damage would not show. A collector that starts anew each day never ends a pass over a large log: run waarborg scrub.',
  },
  {
    alert: 'WaarborgLogNotAnchored',
    severity: 'warning',
    expr: `time() - waarborg_log_anchored_timestamp_seconds > ${6 * hour}`,
    for: '15m',
    summary: 'For six hours {{ $labels.anchor }} has not vouched for the evidence log.',
    description: 'The collector asks again and again and goes on meanwhile; its log says why (anchor.failed).',
  },
];
