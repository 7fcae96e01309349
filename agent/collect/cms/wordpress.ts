import type { Plugin } from '../../../policies/checks/cms/facts.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import { assignedTo } from '../php-literal.ts';
import {
  installationOf,
  readScript,
  versionIn,
  versionReading,
  type Found,
  type Place,
  type ProductReader,
} from './product.ts';
import type { Tree } from './tree.ts';

const versionFile = 'wp-includes/version.php';
/** As much of a plug-in's file as WordPress itself looks at for its header (get_file_data). */
const headerLength = 8192;
/** Files of one plug-in's folder that are looked at for a header. */
const maximumFiles = 50;

/** WordPress (wp-includes/version.php, and the headers of plug-ins: Plugin Handbook, Header Requirements). */
export const wordpressReader: ProductReader = {
  product: 'wordpress',
  ownFolders: ['wp-admin', 'wp-includes', 'wp-content'],
  async read(place): Promise<Found | undefined> {
    const { tree, names } = place;
    if (!names.has('wp-includes')) return undefined;
    const script = await readScript(tree, versionFile);
    const version =
      script.state === 'unreadable' ? script : versionReading(versionFile, assignedTo(script.value, 'wp_version'));
    return { core: installationOf([{ tree, file: versionFile, version }]), plugins: await readPlugins(place) };
  },
};

async function readPlugins(place: Place): Promise<Reading<Plugin[]>> {
  const content = await findContent(place);
  const [plugins, always] = await Promise.all([
    readFolder(content, 'plugins', ''),
    // What lies here runs whether it has a header or not, and folders in it do not.
    readFolder(content, 'mu-plugins', 'mu-plugins/'),
  ]);
  if (plugins.state === 'unreadable') return plugins;
  if (always.state === 'unreadable') return always.obstacle.code === 'missing' ? plugins : always;
  return read([...plugins.value, ...always.value]);
}

/** `wp-content` lies beside the core, or one folder up where the core has a folder of its own; Bedrock calls it `app`. */
async function findContent({ tree, names }: Place): Promise<Tree> {
  if (names.has('wp-content')) return tree.at('wp-content');
  for (const candidate of ['../wp-content', '../app']) {
    const there = await tree.status(`${candidate}/plugins`);
    if (there.state === 'read') return tree.at(candidate);
  }
  return tree.at('wp-content');
}

async function readFolder(content: Tree, folder: string, prefix: string): Promise<Reading<Plugin[]>> {
  const listed = await content.names(folder);
  if (listed.state === 'unreadable') return listed;
  const found: Plugin[] = [];
  for (const name of listed.value) {
    if (name.startsWith('.') || name === 'index.php') continue;
    const plugin = name.endsWith('.php')
      ? await readFile(content, `${folder}/${name}`, prefix !== '')
      : prefix === ''
        ? await readPluginFolder(content, `${folder}/${name}`, name)
        : undefined;
    if (plugin !== undefined) found.push({ name: prefix + name, own: false, composer: false, marks: plugin });
  }
  return read(found);
}

/** The file that is called as its folder first: nearly always the plug-in is there. */
async function readPluginFolder(content: Tree, path: string, name: string): Promise<Plugin['marks'] | undefined> {
  const usual = await readFile(content, `${path}/${name}.php`, false);
  if (usual?.state === 'read') return usual;
  const listed = await content.names(path);
  // What is no folder is no plug-in.
  if (listed.state === 'unreadable') return listed.obstacle.code === 'missing' ? undefined : listed;
  for (const file of listed.value.filter((one) => one.endsWith('.php')).slice(0, maximumFiles)) {
    const marks = await readFile(content, `${path}/${file}`, false);
    if (marks !== undefined) return marks;
  }
  return undefined;
}

/** Undefined for a file without a header, unless it is a plug-in all the same. */
async function readFile(content: Tree, path: string, isPlugin: boolean): Promise<Plugin['marks'] | undefined> {
  const head = await content.head(path, headerLength);
  if (head.state === 'unreadable') return head.obstacle.code === 'missing' ? undefined : head;
  if (headerOf(head.value, 'Plugin Name') === undefined && !isPlugin) return undefined;
  return read({ version: versionIn(headerOf(head.value, 'Version')) ?? null, state: null });
}

/** The first such line of a comment, as WordPress finds it. */
function headerOf(text: string, name: string): string | undefined {
  const line = new RegExp(`^(?:[ \\t]*<\\?php)?[ \\t/*#@]*${name}:([^\\r\\n]*)$`, 'im').exec(
    text.replaceAll('\r', '\n'),
  );
  return line?.[1]?.replace(/\s*(?:\*\/|\?>).*/, '').trim();
}
