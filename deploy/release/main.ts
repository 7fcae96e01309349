/**
 * Makes a release: executables, bill of materials, licences, checksums and, with a key, the signature (docs/release.md).
 *
 *     npm run release -- [--key release.pem] [--platform linux-x64] [--output dist/release]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { agentVersion } from '../../agent/version.ts';
import { billOfMaterials, licencesOf } from './components.ts';
import { makeExecutable } from './executable.ts';
import { ownPlatform, platforms, runtimeFor, runtimeLicence, runtimeVersion, type Platform } from './runtime.ts';
import { describeRelease, signRelease } from './seal.ts';

const root = resolve(import.meta.dirname, '../..');

interface ReleaseOptions {
  readonly key?: string;
  readonly platform: readonly Platform[];
  readonly output: string;
}

/** The moment of the sources: SOURCE_DATE_EPOCH where it is set (reproducible-builds.org), else that of the last commit. */
export function sourceMoment(): Date {
  const seconds = process.env.SOURCE_DATE_EPOCH ?? git(root, 'log', '-1', '--format=%ct');
  if (seconds === undefined) throw new Error('no date of the sources; set SOURCE_DATE_EPOCH, in seconds since 1970');
  return new Date(Number(seconds) * 1000);
}

function git(folder: string, ...words: string[]): string | undefined {
  try {
    return execFileSync('git', words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

/** The commit that a checkout is of; undefined where its files are others, or it is none. */
export function commitOf(folder: string): string | undefined {
  return git(folder, 'status', '--porcelain') === '' ? git(folder, 'rev-parse', 'HEAD') : undefined;
}

/** Describes what lies in a folder as made of these sources, and signs it where there is a key. */
export function seal(folder: string, key: string | undefined): void {
  describeRelease(folder, {
    version: agentVersion,
    at: sourceMoment(),
    commit: commitOf(root),
    node: runtimeVersion,
  });
  if (key !== undefined) signRelease(folder, readFileSync(key, 'utf8'));
  process.stdout.write(`${folder}: ${key === undefined ? 'not signed, because no --key was given' : 'signed'}\n`);
}

async function release({ key, platform, output }: ReleaseOptions): Promise<void> {
  const at = sourceMoment();
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  for (const one of platform) {
    const name = `waarborg-${agentVersion}-${one}`;
    const hasCompiledCode = one === ownPlatform;
    const made = await makeExecutable({ runtime: runtimeFor(one), hasCompiledCode, output: join(output, name) });
    writeFileSync(
      join(output, 'LICENSES.txt'),
      licencesOf(made, { name: `Node.js ${runtimeVersion}`, licence: runtimeLicence(one) }),
    );
    process.stdout.write(`${name}${hasCompiledCode ? '' : ', without compiled code'}\n`);
  }
  writeFileSync(join(output, 'waarborg.cdx.json'), billOfMaterials(at));
  seal(output, key);
}

if (import.meta.main) {
  await new Command('release')
    .option('--key <file>', 'the private Ed25519 key that signs, as PEM')
    .addOption(
      new Option('--platform <platform...>', 'for which platforms').choices(platforms).default([...platforms], 'all'),
    )
    .option('--output <folder>', 'it is emptied first', join(root, 'dist/release'))
    .action(release)
    .parseAsync();
}
