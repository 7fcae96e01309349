import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { withoutComments, type Told } from './told.ts';

export interface RsyslogSettings {
  readonly destinations: Told[];
  /** Where its queues wait on disk. */
  readonly workDirectory: string;
}

/**
 * rsyslogd opens what it writes to by name, which a socket does not let it (and the agent reads from one), but a pipe
 * does. What it is given as `$1` is no part of the script.
 */
export const wholeConfiguration = '{ rsyslogd -N1 -f "$1" -o /dev/stdout; printf "\\n## ended with %s\\n" $?; } | cat';

/**
 * What rsyslogd's configuration says with all that it includes, as rsyslogd itself puts it together (-N1 only checks, -o
 * writes the whole of it). The running process cannot be asked what it read when it started.
 * @param words the running process's command line
 */
export async function readRsyslog(
  host: Host,
  words: readonly string[],
  signal: AbortSignal,
): Promise<Reading<RsyslogSettings>> {
  const at = words.indexOf('-f');
  const file = (at === -1 ? undefined : words[at + 1]) ?? '/etc/rsyslog.conf';
  const answer = await host.run({ file: 'sh', args: ['-c', wholeConfiguration, 'sh', file], timeout: 10 }, signal);
  if (answer.state === 'unreadable') return answer;
  const { stdout, stderr } = answer.value;
  const isWhole = stdout.startsWith('## full conf created') && /^## ended with 0$/m.test(stdout.slice(-40));
  if (!isWhole) return unreadable('command-failed', `rsyslogd -N1 -f ${file}`, stderr.trim().slice(0, 300));
  return parseRsyslog(stdout);
}

/** Both forms: selectors with `@@host:port`, and `action(type="omfwd" ...)` (rsyslog.conf(5)). */
export function parseRsyslog(text: string): Reading<RsyslogSettings> {
  const plain = withoutComments(text);
  const destinations: Told[] = [];
  for (const found of plain.matchAll(
    /^[ \t]*(?:(\S+)[ \t]+)?(@@?)(?:\([^)]*\))?(\[[^\]\n]+\]|[^\s:;()@]+)(?::(\d+))?/gm,
  )) {
    const [, selector = '&', marks, host = '', port] = found;
    destinations.push({
      host: host.replace(/^\[(.*)\]$/, '$1'),
      port: Number(port ?? 514),
      transport: marks === '@@' ? 'stream' : 'datagram',
      scope: selector === '*.*' && isOutside(plain, found.index) ? 'all' : 'part',
    });
  }
  for (const found of plain.matchAll(/\baction\s*\(((?:[^()"]|"(?:[^"\\]|\\.)*")*)\)/gi)) {
    const told = parseAction(found[1] ?? '', scopeOf(plain, found.index));
    if (told === 'odd') return unreadable('unsupported', 'an action of rsyslog', (found[1] ?? '').trim().slice(0, 200));
    if (told !== undefined) destinations.push(told);
  }
  const [, modern] = /\bworkDirectory\s*=\s*"([^"]+)"/i.exec(plain) ?? [];
  const [, legacy] = /^\s*\$WorkDirectory\s+(\S+)/im.exec(plain) ?? [];
  return read({ destinations, workDirectory: modern ?? legacy ?? '/var/spool/rsyslog' });
}

/** Undefined for an action that sends nothing elsewhere, `odd` for one that does in a form that is not known here. */
function parseAction(text: string, scope: Told['scope']): Told | 'odd' | undefined {
  const value = (name: string): string | undefined => new RegExp(`\\b${name}\\s*=\\s*"([^"]*)"`, 'i').exec(text)?.[1];
  const isSecond = value('action.execOnlyWhenPreviousIsSuspended') === 'on';
  const own = isSecond ? 'part' : scope;
  switch (value('type')?.toLowerCase()) {
    case 'omfwd': {
      const host = value('target');
      const transport = value('protocol')?.toLowerCase() === 'tcp' ? 'stream' : 'datagram';
      return host === undefined ? 'odd' : { host, port: portOf(value('port'), 514), transport, scope: own };
    }
    case 'omrelp': {
      const host = value('target');
      return host === undefined ? 'odd' : { host, port: portOf(value('port'), 514), transport: 'stream', scope: own };
    }
    case 'omelasticsearch':
    case 'omhttp': {
      const host = value('server')?.replace(/^https?:\/\//, '');
      const usual = value('type')?.toLowerCase() === 'omhttp' ? 443 : 9200;
      return host === undefined
        ? 'odd'
        : { host, port: portOf(value('serverport'), usual), transport: 'http', scope: own };
    }
    case 'omkafka':
    case 'omamqp1':
    case 'omgssapi':
      return 'odd';
    default:
      return undefined;
  }
}

function portOf(text: string | undefined, usual: number): number {
  const port = Number(text ?? usual);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : usual;
}

/** Everything reaches an action that stands alone, or behind `*.*`. */
function scopeOf(text: string, index: number): Told['scope'] {
  const line = text.slice(text.lastIndexOf('\n', index - 1) + 1, index).trim();
  const before = text.slice(Math.max(0, index - 4096), index).trimEnd();
  const isConditional = /\b(?:then|else)$/.test(before);
  return isOutside(text, index) && !isConditional && (line === '' || line === '*.*') ? 'all' : 'part';
}

/** Outside of braces, and before anything that takes records out of the way (`stop`, `~`). */
function isOutside(text: string, index: number): boolean {
  const before = text.slice(0, index).replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '');
  const depth = before.split('{').length - before.split('}').length;
  return depth === 0 && !/\bstop\b|[ \t]~[ \t]*$/m.test(before);
}
