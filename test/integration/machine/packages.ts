import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { programVersion } from '../../../deploy/packages/command-lines.ts';
import { makeDebianPackages } from '../../../deploy/packages/debian.ts';
import { billOfMaterials, licencesOf } from '../../../deploy/release/components.ts';
import { makeExecutable } from '../../../deploy/release/executable.ts';

export const nextVersion = `${programVersion}+next`;

/**
 * The packages of this version in `current`, and the same as the next version in `next`. They are not compressed: to unpack
 * them takes minutes on a machine that is emulated.
 */
export async function makePlainPackages(work: string, folder: string): Promise<void> {
  const executable = join(work, 'waarborg');
  const at = new Date('2026-11-22T00:00:00Z');
  const made = await makeExecutable({ runtime: process.execPath, hasCompiledCode: true, output: executable });
  writeFileSync(join(work, 'LICENSES.txt'), licencesOf(made, { name: 'Node.js', licence: 'of its own' }));
  writeFileSync(join(work, 'waarborg.cdx.json'), billOfMaterials(at));
  const output = join(work, 'packages');
  const order = { executable, platform: 'linux-x64', version: programVersion, at, level: 0, output } as const;
  const editions = { current: programVersion, next: nextVersion };
  for (const name of Object.keys(editions)) mkdirSync(join(folder, name), { recursive: true });
  for (const archive of await makeDebianPackages(order)) {
    const tree = join(work, basename(archive, '.deb'));
    execFileSync('dpkg-deb', ['--raw-extract', archive, tree]);
    const control = join(tree, 'DEBIAN/control');
    const text = readFileSync(control, 'utf8');
    for (const [name, version] of Object.entries(editions)) {
      writeFileSync(control, text.replaceAll(/(?<=^Version: ).*$|(?<=waarborg \(>= )[^)]+/gm, version));
      execFileSync('dpkg-deb', [
        '--root-owner-group',
        '-Znone',
        '--build',
        tree,
        join(folder, name, basename(archive)),
      ]);
    }
  }
}
