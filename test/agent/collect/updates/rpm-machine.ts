import { execFileSync } from 'node:child_process';
import { mkdirSync, lutimesSync, rmSync, writeFileSync, readdirSync, cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command, Host } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';

/** Where each program is told to work in a folder of its own instead of on this machine. */
const rooted: Readonly<Record<string, (root: string) => string[]>> = {
  dnf: (root) => ['--installroot', root, '--releasever', '9'],
  zypper: (root) => ['--root', root],
  rpm: (root) => ['--root', root],
};

/** A machine in a folder, with rpm's database and the real dnf or zypper. Paths outside the folder do not exist for it. */
export class RpmMachine implements Host {
  readonly hostname = 'machine';
  readonly #local = new LocalHost();
  readonly #root: string;

  /** @param installed packages of `makePackages` */
  constructor(root: string, osRelease: string, installed: readonly string[]) {
    this.#root = root;
    this.write('/etc/os-release', osRelease);
    this.write('/etc/dnf/dnf.conf', '[main]\n');
    this.write('/proc/stat', 'btime 1700000000\n');
    execFileSync('rpm', ['--root', root, '--initdb']);
    const install = ['--root', root, '--force-debian', '--nodeps', '-i', ...installed];
    execFileSync('rpm', install, { stdio: ['ignore', 'ignore', 'ignore'] });
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(this.at(path)), { recursive: true });
    writeFileSync(this.at(path), content);
  }

  remove(path: string): void {
    rmSync(this.at(path), { recursive: true });
  }

  /** Sets the time of every file below a folder. */
  touch(folder: string, time: Date): void {
    for (const name of readdirSync(this.at(folder), { recursive: true, encoding: 'utf8' })) {
      lutimesSync(join(this.at(folder), name), time, time);
    }
  }

  /** Not of the interface: a person's own use of a tool on the machine. */
  async tool(file: string, ...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    const result = await this.run({ file, args });
    if (result.state === 'unreadable') throw new Error(JSON.stringify(result.obstacle));
    return result.value;
  }

  run(command: Command, signal?: AbortSignal) {
    const args = [...(rooted[command.file]?.(this.#root) ?? []), ...command.args];
    return this.#local.run({ ...command, args }, signal);
  }
  readText(path: string, options?: { maximumSize?: number }) {
    return this.#local.readText(this.at(path), options);
  }
  readBytes(path: string, options?: { maximumSize?: number }) {
    return this.#local.readBytes(this.at(path), options);
  }
  readPart(path: string, part: { offset: number; length: number }) {
    return this.#local.readPart(this.at(path), part);
  }
  list(path: string) {
    return this.#local.list(this.at(path));
  }
  status(path: string) {
    return this.#local.status(this.at(path));
  }
  realPath(path: string) {
    return this.#local.realPath(this.at(path));
  }
  connect(address: string, port: number) {
    return this.#local.connect(address, port);
  }
  caaRecords(name: string) {
    return this.#local.caaRecords(name);
  }

  at(path: string): string {
    return join(this.#root, path);
  }
}

/** Builds empty packages, `hello-1.0-1` say; the answer gives the file of each. */
export function makePackages(folder: string, ...packages: readonly string[]): Map<string, string> {
  mkdirSync(folder, { recursive: true });
  const files = new Map<string, string>();
  for (const full of packages) {
    const [, name = '', version = '', release = ''] = /^(.+)-([^-]+)-([^-]+)$/.exec(full) ?? [];
    const spec = join(folder, `${full}.spec`);
    const head = `Name: ${name}\nVersion: ${version}\nRelease: ${release}\nSummary: a\nLicense: MIT\nBuildArch: noarch\n`;
    writeFileSync(spec, `${head}%description\na\n%files\n`);
    const folders = ['--define', `_topdir ${join(folder, 'build')}`, '--define', `_rpmdir ${folder}`];
    execFileSync('rpmbuild', ['-bb', '--quiet', ...folders, spec], { stdio: 'ignore' });
    files.set(full, join(folder, 'noarch', `${full}.noarch.rpm`));
  }
  return files;
}

/** Makes a repository of packages; `advised` are those that an advisory about security brings. */
export function makeRepository(folder: string, packages: readonly string[], advised?: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  for (const file of packages) cpSync(file, join(folder, file.slice(file.lastIndexOf('/') + 1)));
  execFileSync('createrepo_c', ['-q', folder]);
  if (advised === undefined) return;
  const list = join(folder, 'updateinfo.xml');
  writeFileSync(list, `<?xml version="1.0" encoding="UTF-8"?>\n<updates>${advised.map(advisory).join('')}</updates>\n`);
  execFileSync('modifyrepo_c', ['--mdtype=updateinfo', list, join(folder, 'repodata')], { stdio: 'ignore' });
}

function advisory(full: string, index: number): string {
  const [, name = '', version = '', release = ''] = /^(.+)-([^-]+)-([^-]+)$/.exec(full) ?? [];
  const found = `name="${name}" version="${version}" release="${release}" epoch="0" arch="noarch"`;
  return `<update from="security@example.org" status="final" type="security" version="1"><id>TEST-2026-${index + 1}</id>
    <title>a</title><issued date="2026-11-01 00:00:00"/><updated date="2026-11-01 00:00:00"/>
    <severity>Important</severity><description>a</description><pkglist><collection short="a"><name>a</name>
    <package ${found}><filename>${full}.noarch.rpm</filename></package></collection></pkglist></update>`;
}
