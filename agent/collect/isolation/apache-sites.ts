import type { Runner } from '../../../policies/checks/isolation/facts.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { mainFolder, parseApache, parseVirtualHosts, readListing } from '../discovery/apache.ts';
import { commandOutput } from '../discovery/command.ts';
import { namesAndPatterns } from '../discovery/place.ts';
import { backendAddress } from './backend.ts';
import type { FoundSite } from './found-site.ts';

type Words = ReturnType<typeof parseApache>[number];

/** What holds where a virtual host says nothing of its own. */
interface Around {
  /** PHP runs inside the server (mod_php). */
  readonly hasModule: boolean;
  readonly runners: readonly Runner[];
  readonly listing: string;
}

/** The virtual hosts of Apache by its own list, and its modules (`-M`); undefined where it is not on this host. */
export async function readApacheSites(context: CollectContext): Promise<Reading<FoundSite[]> | undefined> {
  const listed = await readListing(context);
  if (listed === undefined || listed.state === 'unreadable') return listed;
  const { command, root, text, files } = listed.value;
  const modules = await commandOutput(context, { file: command, args: ['-M'] });
  if (modules?.state === 'unreadable') return modules;
  const hasModule = /^\s*php\d*_module\b/m.test(modules?.value ?? '');
  const around = { hasModule, runners: await readAround(context, root), listing: text };
  const hosts = parseVirtualHosts(text);
  const sites = await Promise.all(
    hosts.map(async ({ name, source }): Promise<FoundSite> => {
      const directives = source === undefined ? undefined : await files.block(source.path, source.line);
      if (directives !== undefined) return siteOf(name, directives, around, (path) => files.folder(path, text));
      return { software: 'Apache', ...named([name]), folder: undefined, isPlain: false, runners: [] };
    }),
  );
  const main = mainFolder(text);
  // Without virtual hosts the main server is the one site.
  if (hosts.length > 0 || main === undefined) return read(sites);
  return read([siteOf('', [['documentroot', main]], around, (path) => path)]);
}

function named(words: readonly string[]): { names: readonly string[] } {
  return { names: namesAndPatterns(words).names };
}

function siteOf(
  name: string,
  directives: readonly Words[],
  { hasModule, runners: inherited, listing }: Around,
  folderOf: (path: string) => string | undefined,
): FoundSite {
  const valuesOf = (wanted: string): string[] =>
    directives.flatMap(([word, ...args]) => (word === wanted ? args.slice(0, 1) : []));
  const aliases = directives.flatMap(([word, ...args]) => (word === 'serveralias' ? args : []));
  // Of two the last holds, and a pattern of folders (mod_vhost_alias) before either.
  const written = valuesOf('virtualdocumentroot').at(-1) ?? valuesOf('documentroot').at(-1) ?? mainFolder(listing);
  const folder = written === undefined ? undefined : folderOf(written);
  const isPlain = written === undefined || (folder !== undefined && !folder.includes('*'));
  const own = runnersIn(directives);
  const user = valuesOf('assignuserid').at(-1) ?? valuesOf('ruidgid').at(-1);
  const inside: Runner[] = [{ by: 'module', user: user ?? null }];
  const around = [...inherited, ...(hasModule || user !== undefined ? inside : [])];
  // suEXEC changes the user of all that Apache starts.
  const started = startsPrograms(directives) && !own.some(({ by }) => by === 'suexec') ? inside : [];
  const runners = [...(own.length > 0 ? own : around), ...started];
  return { software: 'Apache', ...named([name, ...aliases]), folder: isPlain ? folder : undefined, isPlain, runners };
}

/** Whether it runs programs of its folders itself: mod_cgi, mod_fcgid, mod_wsgi. */
function startsPrograms(directives: readonly Words[]): boolean {
  return directives.some(([word, ...args]) => {
    if (['scriptalias', 'scriptaliasmatch', 'fcgidwrapper', 'wsgiscriptalias'].includes(word)) return true;
    if (word === 'options') return args.some((option) => /^\+?execcgi$/i.test(option));
    return ['addhandler', 'sethandler'].includes(word) && args.some((name) => /^(fcgid|cgi|wsgi)-script$/i.test(name));
  });
}

/** SetHandler and ProxyPass of mod_proxy_fcgi (with mod_proxy's `unix:PATH|`), and the user of mod_suexec. */
function runnersIn(directives: readonly Words[]): Runner[] {
  return directives.flatMap(([word, first = '', second = '', third = '']): Runner[] => {
    // As whom Passenger runs a program goes by who owns it.
    if (word === 'passengerenabled' && /^on$/i.test(first)) return [{ by: 'proxy', address: 'Passenger' }];
    if (word === 'suexecusergroup' && first !== '') return [{ by: 'suexec', user: first.slice(0, 256) }];
    if (word === 'sethandler') return first.startsWith('proxy:') ? [handledBy(first.slice('proxy:'.length))] : [];
    if (word !== 'proxypass' && word !== 'proxypassmatch') return [];
    // In a location the path is left out; `!` stands for what is not handed on.
    const target = [first, second, third].find((one) => /^(unix:|[a-z+]+:\/\/)/i.test(one));
    return target === undefined ? [] : [handledBy(target)];
  });
}

function handledBy(target: string): Runner {
  const [, socket] = /^unix:([^|]+)\|fcgi:/i.exec(target) ?? [];
  const [, place] = /^fcgi:\/\/([^/]+)/i.exec(target) ?? [];
  const address = socket ?? place;
  if (address !== undefined) return { by: 'fastcgi', address: backendAddress(address) ?? address.slice(0, 1024) };
  const server = /^(unix:[^|]+|[a-z+]+:\/\/[^/]+)/i.exec(target)?.[1] ?? target;
  return { by: 'proxy', address: server.slice(0, 1024) };
}

/** Handlers that stand around all virtual hosts, as Debian's php8.2-fpm.conf does in conf-enabled. */
async function readAround({ host }: CollectContext, root: string): Promise<Runner[]> {
  const files = [`${root}/apache2.conf`, `${root}/conf/httpd.conf`];
  for (const folder of [`${root}/conf-enabled`, `${root}/conf.d`, `${root}/mods-enabled`]) {
    const names = await host.list(folder);
    if (names.state === 'unreadable') continue;
    files.push(...names.value.filter((name) => name.endsWith('.conf')).map((name) => `${folder}/${name}`));
  }
  const texts = await Promise.all(files.map((file) => host.readText(file)));
  return texts.flatMap((text) => (text.state === 'read' ? runnersIn(outsideHosts(parseApache(text.value))) : []));
}

function outsideHosts(lines: readonly Words[]): Words[] {
  let isInside = false;
  return lines.filter(([word]) => {
    if (word === '<virtualhost') isInside = true;
    const isOutside = !isInside;
    if (word === '</virtualhost>') isInside = false;
    return isOutside;
  });
}
