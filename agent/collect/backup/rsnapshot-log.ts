import { gunzipSync } from 'node:zlib';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';

/** A run of rsnapshot. Times are what the clock on the wall showed, as the milliseconds at which one on UTC does. */
export interface Run {
  readonly begin: number;
  /** When it ended, or by when another had taken its place. */
  readonly end: number;
  readonly outcome: 'good' | 'failed' | 'unfinished';
}

/** Bytes of one log, unpacked. */
const maximumSize = 16 * 2 ** 20;

/** Reads a log and what was rotated away of it (logrotate(8): `.1`, `.2.gz`, `-20261101.gz`), and tells the runs in it. */
export async function readRuns(host: Host, logfile: string): Promise<Reading<Run[]>> {
  const slash = logfile.lastIndexOf('/');
  const [folder, base] = [logfile.slice(0, slash) || '/', logfile.slice(slash + 1)];
  const names = await host.list(folder);
  if (names.state === 'unreadable') return names;
  let text = '';
  for (const name of oldestFirst(names.value, base)) {
    const part = await readLog(host, `${folder}/${name}`);
    // Rotation may have renamed it since the folder was listed: then runs are missing, and copies without one are unknown.
    if (part.state === 'unreadable' && part.obstacle.code === 'missing') continue;
    if (part.state === 'unreadable') return part;
    text += `${part.value}\n`;
  }
  return read(runsIn(text));
}

function oldestFirst(names: readonly string[], base: string): string[] {
  const found = names.flatMap((name) => {
    const [, number, date] = /^(?:\.(\d{1,4})|-(\d{8}))?(?:\.gz)?$/.exec(name.slice(base.length)) ?? [];
    if (!name.startsWith(base) || (name !== base && number === undefined && date === undefined)) return [];
    return [{ name, age: number === undefined ? -Number(date ?? 99_999_999) : Number(number) }];
  });
  return found.sort((a, b) => b.age - a.age).map(({ name }) => name);
}

async function readLog(host: Host, path: string): Promise<Reading<string>> {
  const bytes = await host.readBytes(path, { maximumSize });
  if (bytes.state === 'unreadable') return bytes;
  if (!path.endsWith('.gz')) return read(new TextDecoder().decode(bytes.value));
  try {
    return read(gunzipSync(bytes.value, { maxOutputLength: maximumSize }).toString());
  } catch (error) {
    return unreadable('unparsable', path, error instanceof Error ? error.message : undefined);
  }
}

interface Open {
  readonly command: string;
  readonly begin: number;
  hasTrouble: boolean;
}

/**
 * The runs that a log tells of, by their `started` and `completed` lines. A run with errors, or with warnings but the
 * one of files that vanished meanwhile, made no good copy: `Rolling back` puts the copy before in its place, and what
 * was transferred in part only is a warning too.
 */
export function runsIn(log: string): Run[] {
  const runs: Run[] = [];
  let open: Open[] = [];
  for (const { time, text } of linesOf(log)) {
    const started = /^(.*): started$/.exec(text)?.[1];
    const [, completed, how = ''] = /^(?:.*: ERROR: |WARNING: )?(.*): completed(.*)$/.exec(text) ?? [];
    const index = open.findLastIndex(({ command }) => command === completed);
    const ended = open[index];
    if (started !== undefined) {
      open.push({ command: started, begin: time, hasTrouble: false });
    } else if (/Lockfile .* can not continue/.test(text)) {
      // It found another at work, and gave up without a word about its end.
      open.pop();
    } else if (ended !== undefined) {
      // Only one works at a time: what began before and has not ended by now was killed.
      runs.push(...unfinished(open.slice(0, index), ended.begin));
      runs.push({ begin: ended.begin, end: time, outcome: isGood(how, ended) ? 'good' : 'failed' });
      open = open.slice(index + 1);
    } else if (isTrouble(text)) {
      for (const run of open) run.hasTrouble = true;
    }
  }
  return [...runs, ...unfinished(open, Infinity)];
}

function linesOf(log: string): { time: number; text: string }[] {
  return log.split('\n').flatMap((line) => {
    const [, moment = '', text = ''] = /^\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\] (.*)$/.exec(line) ?? [];
    const time = Date.parse(`${moment}Z`);
    return Number.isNaN(time) ? [] : [{ time, text }];
  });
}

function isGood(how: string, { hasTrouble }: Open): boolean {
  return !hasTrouble && [' successfully', ', but with some warnings'].includes(how);
}

function isTrouble(text: string): boolean {
  if (/(^|: )ERROR: /.test(text)) return true;
  return /(^|: )WARNING: /.test(text) && !text.includes('vanished during rsync operation');
}

function unfinished(open: readonly Open[], until: number): Run[] {
  return open.map(({ begin }, index) => ({ begin, end: open[index + 1]?.begin ?? until, outcome: 'unfinished' }));
}
