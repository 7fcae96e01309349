import { PluginState, type Plugin } from '../../../policies/checks/cms/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { PhpArray, PhpScript } from '../php-literal.ts';
import { installedFile, readComposer, typo3Core, type ComposerPackage } from './composer.ts';
import {
  installationOf,
  readScript,
  versionIn,
  versionReading,
  type Found,
  type Place,
  type ProductReader,
  type VersionFile,
} from './product.ts';
import type { Tree } from './tree.ts';

const versionClass = 'Classes/Information/Typo3Version.php';
const classicCore = 'typo3/sysext/core';
const classicPlugins = 'typo3conf/ext';

/** TYPO3, installed by Composer or in the classic way (TYPO3 Explained: Directory structure, ext_emconf.php). */
export const typo3Reader: ProductReader = {
  product: 'typo3',
  ownFolders: ['typo3', 'typo3_src', 'typo3conf', 'typo3temp', 'fileadmin', 'uploads', '_assets', 'vendor'],
  async read(place): Promise<Found | undefined> {
    const { tree, names } = place;
    const composer = await composerOf(place);
    const isClassic = names.has('typo3') || names.has('typo3_src') || names.has('typo3conf');
    if (!isClassic && composer === undefined) return undefined;
    const core = installationOf([
      ...(composer === undefined ? [] : await composerVersions(composer)),
      ...(isClassic ? await classicVersions(tree) : []),
    ]);
    // A folder may be called `typo3` for other reasons; one called `typo3conf`, or a link to the source, is none of those.
    const isCertain = composer !== undefined || names.has('typo3conf') || names.has('typo3_src');
    const isMissing = core.state === 'unreadable' && core.obstacle.code === 'missing';
    return isMissing && !isCertain ? undefined : { core, plugins: await readPlugins(place, composer) };
  },
};

async function readPlugins({ tree }: Place, composer: Composed | undefined): Promise<Reading<Plugin[]>> {
  const managed = composer === undefined ? [] : await composerPlugins(composer);
  const keys = new Set(managed.map(({ name }) => name));
  // Composer puts links here that lead to its own folder.
  const classic = await classicExtensions(composer === undefined ? tree : tree.with(composer.project.path));
  if (classic.state === 'read') return read([...managed, ...classic.value.filter(({ name }) => !keys.has(name))]);
  return classic.obstacle.code === 'missing' ? read(managed) : classic;
}

interface Composed {
  readonly project: Tree;
  readonly packages: readonly ComposerPackage[];
}

/** Composer's project of a place: the folder itself or the one around it. Undefined where it installed no TYPO3 there. */
async function composerOf({ tree, project }: Place): Promise<Composed | undefined> {
  for (const candidate of [tree, project]) {
    const packages = candidate === undefined ? undefined : await readComposer(candidate);
    if (candidate === undefined || packages?.state !== 'read') continue;
    if (packages.value.some(({ name }) => name === typo3Core)) return { project: candidate, packages: packages.value };
  }
  return undefined;
}

/** What Composer wrote down, and what stands in the code that it installed. */
async function composerVersions({ project, packages }: Composed): Promise<VersionFile[]> {
  const version = packages.find(({ name }) => name === typo3Core)?.version;
  const file = `vendor/${typo3Core}/${versionClass}`;
  const script = await readScript(project, file);
  return [
    { tree: project, file: installedFile, version: versionReading(installedFile, version) },
    { tree: project, file, version: constantVersion(file, script) },
  ];
}

async function classicVersions(tree: Tree): Promise<VersionFile[]> {
  const files = [`${classicCore}/${versionClass}`, `${classicCore}/ext_emconf.php`] as const;
  const [byClass, byDescription] = await Promise.all(files.map((file) => readScript(tree, file)));
  const described = byDescription?.state === 'read' ? descriptionIn(byDescription.value)?.get('version') : undefined;
  return [
    { tree, file: files[0], version: constantVersion(files[0], byClass ?? unreadable('missing', files[0])) },
    {
      tree,
      file: files[1],
      version: byDescription?.state === 'unreadable' ? byDescription : versionReading(files[1], described),
    },
  ];
}

function constantVersion(file: string, script: Reading<PhpScript>): Reading<string> {
  if (script.state === 'unreadable') return script;
  return versionReading(file, script.value.classConstants.get('VERSION'));
}

async function composerPlugins({ project, packages }: Composed): Promise<Plugin[]> {
  const extensions = packages.filter(({ type }) => type === 'typo3-cms-extension');
  return Promise.all(
    extensions.map(async ({ name, version, extensionKey, isLocal, folder }): Promise<Plugin> => {
      const description = folder === undefined ? unreadable('missing', name) : await readDescription(project, folder);
      const marks: Plugin['marks'] =
        description.state === 'read'
          ? read({ version: version ?? null, state: description.value.state })
          : // Composer needs no ext_emconf.php.
            description.obstacle.code === 'missing'
            ? read({ version: version ?? null, state: null })
            : description;
      return { name: extensionKey ?? name, own: isLocal, composer: true, marks };
    }),
  );
}

async function classicExtensions(tree: Tree): Promise<Reading<Plugin[]>> {
  const listed = await tree.names(classicPlugins);
  if (listed.state === 'unreadable') return listed;
  const found: Plugin[] = [];
  for (const name of listed.value.filter((one) => !one.startsWith('.'))) {
    const marks = await readDescription(tree, `${classicPlugins}/${name}`);
    if (marks.state === 'unreadable' && marks.obstacle.code === 'missing') {
      const status = await tree.status(`${classicPlugins}/${name}`);
      if (status.state === 'read' && status.value.kind !== 'directory') continue;
    }
    const isBare = marks.state === 'unreadable' && marks.obstacle.code === 'missing';
    found.push({ name, own: false, composer: false, marks: isBare ? read({ version: null, state: null }) : marks });
  }
  return read(found);
}

async function readDescription(tree: Tree, folder: string): Promise<Plugin['marks']> {
  const file = `${folder}/ext_emconf.php`;
  const script = await readScript(tree, file);
  if (script.state === 'unreadable') return script;
  const description = descriptionIn(script.value);
  if (description === undefined) return unreadable('unparsable', file, 'it describes no extension in plain words');
  const state = description.get('state');
  return read({
    version: versionIn(description.get('version')) ?? null,
    state: state === undefined ? null : (PluginState.options.find((known) => known === state) ?? 'other'),
  });
}

/** `$EM_CONF[$_EXTKEY] = [...]`, once. */
function descriptionIn({ assignments }: PhpScript): PhpArray | undefined {
  const [first, ...others] = assignments.filter(({ variable }) => variable === 'EM_CONF');
  if (first?.keys.length !== 1 || others.length > 0) return undefined;
  return typeof first.value === 'object' ? (first.value ?? undefined) : undefined;
}
