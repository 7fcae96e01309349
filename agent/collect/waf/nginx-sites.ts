import type { Engine, Exception, Site } from '../../../policies/checks/waf/facts.ts';
import { read, type Reading, type Unreadable } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { namesAndPatterns } from '../discovery/place.ts';
import type { Directive } from '../discovery/nginx-syntax.ts';
import { argumentsOf, readNginxTree, webServersIn } from '../web-config/nginx-tree.ts';
import { engineIn, foldRules, noRules, parseRules, RuleFiles, type RuleSet } from './modsecurity.ts';

/** What a block of nginx passes on to those in it: the connector (ModSecurity-nginx) merges rules from the outside inwards. */
interface Scope {
  readonly isOn: boolean;
  readonly rules: RuleSet;
}

/** The engine in effect for each `server` of nginx; undefined where nginx is not on this host. */
export async function readNginxSites(context: CollectContext): Promise<Reading<Site[]> | undefined> {
  const tree = await readNginxTree(context);
  if (tree === undefined || tree.state === 'unreadable') return tree;
  const files = new RuleFiles(context.host);
  const sites: Site[] = [];
  for (const { http, server } of webServersIn(tree.value)) {
    const around = await enter(http, { isOn: false, rules: noRules }, files);
    if ('state' in around) return around;
    const scope = await enter(server, around, files);
    if ('state' in scope) return scope;
    const exceptions = await exceptionsIn(server, scope, files);
    if ('state' in exceptions) return exceptions;
    sites.push(describe(server, scope, exceptions.found));
  }
  return read(sites.slice(0, 5000));
}

async function enter(block: readonly Directive[], around: Scope, files: RuleFiles): Promise<Scope | Unreadable> {
  const own: RuleSet[] = [];
  for (const { name, args } of block) {
    if (name !== 'modsecurity_rules_file' && name !== 'modsecurity_rules') continue;
    const [first = ''] = args;
    const directives = await (name === 'modsecurity_rules'
      ? files.expand(parseRules(first), '/etc/nginx')
      : files.directives(first.startsWith('/') ? first : `/etc/nginx/${first}`));
    if (directives.state === 'unreadable') return directives;
    own.push(foldRules(directives.value, noRules));
  }
  const switched = argumentsOf(block, 'modsecurity')?.[0];
  return {
    isOn: switched === undefined ? around.isOn : switched === 'on',
    rules: [...own, around.rules].reduce(merge),
  };
}

/**
 * libmodsecurity keeps the first value that a block's directives set, and takes one from the block around it only where
 * none of them did. Inside one file the last line counts.
 */
function merge(first: RuleSet, later: RuleSet): RuleSet {
  return {
    engine: first.engine ?? later.engine,
    forced: first.forced ?? later.forced,
    coreRules: first.coreRules ?? later.coreRules,
    rules: first.rules + later.rules,
    removed: [...first.removed, ...later.removed],
    conditional: first.conditional + later.conditional,
    threshold: first.threshold ?? later.threshold,
  };
}

function engineOf({ isOn, rules }: Scope): Engine {
  return isOn ? engineIn(rules) : 'Off';
}

/** The locations, however deep, whose engine is weaker than that of their server. */
async function exceptionsIn(
  block: readonly Directive[],
  scope: Scope,
  files: RuleFiles,
): Promise<{ found: Exception[] } | Unreadable> {
  const found: Exception[] = [];
  for (const { name, args, block: inner } of block) {
    if (name !== 'location' || inner === undefined) continue;
    const own = await enter(inner, scope, files);
    if ('state' in own) return own;
    const engine = engineOf(own);
    if (engine !== 'On') found.push({ where: `location ${args.join(' ')}`.slice(0, 512), engine });
    const deeper = await exceptionsIn(inner, own, files);
    if ('state' in deeper) return deeper;
    found.push(...deeper.found);
  }
  return { found };
}

/** A `return` of the server itself comes before any location (ngx_http_rewrite_module); else each location has its own. */
function givesNothing(server: readonly Directive[]): boolean {
  if (argumentsOf(server, 'return') !== undefined) return true;
  const locations = server.filter(({ name }) => name === 'location');
  const isWhole = locations.some(({ args }) => args.length === 1 && args[0] === '/');
  return isWhole && locations.every(({ block = [] }) => argumentsOf(block, 'return') !== undefined);
}

function describe(server: readonly Directive[], scope: Scope, exceptions: readonly Exception[]): Site {
  const valuesOf = (wanted: string): string[] =>
    server.flatMap(({ name, args }) => (name === wanted ? (wanted === 'listen' ? args.slice(0, 1) : [...args]) : []));
  const { rules, coreRules, removed, conditional, threshold } = scope.rules;
  const engine = engineOf(scope);
  return {
    names: namesAndPatterns(valuesOf('server_name')).names.slice(0, 256),
    listens: valuesOf('listen')
      .map((text) => text.slice(0, 128))
      .slice(0, 64),
    givesNothing: givesNothing(server),
    engine,
    coreRules,
    rules,
    removed: [...removed].slice(0, 256),
    conditional,
    threshold,
    exceptions: engine === 'On' ? exceptions.slice(0, 256) : [],
  };
}
