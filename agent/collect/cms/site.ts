import { posix } from 'node:path';
import type { Core, Plugin, Site } from '../../../policies/checks/cms/facts.ts';
import { read, unreadable, type Obstacle, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import type { User } from '../system-users.ts';
import type { Installation } from './product.ts';
import type { FoundSite } from './search.ts';

const maximumPlugins = 2000;
const maximumNames = 100;

/** What the description of a site takes from the host. */
export interface Surroundings {
  readonly context: CollectContext;
  /** Host names by served folder. */
  readonly names: ReadonlyMap<string, ReadonlySet<string>>;
  readonly users: readonly User[];
  /** Puts pseudonyms in the place of what tells an account. */
  readonly conceal: (text: string, owner: string | undefined) => string;
  readonly isOwnPlugin: (name: string) => boolean;
}

/** A site as facts have it, but for what the agent remembers of it. */
export type Described = Omit<Site, 'core' | 'found'> & { readonly core: Reading<Omit<Core, 'since'>> };

export async function describeSite(found: FoundSite, around: Surroundings): Promise<Described> {
  const { context, users, conceal } = around;
  const status = await found.tree.status();
  const uid = status.state === 'read' ? status.value.uid : undefined;
  const owner = users.find((user) => user.uid === uid)?.name;
  const names = [...(around.names.get(found.root) ?? [])].sort();
  const hide = (obstacle: Obstacle): Obstacle => ({ ...obstacle, what: conceal(obstacle.what, owner) });
  return {
    site: labelOf(found, names[0], context.pseudonym(found.tree.path), (text) => conceal(text, owner)),
    product: found.reader.product,
    account: owner === undefined ? null : context.pseudonym(owner),
    names: names.slice(0, maximumNames),
    core: await describeCore(found, around, hide),
    plugins: describePlugins(found, (text) => conceal(text, owner), hide, around.isOwnPlugin),
  };
}

/** Paths below a served folder are known to whoever visits; others may tell an account. */
function labelOf(
  { below }: FoundSite,
  name: string | undefined,
  pseudonym: string,
  conceal: (text: string) => string,
): string {
  if (name === undefined) return pseudonym;
  return below === '' ? name : `${name}/${conceal(below)}`.slice(0, 256);
}

async function describeCore(
  { core, tree, reader }: FoundSite,
  { context }: Surroundings,
  hide: (obstacle: Obstacle) => Obstacle,
): Promise<Described['core']> {
  if (core.state === 'unreadable') return { state: 'unreadable', obstacle: hide(core.obstacle) };
  const status = await core.value.dated.tree.status(core.value.dated.file);
  if (status.state === 'unreadable') return { state: 'unreadable', obstacle: hide(status.obstacle) };
  return read({
    versions: core.value.versions.map(({ file, version }) => ({ file, version })),
    packaged: await packageOf(context, tree.path, core.value, reader.product),
    changed: status.value.changedAt.toISOString(),
  });
}

/** The Debian package that lists the file, by dpkg's own record; only what lies where packages put sites is looked up. */
async function packageOf(
  context: CollectContext,
  folder: string,
  { dated }: Installation,
  product: string,
): Promise<string | null> {
  if (!folder.startsWith('/usr/share/')) return null;
  const list = await context.once(`dpkg list of ${product}`, () =>
    context.host.readText(`/var/lib/dpkg/info/${product}.list`),
  );
  const file = posix.join(dated.tree.path, dated.file);
  return list.state === 'read' && list.value.split('\n').includes(file) ? product : null;
}

function describePlugins(
  { plugins }: FoundSite,
  conceal: (text: string) => string,
  hide: (obstacle: Obstacle) => Obstacle,
  isOwn: (name: string) => boolean,
): Site['plugins'] {
  if (plugins.state === 'unreadable') return { state: 'unreadable', obstacle: hide(plugins.obstacle) };
  if (plugins.value.length > maximumPlugins) return unreadable('too-large', 'the list of plug-ins');
  return read(
    plugins.value
      .map(({ name, own, composer, marks }): Plugin => ({
        name: conceal(name).slice(0, 256),
        own: own || isOwn(name),
        composer,
        marks: marks.state === 'read' ? marks : { state: 'unreadable', obstacle: hide(marks.obstacle) },
      }))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
  );
}
