import type { HttpRestrictionFacts, Upload } from '../../../policies/checks/http-restriction/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import { fetchOver } from '../../http/fetch.ts';
import type { CollectContext } from '../collector.ts';
import { readServedFolders } from '../discovery/index.ts';
import type { Directive } from '../discovery/nginx-syntax.ts';
import { namesAndPatterns } from '../discovery/place.ts';
import { parseHtaccess, readApacheTree, type ApacheTree } from '../web-config/apache-tree.ts';
import { readNginxTree, webServersIn } from '../web-config/nginx-tree.ts';
import { apacheDoes } from './apache-scripts.ts';
import { ancestorsOf, directoriesAt } from './apache-sections.ts';
import { nginxDoes, nginxPathOf } from './nginx-scripts.ts';
import { below, scriptFiles } from './scripts.ts';

export interface DeclaredUpload {
  readonly folder: string;
  readonly url?: string | undefined;
}

/** Where content management systems put what visitors and editors bring, below what is served. */
const usualFolders = ['fileadmin', 'uploads', 'typo3temp', 'wp-content/uploads', 'sites/default/files'];
const maximumFolders = 1000;

/** The upload folders that are declared, and those of a usual name below what web servers serve. */
export async function readUploads(
  context: CollectContext,
  declared: readonly DeclaredUpload[],
): Promise<HttpRestrictionFacts['uploads']> {
  const [nginx, apache] = [await readNginxTree(context), await readApacheTree(context)];
  for (const tree of [nginx, apache]) if (tree?.state === 'unreadable') return tree;
  const folders = new Map<string, DeclaredUpload & { origin: Upload['origin'] }>();
  for (const folder of await findFolders(context)) folders.set(folder, { folder, origin: 'found' });
  for (const one of declared) folders.set(one.folder, { ...one, origin: 'settings' });
  const sorted = [...folders.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
  const uploads: Upload[] = [];
  for (const { folder, origin, url } of sorted.slice(0, maximumFolders)) {
    const served = [
      ...(nginx?.state === 'read' ? servedByNginx(nginx.value, folder) : []),
      ...(apache?.state === 'read' ? await servedByApache(context, apache.value, folder) : []),
    ];
    uploads.push({
      folder,
      origin,
      served: served.slice(0, 64),
      probe: url === undefined ? null : await probe(context, url),
    });
  }
  return read({ folders: uploads, left: Math.max(0, sorted.length - maximumFolders) });
}

async function findFolders(context: CollectContext): Promise<string[]> {
  const found = new Set<string>();
  for (const { folders } of await readServedFolders(context)) {
    if (folders?.state !== 'read') continue;
    for (const { path } of folders.value) {
      // A path that each request fills in stands for folders that nobody can name; agent.yaml can.
      if (path === undefined || path.includes('*') || found.size > 10 * maximumFolders) continue;
      for (const name of usualFolders) {
        const folder = `${path.replace(/\/+$/, '')}/${name}`;
        const status = await context.host.status(folder);
        if (status.state === 'read' && status.value.kind === 'directory') found.add(folder);
      }
    }
  }
  return [...found];
}

function servedByNginx(tree: readonly Directive[], folder: string): Upload['served'] {
  return webServersIn(tree).flatMap(({ http, server }) => {
    const path = nginxPathOf(http, server, folder);
    if (path === undefined) return [];
    const names = server.flatMap(({ name, args }) => (name === 'server_name' ? [...args] : []));
    const outcomes = scriptFiles.map((file) => ({ file, ...nginxDoes(server, `${path}/${file}`) }));
    return [{ software: 'nginx' as const, site: siteOf(names), outcomes, honoursHtaccess: false }];
  });
}

async function servedByApache(context: CollectContext, tree: ApacheTree, folder: string): Promise<Upload['served']> {
  const { directives: main, usesMacros } = tree;
  const hosts = main.flatMap(({ name, block }) => (name === 'virtualhost' && block !== undefined ? [block] : []));
  const served: Upload['served'] = [];
  for (const host of hosts.length === 0 ? [[]] : hosts) {
    const path = apachePathOf(main, host, folder);
    if (path === undefined) continue;
    const htaccess = await readHtaccess(context, tree, host, folder);
    const request = { main, host, folder, htaccess: htaccess.byFolder };
    const outcomes = scriptFiles.map((file) => ({
      file,
      ...(usesMacros
        ? { does: 'unclear' as const, by: 'macros make a part of the configuration' }
        : (htaccess.doubt ?? apacheDoes({ ...request, file, path: `${path}/${file}` }))),
    }));
    const names = host.flatMap(({ name, args }) => (name === 'servername' || name === 'serveralias' ? [...args] : []));
    served.push({ software: 'Apache', site: siteOf(names), outcomes, honoursHtaccess: htaccess.isHeard });
  }
  return served;
}

/** Aliases before the root (mod_alias); those with patterns are left out. */
function apachePathOf(main: readonly Directive[], host: readonly Directive[], folder: string): string | undefined {
  for (const { name, args } of [...host, ...main]) {
    const [prefix = '', target = ''] = args;
    const aliased = name === 'alias' ? below(target, folder) : undefined;
    if (aliased !== undefined) return `${prefix.replace(/\/+$/, '')}${aliased}`;
  }
  const rootIn = (directives: readonly Directive[]): string | undefined =>
    directives.findLast(({ name }) => name === 'documentroot')?.args[0];
  const root = rootIn(host) ?? rootIn(main);
  return root === undefined ? undefined : below(root, folder);
}

/** `.htaccess` of each folder on the way, where AllowOverride lets it be heard; it is not, unless something says so. */
async function readHtaccess({ host }: CollectContext, tree: ApacheTree, site: readonly Directive[], folder: string) {
  const byFolder = new Map<string, readonly Directive[]>();
  let allowed = 'none';
  for (const ancestor of ancestorsOf(folder)) {
    for (const { directives } of [...directoriesAt(tree.directives, ancestor), ...directoriesAt(site, ancestor)]) {
      const value = directives.findLast(({ name }) => name === 'allowoverride')?.args.join(' ');
      allowed = value?.toLowerCase() ?? allowed;
    }
    if (allowed === 'none') continue;
    const path = `${ancestor.replace(/\/$/, '')}/.htaccess`;
    const text = await host.readText(path, { maximumSize: 2 ** 20 });
    if (text.state === 'unreadable' && text.obstacle.code === 'missing') continue;
    const directives = text.state === 'read' ? parseHtaccess(text.value, tree) : undefined;
    const doubt = { does: 'unclear' as const, by: `${path} cannot be read` };
    if (directives === undefined) return { byFolder, isHeard: true, doubt };
    byFolder.set(ancestor, directives);
  }
  return { byFolder, isHeard: allowed !== 'none', doubt: undefined };
}

function siteOf(names: readonly string[]): string {
  const [first] = namesAndPatterns(names).names;
  return (first ?? names[0] ?? '-').slice(0, 300);
}

/** Asks for a script and for a text that are not there; nothing is made, and nothing is left behind. */
async function probe({ host, signal }: CollectContext, url: string): Promise<NonNullable<Upload['probe']>> {
  const base = url.endsWith('/') ? url : `${url}/`;
  const ask = (file: string) =>
    fetchOver(
      host,
      { method: 'GET', url: new URL(file, base), headers: { 'user-agent': 'waarborg' }, maximumBody: 2 ** 20 },
      AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
    );
  const script = await ask('waarborg-asks.php');
  if (script.state === 'unreadable') return script;
  const other = await ask('waarborg-asks.txt');
  if (other.state === 'unreadable') return other;
  const { status, headers, body } = script.value;
  // What PHP-FPM says of a script that is not there, and PHP's other gateways; the header is PHP's own (expose_php).
  const saysSo = /^(?:File not found\.|No input file specified\.|Primary script unknown)\s*$/.test(
    body.toString('latin1', 0, 200),
  );
  const isPhp =
    saysSo ||
    (/\bPHP\//.test(String(headers['x-powered-by'])) && !/\bPHP\//.test(String(other.value.headers['x-powered-by'])));
  if (status === 0) return unreadable('unparsable', url, 'no status');
  return read({ script: status, other: other.value.status, fromPhp: isPhp });
}
