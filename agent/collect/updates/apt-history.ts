import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import type { History } from '../../../policies/checks/updates/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { runTool } from './command.ts';

const folder = '/var/log/apt';
const maximumSize = 32 * 2 ** 20;
const maximumFiles = 60;
const maximumUpgrades = 1000;

interface Entry {
  /** Local time of the host. */
  readonly start: string;
  readonly upgrades: boolean;
}

/** When packages were upgraded: apt's history log and its rotated parts, plain or gzip. */
export async function readHistory(host: Host, signal: AbortSignal): Promise<Reading<History>> {
  const names = await host.list(folder);
  if (names.state === 'unreadable') return names;
  const logs = names.value.filter((name) => /^history\.log([.-]\d+)?(\.gz)?$/.test(name));
  if (logs.length === 0) return unreadable('missing', `${folder}/history.log`);
  if (logs.length > maximumFiles) return unreadable('too-large', folder);
  const entries: Entry[] = [];
  for (const name of logs) {
    const text = await readLog(host, `${folder}/${name}`);
    if (text.state === 'unreadable') return text;
    const parsed = parseEntries(text.value, `${folder}/${name}`);
    if (parsed.state === 'unreadable') return parsed;
    entries.push(...parsed.value);
  }
  const [oldest] = entries.map(({ start }) => start).sort();
  if (oldest === undefined) return unreadable('unparsable', `${folder}/history.log`, 'it has no entry');
  const timeZone = await readTimeZone(host, signal);
  if (timeZone.state === 'unreadable') return timeZone;
  const upgrades = entries.flatMap(({ start, upgrades }) => (upgrades ? [start] : [])).sort();
  const kept = upgrades.slice(-maximumUpgrades);
  // Where upgrades are left out, the facts reach back no further than those that are kept.
  const reachesBackTo = kept.length < upgrades.length ? (kept[0] ?? oldest) : oldest;
  return read({ timeZone: timeZone.value, reachesBackTo, upgrades: kept });
}

async function readLog(host: Host, path: string): Promise<Reading<string>> {
  if (!path.endsWith('.gz')) return host.readText(path, { maximumSize });
  const bytes = await host.readBytes(path, { maximumSize });
  if (bytes.state === 'unreadable') return bytes;
  try {
    const plain = await promisify(gunzip)(bytes.value, { maxOutputLength: maximumSize });
    return read(plain.toString());
  } catch (error) {
    return unreadable('unparsable', path, error instanceof Error ? error.message : String(error));
  }
}

/** Paragraphs that begin with `Start-Date: 2026-11-01  02:10:00` and have an `Upgrade:` line where packages were upgraded. */
function parseEntries(text: string, path: string): Reading<Entry[]> {
  const entries: Entry[] = [];
  for (const paragraph of text.split(/\n{2,}/)) {
    if (paragraph.trim() === '') continue;
    const [, day, time] = /^Start-Date: (\d{4}-\d\d-\d\d) +(\d\d:\d\d:\d\d)$/m.exec(paragraph) ?? [];
    // The pattern lets 31 February through.
    if (day === undefined || time === undefined || !z.iso.date().safeParse(day).success) {
      return unreadable('unparsable', path, 'an entry has no Start-Date in the usual form');
    }
    entries.push({ start: `${day}T${time}`, upgrades: /^Upgrade: /m.test(paragraph) });
  }
  return read(entries);
}

/**
 * The zone of local time on this host. /etc/localtime is what the C library heeds (localtime(5)); /etc/timezone tells
 * the name where the former is a copy.
 */
async function readTimeZone(host: Host, signal: AbortSignal): Promise<Reading<string>> {
  const target = await runTool(host, { file: 'readlink', args: ['-f', '/etc/localtime'] }, signal);
  const linked = target.state === 'read' ? /\/zoneinfo\/(\S+)/.exec(target.value.stdout)?.[1] : undefined;
  if (linked !== undefined) return read(linked);
  const text = await host.readText('/etc/timezone');
  if (text.state === 'unreadable')
    return unreadable('missing', 'the name of the time zone (/etc/localtime, /etc/timezone)');
  return read(text.value.trim().slice(0, 64));
}
