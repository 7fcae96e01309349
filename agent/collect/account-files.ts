import { read, unreadable, type Reading } from '../../policies/reading.ts';
import type { CollectContext } from './collector.ts';

/** A line of /etc/passwd (passwd(5)). */
export interface User {
  readonly name: string;
  /** `x` where the password stands in /etc/shadow. */
  readonly field: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** A line of /etc/shadow (shadow(5)). Its days are ISO 8601. */
export interface Shadow {
  readonly name: string;
  readonly field: string;
  readonly changed: string | null;
  readonly expires: string | null;
}

/** What a file of accounts holds. */
export interface Lines<T> {
  /** In the order of the file; of two lines with one name the first, as the system heeds it. */
  readonly entries: readonly T[];
  /** Lines that are not of their manual page's form, counted from 1. */
  readonly malformed: readonly number[];
  /** What stands before the first colon of those. */
  readonly malformedNames: ReadonlySet<string>;
}

/** The lines of /etc/passwd, read once a run; a file without a single account is unreadable. */
export function readPasswd(context: CollectContext): Promise<Reading<Lines<User>>> {
  return context.once('passwd', () => readAccountFile(context, '/etc/passwd', parseUser));
}

/** The lines of /etc/shadow, as `readPasswd`. They hold hashes, which go no further than the ledger. */
export function readShadow(context: CollectContext): Promise<Reading<Lines<Shadow>>> {
  return context.once('shadow', () => readAccountFile(context, '/etc/shadow', parseShadow));
}

async function readAccountFile<T extends { readonly name: string }>(
  { host }: CollectContext,
  path: string,
  parse: (line: string) => T | undefined,
): Promise<Reading<Lines<T>>> {
  const text = await host.readText(path);
  if (text.state === 'unreadable') return text;
  const lines = parseLines(text.value, parse);
  return lines.entries.length === 0 ? unreadable('unparsable', path, 'it holds no account') : read(lines);
}

/** The entries of a file in which each stands on a line of its own. */
export function parseLines<T extends { readonly name: string }>(
  text: string,
  parse: (line: string) => T | undefined,
): Lines<T> {
  const entries = new Map<string, T>();
  const malformed: number[] = [];
  const malformedNames = new Set<string>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const entry = parse(line);
    if (entry === undefined) {
      malformed.push(index + 1);
      malformedNames.add(line.split(':')[0] ?? '');
    } else if (!entries.has(entry.name)) {
      entries.set(entry.name, entry);
    }
  }
  return { entries: [...entries.values()], malformed, malformedNames };
}

/** A line that begins with + or - asks a directory (NIS compatibility) and is no account. */
function parseUser(line: string): User | undefined {
  const fields = line.split(':');
  const [name, field, uid, gid, , home, shell] = fields;
  if (fields.length !== 7 || !name || /^[+-]/.test(name)) return undefined;
  if (field === undefined || home === undefined || shell === undefined) return undefined;
  if (!isNumber(uid) || !isNumber(gid)) return undefined;
  return { name, field, uid: Number(uid), gid: Number(gid), home, shell };
}

/** Field 3 is the day of the last change, field 8 that on which the account ends; both count from 1970. */
function parseShadow(line: string): Shadow | undefined {
  const fields = line.split(':');
  const [name, field, changed, , , , , expires] = fields;
  if (fields.length !== 9 || !name || field === undefined) return undefined;
  const changedDay = parseDay(changed);
  const expiresDay = parseDay(expires);
  if (changedDay === undefined || expiresDay === undefined) return undefined;
  return { name, field, changed: changedDay, expires: expiresDay };
}

/** Null where the field is empty or -1, which the shadow tools write for the same; undefined where it is no day at all. */
function parseDay(field: string | undefined): string | null | undefined {
  if (field === '' || field === '-1') return null;
  if (field === undefined || !/^\d{1,6}$/.test(field)) return undefined;
  return new Date(Number(field) * 86_400_000).toISOString().slice(0, 10);
}

/** Of users and groups, as the files write them. */
export function isNumber(text: string | undefined): boolean {
  return /^\d{1,10}$/.test(text ?? '');
}
