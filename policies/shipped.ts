import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getAssetKeys, getRawAsset, isSea } from 'node:sea';

/**
 * The files that the program brings along and reads: policy documents, styles, fonts. They lie in the program's own
 * folder, or within it where it is one executable: nothing is unpacked onto the host's disk.
 */
const root = join(import.meta.dirname, '..');

/**
 * A file that comes with Waarborg.
 * @param path from the root of the tree, such as `policies/antum.yaml`; a constant of the program, or of names without `/`
 * @returns undefined where no such file comes with it
 */
export function shippedFile(path: string): Buffer | undefined {
  try {
    // A copy: what the executable holds is mapped read-only, and a library that wrote into it would end the process.
    return isSea() ? Buffer.from(new Uint8Array(getRawAsset(path))) : readFileSync(join(root, path));
  } catch {
    return undefined;
  }
}

/** As `shippedFile`, as text. */
export function shippedText(path: string): string | undefined {
  return shippedFile(path)?.toString('utf8');
}

/**
 * A file without which the program cannot do its work.
 * @throws Error where the installation lacks it
 */
export function needShipped(path: string): Buffer {
  const content = shippedFile(path);
  if (content === undefined) throw new Error(`this installation lacks ${path}; expected it among Waarborg's own files`);
  return content;
}

/** The names of the files in a folder that comes with Waarborg, sorted. */
export function shippedNames(folder: string): string[] {
  const begin = `${folder}/`;
  const names = isSea()
    ? getAssetKeys().flatMap((key) => (key.startsWith(begin) ? [key.slice(begin.length)] : []))
    : readdirSync(join(root, folder));
  return names.filter((name) => !name.includes('/')).sort();
}
