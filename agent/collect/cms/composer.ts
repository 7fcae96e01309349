import { posix } from 'node:path';
import { z } from 'zod';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { versionIn } from './product.ts';
import type { Tree } from './tree.ts';

/** Where Composer writes down what it installed, below a project. */
export const installedFile = 'vendor/composer/installed.json';
export const typo3Core = 'typo3/cms-core';
/** Of very large projects it is a mebibyte. */
const maximumSize = 2 * 2 ** 20;

const Package = z.object({
  name: z.string().max(200),
  version: z.string().max(200),
  type: z.string().max(200).optional(),
  dist: z.object({ type: z.string().max(64).optional() }).nullish(),
  'install-path': z.string().max(1000).nullish(),
  extra: z.unknown().optional(),
});
const Extra = z.object({ 'typo3/cms': z.object({ 'extension-key': z.string().min(1).max(128) }) });
const Entries = z.array(z.unknown()).max(5000);
const Installed = z.union([z.object({ packages: Entries }), Entries]);

export interface ComposerPackage {
  readonly name: string;
  readonly version: string | undefined;
  readonly type: string;
  /** The name that TYPO3 has for it. */
  readonly extensionKey: string | undefined;
  /** It comes from a folder of the project itself. */
  readonly isLocal: boolean;
  /** Below the project; undefined where Composer does not say. */
  readonly folder: string | undefined;
}

/** What Composer installed in a project besides libraries, in the forms of its versions 1 and 2. */
export async function readComposer(project: Tree): Promise<Reading<readonly ComposerPackage[]>> {
  const text = await project.text(installedFile, maximumSize);
  if (text.state === 'unreadable') return text;
  try {
    const installed = Installed.parse(JSON.parse(text.value));
    const entries = Array.isArray(installed) ? installed : installed.packages;
    return read(entries.filter((entry) => !isLibrary(entry)).map((entry) => describe(Package.parse(entry))));
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof z.ZodError)) throw error;
    return unreadable('unparsable', installedFile, 'it is no list of packages');
  }
}

/** Nothing is asked of a library, and a project has many: they are not looked at. TYPO3's core is none, whatever is said of it. */
function isLibrary(entry: unknown): boolean {
  const { type, name }: { type?: unknown; name?: unknown } = typeof entry === 'object' && entry !== null ? entry : {};
  return type === 'library' && name !== typo3Core;
}

function describe(found: z.output<typeof Package>): ComposerPackage {
  const path = found['install-path'];
  const extra = Extra.safeParse(found.extra);
  return {
    name: found.name,
    version: versionIn(found.version),
    type: found.type ?? 'library',
    extensionKey: extra.success ? extra.data['typo3/cms']['extension-key'] : undefined,
    isLocal: found.dist?.type === 'path',
    folder: typeof path === 'string' ? posix.join('vendor/composer', path) : undefined,
  };
}
