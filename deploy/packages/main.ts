/**
 * Makes packages of an executable (docs/release.md). No network is needed.
 *
 *     npm run packages -- [--kind deb rpm] [--key release.pem] [--executable FILE] [--platform linux-x64] [--output dist/packages]
 */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Command, Option } from 'commander';
import { ownPlatform, platforms, type Platform } from '../release/runtime.ts';
import { seal, sourceMoment } from '../release/main.ts';
import { programVersion } from './command-lines.ts';
import { makeDebianPackages } from './debian.ts';
import { makeRpmPackages } from './rpm.ts';
import { root } from './staged.ts';

const makers = { deb: makeDebianPackages, rpm: makeRpmPackages } as const;
type Kind = keyof typeof makers;

interface PackagesOptions {
  readonly kind: readonly Kind[];
  readonly executable?: string;
  readonly platform: Platform;
  readonly output: string;
  readonly key?: string;
}

async function packages({ kind, executable, platform, output, key }: PackagesOptions): Promise<void> {
  const released = executable ?? join(root, 'dist/release', `waarborg-${programVersion}-${platform}`);
  if (!existsSync(released)) throw new Error(`${released}: no such file; npm run release makes it`);
  const order = { executable: released, platform, version: programVersion, at: sourceMoment(), level: 6, output };
  for (const one of kind) {
    for (const path of await makers[one](order)) process.stdout.write(`${basename(path)}\n`);
  }
  seal(output, key);
}

if (import.meta.main) {
  const kinds = Object.keys(makers);
  await new Command('packages')
    .addOption(new Option('--kind <kind...>', 'for systems with which packages').choices(kinds).default(kinds))
    .option('--executable <file>', 'as npm run release made it (that in dist/release)')
    .addOption(new Option('--platform <platform>', 'for which platform').choices(platforms).default(ownPlatform))
    .option('--key <file>', 'the private Ed25519 key that signs their checksums, as PEM')
    .option('--output <folder>', 'where the packages go', join(root, 'dist/packages'))
    .action(packages)
    .parseAsync();
}
