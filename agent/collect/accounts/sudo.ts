import type { AccountsFacts, Grant, Who } from '../../../policies/checks/accounts/facts.ts';
import { rootGroups } from '../../../policies/checks/accounts/root.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import type { SystemUsers } from '../system-users.ts';
import { parseCvtsudoers } from './cvtsudoers.ts';
import type { Names } from './names.ts';
import type { SudoName, SudoRule, Sudoers } from './sudo-rules.ts';
import { readSudoersText } from './sudoers-text.ts';

const sudoersFile = '/etc/sudoers';
const programs = ['/usr/bin/sudo', '/usr/local/bin/sudo'];

/** Who may do what as root by sudo; null where it is not installed. */
export async function readSudo(
  context: CollectContext,
  users: SystemUsers,
  names: Names,
): Promise<AccountsFacts['sudo']> {
  const statuses = await Promise.all(programs.map((path) => context.host.status(path)));
  if (statuses.every((status) => status.state === 'unreadable' && status.obstacle.code === 'missing')) return null;
  const sudoers = await readSudoers(context);
  if (sudoers.state === 'unreadable') {
    const { code, what, detail } = sudoers.obstacle;
    return unreadable(code, names.path(what), detail);
  }
  const { rules, hasFreeDefault } = sudoers.value;
  const here = rules.filter((rule) => mayHoldHere(rule, context.host.hostname) && runsAsRoot(rule, users));
  return read({
    grants: here.map((rule) => grantOf(rule, hasFreeDefault, names)),
    directories: users.directories.state === 'read' ? [...users.directories.value.sudoers] : [],
  });
}

async function readSudoers({ host, signal }: CollectContext): Promise<Reading<Sudoers>> {
  // cvtsudoers itself would say nothing useful of a file that it may not read.
  const own = await host.readText(sudoersFile);
  if (own.state === 'unreadable') return own;
  const args = ['-e', '-f', 'json', sudoersFile];
  const converted = await host.run({ file: 'cvtsudoers', args, timeout: 10 }, signal);
  if (converted.state === 'unreadable') {
    const isMissing = converted.obstacle.code === 'command-missing';
    return isMissing ? readSudoersText(host, sudoersFile) : converted;
  }
  const { exitCode, stdout, stderr } = converted.value;
  // It goes on behind a mistake, and behind a file that it cannot read, and leaves out what stood there. What it says
  // about that quotes the file.
  if (exitCode !== 0 || stderr.trim() !== '') {
    return unreadable(
      'command-failed',
      'cvtsudoers',
      'it found a mistake, or a file that it could not read; "visudo -c" names it',
    );
  }
  try {
    return read(parseCvtsudoers(stdout));
  } catch {
    return unreadable('unparsable', 'cvtsudoers', 'it printed another form of JSON');
  }
}

/** Left out are only rules that name other hosts, each by its plain name. */
function mayHoldHere({ hosts }: SudoRule, hostname: string): boolean {
  const own = [hostname.toLowerCase(), hostname.toLowerCase().split('.')[0]];
  return hosts.some(
    ({ kind, text, negated }) =>
      negated || kind !== 'name' || own.includes(text.toLowerCase()) || /[*?[]|^[\d.]+$/.test(text),
  );
}

/** Whether a rule lets somebody act as root; where that is unclear it does. */
function runsAsRoot({ runAs, runAsGroups }: SudoRule, { users }: SystemUsers): boolean {
  if (runAs.length === 0) {
    // With a group alone a command runs as whoever calls it.
    const isRootGroup = ({ kind, text }: SudoName): boolean =>
      kind !== 'group' || text === 'root' || rootGroups.includes(text);
    return runAsGroups.length === 0 || runAsGroups.some(isRootGroup);
  }
  const roots = users.filter(({ uid }) => uid === 0).map(({ name }) => name);
  return runAs.some(({ kind, text, negated }) => {
    if (negated) return false;
    if (kind === 'name') return roots.includes(text) || text === 'root';
    return kind === 'id' ? Number(text) === 0 : true;
  });
}

function grantOf({ users, commands, authenticate }: SudoRule, hasFreeDefault: boolean, names: Names): Grant {
  const allowed = commands.filter(({ negated }) => !negated).map(({ text }) => text);
  const isAll = allowed.some((text) => text === 'ALL' || isPattern(text));
  return {
    who: users.filter(({ negated }) => !negated).map((name) => whoOf(name, names)),
    except: users.filter(({ negated }) => negated).map((name) => whoOf(name, names)),
    commands: isAll ? 'all' : [...new Set(allowed.map(programOf))].sort(),
    authenticate: authenticate ?? !hasFreeDefault,
  };
}

/** A whole folder, a shell's pattern or a regular expression (sudoers(5)). */
function isPattern(command: string): boolean {
  const [program = ''] = command.split(/\s/);
  return program.endsWith('/') || program.startsWith('^') || /[*?[\]]/.test(program);
}

const systemFolders = /^\/(usr\/)?(local\/)?(s?bin|lib|libexec|lib64)\//;

/** The program of a command by its path; one that lies elsewhere is not named, as its path may tell an account. */
export function programOf(command: string): string {
  const [program = ''] = command.split(/\s/);
  return program === 'sudoedit' || systemFolders.test(program) ? program.slice(0, 256) : 'elsewhere';
}

function whoOf({ kind, text }: SudoName, names: Names): Who {
  switch (kind) {
    case 'all':
      return { kind: 'everyone' };
    case 'name':
      return { kind: 'account', account: names.account(text) };
    case 'id':
      return { kind: 'uid', uid: Number(text) };
    case 'group':
      return names.isElsewhere(text) ? { kind: 'elsewhere' } : { kind: 'group', group: names.group(text) };
    case 'gid': {
      const group = names.groupOf(Number(text));
      return group === undefined ? { kind: 'elsewhere' } : { kind: 'group', group };
    }
    case 'other':
      return { kind: 'elsewhere' };
  }
}
