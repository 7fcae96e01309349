import type { Account, SystemPasswords } from '../../../policies/checks/password-age/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';

/** A line of /etc/passwd. */
export interface User {
  readonly name: string;
  readonly field: string;
  readonly uid: number;
  readonly home: string;
  readonly shell: string;
}

/** A line of /etc/shadow. */
export interface Shadow {
  readonly name: string;
  readonly field: string;
  readonly changed: string | null;
  readonly expires: string | null;
}

export interface SystemAccounts {
  readonly users: readonly { readonly user: User; readonly shadow: Shadow | undefined }[];
  readonly malformed: SystemPasswords['malformed'];
}

export function shellOf({ shell }: User): Account['shell'] {
  return /(^|\/)(nologin|false)$/.test(shell) ? 'nologin' : 'login';
}

/** The accounts of the system's own files, with their lines of /etc/shadow. */
export async function readAccounts({ host }: Pick<CollectContext, 'host'>): Promise<Reading<SystemAccounts>> {
  const [passwd, shadow] = await Promise.all([host.readText('/etc/passwd'), host.readText('/etc/shadow')]);
  if (passwd.state === 'unreadable') return passwd;
  if (shadow.state === 'unreadable') return shadow;
  const users = parseLines(passwd.value, parseUser);
  const shadows = parseLines(shadow.value, parseShadow);
  if (users.entries.length === 0) return unreadable('unparsable', '/etc/passwd', 'it holds no account');
  if (shadows.entries.length === 0) return unreadable('unparsable', '/etc/shadow', 'it holds no account');
  const shadowOf = firstByName(shadows.entries);
  // A line that could not be understood is told as such; that the account has none would be untrue.
  const known = [...firstByName(users.entries).values()].filter(
    (user) => !(user.field === 'x' && shadows.malformedNames.has(user.name)),
  );
  return read({
    users: known.map((user) => ({ user, shadow: shadowOf.get(user.name) })),
    malformed: [
      ...users.malformed.map((line) => ({ file: '/etc/passwd' as const, line })),
      ...shadows.malformed.map((line) => ({ file: '/etc/shadow' as const, line })),
    ],
  });
}

/** passwd(5). A line that begins with + or - asks a directory (NIS compatibility) and is not an account. */
function parseUser(line: string): User | undefined {
  const fields = line.split(':');
  const [name, field, uid, , , home, shell] = fields;
  if (fields.length !== 7 || !name || /^[+-]/.test(name)) return undefined;
  if (field === undefined || home === undefined || shell === undefined || !/^\d{1,10}$/.test(uid ?? '')) {
    return undefined;
  }
  return { name, field, uid: Number(uid), home, shell };
}

/** shadow(5). Field 3 is the day of the last change, field 8 that on which the account ends; both count from 1970. */
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

function parseLines<T>(text: string, parse: (line: string) => T | undefined) {
  const entries: T[] = [];
  const malformed: number[] = [];
  const malformedNames = new Set<string>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const entry = parse(line);
    if (entry !== undefined) {
      entries.push(entry);
      continue;
    }
    malformed.push(index + 1);
    malformedNames.add(line.split(':')[0] ?? '');
  }
  return { entries, malformed, malformedNames };
}

/** Of two lines with one name the system heeds the first. */
function firstByName<T extends { readonly name: string }>(entries: readonly T[]): Map<string, T> {
  const byName = new Map<string, T>();
  for (const entry of entries) if (!byName.has(entry.name)) byName.set(entry.name, entry);
  return byName;
}
