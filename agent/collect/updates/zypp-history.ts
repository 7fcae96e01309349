import type { History } from '../../../policies/checks/updates/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { beginningsOf, historyOf, localTime } from './history.ts';
import { readLogParts } from './logs.ts';
import type { UpdatesSettings } from './settings.ts';
import { readTimeZone } from './time-zone.ts';

/**
 * When zypper installed packages, from /var/log/zypp/history: lines such as `2026-11-01 02:10:03|install|bash|5.2-1|...`
 * in local time. It does not tell upgrades from new packages: both count.
 */
export async function readZyppHistory(
  host: Host,
  signal: AbortSignal,
  settings: UpdatesSettings,
): Promise<Reading<History>> {
  const parts = await readLogParts(host, '/var/log/zypp', 'history');
  if (parts.state === 'unreadable') return parts;
  const moments: string[] = [];
  let oldest: string | undefined;
  for (const { path, text } of parts.value) {
    for (const line of text.split('\n')) {
      // What packages said while they were installed stands between, behind a hash sign.
      if (line === '' || line.startsWith('#')) continue;
      const [time = '', action = ''] = line.split('|');
      const moment = localTime(time.slice(0, 10), time.slice(11));
      if (moment === undefined) return unreadable('unparsable', path, 'a line does not begin with a date and a time');
      if (oldest === undefined || moment < oldest) oldest = moment;
      if (action.trim() === 'install') moments.push(moment);
    }
  }
  if (oldest === undefined) return unreadable('unparsable', '/var/log/zypp/history', 'it has no line');
  const timeZone = await readTimeZone(host, signal);
  if (timeZone.state === 'unreadable') return timeZone;
  return read(historyOf({ oldest, upgrades: beginningsOf(moments.sort()) }, timeZone.value, settings));
}
