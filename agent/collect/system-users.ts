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

/** A line of /etc/group (group(5)). */
export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

export interface SystemUsers {
  /** In the order of the file; of two lines with one name the first, as the system heeds it. */
  readonly users: readonly User[];
  readonly groups: readonly Group[];
  /** Lines that are not of their manual page's form, counted from 1. */
  readonly malformed: readonly { readonly file: '/etc/passwd' | '/etc/group'; readonly line: number }[];
  /** What nsswitch.conf asks for users, groups and sudo rules besides this host's files. */
  readonly directories: Reading<{ readonly users: readonly string[]; readonly sudoers: readonly string[] }>;
}

/** The users and groups that this host's own files name; read once a run. */
export function readSystemUsers(context: CollectContext): Promise<Reading<SystemUsers>> {
  return context.once('system-users', () => readFiles(context));
}

async function readFiles({ host }: CollectContext): Promise<Reading<SystemUsers>> {
  const [passwd, group, nsswitch] = await Promise.all(
    ['/etc/passwd', '/etc/group', '/etc/nsswitch.conf'].map((path) => host.readText(path)),
  );
  if (passwd?.state !== 'read') return passwd ?? unreadable('missing', '/etc/passwd');
  if (group?.state !== 'read') return group ?? unreadable('missing', '/etc/group');
  const users = parseLines(passwd.value, parseUser);
  const groups = parseLines(group.value, parseGroup);
  if (users.entries.length === 0) return unreadable('unparsable', '/etc/passwd', 'it holds no account');
  return read({
    users: firstByName(users.entries),
    groups: firstByName(groups.entries),
    malformed: [
      ...users.malformed.map((line) => ({ file: '/etc/passwd' as const, line })),
      ...groups.malformed.map((line) => ({ file: '/etc/group' as const, line })),
    ],
    directories: nsswitch === undefined ? unreadable('missing', '/etc/nsswitch.conf') : parseDirectories(nsswitch),
  });
}

/** The groups of a user by name: that of /etc/passwd, and those that list it. */
export function groupsOf(user: User, groups: readonly Group[]): string[] {
  return groups.filter(({ gid, members }) => gid === user.gid || members.includes(user.name)).map(({ name }) => name);
}

function parseLines<T>(text: string, parse: (line: string) => T | undefined): { entries: T[]; malformed: number[] } {
  const entries: T[] = [];
  const malformed: number[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const entry = parse(line);
    if (entry === undefined) malformed.push(index + 1);
    else entries.push(entry);
  }
  return { entries, malformed };
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

function parseGroup(line: string): Group | undefined {
  const fields = line.split(':');
  const [name, , gid, members] = fields;
  if (fields.length !== 4 || !name || /^[+-]/.test(name) || members === undefined || !isNumber(gid)) return undefined;
  return { name, gid: Number(gid), members: members.split(',').filter((member) => member !== '') };
}

function isNumber(text: string | undefined): boolean {
  return /^\d{1,10}$/.test(text ?? '');
}

function firstByName<T extends { readonly name: string }>(entries: readonly T[]): T[] {
  const byName = new Map<string, T>();
  for (const entry of entries) if (!byName.has(entry.name)) byName.set(entry.name, entry);
  return [...byName.values()];
}

/** Without nsswitch.conf(5) glibc asks the files alone. */
function parseDirectories(nsswitch: Reading<string>): SystemUsers['directories'] {
  if (nsswitch.state === 'unreadable' && nsswitch.obstacle.code !== 'missing') return nsswitch;
  const text = nsswitch.state === 'read' ? nsswitch.value : '';
  return read({ users: servicesFor(text, 'passwd|group'), sudoers: servicesFor(text, 'sudoers') });
}

function servicesFor(text: string, databases: string): string[] {
  const found = new Set<string>();
  for (const [, list = ''] of text.matchAll(new RegExp(`^\\s*(?:${databases})\\s*:([^#\\n]*)`, 'gm'))) {
    // Square brackets hold what to do after an answer, not a service.
    for (const word of list.replace(/\[[^\]]*\]/g, ' ').split(/\s+/)) {
      // `systemd` makes up users for running services; nobody logs in as one.
      if (word !== '' && !['files', 'compat', 'systemd'].includes(word)) found.add(word.slice(0, 64));
    }
  }
  return [...found].sort().slice(0, 32);
}
