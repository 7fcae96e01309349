import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './sources.ts';

/** Debian packages that tests use without installing them: these would change how the machine itself sets passwords. */
export const unpackedPackages = ['libpam-pwquality', 'libpam-passwdqc'] as const;

/** The folder that holds a package's files, whether or not it is there. */
export function unpackedPackage(name: string): string {
  return join(root, 'node_modules/.cache/debian', name);
}

/** The path of an unpacked PAM module; undefined where its package is not there. */
export function unpackedPamModule(name: 'pam_pwquality' | 'pam_passwdqc'): string | undefined {
  const folder = unpackedPackage(`lib${name.replace('_', '-')}`);
  try {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const found = files.find((file) => file.endsWith(`/${name}.so`));
    return found === undefined ? undefined : join(folder, found);
  } catch {
    return undefined;
  }
}
