import type { Plugin } from '../../../policies/checks/cms/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { PhpScript } from '../php-literal.ts';
import { installationOf, readScript, versionIn, versionReading, type Found, type ProductReader } from './product.ts';
import type { Tree } from './tree.ts';

const versionClass = 'libraries/src/Version.php';
const manifest = 'administrator/manifests/files/joomla.xml';
const maximumManifest = 131_072;

/** Joomla since 3.8 (libraries/src/Version.php and the manifest of its files); extensions by their manifests. */
export const joomlaReader: ProductReader = {
  product: 'joomla',
  ownFolders: [
    'administrator',
    'api',
    'cache',
    'cli',
    'components',
    'images',
    'includes',
    'installation',
    'language',
  ].concat(['layouts', 'libraries', 'logs', 'media', 'modules', 'plugins', 'templates', 'tmp']),
  async read({ tree, names }): Promise<Found | undefined> {
    if (!names.has('administrator') || !names.has('libraries')) return undefined;
    const [script, xml] = await Promise.all([readScript(tree, versionClass), tree.text(manifest, maximumManifest)]);
    const core = installationOf([
      {
        tree,
        file: versionClass,
        version: script.state === 'unreadable' ? script : versionReading(versionClass, composed(script.value)),
      },
      {
        tree,
        file: manifest,
        version: xml.state === 'unreadable' ? xml : versionReading(manifest, elementOf(xml.value, 'version')),
      },
    ]);
    const isMissing = core.state === 'unreadable' && core.obstacle.code === 'missing';
    return isMissing ? undefined : { core, plugins: await readPlugins(tree) };
  },
};

async function readPlugins(tree: Tree): Promise<Reading<Plugin[]>> {
  const groups = await tree.names('plugins');
  if (groups.state === 'unreadable') return groups;
  const folders = groups.value.filter(isName).map((group) => `plugins/${group}`);
  const found: Plugin[] = [];
  for (const folder of ['administrator/components', 'modules', ...folders]) {
    const extensions = await readExtensions(tree, folder);
    if (extensions.state === 'read') found.push(...extensions.value);
    else if (extensions.obstacle.code !== 'missing') return extensions;
  }
  return read(found);
}

/** `MAJOR_VERSION`, `MINOR_VERSION` and `PATCH_VERSION`, and what is no release has `EXTRA_VERSION`. */
function composed({ classConstants }: PhpScript): string | undefined {
  const [major, minor, patch, extra] = ['MAJOR', 'MINOR', 'PATCH', 'EXTRA'].map((part) =>
    classConstants.get(`${part}_VERSION`),
  );
  const numbers = [major, minor, patch];
  if (!numbers.every((number) => typeof number === 'number')) return undefined;
  if (extra !== undefined && typeof extra !== 'string') return undefined;
  return numbers.join('.') + (extra === undefined || extra === '' ? '' : `-${extra}`);
}

async function readExtensions(tree: Tree, folder: string): Promise<Reading<Plugin[]>> {
  const listed = await tree.names(folder);
  if (listed.state === 'unreadable') return listed;
  const found: Plugin[] = [];
  for (const name of listed.value.filter(isName)) {
    const file = `${folder}/${name}/${name.replace(/^com_/, '')}.xml`;
    const xml = await tree.text(file, maximumManifest);
    if (xml.state === 'unreadable' && xml.obstacle.code === 'missing') continue;
    const marks = xml.state === 'unreadable' ? xml : marksIn(xml.value, file);
    // Joomla's own come with the core.
    if (marks !== undefined)
      found.push({ name: `${folder.split('/').at(-1) ?? ''}/${name}`, own: false, composer: false, marks });
  }
  return read(found);
}

function marksIn(xml: string, file: string): Plugin['marks'] | undefined {
  if (elementOf(xml, 'author') === 'Joomla! Project') return undefined;
  if (!/<(?:extension|install)[\s>]/.test(xml)) return unreadable('unparsable', file, 'it is no manifest');
  return read({ version: versionIn(elementOf(xml, 'version')) ?? null, state: null });
}

/** The text of the first such element, outside of comments. */
function elementOf(xml: string, name: string): string | undefined {
  const bare = withoutComments(xml);
  const from = bare.indexOf(`<${name}>`);
  const until = from === -1 ? -1 : bare.indexOf(`</${name}>`, from);
  return until === -1 ? undefined : bare.slice(from + name.length + 2, until).trim();
}

function withoutComments(xml: string): string {
  const parts: string[] = [];
  let at = 0;
  for (let from = xml.indexOf('<!--'); from !== -1; from = xml.indexOf('<!--', at)) {
    parts.push(xml.slice(at, from));
    const until = xml.indexOf('-->', from);
    if (until === -1) return parts.join('');
    at = until + 3;
  }
  return parts.join('') + xml.slice(at);
}

function isName(name: string): boolean {
  return /^[A-Za-z0-9_-]{1,128}$/.test(name);
}
