import type { Log, LogRetentionFacts } from '../../../policies/checks/log-retention/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { globPattern } from '../discovery/glob.ts';
import { rememberOnce } from '../once.ts';
import { readTimeZone } from '../updates/time-zone.ts';
import { readLogrotate, type RotatedLogs } from './logrotate.ts';
import { baseName, readFirst } from './pieces.ts';

export interface WantedLog {
  readonly log: string;
  /** Patterns of the files that are written now (glob(7)), from the root. */
  readonly files: readonly string[];
}

/** What servers usually write, by the names that controls may ask for. */
export const usualLogs: readonly WantedLog[] = [
  { log: 'syslog', files: ['/var/log/syslog', '/var/log/messages'] },
  { log: 'auth', files: ['/var/log/auth.log', '/var/log/secure'] },
  { log: 'mail', files: ['/var/log/mail.log', '/var/log/maillog'] },
  { log: 'web', files: ['/var/log/nginx/*.log', '/var/log/apache2/*.log', '/var/log/httpd/*_log'] },
  {
    log: 'database',
    files: ['/var/log/mysql/*.log', '/var/log/mariadb/*.log', '/var/log/postgresql/*.log'],
  },
];

const maximumLogs = 1000;
const maximumPieces = 400;
/** Pieces read in a run, at some 0.3 ms of processor time each. */
const maximumReads = 6000;

/** The names in a folder, by the log that each is a piece of. */
type ByLog = ReadonlyMap<string, readonly string[]>;

/** Lists each folder once: one with a thousand logs has tens of thousands of pieces. */
function listing(host: Host): (folder: string) => Promise<Reading<ByLog>> {
  const once = rememberOnce();
  return (folder) =>
    once(folder, async () => {
      const names = await host.list(folder === '' ? '/' : folder);
      return names.state === 'unreadable' ? names : read(Map.groupBy(names.value, baseName));
    });
}
type List = ReturnType<typeof listing>;

interface Found {
  readonly log: string;
  readonly file: string;
  readonly rotated: RotatedLogs | undefined;
}

/** The first record of every piece of every log that is wanted, with what logrotate is told about it. */
export async function readLogs(
  context: CollectContext,
  wanted: readonly WantedLog[],
): Promise<LogRetentionFacts['logs']> {
  const { host, signal } = context;
  const zone = await readTimeZone(host, signal);
  if (zone.state === 'unreadable') return zone;
  const rotating = await readLogrotate(host);
  const rotated = rotating.state === 'read' ? rotating.value : [];
  // Without logrotate nobody is told anything; another obstacle may hide what it is told.
  const isWithout = rotating.state === 'unreadable' && rotating.obstacle.code === 'missing';
  const list = listing(host);
  const found = await findLogs(list, wanted, rotated);
  if (found.state === 'unreadable') return found;

  const logs: Log[] = [];
  let reads = 0;
  for (const { log, file, rotated: own } of found.value) {
    const pieces = await piecesOf(list, file, own?.olddir);
    if (pieces.state === 'read') reads += pieces.value.length;
    const firsts = reads > maximumReads ? unreadable('too-large', file) : await firstsOf(context, pieces, zone.value);
    logs.push({
      log,
      file,
      firsts,
      pieces: pieces.state === 'read' ? pieces.value.length : 0,
      rotation: rotating.state === 'unreadable' && !isWithout ? rotating : read(own?.rotation ?? null),
    });
  }
  return read(logs);
}

async function findLogs(
  list: List,
  wanted: readonly WantedLog[],
  rotating: readonly RotatedLogs[],
): Promise<Reading<Found[]>> {
  const found = new Map<string, Found>();
  for (const { log, files } of wanted) {
    for (const pattern of files) {
      const expanded = await expand(list, pattern);
      if (expanded.state === 'unreadable') return expanded;
      for (const file of expanded.value) {
        const rotated = rotating.find(({ patterns }) => patterns.some((one) => one.test(file)));
        found.set(file, { log, file, rotated });
      }
    }
  }
  if (found.size > maximumLogs) return unreadable('too-large', 'the list of logs');
  const key = ({ log, file }: Found): string => `${log} ${file}`;
  return read([...found.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1)));
}

/** The files that fit a pattern, also those of which only rotated pieces are left. */
async function expand(list: List, pattern: string): Promise<Reading<string[]>> {
  let paths = [''];
  const parts = pattern.split('/').slice(1);
  for (const [index, part] of parts.entries()) {
    const fits = globPattern(part);
    const isLast = index === parts.length - 1;
    const next: string[] = [];
    for (const folder of paths) {
      if (!isLast && !/[*?[]/.test(part)) {
        next.push(`${folder}/${part}`);
        continue;
      }
      const names = await list(folder);
      if (names.state === 'unreadable' && !['missing', 'not-a-file'].includes(names.obstacle.code)) return names;
      const byLog: ByLog = names.state === 'read' ? names.value : new Map();
      const candidates = isLast ? [...byLog.keys()] : [...byLog.values()].flat().sort();
      next.push(...candidates.filter((name) => fits.test(name)).map((name) => `${folder}/${name}`));
    }
    paths = next;
  }
  return read(paths);
}

async function piecesOf(list: List, file: string, olddir: string | undefined): Promise<Reading<string[]>> {
  const folder = file.replace(/\/[^/]*$/, '');
  const base = file.slice(folder.length + 1);
  const elsewhere = olddir === undefined ? [] : [olddir.startsWith('/') ? olddir : `${folder}/${olddir}`];
  const pieces: string[] = [];
  for (const place of [folder, ...elsewhere]) {
    const names = await list(place);
    if (names.state === 'unreadable') {
      // Nothing was rotated yet.
      if (place !== folder && names.obstacle.code === 'missing') continue;
      return names;
    }
    pieces.push(...(names.value.get(base) ?? []).map((name) => `${place}/${name}`));
  }
  return pieces.length > maximumPieces ? unreadable('too-large', file) : read(pieces);
}

/**
 * A record without a year is not later than its piece was last written, nor than the first of any newer piece: pieces are
 * read from the newest on.
 */
async function firstsOf(
  { host, at, signal }: CollectContext,
  pieces: Reading<string[]>,
  zone: string,
): Promise<Log['firsts']> {
  if (pieces.state === 'unreadable') return pieces;
  const written: { path: string; modifiedAt: Date }[] = [];
  for (const path of pieces.value) {
    const status = await host.status(path);
    if (status.state === 'unreadable') return status;
    if (status.value.kind === 'file') written.push({ path, modifiedAt: status.value.modifiedAt });
  }
  written.sort((a, b) => b.modifiedAt.getTime() - a.modifiedAt.getTime() || (a.path < b.path ? -1 : 1));
  const day = 86_400_000;
  let before = at.getTime() + day;
  const firsts: string[] = [];
  for (const { path, modifiedAt } of written) {
    // Clocks and zones differ by less than a day.
    const bound = new Date(Math.min(before, modifiedAt.getTime() + day));
    const first = await readFirst(host, path, { zone, before: bound }, signal);
    if (first.state === 'unreadable') return first;
    if (first.value === null) continue;
    firsts.push(first.value.toISOString());
    before = Math.min(before, first.value.getTime() + day);
  }
  return read(firsts.sort());
}
