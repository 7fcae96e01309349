import type { Exception, Site } from '../../../policies/checks/waf/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { namesAndPatterns } from '../discovery/place.ts';
import type { Directive } from '../discovery/nginx-syntax.ts';
import { readApacheTree } from '../web-config/apache-tree.ts';
import { engineIn, foldRules, noRules, type RuleSet } from './modsecurity.ts';

/** The engine in effect for each virtual host of Apache; undefined where Apache is not on this host. */
export async function readApacheSites(context: CollectContext): Promise<Reading<Site[]> | undefined> {
  const tree = await readApacheTree(context);
  if (tree === undefined || tree.state === 'unreadable') return tree;
  const { directives, modules, usesMacros } = tree.value;
  if (usesMacros) return unreadable('unsupported', 'Use', 'macros make a part of the configuration of Apache');
  const hasEngine = modules.has('security2_module');
  const main = foldRules(directives, noRules);
  const shared = exceptionsIn(directives);
  const hosts = directives.filter(({ name, block }) => name === 'virtualhost' && block !== undefined);
  if (hosts.length === 0) {
    const listens = valuesOf(directives, 'listen').slice(0, 64);
    return read(listens.length === 0 ? [] : [describe(directives, listens, hasEngine, main, shared)]);
  }
  return read(
    hosts.slice(0, 5000).map(({ args, block = [] }) => {
      const rules = foldRules(block, main);
      return describe(block, args.slice(0, 64), hasEngine, rules, [...shared, ...exceptionsIn(block)]);
    }),
  );
}

/** Sections for a part of what is served that set an engine of their own (ModSecurity, "SecRuleEngine": any scope). */
function exceptionsIn(directives: readonly Directive[]): Exception[] {
  return directives.flatMap(({ name, args, block }) => {
    if (block === undefined || name === 'virtualhost') return [];
    const { engine } = foldRules(block, noRules);
    const own =
      engine === undefined || engine === 'On' ? [] : [{ where: `${name} ${args.join(' ')}`.slice(0, 512), engine }];
    return [...own, ...exceptionsIn(block)];
  });
}

/** `Redirect permanent / https://www.example.nl/` (mod_alias), which comes before anything is looked for. */
function redirectsAll({ name, args }: Directive): boolean {
  const [path] = name === 'redirect' && args.length > 2 ? args.slice(1) : args;
  return /^redirect(?:permanent|temp)?$/.test(name) && path === '/';
}

function valuesOf(directives: readonly Directive[], wanted: string): string[] {
  return directives.flatMap(({ name, args }) => (name === wanted ? [...args] : [])).map((text) => text.slice(0, 128));
}

function describe(
  directives: readonly Directive[],
  listens: readonly string[],
  hasEngine: boolean,
  set: RuleSet,
  exceptions: readonly Exception[],
): Site {
  const { coreRules, rules, removed, conditional, threshold } = set;
  const engine = hasEngine ? engineIn(set) : 'Off';
  const names = [...valuesOf(directives, 'servername'), ...valuesOf(directives, 'serveralias')];
  return {
    names: namesAndPatterns(names.map((name) => name.replace(/^https?:\/\//, '').replace(/:\d+$/, ''))).names.slice(
      0,
      256,
    ),
    listens: [...listens],
    givesNothing: directives.some(redirectsAll),
    engine,
    coreRules,
    rules,
    removed: [...removed].slice(0, 256),
    conditional,
    threshold,
    exceptions: engine === 'On' ? exceptions.slice(0, 256) : [],
  };
}
