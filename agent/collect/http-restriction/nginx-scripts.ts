import type { Directive } from '../discovery/nginx-syntax.ts';
import { argumentsOf } from '../web-config/nginx-tree.ts';
import { below, patternOf, type Does } from './scripts.ts';

/** A request path under which a server gives out a folder; undefined where it does not, as far as roots and aliases tell. */
export function nginxPathOf(
  http: readonly Directive[],
  server: readonly Directive[],
  folder: string,
): string | undefined {
  for (const { args, block } of locationsIn(server)) {
    if (block === undefined || isPattern(args)) continue;
    const prefix = args.at(-1) ?? '';
    const alias = argumentsOf(block, 'alias')?.[0];
    const aliased = alias === undefined ? undefined : below(alias, folder);
    if (aliased !== undefined) return `${prefix.replace(/\/+$/, '')}${aliased}`;
    const root = argumentsOf(block, 'root')?.[0];
    const rooted = root === undefined ? undefined : below(root, folder);
    if (rooted?.startsWith(prefix) === true) return rooted;
  }
  const root = argumentsOf(server, 'root')?.[0] ?? argumentsOf(http, 'root')?.[0];
  return root === undefined ? undefined : below(root, folder);
}

/**
 * What nginx does with a request for a file that is there (ngx_http_core_module: location, try_files;
 * ngx_http_access_module).
 * @param path of the request
 */
export function nginxDoes(server: readonly Directive[], path: string): Does {
  const chain: Directive[] = [];
  const found = findLocation(server, path, chain);
  if (found === 'unclear') return { does: 'unclear', by: 'a location whose pattern is not understood' };
  const blocks = [server, ...chain.map(({ block }) => block ?? [])];
  const own = blocks.at(-1) ?? [];
  const by = chain.length === 0 ? 'server' : `location ${chain.at(-1)?.args.join(' ') ?? ''}`.slice(0, 500);
  const rewriting = rewriteIn(server, path) ?? (own === server ? undefined : rewriteIn(own, path));
  if (rewriting !== undefined) return { ...rewriting, by };
  if (argumentsOf(own, 'internal') !== undefined || deniesAll(blocks)) return { does: 'refuses', by };
  const gateway = ['fastcgi_pass', 'uwsgi_pass', 'scgi_pass'].find((name) => argumentsOf(own, name) !== undefined);
  if (gateway !== undefined) return isFixedScript(blocks) ? { does: 'static', by } : { does: 'executes', by };
  if (['proxy_pass', 'grpc_pass'].some((name) => argumentsOf(own, name) !== undefined))
    return { does: 'passed-on', by };
  if (own.some(({ name }) => /^(?:perl|content_by_|js_content|passenger_enabled)/.test(name)))
    return { does: 'unclear', by };
  return { does: 'static', by };
}

function locationsIn(block: readonly Directive[]): Directive[] {
  return block.filter(({ name, block: inner }) => name === 'location' && inner !== undefined);
}

function isPattern(args: readonly string[]): boolean {
  return args[0] === '~' || args[0] === '~*';
}

/**
 * nginx's own search: exact, else the longest prefix, in it and then around it the patterns in their order. What was
 * chosen is left in `chain`, from the outside inwards.
 * @returns whether a pattern or an exact one was chosen, which ends the search
 */
function findLocation(block: readonly Directive[], path: string, chain: Directive[]): boolean | 'unclear' {
  const locations = locationsIn(block);
  const exact = locations.find(({ args }) => args[0] === '=' && args[1] === path);
  if (exact !== undefined) {
    chain.push(exact);
    return true;
  }
  const prefixOf = ({ args }: Directive): string => args.at(-1) ?? '';
  const longest = locations
    .filter((one) => !isPattern(one.args) && one.args[0] !== '=' && !prefixOf(one).startsWith('@'))
    .filter((one) => path.startsWith(prefixOf(one)))
    .sort((a, b) => prefixOf(b).length - prefixOf(a).length)[0];
  const inner: Directive[] = [];
  if (longest !== undefined) {
    const ended = findLocation(longest.block ?? [], path, inner);
    if (ended !== false) {
      chain.push(longest, ...inner);
      return ended;
    }
  }
  const isFinal = longest?.args[0] === '^~' || inner.some(({ args }) => args[0] === '^~');
  for (const one of isFinal ? [] : locations.filter(({ args }) => isPattern(args))) {
    const pattern = patternOf(prefixOf(one), one.args[0] === '~*' ? 'i' : '');
    if (pattern === undefined) return 'unclear';
    if (!pattern.test(path)) continue;
    chain.push(one);
    return findLocation(one.block ?? [], path, chain) === 'unclear' ? 'unclear' : true;
  }
  if (longest !== undefined) chain.push(longest, ...inner);
  return false;
}

/** What `return` and `rewrite` make of it before anything else; conditions (`if`) count only where they could send it to a script. */
function rewriteIn(block: readonly Directive[], path: string): { does: Does['does'] } | undefined {
  for (const { name, args, block: inner } of block) {
    // A redirect gives nothing out either.
    if (name === 'return') return { does: 'refuses' };
    if (name === 'rewrite') {
      const pattern = patternOf(args[0] ?? '');
      if (pattern?.test(path) !== false) return { does: 'unclear' };
    }
    const isOpen = inner?.some((one) => /_pass$|^rewrite$/.test(one.name)) === true;
    if (name === 'if' && isOpen) return { does: 'unclear' };
  }
  return undefined;
}

/** The nearest block with rules of access counts; its first one that holds for everybody. */
function deniesAll(blocks: readonly (readonly Directive[])[]): boolean {
  const rules = blocks.map((block) => block.filter(({ name }) => name === 'allow' || name === 'deny'));
  const nearest = rules.findLast((found) => found.length > 0) ?? [];
  return nearest.find(({ args }) => args[0] === 'all')?.name === 'deny';
}

/** A gateway that is always given one script runs no other, whatever is asked for. */
function isFixedScript(blocks: readonly (readonly Directive[])[]): boolean {
  const given = blocks.map((block) => block.filter(({ name }) => name === 'fastcgi_param'));
  const nearest = given.findLast((found) => found.length > 0) ?? [];
  const script = nearest.findLast(({ args }) => args[0] === 'SCRIPT_FILENAME')?.args[1];
  return script !== undefined && !/\$(?!document_root|realpath_root)/.test(script) && /\.\w+$/.test(script);
}
