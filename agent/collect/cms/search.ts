import { posix } from 'node:path';
import pLimit from 'p-limit';
import type { Host } from '../../host/host.ts';
import { drupalReader } from './drupal.ts';
import { joomlaReader } from './joomla.ts';
import type { Found, Place, ProductReader } from './product.ts';
import type { Unread } from './roots.ts';
import type { CmsOptions } from './settings.ts';
import { Tree } from './tree.ts';
import { typo3Reader } from './typo3.ts';
import { wordpressReader } from './wordpress.ts';

/** Every product, one line each. */
export const productReaders: readonly ProductReader[] = [drupalReader, joomlaReader, typo3Reader, wordpressReader];

/** Folders of other people's code, and of what servers write. */
const passedOver = new Set(['node_modules', 'vendor', 'bower_components', 'cgi-bin', 'lost+found']);
/** Folders that are listed below one that is served: who owns it cannot use up what is meant for all. */
const maximumFoldersOfRoot = 2000;
/** Sites that are read at once: here as many as Node.js has threads for files, because more only wait and hold memory. */
const readersHere = 4;
/** Over a network nearly all time is spent waiting. */
const readersOverSsh = 8;
/** What is called so is a file, and need not be tried as a folder. */
const fileName =
  /\.(?:php\d?|phtml|html?|css|js|mjs|cjs|map|json|xml|xsl|txt|md|ico|png|jpe?g|gif|svg|webp|avif|woff2?|ttf|eot|pdf|zip|gz|tgz|bak|sql|lock|ya?ml|ini|log|dist|sample|neon|toml|mp[34])$/i;

export interface FoundSite extends Found {
  readonly reader: ProductReader;
  readonly tree: Tree;
  /** The served folder that it was found in, without links. */
  readonly root: string;
  /** Below that folder; empty for the folder itself. */
  readonly below: string;
}

export interface Searched {
  readonly sites: readonly FoundSite[];
  readonly unread: readonly Unread[];
  readonly cut: boolean;
}

/**
 * Looks for installations in folders and below them, the deepest folder first, so that each is found by the one nearest.
 *
 * @param roots without links
 * @param sources folders, without links, that links may lead into
 * @param labelOf what a folder is called in a report
 * @param signal aborted when the search has to end
 */
export async function searchRoots(
  host: Host,
  roots: readonly string[],
  sources: readonly string[],
  options: CmsOptions,
  labelOf: (root: string) => string,
  signal: AbortSignal,
): Promise<Searched> {
  const search = new Search(host, sources, options, labelOf, signal);
  const limit = pLimit(host.readOver === undefined ? readersHere : readersOverSsh);
  const deepestFirst = [...roots].sort((a, b) => depthOf(b) - depthOf(a) || (a < b ? -1 : 1));
  for (const root of deepestFirst) search.claim(root);
  await Promise.all(deepestFirst.map((root) => limit(() => search.root(root))));
  return search;
}

/** One root's part of the search. */
interface Within {
  readonly root: string;
  /** Folders, without links, that were listed or are about to be. */
  readonly seen: Set<string>;
  listed: number;
  isFull: boolean;
}

class Search implements Searched {
  readonly sites: FoundSite[] = [];
  readonly unread: Unread[] = [];
  cut = false;
  readonly #host: Host;
  readonly #sources: readonly string[];
  readonly #options: CmsOptions;
  readonly #labelOf: (root: string) => string;
  readonly #signal: AbortSignal;
  #listed = 0;
  readonly #claimed = new Set<string>();

  constructor(
    host: Host,
    sources: readonly string[],
    options: CmsOptions,
    labelOf: (root: string) => string,
    signal: AbortSignal,
  ) {
    this.#host = host;
    this.#sources = sources;
    this.#options = options;
    this.#labelOf = labelOf;
    this.#signal = signal;
  }

  /** A folder that is looked through for itself is passed over below others. */
  claim(root: string): void {
    this.#claimed.add(root);
  }

  async root(root: string): Promise<void> {
    const tree = new Tree(this.#host, root, this.#sources);
    const project = tree.around(this.#sources);
    await this.#folder(tree, '', { root, seen: new Set([root]), listed: 0, isFull: false }, project);
  }

  async #folder(tree: Tree, below: string, within: Within, project?: Tree): Promise<void> {
    if (!this.#mayList(within)) return;
    const listed = await tree.names();
    if (listed.state === 'unreadable') {
      // What is no folder holds no site.
      if (listed.obstacle.code !== 'missing') this.#leave(within.root, listed.obstacle.code, below || '.');
      return;
    }
    const own = await this.#products({ tree, project, names: new Set(listed.value) }, within.root, below);
    const depth = below === '' ? 0 : below.split('/').length;
    if (depth >= this.#options.depth) return;
    for (const name of await this.#foldersFirst(tree, listed.value, own, within.seen)) {
      await this.#folder(tree.at(name), posix.join(below, name), within);
    }
  }

  #mayList(within: Within): boolean {
    if (this.#signal.aborted || this.#listed >= this.#options.maximumFolders) {
      this.cut = true;
      return false;
    }
    if (within.listed >= maximumFoldersOfRoot) {
      if (!within.isFull) this.#leave(within.root, 'too-large', 'its folder');
      within.isFull = true;
      return false;
    }
    this.#listed++;
    within.listed++;
    return true;
  }

  #leave(root: string, code: Unread['obstacle']['code'], what: string): void {
    this.unread.push({ where: this.#labelOf(root), obstacle: { code, what } });
  }

  /** What may be a folder with a site; links last, and none to where the search has been. */
  async #foldersFirst(
    tree: Tree,
    names: readonly string[],
    own: ReadonlySet<string>,
    seen: Set<string>,
  ): Promise<string[]> {
    const folders: string[] = [];
    const links = new Map<string, string>();
    for (const name of names) {
      if (name.startsWith('.') || passedOver.has(name) || own.has(name) || fileName.test(name)) continue;
      const path = posix.join(tree.path, name);
      if (this.#claimed.has(path)) continue;
      const real = await this.#host.realPath(path);
      if (real.state === 'read' && real.value !== path) links.set(name, real.value);
      else if (!seen.has(path)) {
        seen.add(path);
        folders.push(name);
      }
    }
    for (const [name, real] of links) {
      if (seen.has(real) || this.#claimed.has(real)) continue;
      seen.add(real);
      folders.push(name);
    }
    return folders;
  }

  /** The folders of what was found. */
  async #products(place: Place, root: string, below: string): Promise<ReadonlySet<string>> {
    const own = new Set<string>();
    for (const reader of productReaders) {
      const found = await reader.read(place);
      if (found === undefined) continue;
      this.sites.push({ ...found, reader, tree: place.tree, root, below });
      for (const folder of reader.ownFolders) own.add(folder);
    }
    return own;
  }
}

function depthOf(path: string): number {
  return path.split('/').length;
}
