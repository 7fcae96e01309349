/**
 * Makes Debian packages of an executable (docs/release.md). No network is needed.
 *
 *     npm run packages -- [--key release.pem] [--executable FILE] [--platform linux-x64] [--output dist/packages]
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { ownPlatform, platforms, type Platform } from '../release/runtime.ts';
import { seal, sourceMoment } from '../release/main.ts';
import { commandLines, programVersion } from './command-lines.ts';
import { bashCompletion, fishCompletion, zshCompletion } from './completion.ts';
import { commandPage, overviewPage, type Edition } from './manual.ts';

const root = resolve(import.meta.dirname, '../..');

const debianArchitectures: Readonly<Record<Platform, string>> = { 'linux-x64': 'amd64', 'linux-arm64': 'arm64' };

export interface PackageOrder {
  /** What `npm run release` made for the platform; its bill of materials and licences lie beside it. */
  readonly executable: string;
  readonly platform: Platform;
  /** As Debian writes versions. */
  readonly version: string;
  readonly at: Date;
  /** 0 to 9: how hard is compressed. */
  readonly level: number;
  readonly output: string;
}

/**
 * Builds `waarborg`, and on the platform that this runs on `waarborg-agent` and `waarborg-collector`, which hold no code.
 * @returns the paths of the packages
 */
export async function makePackages(order: PackageOrder): Promise<string[]> {
  const work = mkdtempSync(join(tmpdir(), 'waarborg-packages-'));
  try {
    const tree = join(work, 'waarborg');
    await writeTree(tree, order);
    const architecture = debianArchitectures[order.platform];
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

/** The source package: `deploy/debian`, and what is made for it. */
async function writeTree(tree: string, { executable, version, at }: PackageOrder): Promise<void> {
  cpSync(join(root, 'deploy/debian'), join(tree, 'debian'), { recursive: true });
  writeFileSync(join(tree, 'debian/changelog'), changelog(tree, version, at));
  const made = join(tree, 'made');
  cpSync(executable, join(made, 'waarborg'));
  for (const name of ['LICENSES.txt', 'waarborg.cdx.json']) cpSync(join(dirname(executable), name), join(made, name));
  cpSync(join(root, 'deploy/systemd'), join(made, 'systemd'), { recursive: true });
  cpSync(join(root, 'deploy/debian/etc'), join(made, 'etc'), { recursive: true });
  for (const example of globSync('*.example.yaml', { cwd: join(root, 'deploy') })) {
    cpSync(join(root, 'deploy', example), join(made, 'examples', example.replace('.example', '')));
  }
  await writeHelp(made, { version: programVersion, at });
}

function changelog(tree: string, version: string, at: Date): string {
  const maintainer = /^Maintainer: (.*)$/m.exec(readFileSync(join(tree, 'debian/control'), 'utf8'))?.[1] ?? '';
  const when = `${at.toUTCString().slice(0, -3)}+0000`;
  const about = '  * What users notice stands in CHANGELOG.md of the sources.';
  return `waarborg (${version}) unstable; urgency=medium\n\n${about}\n\n -- ${maintainer}  ${when}\n`;
}

/** Manual pages and completions, made of the help of the program's commands. */
export async function writeHelp(folder: string, edition: Edition): Promise<void> {
  const commands = await commandLines();
  for (const name of ['man', 'completions']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'man/waarborg.1'), `${overviewPage(commands, edition)}\n`);
  for (const command of commands) {
    writeFileSync(join(folder, `man/waarborg-${command.name}.1`), `${commandPage(command, edition)}\n`);
  }
  writeFileSync(join(folder, 'completions/waarborg'), bashCompletion(commands));
  writeFileSync(join(folder, 'completions/_waarborg'), zshCompletion(commands));
  writeFileSync(join(folder, 'completions/waarborg.fish'), fishCompletion(commands));
}

interface PackagesOptions {
  readonly executable?: string;
  readonly platform: Platform;
  readonly output: string;
  readonly key?: string;
}

async function packages({ executable, platform, output, key }: PackagesOptions): Promise<void> {
  const released = executable ?? join(root, 'dist/release', `waarborg-${programVersion}-${platform}`);
  if (!existsSync(released)) throw new Error(`${released}: no such file; npm run release makes it`);
  const order = { executable: released, platform, version: programVersion, at: sourceMoment(), level: 6, output };
  for (const path of await makePackages(order)) process.stdout.write(`${basename(path)}\n`);
  seal(output, key);
}

if (import.meta.main) {
  await new Command('packages')
    .option('--executable <file>', 'as npm run release made it (that in dist/release)')
    .addOption(new Option('--platform <platform>', 'for which platform').choices(platforms).default(ownPlatform))
    .option('--key <file>', 'the private Ed25519 key that signs their checksums, as PEM')
    .option('--output <folder>', 'where the packages go', join(root, 'dist/packages'))
    .action(packages)
    .parseAsync();
}
