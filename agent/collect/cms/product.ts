import { versionForm, type Plugin, type Product } from '../../../policies/checks/cms/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { readPhp, type PhpScript, type PhpValue } from '../php-literal.ts';
import type { Tree } from './tree.ts';

/** Where a system may be installed: a folder, and what is known of the one around it. */
export interface Place {
  readonly tree: Tree;
  /** The folder around a served one, where Composer keeps what is not served; only of folders that are served as such. */
  readonly project: Tree | undefined;
  /** What lies in the folder. */
  readonly names: ReadonlySet<string>;
}

/** What a file says the version is. */
export interface VersionSource {
  /** Below the site's folder. */
  readonly file: string;
  readonly version: string;
}

/** A core as it lies on disk. */
export interface Installation {
  readonly versions: readonly VersionSource[];
  /** The file whose last change is looked at, and the folder that it is below. */
  readonly dated: { readonly tree: Tree; readonly file: string };
}

/** What was found of one product in one place. */
export interface Found {
  readonly core: Reading<Installation>;
  readonly plugins: Reading<Plugin[]>;
}

/** Reads the installations of one product. */
export interface ProductReader {
  readonly product: Product;
  /** Folders of the product itself, in which no other site is looked for. */
  readonly ownFolders: readonly string[];
  /** Undefined where the product is not installed there. */
  read(place: Place): Promise<Found | undefined>;
}

/** What a PHP file says in literals; a file that cannot be understood is an obstacle. */
export async function readScript(tree: Tree, file: string): Promise<Reading<PhpScript>> {
  const text = await tree.text(file);
  if (text.state === 'unreadable') return text;
  try {
    return read(readPhp(text.value));
  } catch (error) {
    if (error instanceof SyntaxError) return unreadable('unparsable', file, error.message);
    throw error;
  }
}

/** A version as facts hold it; undefined for what is none, such as an expression or a sentence. */
export function versionIn(value: PhpValue | undefined): string | undefined {
  const text = typeof value === 'string' ? value.trim().replace(/^v(?=\d)/, '') : undefined;
  return text !== undefined && versionForm.test(text) ? text : undefined;
}

/** A file that may tell the version, and what it told. */
export interface VersionFile {
  readonly tree: Tree;
  /** Below the tree. */
  readonly file: string;
  readonly version: Reading<string>;
}

/** The versions that were found, or why none was. */
export function installationOf(found: readonly VersionFile[]): Reading<Installation> {
  const versions = found.flatMap(({ file, version }) =>
    version.state === 'read' ? [{ file, version: version.value }] : [],
  );
  const dated = found.find(({ version }) => version.state === 'read');
  if (dated !== undefined) {
    return read({ versions: versions.sort((a, b) => (a.file < b.file ? -1 : 1)), dated });
  }
  // That a file is missing says less than that one could not be read.
  const obstacles = found.flatMap(({ version }) => (version.state === 'unreadable' ? [version] : []));
  const [first] = obstacles;
  return obstacles.find(({ obstacle }) => obstacle.code !== 'missing') ?? first ?? unreadable('missing', 'version');
}

/** A file's version as a reading: what says none is not understood. */
export function versionReading(file: string, value: PhpValue | undefined): Reading<string> {
  const version = versionIn(value);
  return version === undefined ? unreadable('unparsable', file, 'it tells no version in plain words') : read(version);
}
