import type { Directive } from './nginx-syntax.ts';
import type { ServedFolder } from './place.ts';

/**
 * The folders of the servers in an `http` block. A `root` holds for the blocks within that have none of their own
 * (ngx_http_core_module); `alias` maps one location.
 *
 * @param expand puts what is included in its place
 * @param namesOf the host names among the words of `server_name`
 */
export function servedBy(
  http: readonly Directive[],
  expand: (directives: readonly Directive[]) => readonly Directive[],
  namesOf: (words: readonly string[]) => readonly string[],
): ServedFolder[] {
  const inner = expand(http);
  const around = rootOf(inner);
  return inner.flatMap(({ name, block }) => {
    if (name !== 'server' || block === undefined) return [];
    const directives = expand(block);
    const words = directives.flatMap((directive) => (directive.name === 'server_name' ? directive.args : []));
    const names = namesOf(words);
    const paths = new Set(foldersIn(directives, around, expand));
    return [...paths].map((path) => ({ names, path }));
  });
}

function foldersIn(
  directives: readonly Directive[],
  around: string | undefined,
  expand: (directives: readonly Directive[]) => readonly Directive[],
): string[] {
  const root = rootOf(directives) ?? around;
  const deeper = directives.flatMap(({ name, block, args: [path] }) => {
    if (name === 'alias' && path !== undefined) return [filledIn(path)];
    return block !== undefined && ['location', 'if', 'limit_except'].includes(name)
      ? foldersIn(expand(block), undefined, expand)
      : [];
  });
  return root === undefined ? deeper : [root, ...deeper];
}

function rootOf(directives: readonly Directive[]): string | undefined {
  const root = directives.find(({ name }) => name === 'root')?.args[0];
  return root === undefined ? undefined : filledIn(root);
}

/** `/var/www/$host/public`: one folder for each value that a request may give the variable. */
function filledIn(path: string): string {
  return path.replace(/\$(?:\{\w+\}|\w+)/g, '*').replace(/(.)\/+$/, '$1');
}
