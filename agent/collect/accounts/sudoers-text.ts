import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { SudoName, SudoRule, Sudoers } from './sudo-rules.ts';

/** sudo follows includes this deep (sudoers(5)). */
const maximumDepth = 128;
const maximumFiles = 1000;

/**
 * Reads sudoers(5) where cvtsudoers is not installed. It knows users, groups, hosts, aliases, run-as lists, tags and
 * commands; whatever else stands there makes the whole unreadable, as a rule that is misread is worse than none.
 */
export async function readSudoersText(host: Host, path: string): Promise<Reading<Sudoers>> {
  const lines: string[] = [];
  const obstacle = await linesInto(host, path, lines, 0, { left: maximumFiles });
  if (obstacle !== undefined) return obstacle;
  const aliases = new Map<string, string[]>();
  const specs: string[] = [];
  let hasFreeDefault = false;
  for (const line of lines) {
    if (/^Defaults\b/.test(line)) hasFreeDefault ||= /(^|[\s,])!\s*authenticate\b/.test(line);
    else if (!addAliases(line, aliases)) specs.push(line);
  }
  const rules = specs.map((spec) => rulesOf(spec, aliases));
  if (rules.some((found) => found === undefined)) {
    return unreadable('unsupported', path, 'a rule that only cvtsudoers understands; install it (package sudo)');
  }
  return read({ rules: rules.flatMap((found) => found ?? []), hasFreeDefault });
}

