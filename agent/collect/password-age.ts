import { z } from 'zod';
import {
  passwordAge,
  type Account,
  type Departure,
  type PasswordAgeFacts,
  type SystemPasswords,
} from '../../policies/checks/password-age.ts';
import { read, unreadable, type Reading } from '../../policies/reading.ts';
import type { Host } from '../host/host.ts';
import { defineCollector, type CollectContext } from './collector.ts';
import { rosterSettings } from './roster.ts';

const Settings = z.object(rosterSettings);

/** Reads /etc/passwd, /etc/shadow and /etc/nsswitch.conf. Hashes are looked at here and go nowhere. */
export const passwordAgeCollector = defineCollector({
  kind: passwordAge.name,
  settings: Settings,
  parameters: passwordAge.parameters,
  async collect(context, settings): Promise<PasswordAgeFacts> {
    return {
      system: await readSystemPasswords(context),
      departures:
        settings.roster?.departures
          ?.map(({ on, accounts }): Departure => ({
            on,
            accounts: accounts?.map((name) => context.pseudonym(name)).sort() ?? 'all',
          }))
          .sort((a, b) => compareText(JSON.stringify(a), JSON.stringify(b))) ?? null,
    };
  },
});

async function readSystemPasswords(context: CollectContext): Promise<Reading<SystemPasswords>> {
  const { host } = context;
  const [passwd, shadow] = await Promise.all([host.readText('/etc/passwd'), host.readText('/etc/shadow')]);
  if (passwd.state === 'unreadable') return passwd;
  if (shadow.state === 'unreadable') return shadow;
  const users = parseLines(passwd.value, parseUser);
  const shadows = parseLines(shadow.value, parseShadow);
  if (users.entries.length === 0) return unreadable('unparsable', '/etc/passwd', 'it holds no account');
  if (shadows.entries.length === 0) return unreadable('unparsable', '/etc/shadow', 'it holds no account');

  const shadowOf = firstByName(shadows.entries);
  const accounts: Account[] = [];
  for (const user of firstByName(users.entries).values()) {
    // A line that could not be understood is told as such; that the account has none would be untrue.
    if (user.field === 'x' && shadows.malformedNames.has(user.name)) continue;
    accounts.push(await describeAccount(context, user, shadowOf.get(user.name)));
  }
  return read({
    accounts: accounts.sort((a, b) => a.uid - b.uid || compareText(a.account, b.account)),
    malformed: [
      ...users.malformed.map((line) => ({ file: '/etc/passwd' as const, line })),
      ...shadows.malformed.map((line) => ({ file: '/etc/shadow' as const, line })),
    ].slice(0, 100),
    directories: await readDirectories(host),
  });
}

interface User {
  readonly name: string;
  readonly field: string;
  readonly uid: number;
  readonly home: string;
  readonly shell: string;
}

interface Shadow {
  readonly name: string;
  readonly field: string;
  readonly changed: string | null;
  readonly expires: string | null;
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

async function describeAccount(context: CollectContext, user: User, shadow: Shadow | undefined): Promise<Account> {
  // Any other field than `x` counts instead of the shadow line, and no day belongs to it (passwd(5)).
  const source = user.field === 'x' ? shadow : { field: user.field, changed: null };
  return {
    account: context.pseudonym(user.name),
    uid: user.uid,
    shell: /(^|\/)(nologin|false)$/.test(user.shell) ? 'nologin' : 'login',
    password: source === undefined ? { state: 'elsewhere' } : await describePassword(context.host, user.home, source),
    expires: shadow?.expires ?? null,
  };
}

async function describePassword(
  host: Host,
  home: string,
  { field, changed }: Pick<Shadow, 'field' | 'changed'>,
): Promise<Account['password']> {
  if (field === '') return { state: 'empty' };
  const behindLock = field.replace(/^!+/, '');
  if (behindLock === '' || behindLock.startsWith('*')) return { state: 'none', keys: await readKeys(host, home) };
  if (behindLock !== field) return { state: 'locked', keys: await readKeys(host, home) };
  return { state: 'set', changed: changed === '1970-01-01' ? 'must-change' : changed };
}

/** Whether one of sshd's default key files holds anything. An obstacle names no path: that would tell the account. */
async function readKeys(host: Host, home: string): Promise<Reading<boolean>> {
  for (const name of ['authorized_keys', 'authorized_keys2']) {
    const status = await host.status(`${home}/.ssh/${name}`);
    if (status.state === 'read') {
      if (status.value.size > 0) return read(true);
    } else if (status.obstacle.code !== 'missing') {
      return unreadable(status.obstacle.code, `~/.ssh/${name}`);
    }
  }
  return read(false);
}

/** Services of nsswitch.conf(5) that know accounts beyond this host's files; without the file glibc asks the files alone. */
async function readDirectories(host: Host): Promise<SystemPasswords['directories']> {
  const text = await host.readText('/etc/nsswitch.conf');
  if (text.state === 'unreadable') return text.obstacle.code === 'missing' ? read([]) : text;
  const services = new Set<string>();
  for (const line of text.value.split('\n')) {
    const [, list] = /^\s*(?:passwd|shadow)\s*:([^#]*)/.exec(line) ?? [];
    // Square brackets hold what to do after an answer, not a service.
    for (const word of (list ?? '').replace(/\[[^\]]*\]/g, ' ').split(/\s+/)) {
      // `systemd` makes up users for running services; they have no password.
      if (word !== '' && !['files', 'compat', 'systemd'].includes(word)) services.add(word.slice(0, 64));
    }
  }
  return read([...services].sort().slice(0, 32));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
