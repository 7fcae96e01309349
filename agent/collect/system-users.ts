import { read, type Reading } from '../../policies/reading.ts';
import { isNumber, parseLines, readPasswd, type User } from './account-files.ts';
import type { CollectContext } from './collector.ts';

export type { User };

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

async function readFiles(context: CollectContext): Promise<Reading<SystemUsers>> {
  const { host } = context;
  const [users, group, nsswitch] = await Promise.all([
    readPasswd(context),
    host.readText('/etc/group'),
    host.readText('/etc/nsswitch.conf'),
  ]);
  if (users.state === 'unreadable') return users;
  if (group.state === 'unreadable') return group;
  const groups = parseLines(group.value, parseGroup);
  return read({
    users: users.value.entries,
    groups: groups.entries,
    malformed: [
      ...users.value.malformed.map((line) => ({ file: '/etc/passwd' as const, line })),
      ...groups.malformed.map((line) => ({ file: '/etc/group' as const, line })),
    ],
    directories: parseDirectories(nsswitch),
  });
}

/** The groups of a user by name: that of /etc/passwd, and those that list it. */
export function groupsOf(user: User, groups: readonly Group[]): string[] {
  return groups.filter(({ gid, members }) => gid === user.gid || members.includes(user.name)).map(({ name }) => name);
}

function parseGroup(line: string): Group | undefined {
  const fields = line.split(':');
  const [name, , gid, members] = fields;
  if (fields.length !== 4 || !name || /^[+-]/.test(name) || members === undefined || !isNumber(gid)) return undefined;
  return { name, gid: Number(gid), members: members.split(',').filter((member) => member !== '') };
}

function parseDirectories(nsswitch: Reading<string>): SystemUsers['directories'] {
  const users = nameServices(nsswitch, ['passwd', 'group']);
  if (users.state === 'unreadable') return users;
  const sudoers = nameServices(nsswitch, ['sudoers']);
  return sudoers.state === 'unreadable' ? sudoers : read({ users: users.value, sudoers: sudoers.value });
}

/**
 * Services of nsswitch.conf(5) that know entries of these databases beyond this host's files; without the file glibc asks the files
 * alone.
 */
export function nameServices(nsswitch: Reading<string>, databases: readonly string[]): Reading<string[]> {
  if (nsswitch.state === 'unreadable') return nsswitch.obstacle.code === 'missing' ? read([]) : nsswitch;
  const found = new Set<string>();
  const lines = new RegExp(`^\\s*(?:${databases.join('|')})\\s*:([^#\\n]*)`, 'gm');
  for (const [, list = ''] of nsswitch.value.matchAll(lines)) {
    // Square brackets hold what to do after an answer, not a service.
    for (const word of list.replace(/\[[^\]]*\]/g, ' ').split(/\s+/)) {
      // `systemd` makes up users for running services; nobody logs in as one.
      if (word !== '' && !['files', 'compat', 'systemd'].includes(word)) found.add(word.slice(0, 64));
    }
  }
  return read([...found].sort().slice(0, 32));
}
