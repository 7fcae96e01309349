import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ownPlatform, type Platform } from '../release/runtime.ts';
import { root, stage, type PackageOrder } from './staged.ts';

const architectures: Readonly<Record<Platform, string>> = { 'linux-x64': 'x86_64', 'linux-arm64': 'aarch64' };

/**
 * As `makeDebianPackages`, for systems with RPM, of `deploy/rpm/waarborg.spec`. The same order gives the same bytes.
 * @returns the paths of the packages
 */
export async function makeRpmPackages(order: PackageOrder): Promise<string[]> {
  const work = mkdtempSync(join(tmpdir(), 'waarborg-packages-'));
  try {
    const made = join(work, 'made');
    await stage(made, order);
    cpSync(join(root, 'deploy/rpm/sysusers'), join(made, 'sysusers'), { recursive: true });
    const macros = {
      _topdir: work,
      made,
      program_version: order.version,
      _binary_payload: order.level === 0 ? 'w.ufdio' : `w${order.level}.xzdio`,
      // What the machine is called that builds says nothing of the package.
      _buildhost: 'reproducible',
      use_source_date_epoch_as_buildtime: '1',
      clamp_mtime_to_source_date_epoch: '1',
    };
    const words = Object.entries(macros).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
    const target = ['--target', `${architectures[order.platform]}-linux`];
    execFileSync('rpmbuild', ['-bb', ...target, ...words, join(root, 'deploy/rpm/waarborg.spec')], {
      env: { PATH: process.env.PATH, HOME: work, SOURCE_DATE_EPOCH: String(order.at.getTime() / 1000), LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    mkdirSync(order.output, { recursive: true });
    // Only the package with the code is made for another platform: the others hold none, and are made here.
    const wanted = order.platform === ownPlatform ? '*' : architectures[order.platform];
    return globSync(`RPMS/${wanted}/*.rpm`, { cwd: work })
      .sort()
      .map((path) => {
        const target = join(order.output, basename(path));
        cpSync(join(work, path), target);
        return target;
      });
  } finally {
    rmSync(work, { recursive: true });
  }
}
