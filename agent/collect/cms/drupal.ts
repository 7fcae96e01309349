import type { Plugin } from '../../../policies/checks/cms/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import {
  installationOf,
  readScript,
  versionIn,
  versionReading,
  type Found,
  type Installation,
  type Place,
  type ProductReader,
} from './product.ts';
import type { Tree } from './tree.ts';

const modern = 'core/lib/Drupal.php';
const seven = 'includes/bootstrap.inc';
/** More than any module's description. */
const maximumDescription = 65_536;

/** Drupal since 8 (core/lib/Drupal.php) and 7 (includes/bootstrap.inc); modules by their `.info.yml` or `.info`. */
export const drupalReader: ProductReader = {
  product: 'drupal',
  ownFolders: ['core', 'includes', 'misc', 'modules', 'profiles', 'scripts', 'sites', 'themes', 'vendor', 'libraries'],
  async read(place): Promise<Found | undefined> {
    const core = (await readModern(place)) ?? (await readSeven(place));
    return core === undefined ? undefined : { core, plugins: await readPlugins(place) };
  },
};

async function readModern({ tree, names }: Place): Promise<Reading<Installation> | undefined> {
  if (!names.has('core')) return undefined;
  const script = await readScript(tree, modern);
  if (script.state === 'unreadable' && script.obstacle.code === 'missing') return undefined;
  const version =
    script.state === 'unreadable' ? script : versionReading(modern, script.value.classConstants.get('VERSION'));
  return installationOf([{ tree, file: modern, version }]);
}

async function readSeven({ tree, names }: Place): Promise<Reading<Installation> | undefined> {
  if (!names.has('includes') || !names.has('misc')) return undefined;
  const script = await readScript(tree, seven);
  if (script.state === 'unreadable' && script.obstacle.code === 'missing') return undefined;
  const version = script.state === 'unreadable' ? script : versionReading(seven, script.value.constants.get('VERSION'));
  return installationOf([{ tree, file: seven, version }]);
}

async function readPlugins({ tree, names }: Place): Promise<Reading<Plugin[]>> {
  const folders = names.has('core') ? ['modules', 'sites/all/modules'] : ['sites/all/modules', 'sites/default/modules'];
  const found: Plugin[] = [];
  for (const folder of folders) {
    for (const group of ['', '/contrib', '/custom']) {
      const modules = await readModules(tree, folder + group, group === '/custom');
      if (modules.state === 'read') found.push(...modules.value);
      else if (modules.obstacle.code !== 'missing') return modules;
    }
  }
  return read(found);
}

async function readModules(tree: Tree, folder: string, own: boolean): Promise<Reading<Plugin[]>> {
  const listed = await tree.names(folder);
  if (listed.state === 'unreadable') return listed;
  const found: Plugin[] = [];
  for (const name of listed.value.filter((one) => /^[a-z0-9_]+$/.test(one) && !['contrib', 'custom'].includes(one))) {
    const marks = await readDescription(tree, `${folder}/${name}/${name}`);
    if (marks !== undefined) found.push({ name, own, composer: false, marks });
  }
  return read(found);
}

/** Undefined for what is no module. */
async function readDescription(tree: Tree, path: string): Promise<Plugin['marks'] | undefined> {
  for (const file of [`${path}.info.yml`, `${path}.info`]) {
    const text = await tree.text(file, maximumDescription);
    if (text.state === 'unreadable' && text.obstacle.code === 'missing') continue;
    if (text.state === 'unreadable') return text;
    const versions = [...text.value.matchAll(/^version[ \t]*[:=][ \t]*(["']?)([^"'\r\n#]*)\1/gm)];
    // The packager of drupal.org adds a line; one of the maker's own before it would be another truth.
    if (versions.length > 1) return unreadable('unparsable', file, 'it names more than one version');
    return read({ version: versionIn(versions[0]?.[2]) ?? null, state: null });
  }
  return undefined;
}