async function linesInto(
  host: Host,
  path: string,
  lines: string[],
  depth: number,
  files: { left: number },
): Promise<Reading<never> | undefined> {
  if (depth > maximumDepth || files.left-- <= 0) return unreadable('unparsable', '/etc/sudoers', 'too many includes');
  const text = await host.readText(path);
  if (text.state === 'unreadable') return text;
  for (const written of text.value.replace(/\\\n/g, ' ').split('\n')) {
    const [, kind, target = ''] = /^[@#](includedir|include)\s+"?([^"\s]+)"?\s*$/.exec(written.trim()) ?? [];
    // A number sign begins a comment but where a number follows (sudoers(5)).
    const line = written.replace(/(^|\s)#(?!\d).*$/, '').trim();
    if (kind === undefined) {
      if (line !== '') lines.push(line);
      continue;
    }
    const included = target.startsWith('/') ? target : `${path.slice(0, path.lastIndexOf('/'))}/${target}`;
    if (included.includes('%')) return unreadable('unsupported', '/etc/sudoers', 'a host name in an include');
    const paths = kind === 'include' ? read([included]) : await filesIn(host, included);
    if (paths.state === 'unreadable') return paths;
    for (const one of paths.value) {
      const obstacle = await linesInto(host, one, lines, depth + 1, files);
      if (obstacle !== undefined) return obstacle;
    }
  }
  return undefined;
}

/** Files of a folder but for those that end in `~` or hold a dot (sudoers(5)). A folder that is missing holds none. */
async function filesIn(host: Host, folder: string): Promise<Reading<string[]>> {
  const names = await host.list(folder);
  if (names.state === 'unreadable') return names.obstacle.code === 'missing' ? read([]) : names;
  return read(
    names.value.filter((name) => !name.endsWith('~') && !name.includes('.')).map((name) => `${folder}/${name}`),
  );
}

/** `User_Alias A = x, y : B = z`. False where the line is no alias. */
function addAliases(line: string, aliases: Map<string, string[]>): boolean {
  const [, kind, rest = ''] = /^(User|Runas|Host|Cmnd|Cmd)_Alias\s+(.*)$/.exec(line) ?? [];
  if (kind === undefined) return false;
  for (const [, name = '', list = ''] of ` : ${rest}`.matchAll(
    /\s:\s*([A-Z][A-Z0-9_]*)\s*=\s*(.*?)(?=\s:\s*[A-Z][A-Z0-9_]*\s*=|$)/g,
  )) {
    aliases.set(`${kind === 'Cmd' ? 'Cmnd' : kind} ${name}`, splitList(list));
  }
  return true;
}

function splitList(text: string): string[] {
  return text
    .split(/(?<!\\),/)
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** `users hosts = (run-as) TAG: commands`. Undefined for any other form. */
function rulesOf(line: string, aliases: ReadonlyMap<string, string[]>): SudoRule[] | undefined {
  const list = String.raw`!?\s*[^\s,=!:"()\\]+(?:\s*,\s*!?\s*[^\s,=!:"()\\]+)*`;
  const [, users, hosts, rest] = new RegExp(`^(${list})\\s+(${list})\\s*=\\s*(.*)$`).exec(line) ?? [];
  if (users === undefined || hosts === undefined || rest === undefined) return undefined;
  const found: SudoRule[] = [];
  let runAs: readonly SudoName[] = [];
  let runAsGroups: readonly SudoName[] = [];
  let authenticate: boolean | undefined;
  for (const word of rest.split(/(?<!\\),(?![^(]*\))/).map((one) => one.trim())) {
    const [, inside, after = ''] = /^(?:\(([^)]*)\)\s*)?(.*)$/s.exec(word) ?? [];
    if (inside !== undefined) {
      const [asUsers = '', asGroups = ''] = inside.split(':');
      [runAs, runAsGroups] = [namesOf('Runas', asUsers, aliases), groupsOf(namesOf('Runas', asGroups, aliases))];
    }
    const [, tags = '', command = ''] = /^((?:[A-Z_]+:\s*)*)(.*)$/s.exec(after) ?? [];
    if (/\bNOPASSWD:/.test(tags)) authenticate = false;
    if (/\bPASSWD:/.test(tags) && !/\bNOPASSWD:/.test(tags)) authenticate = true;
    const commands = commandsOf(command, aliases);
    if (commands === undefined) return undefined;
    const [who, where] = [namesOf('User', users, aliases), namesOf('Host', hosts, aliases)];
    found.push({ users: who, hosts: where, runAs, runAsGroups, commands, authenticate });
  }
  return found;
}

/** After the colon of a run-as list stand groups. */
function groupsOf(names: readonly SudoName[]): SudoName[] {
  return names.map((name) => (name.kind === 'name' ? { ...name, kind: 'group' } : name));
}

function namesOf(kind: string, text: string, aliases: ReadonlyMap<string, string[]>, depth = 0): SudoName[] {
  return splitList(text).flatMap((written): SudoName[] => {
    const negated = written.startsWith('!');
    const name = written.replace(/^!\s*/, '');
    const alias = depth < 16 ? aliases.get(`${kind} ${name}`) : undefined;
    if (alias !== undefined) {
      const members = namesOf(kind, alias.join(','), aliases, depth + 1);
      return members.map((member) => ({ ...member, negated: member.negated !== negated }));
    }
    if (name === 'ALL') return [{ kind: 'all', text: name, negated }];
    if (/^#\d+$/.test(name)) return [{ kind: 'id', text: name.slice(1), negated }];
    if (/^%#\d+$/.test(name)) return [{ kind: 'gid', text: name.slice(2), negated }];
    if (/^%[^:#]/.test(name)) return [{ kind: 'group', text: name.slice(1), negated }];
    const isPlain = /^[A-Za-z0-9_.-]+\$?$/.test(name) && !(kind === 'Host' && /^[\d.]+$/.test(name));
    return [{ kind: isPlain ? 'name' : 'other', text: name, negated }];
  });
}

/** Undefined for digests, options and whatever begins like none of the forms that are known. */
function commandsOf(text: string, aliases: ReadonlyMap<string, string[]>, depth = 0): SudoRule['commands'] | undefined {
  const negated = text.startsWith('!');
  const command = text.replace(/^!\s*/, '');
  const alias = depth < 16 ? aliases.get(`Cmnd ${command}`) : undefined;
  if (alias !== undefined) {
    const members = alias.map((member) => commandsOf(member, aliases, depth + 1));
    if (members.some((member) => member === undefined)) return undefined;
    return members.flatMap((member) => member ?? []).map((one) => ({ ...one, negated: one.negated !== negated }));
  }
  const isKnown = command === 'ALL' || /^(\/|sudoedit(\s|$)|list$)/.test(command);
  // Another host's rules may follow behind a colon.
  return isKnown && !/(?<!\\)\s:\s/.test(command) ? [{ text: command, negated }] : undefined;
}
