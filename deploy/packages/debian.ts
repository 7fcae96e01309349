import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownPlatform, type Platform } from '../release/runtime.ts';
import { root, stage, type PackageOrder } from './staged.ts';

const architectures: Readonly<Record<Platform, string>> = { 'linux-x64': 'amd64', 'linux-arm64': 'arm64' };

/**
 * Builds `waarborg`, and on the platform that this runs on `waarborg-agent` and `waarborg-collector`, which hold no code.
 * @returns the paths of the packages
 */
export async function makeDebianPackages(order: PackageOrder): Promise<string[]> {
  const work = mkdtempSync(join(tmpdir(), 'waarborg-packages-'));
  try {
    const tree = join(work, 'waarborg');
    // The source package: `deploy/debian`, and what is made for it.
    cpSync(join(root, 'deploy/debian'), join(tree, 'debian'), { recursive: true });
    writeFileSync(join(tree, 'debian/changelog'), changelog(tree, order));
    await stage(join(tree, 'made'), order);
    const architecture = architectures[order.platform];
    // Only the package with the code is made for another platform: the others hold none, and are made here.
    const parts = order.platform === ownPlatform ? ['--build=binary'] : ['--build=any', `--host-arch=${architecture}`];
    const epoch = String(order.at.getTime() / 1000);
    execFileSync('dpkg-buildpackage', [...parts, '--no-sign', '--no-check-builddeps'], {
      cwd: tree,
      env: { PATH: process.env.PATH, HOME: work, SOURCE_DATE_EPOCH: epoch, LEVEL: String(order.level), LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    mkdirSync(order.output, { recursive: true });
    const made = globSync('*.{deb,changes,buildinfo}', { cwd: work }).sort();
    for (const name of made) cpSync(join(work, name), join(order.output, name));
    return made.filter((name) => name.endsWith('.deb')).map((name) => join(order.output, name));
  } finally {
    rmSync(work, { recursive: true });
  }
}

function changelog(tree: string, { version, at }: PackageOrder): string {
  const maintainer = /^Maintainer: (.*)$/m.exec(readFileSync(join(tree, 'debian/control'), 'utf8'))?.[1] ?? '';
  const when = `${at.toUTCString().slice(0, -3)}+0000`;
  const about = '  * What users notice stands in CHANGELOG.md of the sources.';
  return `waarborg (${version}) unstable; urgency=medium\n\n${about}\n\n -- ${maintainer}  ${when}\n`;
}
