import type { Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import type { Directive } from '../discovery/nginx-syntax.ts';
import { fromDump, NginxFiles, splitDump } from '../discovery/nginx.ts';

/** nginx's configuration with everything included in its place; undefined where nginx is not on this host. */
export function readNginxTree(context: CollectContext): Promise<Reading<readonly Directive[]> | undefined> {
  return context.once('nginx tree', () =>
    fromDump(context, (dump) => {
      const files = new NginxFiles(splitDump(dump));
      return expandAll(files, files.main());
    }),
  );
}

function expandAll(files: NginxFiles, directives: readonly Directive[]): readonly Directive[] {
  return files
    .expand(directives)
    .map((one) => (one.block === undefined ? one : { ...one, block: expandAll(files, one.block) }));
}

/** The `server` blocks for HTTP, each with the `http` block around it. */
export function webServersIn(
  tree: readonly Directive[],
): { http: readonly Directive[]; server: readonly Directive[] }[] {
  const blocks = (directives: readonly Directive[], wanted: string): (readonly Directive[])[] =>
    directives.flatMap(({ name, block }) => (name === wanted && block !== undefined ? [block] : []));
  return blocks(tree, 'http').flatMap((http) => blocks(http, 'server').map((server) => ({ http, server })));
}

/** Arguments of the first directive of this name; undefined where the block has none. */
export function argumentsOf(block: readonly Directive[], wanted: string): readonly string[] | undefined {
  return block.find(({ name }) => name === wanted)?.args;
}
