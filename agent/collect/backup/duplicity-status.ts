import { z } from 'zod';
import { read, unreadable, type Reading, type Unreadable } from '../../../policies/reading.ts';
import type { CommandResult } from '../../host/host.ts';

/** One backup: what a full or an incremental run made. */
export interface DuplicitySet {
  readonly time: string;
  readonly kind: 'full' | 'incremental';
  readonly encrypted: boolean;
  /** The backup that it builds on is not there. */
  readonly orphaned: boolean;
}

const Moment = /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/;
const what = 'the output of duplicity collection-status';

/**
 * What `collection-status --log-fd 1` says in the form for programs (duplicity(1), "--log-fd"): stanzas of a line with
 * a word and a code, and lines of data; what follows with `. ` is for people. Times are UTC.
 */
export function parseStatus({ stdout }: Pick<CommandResult, 'stdout'>): Reading<DuplicitySet[]> {
  const lines = stdout.split('\n');
  const begin = lines.findLastIndex((line) => /^INFO 3\s*$/.test(line));
  if (begin < 0) return unreadable('unparsable', what, 'no collection status');
  const sets: DuplicitySet[] = [];
  let orphans: number | undefined;
  let isWhole = false;
  for (const line of lines.slice(begin + 1)) {
    if (line === '' || line.startsWith('. ')) break;
    const set = setIn(line);
    if (set !== undefined) sets.push(set);
    else if (line.startsWith('orphaned-sets-num ')) orphans = Number(line.slice('orphaned-sets-num '.length));
    else if (/^incomplete-sets-num \d+$/.test(line)) isWhole = true;
    else if (!/^(backend |archive-dir |chain-complete$|chain-no-sig \d+$)/.test(line)) return notUnderstood(line);
  }
  if (orphans === undefined || !isWhole) return unreadable('unparsable', what, 'it breaks off');
  const orphaned = orphansIn(lines);
  if (orphaned.length !== orphans) {
    return unreadable('unparsable', what, `${orphans} orphaned sets, of which it names ${orphaned.length}`);
  }
  return read([...sets, ...orphaned].sort((a, b) => (a.time < b.time ? -1 : 1)));
}

/** ` full 20261101T020000Z 12 enc`: kind, moment, volumes, and whether they are encrypted. */
function setIn(line: string): DuplicitySet | undefined {
  const match = /^ (full|inc) (\d{8}T\d{6}Z) \d+ (enc|noenc)$/.exec(line);
  const time = momentOf(match?.[2] ?? '');
  if (match === null || time === undefined) return undefined;
  const kind = match[1] === 'full' ? 'full' : 'incremental';
  return { time, kind, encrypted: match[3] === 'enc', orphaned: false };
}

/** Backups that fit nowhere are counted in the status; a warning names their files, one backup a line. */
function orphansIn(lines: readonly string[]): DuplicitySet[] {
  const begin = lines.findIndex((line) => /^WARNING 6\s*$/.test(line));
  if (begin < 0) return [];
  const sets: DuplicitySet[] = [];
  for (const line of lines.slice(begin + 1)) {
    if (!line.startsWith('. ')) break;
    const name = /inc\.\d{8}T\d{6}Z\.to\.(\d{8}T\d{6}Z)\.[^,\]]*/.exec(line);
    const time = momentOf(name?.[1] ?? '');
    if (name === null || time === undefined) continue;
    sets.push({ time, kind: 'incremental', encrypted: /\.(gpg|g)$/.test(name[0]), orphaned: true });
  }
  return sets;
}

function momentOf(text: string): string | undefined {
  const time = text.replace(Moment, '$1-$2-$3T$4:$5:$6.000Z');
  return z.iso.datetime().safeParse(time).success ? time : undefined;
}

function notUnderstood(line: string): Unreadable {
  return unreadable('unparsable', what, line.slice(0, 200));
}

/**
 * What an answer says went wrong: an `ERROR` stanza, or an exit code. Warnings of a second attempt are none.
 * @param place what was to be read
 */
export function failureOf({ exitCode, stdout, stderr }: CommandResult, place: string): Unreadable | undefined {
  const error = /^ERROR \d+.*\n(?:\. .*\n?)*/m.exec(stdout)?.[0];
  if (exitCode === 0 && error === undefined) return undefined;
  const said = (error ?? stderr).replace(/^\. /gm, '').replace(/\s+/g, ' ').trim();
  if (/permission ?denied|PermissionError/i.test(said)) return unreadable('denied', place);
  return unreadable('command-failed', 'duplicity collection-status', said === '' ? `exit code ${exitCode}` : said);
}
