import type { History } from '../../../policies/checks/updates/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { beginningsOf, historyOf } from './history.ts';
import { readLogParts } from './logs.ts';
import type { UpdatesSettings } from './settings.ts';

/**
 * When dnf 4 upgraded packages, from dnf.rpm.log and its rotated parts: lines such as
 * `2026-11-01T02:10:03+0100 SUBDEBUG Upgrade: bash-5.2-1.x86_64`, so that they are told in UTC here.
 */
export async function readDnfHistory(
  host: Host,
  generation: 4 | 5,
  settings: UpdatesSettings,
): Promise<Reading<History>> {
  if (generation === 5)
    return unreadable('unsupported', 'the log of dnf 5', 'it does not tell upgrades in a form that is documented');
  const parts = await readLogParts(host, '/var/log', 'dnf.rpm.log');
  if (parts.state === 'unreadable') return parts;
  const moments: string[] = [];
  let oldest: string | undefined;
  for (const { path, text } of parts.value) {
    for (const line of text.split('\n')) {
      const [, time, , what = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d{4})) \S+ (\S+)/.exec(line) ?? [];
      // An error may run over several lines, of which the first has the time.
      if (time === undefined) continue;
      const date = new Date(time.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
      if (Number.isNaN(date.getTime())) return unreadable('unparsable', path, 'a line has an impossible time');
      const moment = date.toISOString().slice(0, 19);
      if (oldest === undefined || moment < oldest) oldest = moment;
      if (what === 'Upgrade:') moments.push(moment);
    }
  }
  if (oldest === undefined) return unreadable('unparsable', '/var/log/dnf.rpm.log', 'it has no line with a time');
  return read(historyOf({ oldest, upgrades: beginningsOf(moments.sort()) }, 'Etc/UTC', settings));
}
