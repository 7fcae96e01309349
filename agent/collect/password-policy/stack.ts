import { maximumLevel, type PamRule } from '../../../policies/checks/password-policy/pam-rules.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { parseOptions } from './options.ts';
import { failing, parsePamFile, type PamLine, type RuleType } from './pam-lines.ts';

/** Where Linux-PAM looks for a service's file, in this order (pam.conf(5)); the vendor's folders differ. */
const folders = ['/etc/pam.d', '/usr/lib/pam.d', '/usr/etc/pam.d'];
const maximumRules = 512;

export type Stacks = Readonly<Record<'auth' | 'password', Reading<PamRule[]>>>;

/** Reads services as libpam does, each file once. Paths of included files may tell names, and stay on the host. */
export class PamReader {
  readonly #host: Host;
  readonly #files = new Map<string, Promise<Reading<readonly PamLine[]>>>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Whether there is any of the folders that services are in. */
  async hasServices(): Promise<boolean> {
    for (const folder of folders) {
      const names = await this.#host.list(folder);
      if (names.state === 'read' || names.obstacle.code !== 'missing') return true;
    }
    return false;
  }

  /** Undefined where the service has no file of its own. Of a type that the file does not mention `other` has the rules. */
  async service(name: string): Promise<Stacks | undefined> {
    const lines = await this.#lines(name);
    if (lines.state === 'unreadable' && lines.obstacle.code === 'missing') return undefined;
    return { auth: await this.#stack(name, 'auth'), password: await this.#stack(name, 'password') };
  }

  /** The rules of the service `other`, for one that has no file. */
  async other(): Promise<Stacks> {
    return { auth: await this.#stack('other', 'auth'), password: await this.#stack('other', 'password') };
  }

  async #stack(name: string, type: RuleType): Promise<Reading<PamRule[]>> {
    const own = await this.#rules(name, type);
    if (own.state === 'unreadable' || own.value.length > 0 || name === 'other') return own;
    return this.#rules('other', type);
  }

  async #rules(name: string, type: RuleType): Promise<Reading<PamRule[]>> {
    const rules: PamRule[] = [];
    const what = `/etc/pam.d/${name}`;
    // Without the file `other` there are no rules to fall back on.
    const lines = await this.#lines(name);
    if (lines.state === 'unreadable') return lines.obstacle.code === 'missing' ? read([]) : lines;
    const obstacle = await this.#append(rules, lines.value, { type, includes: 0, level: 0, requested: undefined });
    if (obstacle !== undefined) return unreadable(obstacle.obstacle.code, `${what} or a file that it includes`);
    return rules.length > maximumRules ? unreadable('too-large', what) : read(rules);
  }

  async #append(
    into: PamRule[],
    lines: readonly PamLine[],
    place: Place,
  ): Promise<(Reading<never> & { state: 'unreadable' }) | undefined> {
    const { type, level } = place;
    for (const line of lines) {
      if (into.length > maximumRules) return undefined;
      if (line.is === 'broken') {
        // A line without a type counts for the one that is asked for, or else for logging in.
        if ((line.type ?? place.requested ?? 'auth') === type) into.push({ kind: 'broken', level, control: failing });
      } else if (line.type === 'any' || line.type === type) {
        if (line.is === 'rule') into.push(toRule(line, level));
        else {
          const obstacle = await this.#include(into, line, place);
          if (obstacle !== undefined) return obstacle;
        }
      }
    }
    return undefined;
  }

  async #include(
    into: PamRule[],
    line: PamLine & { is: 'include' },
    place: Place,
  ): Promise<(Reading<never> & { state: 'unreadable' }) | undefined> {
    const { type, includes, level } = place;
    if (line.isSubstack) into.push({ kind: 'substack', level });
    const inner = {
      type,
      includes: includes + 1,
      level: level + (line.isSubstack ? 1 : 0),
      requested: line.type === 'any' ? place.requested : line.type,
    };
    const isTooDeep = inner.includes >= maximumLevel || inner.level >= maximumLevel;
    const lines = isTooDeep || line.path === undefined ? undefined : await this.#lines(line.path);
    if (lines?.state === 'read') return this.#append(into, lines.value, inner);
    // What is not there libpam holds for a line that fails.
    if (lines === undefined || lines.obstacle.code === 'missing')
      into.push({ kind: 'broken', level, control: failing });
    else return lines;
    return undefined;
  }

  #lines(name: string): Promise<Reading<readonly PamLine[]>> {
    const before = this.#files.get(name);
    if (before !== undefined) return before;
    const lines = this.#read(name);
    this.#files.set(name, lines);
    return lines;
  }

  async #read(name: string): Promise<Reading<readonly PamLine[]>> {
    const paths = name.startsWith('/') ? [name] : folders.map((folder) => `${folder}/${name}`);
    for (const path of paths) {
      const text = await this.#host.readText(path, { maximumSize: 262_144 });
      if (text.state === 'read') return read(parsePamFile(text.value));
      if (text.obstacle.code !== 'missing') return text;
    }
    return unreadable('missing', `/etc/pam.d/${name}`);
  }
}

interface Place {
  readonly type: RuleType;
  readonly includes: number;
  readonly level: number;
  /** The type that an `include` asked for. */
  readonly requested: RuleType | undefined;
}

function toRule({ path, control, args }: PamLine & { is: 'rule' }, level: number): PamRule {
  const module = (path.split('/').at(-1) ?? '').replace(/\.so$/, '');
  if (module === '') return { kind: 'broken', level, control };
  // A module of one's own may be called anything, even after a person.
  const name = /^pam_[a-z0-9_]{1,40}$/.test(module) ? module : 'other';
  return { kind: 'module', level, control, module: name, options: parseOptions(name, args) };
}
