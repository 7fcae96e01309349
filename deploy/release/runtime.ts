import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The platforms that executables are made for, as Node.js names them. */
export const platforms = ['linux-x64', 'linux-arm64'] as const;
export type Platform = (typeof platforms)[number];

/** The Node.js that goes into executables. A test holds it against package.json. */
export const runtimeVersion = '26.10.0';

/** What the registry said of the packages with Node.js when they were pinned, as package-lock.json has it of others. */
const integrities: Readonly<Record<Platform, string>> = {
  'linux-x64': 'sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
  'linux-arm64': 'sha512-idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==',
};

const cache = resolve(import.meta.dirname, '../../node_modules/.cache/release');

/** The platform that this runs on, where executables are made for it. */
export const ownPlatform = platforms.find((platform) => platform === `${process.platform}-${process.arch}`);

/**
 * The path of Node.js for a platform, unpacked anew from a package that was held against its digest. The package is fetched
 * from npm's registry once; nothing else of a release needs a network.
 * @throws Error where what was fetched is not what was pinned, or it cannot be fetched
 */
export function runtimeFor(platform: Platform, folder = cache): string {
  if (process.versions.node !== runtimeVersion) {
    throw new Error(
      `this is Node.js ${process.versions.node}; expected ${runtimeVersion}, which goes into the release`,
    );
  }
  const runtime = cachedRuntime(platform, folder);
  const made = `${runtime}.${process.pid}`;
  writeFileSync(made, unpack(platform, 'package/bin/node', folder), { mode: 0o755 });
  renameSync(made, runtime);
  return runtime;
}

/** Where a platform's Node.js lies once it was fetched. */
export function cachedRuntime(platform: Platform, folder = cache): string {
  return join(folder, `node-${platform}-${runtimeVersion}`);
}

/** The licences of Node.js and of all that it holds; they are the same for each platform. */
export function runtimeLicence(platform: Platform): string {
  return unpack(platform, 'package/LICENSE', cache).toString('utf8');
}

function unpack(platform: Platform, member: string, folder: string): Buffer {
  const archive = `${cachedRuntime(platform, folder)}.tgz`;
  mkdirSync(folder, { recursive: true });
  if (!existsSync(archive)) {
    const words = ['pack', `node-${platform}@${runtimeVersion}`, '--silent', '--pack-destination', folder];
    execFileSync('npm', words, { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  requireIntegrity(archive, integrities[platform]);
  return execFileSync('tar', ['-xzOf', archive, member], { maxBuffer: 2 ** 30 });
}

/**
 * @param integrity `sha512-` and base64
 * @throws Error where a file is another one
 */
export function requireIntegrity(file: string, integrity: string): void {
  const found = `sha512-${hash('sha512', readFileSync(file), 'base64')}`;
  if (found !== integrity) throw new Error(`${file} has the digest ${found}; expected ${integrity}`);
}
