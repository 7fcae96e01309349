import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './sources.ts';

/** Debian packages that tests use without installing them: these would change the machine itself. */
export const unpackedPackages = ['libpam-pwquality', 'libpam-passwdqc', 'mariadb-server'] as const;

/** The folder that holds a package's files, whether or not it is there. */
export function unpackedPackage(name: string): string {
  return join(root, 'node_modules/.cache/debian', name);
}

/** The path of a file of an unpacked package, by its name; undefined where the package is not there. */
export function unpackedFile(name: string, file: string): string | undefined {
  const folder = unpackedPackage(name);
  try {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const found = files.find((path) => path.endsWith(`/${file}`));
    return found === undefined ? undefined : join(folder, found);
  } catch {
    return undefined;
  }
}
