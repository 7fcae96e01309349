import type { Rule } from '../../../policies/checks/audit-log/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';

/** Fields that say what a rule is about, or that do not narrow what it records. */
const plainFields = ['path', 'dir', 'perm', 'key', 'arch'];

/**
 * The rules that auditctl(8) -l lists, as the kernel has them: watches as `-w PATH -p PERMISSIONS`, the rest as
 * `-a ACTION,LIST -F FIELD=VALUE`. A line of another form makes the whole list unreadable: it might be an exception.
 */
export function parseRules(text: string): Reading<Rule[]> {
  const rules: Rule[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.trim() === 'No rules') continue;
    const rule = parseRule(line.trim());
    if (rule === undefined) return unreadable('unparsable', 'auditctl -l', line.slice(0, 120));
    rules.push(rule);
  }
  return rules.length > 2000 ? unreadable('too-large', 'auditctl -l') : read(rules);
}

function parseRule(line: string): Rule | undefined {
  const [, watched, permissions] = /^-w (.+) -p ([rwxa]+)(?: -k .*)?$/.exec(line) ?? [];
  if (watched !== undefined) {
    return { list: 'exit', action: 'always', path: trim(watched), permissions: order(permissions), narrowedBy: [] };
  }
  const [, first = '', second = ''] = /^-a ([a-z]+),([a-z]+)\b/.exec(line) ?? [];
  const action = [first, second].find((word) => word === 'always' || word === 'never');
  const list = [first, second].find((word) =>
    ['exit', 'task', 'user', 'exclude', 'filesystem', 'io_uring'].includes(word),
  );
  if ((action !== 'always' && action !== 'never') || list === undefined) return undefined;
  const fields = [...line.matchAll(/ -F ([a-z0-9_]+)(?:!=|>=|<=|&=|[=<>&])(.*?)(?= -[FSCk] |$)/g)];
  const value = (name: string): string | undefined => fields.find(([, field]) => field === name)?.[2];
  const path = value('path') ?? value('dir');
  const calls = / -S (\S+)/.exec(line)?.[1];
  // Without `perm` a rule about a path records every use of it, but only by the calls that it names.
  const all = path !== undefined && (calls === undefined || calls === 'all') ? 'rwxa' : null;
  const compared = line.includes(' -C ') ? ['-C'] : [];
  return {
    list: list === 'exit' || list === 'task' ? list : 'other',
    action,
    path: path === undefined ? null : trim(path),
    permissions: value('perm') === undefined ? all : order(value('perm')),
    narrowedBy: [...new Set([...fields.map(([, field = '']) => field), ...compared])]
      .filter((field) => !plainFields.includes(field))
      .sort()
      .slice(0, 64),
  };
}

function trim(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}

function order(permissions = ''): string {
  return ['r', 'w', 'x', 'a'].filter((one) => permissions.includes(one)).join('');
}
