import type { PamRule } from '../../policies/checks/pam-auth.ts';
import { read, unreadable, type Reading } from '../../policies/reading.ts';
import type { Host } from '../host/host.ts';

/** Where Linux-PAM looks for a service's file, in this order (pam.conf(5)). */
const folders = ['/etc/pam.d', '/usr/local/lib/pam.d', '/usr/lib/pam.d'];
const maximumDepth = 16;
const maximumRules = 256;

/** Options that are told; a value after `=` may be a name and is left out. */
const toldOptions = ['deny', 'group', 'nouserok', 'nullok', 'root_only', 'trust', 'use_uid'];

/**
 * The rules of one kind that a service asks, with what it includes, from pam.d(5). A service without a file of its own
 * asks `other`, as Linux-PAM does.
 */
export async function readPamStack(host: Host, service: string, type: 'auth' | 'account'): Promise<Reading<PamRule[]>> {
  const own = await readStack(host, service, type, 0);
  const isMissing = own.state === 'unreadable' && own.obstacle.code === 'missing';
  return isMissing ? readStack(host, 'other', type, 0) : own;
}

async function readStack(host: Host, service: string, type: string, depth: number): Promise<Reading<PamRule[]>> {
  const text = await readService(host, service);
  if (text.state === 'unreadable') return text;
  const what = `/etc/pam.d/${service}`;
  if (depth > maximumDepth) return unreadable('unparsable', what, 'it includes itself');
  const rules: PamRule[] = [];
  for (const line of logicalLines(text.value)) {
    const [, included] = /^@include\s+(\S+)$/.exec(line) ?? [];
    if (included !== undefined) {
      const inner = await readStack(host, included, type, depth + 1);
      if (inner.state === 'unreadable') return inner;
      rules.push(...inner.value);
      continue;
    }
    const rule = parseRule(line);
    if (rule === undefined) return unreadable('unparsable', what, 'a line is not of the form of pam.d(5)');
    if (rule.type !== type) continue;
    if (rule.control !== 'include' && rule.control !== 'substack') {
      const { control, module, options } = rule;
      rules.push({ control, module, options });
      continue;
    }
    const inner = await readStack(host, rule.path, type, depth + 1);
    if (inner.state === 'unreadable') return inner;
    if (rule.control === 'include') rules.push(...inner.value);
    else rules.push({ control: 'substack', module: rule.module, options: [], stack: inner.value });
  }
  return rules.length > maximumRules ? unreadable('too-large', what) : read(rules);
}

async function readService(host: Host, service: string): Promise<Reading<string>> {
  if (service.startsWith('/')) return host.readText(service);
  for (const folder of folders) {
    const text = await host.readText(`${folder}/${service}`);
    if (text.state === 'read' || text.obstacle.code !== 'missing') return text;
  }
  return unreadable('missing', `/etc/pam.d/${service}`);
}

/** Lines without comments; one that ends in a backslash goes on in the next. */
function logicalLines(text: string): string[] {
  return text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** `type control module arguments`; a hyphen before the type only keeps the log quiet where the module is missing. */
function parseRule(line: string) {
  const [, type = '', control = '', path = '', rest = ''] =
    /^-?(\w+)\s+(\[[^\]]*\]|\w+)\s+(\S+)\s*(.*)$/.exec(line) ?? [];
  if (!['auth', 'account', 'password', 'session'].includes(type.toLowerCase())) return undefined;
  const words = rest.split(/\s+/).map((word) => word.split('=')[0] ?? '');
  const options = [...new Set(words.filter((word) => toldOptions.includes(word)))].sort();
  const module = (path.split('/').at(-1) ?? '').replace(/\.so$/, '').slice(0, 128);
  return { type: type.toLowerCase(), control: control.toLowerCase().slice(0, 512), module, options, path };
}
