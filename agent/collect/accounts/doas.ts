import type { AccountsFacts, Grant, Who } from '../../../policies/checks/accounts/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { SystemUsers } from '../system-users.ts';
import type { Names } from './names.ts';
import { programOf } from './sudo.ts';

const doasFile = '/etc/doas.conf';

/**
 * Who may do what as root by doas (doas.conf(5)); null without its file, without which it lets nobody do anything. What a
 * later rule denies is heeded only where it denies the same ones everything.
 */
export async function readDoas(host: Host, { users }: SystemUsers, names: Names): Promise<AccountsFacts['doas']> {
  const text = await host.readText(doasFile);
  if (text.state === 'unreadable') return text.obstacle.code === 'missing' ? null : text;
  const roots = users.filter(({ uid }) => uid === 0).map(({ name }) => name);
  const grants: Grant[] = [];
  for (const line of text.value.replace(/\\\n/g, ' ').split('\n')) {
    const bare = line.replace(/(^|\s)#.*$/, '').trim();
    if (bare === '') continue;
    const rule = parseRule(bare);
    if (rule === undefined) return unreadable('unparsable', doasFile, 'a line is not of the form of doas.conf(5)');
    const who = whoOf(rule.identity, names);
    if (rule.action === 'deny') {
      if (rule.command === undefined && rule.target === undefined) removeFor(grants, who);
      continue;
    }
    if (rule.target !== undefined && rule.target !== '0' && !roots.includes(rule.target)) continue;
    const commands = rule.command === undefined ? ('all' as const) : [programOf(rule.command)];
    grants.push({ who: [who], except: [], commands, authenticate: !rule.options.includes('nopass') });
  }
  return read(grants);
}

interface Rule {
  readonly action: 'permit' | 'deny';
  readonly options: string;
  readonly identity: string;
  readonly target: string | undefined;
  readonly command: string | undefined;
}

/** `permit|deny [options] identity [as target] [cmd command [args ...]]` */
function parseRule(line: string): Rule | undefined {
  const form =
    /^(permit|deny)((?:\s+(?:nopass|nolog|persist|keepenv|setenv\s*\{[^}]*\}))*)\s+([^\s"]+)(?:\s+as\s+([^\s"]+))?(?:\s+cmd\s+([^\s"]+)(?:\s+args\b.*)?)?$/;
  const [, action, options = '', identity = '', target, command] = form.exec(line) ?? [];
  if (action !== 'permit' && action !== 'deny') return undefined;
  return { action, options, identity, target, command };
}

function whoOf(identity: string, names: Names): Who {
  if (!identity.startsWith(':')) return { kind: 'account', account: names.account(identity) };
  const group = identity.slice(1);
  return names.isElsewhere(group) ? { kind: 'elsewhere' } : { kind: 'group', group: names.group(group) };
}

function removeFor(grants: Grant[], who: Who): void {
  const same = JSON.stringify(who);
  const kept = grants.filter((grant) => JSON.stringify(grant.who[0]) !== same);
  grants.splice(0, grants.length, ...kept);
}
