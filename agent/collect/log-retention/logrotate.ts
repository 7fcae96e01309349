import type { Rotation } from '../../../policies/checks/log-retention/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { globPattern } from '../discovery/glob.ts';
import type { Host } from '../../host/host.ts';

const day = 86_400;
/** A month counts as its shortest and a year without its leap day where a minimum is asked; logrotate goes by the calendar. */
const periods: Readonly<Record<string, number>> = {
  hourly: 3600,
  daily: day,
  weekly: 7 * day,
  monthly: 30 * day,
  yearly: 365 * day,
};
const maximumFiles = 2000;
/** Endings of files in an included folder that logrotate passes over (`tabooext`, logrotate(8)). */
const taboo = /(?:\.(?:bak|cfsaved|disabled|dpkg-\w+|rpm\w+|swp|ucf-\w+|rhn-cfg-tmp-.*)|,v|~)$/;

export interface RotatedLogs {
  readonly patterns: readonly RegExp[];
  readonly rotation: Rotation;
  /** The folder of older pieces; undefined where they lie beside the log. */
  readonly olddir: string | undefined;
}

type Directives = Omit<RotatedLogs, 'patterns'>;
const initial: Directives = {
  rotation: { rotate: 0, every: null, maxage: null, earlierBySize: false, laterBySize: false },
  olddir: undefined,
};

/**
 * What logrotate is told by /etc/logrotate.conf and what that includes (logrotate(8)). Directives outside of braces hold
 * for the logs after them; of two entries for one log the first holds, and logrotate calls the second an error.
 * logrotate has no running configuration: each run reads these files.
 */
export async function readLogrotate(host: Host, file = '/etc/logrotate.conf'): Promise<Reading<RotatedLogs[]>> {
  const reader = new Reader(host);
  const obstacle = await reader.readFile(file);
  return obstacle ?? read(reader.logs);
}

class Reader {
  readonly logs: RotatedLogs[] = [];
  readonly #host: Host;
  #common = initial;
  #files = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** The obstacle, where a part cannot be read: an entry in there could be about any log. */
  async readFile(path: string): Promise<Reading<never> | undefined> {
    this.#files += 1;
    if (this.#files > maximumFiles) return unreadable('too-large', path);
    const text = await this.#host.readText(path);
    if (text.state === 'unreadable') return text;
    let patterns = '';
    let own: Directives | undefined;
    let isScript = false;
    for (const raw of text.value.split('\n')) {
      const line = raw.replace(/^\s*#.*|\s#.*$/, '').trim();
      if (isScript) isScript = line !== 'endscript';
      else if (/^(?:post|pre)rotate$|^(?:first|last|preremove)action$|^preremove$/.test(line)) isScript = true;
      else if (own !== undefined) {
        const [inside = '', ...rest] = line.split('}');
        own = follow(own, inside.trim());
        if (rest.length === 0) continue;
        this.logs.push({ patterns: patternsOf(patterns), ...own });
        [patterns, own] = ['', undefined];
      } else if (line.includes('{')) {
        const [before = '', inside = ''] = line.split('{');
        patterns += ` ${before}`;
        own = follow(this.#common, inside.replace('}', '').trim());
        if (!inside.includes('}')) continue;
        this.logs.push({ patterns: patternsOf(patterns), ...own });
        [patterns, own] = ['', undefined];
      } else if (/^["'/]/.test(line)) patterns += ` ${line}`;
      else if (line.startsWith('include ')) {
        const obstacle = await this.#include(line.slice(8).trim(), path);
        if (obstacle !== undefined) return obstacle;
      } else this.#common = follow(this.#common, line);
    }
    return undefined;
  }

  async #include(target: string, from: string): Promise<Reading<never> | undefined> {
    const path = target.startsWith('/') ? target : `${from.replace(/[^/]*$/, '')}${target}`;
    const there = await this.#host.status(path);
    if (there.state === 'unreadable') return there;
    if (there.value.kind !== 'directory') return this.readFile(path);
    const names = await this.#host.list(path);
    if (names.state === 'unreadable') return names;
    for (const name of names.value) {
      const file = await this.#host.status(`${path}/${name}`);
      if (taboo.test(name) || (file.state === 'read' && file.value.kind !== 'file')) continue;
      const obstacle = await this.readFile(`${path}/${name}`);
      if (obstacle !== undefined) return obstacle;
    }
    return undefined;
  }
}

function patternsOf(text: string): RegExp[] {
  return [...text.matchAll(/"([^"]+)"|'([^']+)'|(\S+)/g)].map(([, a, b, c]) => globPattern(a ?? b ?? c ?? ''));
}

/** What holds after a directive. Sizes and intervals replace each other: of `size` and `daily` the last is heeded. */
function follow(directives: Directives, line: string): Directives {
  const [, word = '', value = ''] = /^([a-z]+)(?:[\s=]+(.*))?$/.exec(line) ?? [];
  const { rotation } = directives;
  const number = Number.parseInt(value, 10);
  const period = periods[word];
  if (period !== undefined) return { ...directives, rotation: { ...rotation, every: period } };
  switch (word) {
    case 'rotate':
      return { ...directives, rotation: { ...rotation, rotate: Number.isNaN(number) ? 0 : Math.max(-1, number) } };
    case 'maxage':
      return { ...directives, rotation: { ...rotation, maxage: number > 0 ? number : null } };
    case 'size':
      return { ...directives, rotation: { ...rotation, every: null } };
    case 'maxsize':
      return { ...directives, rotation: { ...rotation, earlierBySize: true } };
    case 'minsize':
      return { ...directives, rotation: { ...rotation, laterBySize: true } };
    case 'olddir':
      return { ...directives, olddir: value.replace(/\/+$/, '') };
    case 'noolddir':
      return { ...directives, olddir: undefined };
    default:
      return directives;
  }
}
