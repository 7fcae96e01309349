import type { Automatic } from '../../../policies/checks/updates/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { runTool, withoutCaches } from './command.ts';
import { localTime } from './history.ts';
import { readLogParts, type LogPart } from './logs.ts';
import { readTimeZone } from './time-zone.ts';

const folder = '/var/log/unattended-upgrades';

/** What apt's timers are told, as apt itself reads its configuration, and how the runs ended according to their log. */
export async function readAutomatic(host: Host, signal: AbortSignal): Promise<Reading<Automatic>> {
  const args = [...withoutCaches, 'dump', 'APT::Periodic'];
  const dump = await runTool(host, { file: 'apt-config', args }, signal);
  if (dump.state === 'unreadable') return dump;
  const timeZone = await readTimeZone(host, signal);
  if (timeZone.state === 'unreadable') return timeZone;
  const parts = await readLogParts(host, folder, 'unattended-upgrades.log');
  if (parts.state === 'unreadable' && parts.obstacle.code !== 'missing') return parts;
  const runs = parts.state === 'read' ? parseRuns(parts.value) : read([]);
  if (runs.state === 'unreadable') return runs;
  const value = (name: string): string | null =>
    RegExp(`^APT::Periodic::${name} "([^"]*)";$`, 'm').exec(dump.value.stdout)?.[1]?.slice(0, 32) ?? null;
  return read({
    enable: value('Enable'),
    updatePackageLists: value('Update-Package-Lists'),
    unattendedUpgrade: value('Unattended-Upgrade'),
    timeZone: timeZone.value,
    lastRun: newest(runs.value),
    lastGoodRun: newest(runs.value.filter(({ good }) => good)),
  });
}

interface Run {
  readonly begun: string;
  /** It said that it did all there was to do, and logged no error. */
  readonly good: boolean;
}

function newest(runs: readonly Run[]): string | null {
  return (
    runs
      .map(({ begun }) => begun)
      .sort()
      .at(-1) ?? null
  );
}

const starting = 'Starting unattended upgrades script';
const ended = /No packages found that can be upgraded unattended|All upgrades installed/;
const spoilt = / (ERROR|CRITICAL) |--dry-run/;

/** Lines such as `2026-11-20 06:12:33,123 INFO Starting unattended upgrades script`, in local time. */
function parseRuns(parts: readonly LogPart[]): Reading<Run[]> {
  const runs: Run[] = [];
  for (const { path, text } of parts) {
    for (const chunk of text.split(/^(?=.*Starting unattended upgrades script)/m)) {
      const [first = ''] = chunk.split('\n', 1);
      // What stands before the first start is the end of a run that begins in the part before.
      if (!first.includes(starting)) continue;
      const begun = localTime(first.slice(0, 10), first.slice(11, 19));
      if (begun === undefined) return unreadable('unparsable', path, 'a run does not begin with a date and a time');
      runs.push({ begun, good: ended.test(chunk) && !spoilt.test(chunk) });
    }
  }
  return read(runs);
}
