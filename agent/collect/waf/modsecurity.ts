import { dirname, resolve } from 'node:path';
import type { Engine } from '../../../policies/checks/waf/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { parseApache } from '../discovery/apache.ts';
import { globPattern } from '../discovery/glob.ts';
import type { Directive } from '../discovery/nginx-syntax.ts';

/** What directives of ModSecurity and Coraza (both take the same) come to in the order in which they stand. */
export interface RuleSet {
  /** Undefined where nothing sets it. */
  readonly engine: Engine | undefined;
  /** What an action sets for every request, whatever is configured. */
  readonly forced: Engine | undefined;
  readonly coreRules: string | null;
  readonly rules: number;
  readonly removed: readonly string[];
  readonly conditional: number;
  readonly threshold: number | null;
}

export const noRules: RuleSet = {
  engine: undefined,
  forced: undefined,
  coreRules: null,
  rules: 0,
  removed: [],
  conditional: 0,
  threshold: null,
};

/**
 * @param directives names in lower case, in the order in which they are read
 * @param around what holds where these say nothing
 */
export function foldRules(directives: readonly Directive[], around: RuleSet): RuleSet {
  let set = around;
  let id = 0;
  for (const { name, args } of directives) {
    if (name === 'secruleengine') set = { ...set, engine: engineOf(args[0]) ?? set.engine };
    else if (name === 'seccomponentsignature') set = { ...set, coreRules: versionIn(args[0]) ?? set.coreRules };
    else if (name.startsWith('secruleremoveby')) set = { ...set, removed: [...set.removed, ...removedBy(name, args)] };
    else if (name === 'secrule' || name === 'secaction') {
      const actions = args.at(-1) ?? '';
      // A rule that another one chains to itself has no number of its own.
      id = Number(/\bid:'?(\d+)/.exec(actions)?.[1] ?? id);
      const switched = engineOf(/\bctl:ruleEngine=(\w+)/i.exec(actions)?.[1]);
      const isWeaker = switched === 'Off' || switched === 'DetectionOnly';
      const isConditional = (isWeaker && name === 'secrule' && !isUsual(id)) || samplesLess(actions);
      set = {
        ...set,
        forced: isWeaker && name === 'secaction' ? switched : set.forced,
        rules: set.rules + 1,
        conditional: set.conditional + (isConditional ? 1 : 0),
        threshold: thresholdIn(actions, name) ?? set.threshold,
      };
    }
  }
  return set;
}

/** What is in effect: off unless something switches it on. */
export function engineIn({ engine, forced }: RuleSet): Engine {
  return forced ?? engine ?? 'Off';
}

function engineOf(word: string | undefined): Engine | undefined {
  return ({ on: 'On', off: 'Off', detectiononly: 'DetectionOnly' } as const)[word?.toLowerCase() ?? ''];
}

function versionIn(signature: string | undefined): string | undefined {
  return /^OWASP_CRS\/([\w.-]{1,60})/.exec(signature ?? '')?.[1];
}

function removedBy(name: string, args: readonly string[]): string[] {
  const words = args.flatMap((text) => text.split(/[\s,]+/)).filter((word) => word !== '');
  if (name === 'secruleremovebyid') return words.map((word) => word.slice(0, 256));
  const kind = name === 'secruleremovebytag' ? 'tag' : 'message';
  return args.map((text) => `${kind} ${text}`.slice(0, 256));
}

/**
 * The core rule set's own: its sampling (901xxx), which takes all requests unless it is set up otherwise, and what Apache
 * asks of itself (905xxx).
 */
function isUsual(id: number): boolean {
  return (id >= 901_000 && id < 902_000) || (id >= 905_000 && id < 906_000);
}

function samplesLess(actions: string): boolean {
  const share = /\bsetvar:'?tx\.sampling_percentage=(\d+)/.exec(actions)?.[1];
  return share !== undefined && Number(share) < 100;
}

/** Set for every request by an action; the core rule set's own rules only give what is not set its usual value. */
function thresholdIn(actions: string, name: string): number | undefined {
  const score = /\bsetvar:'?tx\.inbound_anomaly_score_threshold=(\d+)/.exec(actions)?.[1];
  return name === 'secaction' && score !== undefined ? Number(score) : undefined;
}

const maximumIncludes = 16;

/** Files of rules as libmodsecurity reads them: an `Include` is a path or a pattern, relative to the file that it stands in. */
export class RuleFiles {
  readonly #host: Host;
  readonly #read = new Map<string, Promise<Reading<Directive[]>>>();

  constructor(host: Host) {
    this.#host = host;
  }

  directives(path: string, depth = 0): Promise<Reading<Directive[]>> {
    const before = this.#read.get(path);
    if (before !== undefined) return before;
    const made = this.#load(path, depth);
    this.#read.set(path, made);
    return made;
  }

  async #load(path: string, depth: number): Promise<Reading<Directive[]>> {
    if (depth > maximumIncludes) return unreadable('unparsable', path, 'files include each other');
    const text = await this.#host.readText(path);
    if (text.state === 'unreadable') return text;
    return this.expand(parseRules(text.value), dirname(path), depth);
  }

  /** Puts what is included in its place. */
  async expand(directives: readonly Directive[], folder: string, depth = 0): Promise<Reading<Directive[]>> {
    const found: Directive[] = [];
    for (const directive of directives) {
      if (directive.name !== 'include' && directive.name !== 'includeoptional') {
        found.push(directive);
        continue;
      }
      for (const path of await this.#matching(resolve(folder, directive.args[0] ?? ''))) {
        const inner = await this.directives(path, depth + 1);
        // What is optional may be missing, and what is not would have kept the server from starting.
        if (inner.state === 'read') found.push(...inner.value);
        else if (inner.obstacle.code !== 'missing') return inner;
      }
    }
    return read(found);
  }

  async #matching(path: string): Promise<string[]> {
    if (!/[*?[]/.test(path)) return [path];
    const listed = await this.#host.list(dirname(path));
    if (listed.state === 'unreadable') return [];
    const pattern = globPattern(path);
    return listed.value.map((name) => resolve(dirname(path), name)).filter((candidate) => pattern.test(candidate));
  }
}

export function parseRules(text: string): Directive[] {
  return parseApache(text).flatMap(([name, ...args]) => (name === '' ? [] : [{ name, args }]));
}
