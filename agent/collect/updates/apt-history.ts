import type { History } from '../../../policies/checks/updates/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { beginningsOf, historyOf, localTime, type LoggedUpgrades } from './history.ts';
import { readLogParts } from './logs.ts';
import type { UpdatesSettings } from './settings.ts';
import { readTimeZone } from './time-zone.ts';

interface Entry {
  /** Local time of the host. */
  readonly start: string;
  readonly end: string;
  readonly upgrades: boolean;
}

/**
 * When packages were upgraded: apt's history log, and dpkg's own for what was upgraded past apt. The shorter of the two
 * says how far back both reach.
 */
export async function readHistory(
  host: Host,
  signal: AbortSignal,
  settings: UpdatesSettings,
): Promise<Reading<History>> {
  const runs = await readRuns(host);
  if (runs.state === 'unreadable') return runs;
  const unpacked = await readDpkgLog(host);
  if (unpacked.state === 'unreadable') return unpacked;
  const timeZone = await readTimeZone(host, signal);
  if (timeZone.state === 'unreadable') return timeZone;
  const past = outside(unpacked.value.upgrades, runs.value);
  const oldestRun = runs.value[0]?.start ?? unpacked.value.oldest;
  const logged: LoggedUpgrades = {
    oldest: oldestRun > unpacked.value.oldest ? oldestRun : unpacked.value.oldest,
    upgrades: [...runs.value.flatMap(({ start, upgrades }) => (upgrades ? [start] : [])), ...beginningsOf(past)],
  };
  return read(historyOf(logged, timeZone.value, settings));
}

async function readRuns(host: Host): Promise<Reading<Entry[]>> {
  const parts = await readLogParts(host, '/var/log/apt', 'history.log');
  if (parts.state === 'unreadable') return parts;
  const entries: Entry[] = [];
  for (const { path, text } of parts.value) {
    const parsed = parseEntries(text, path);
    if (parsed.state === 'unreadable') return parsed;
    entries.push(...parsed.value);
  }
  if (entries.length === 0) return unreadable('unparsable', '/var/log/apt/history.log', 'it has no entry');
  return read(entries.sort((a, b) => (a.start < b.start ? -1 : 1)));
}

/** The moments that fall in no run. Both are sorted; runs follow each other, because apt locks. */
function outside(moments: readonly string[], runs: readonly Entry[]): string[] {
  let next = 0;
  return moments.filter((moment) => {
    while ((runs[next]?.end ?? moment) < moment) next += 1;
    const run = runs[next];
    return run === undefined || moment < run.start;
  });
}

/** Paragraphs that begin with `Start-Date: 2026-11-01  02:10:00` and have an `Upgrade:` line where packages were upgraded. */
function parseEntries(text: string, path: string): Reading<Entry[]> {
  const entries: Entry[] = [];
  for (const paragraph of text.split(/\n{2,}/)) {
    if (paragraph.trim() === '') continue;
    const start = momentOf(paragraph, 'Start-Date');
    if (start === undefined) return unreadable('unparsable', path, 'an entry has no Start-Date in the usual form');
    // A run that was cut off has no end: what dpkg logs after its start then counts by itself.
    const end = momentOf(paragraph, 'End-Date') ?? start;
    entries.push({ start, end, upgrades: /^Upgrade: /m.test(paragraph) });
  }
  return read(entries);
}

function momentOf(paragraph: string, field: string): string | undefined {
  const [, day, time] = RegExp(`^${field}: (\\d{4}-\\d\\d-\\d\\d) +(\\d\\d:\\d\\d:\\d\\d)$`, 'm').exec(paragraph) ?? [];
  return localTime(day, time);
}

/** Lines such as `2026-11-01 02:10:03 upgrade bash:amd64 5.1 5.2` (dpkg(1), --log). */
async function readDpkgLog(host: Host): Promise<Reading<{ oldest: string; upgrades: string[] }>> {
  const parts = await readLogParts(host, '/var/log', 'dpkg.log');
  if (parts.state === 'unreadable') return parts;
  const upgrades: string[] = [];
  let oldest: string | undefined;
  for (const { path, text } of parts.value) {
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const moment = localTime(line.slice(0, 10), line.slice(11, 19));
      if (moment === undefined) return unreadable('unparsable', path, 'a line does not begin with a date and a time');
      if (oldest === undefined || moment < oldest) oldest = moment;
      if (line.startsWith(' upgrade ', 19)) upgrades.push(moment);
    }
  }
  return oldest === undefined
    ? unreadable('unparsable', '/var/log/dpkg.log', 'it has no line')
    : read({ oldest, upgrades: upgrades.sort() });
}
