import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Command, Host } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { read } from '../../../../policies/reading.ts';

/** What a suite offers: versions by package, by component. */
type Offers = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface Suite {
  readonly codename: string;
  readonly label?: string;
  readonly suite?: string;
  readonly date: Date;
  readonly validUntil?: Date;
  readonly offers: Offers;
  readonly origin?: string;
  /** Makes the one signed file (InRelease) of the text of Release; left out, the archive is unsigned. */
  readonly sign?: (release: string) => string;
}

export const security = { codename: 'bookworm-security', label: 'Debian-Security', suite: 'oldstable-security' };
export const main = { codename: 'bookworm', suite: 'oldstable' };

const osRelease = 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n';

/**
 * A machine in a folder: its own apt configuration, lists and dpkg status, read and updated by the real apt. Paths
 * outside the folder do not exist for it.
 */
export class MachineInFolder implements Host {
  readonly hostname = 'machine';
  /** The number of the user that commands are run as; root's where a test is. */
  user = 0;
  readonly #local = new LocalHost();
  readonly #root: string;
  readonly #env: Record<string, string>;

  /** @param installed versions by package; `hold` before a version holds the package */
  constructor(root: string, installed: Readonly<Record<string, string>>) {
    this.#root = root;
    this.#env = { APT_CONFIG: join(root, 'apt.conf'), DPKG_ADMINDIR: join(root, 'var/lib/dpkg') };
    this.write('/etc/os-release', osRelease);
    this.write('/apt.conf', aptConfiguration(root));
    for (const folder of ['apt.conf.d', 'preferences.d', 'sources.list.d']) this.write(`/etc/apt/${folder}/.keep`, '');
    this.write('/var/lib/apt/lists/partial/.keep', '');
    this.write('/var/cache/apt/archives/partial/.keep', '');
    this.write('/var/lib/dpkg/status', dpkgStatus({ dpkg: '1.21', ...installed }));
    this.write(
      '/var/log/apt/history.log',
      '\nStart-Date: 2026-01-01  02:00:00\nInstall: a:all (1)\nEnd-Date: 2026-01-01  02:00:01\n',
    );
    this.write('/var/log/dpkg.log', '2026-01-01 02:00:00 install a:all <none> 1\n');
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(this.#at(path)), { recursive: true });
    writeFileSync(this.#at(path), content);
  }

  /** Lists as `rm /var/lib/apt/lists/*` leaves them. */
  removeLists(matching = /_/): void {
    for (const name of this.names('/var/lib/apt/lists')) {
      if (matching.test(name)) rmSync(this.#at(`/var/lib/apt/lists/${name}`));
    }
  }

  names(folder: string): string[] {
    return readdirSync(this.#at(folder)).sort();
  }

  /** Not of the interface: a person's own use of apt on the machine. */
  async apt(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    const result = await this.run({ file: 'apt-get', args });
    if (result.state === 'unreadable') throw new Error(JSON.stringify(result.obstacle));
    return result.value;
  }

  run(command: Command, signal?: AbortSignal) {
    const asUser = [`--reuid=${this.user}`, `--regid=${this.user}`, '--clear-groups', command.file, ...command.args];
    const asked = this.user === 0 ? command : { ...command, file: 'setpriv', args: asUser };
    return this.#local.run({ ...asked, env: { ...command.env, ...this.#env } }, signal);
  }
  readText(path: string, options?: { maximumSize?: number }) {
    return this.#local.readText(this.#at(path), options);
  }
  readBytes(path: string, options?: { maximumSize?: number }) {
    return this.#local.readBytes(this.#at(path), options);
  }
  readPart(path: string, part: { offset: number; length: number }) {
    return this.#local.readPart(this.#at(path), part);
  }
  list(path: string) {
    return this.#local.list(this.#at(path));
  }
  async status(path: string) {
    if (path !== '/proc/self') return this.#local.status(this.#at(path));
    const self = await this.#local.status(path);
    return self.state === 'read' ? read({ ...self.value, uid: this.user }) : self;
  }
  realPath(path: string) {
    return this.#local.realPath(this.#at(path));
  }
  connect(address: string, port: number) {
    return this.#local.connect(address, port);
  }
  caaRecords(name: string) {
    return this.#local.caaRecords(name);
  }

  /** apt, which knows of the folder, names whole paths. */
  #at(path: string): string {
    return path.startsWith(this.#root) ? path : join(this.#root, path);
  }
}

/** A Debian archive on 127.0.0.1. Where a suite is unsigned, sources have to say `[trusted=yes]`. */
export async function startArchive(): Promise<AsyncDisposable & { url: string; publish(suite: Suite): void }> {
  const files = new Map<string, string>();
  const server = createServer((request, response) => {
    const content = files.get(request.url ?? '');
    response.writeHead(content === undefined ? 404 : 200).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    publish(suite) {
      for (const [path, content] of render(suite)) files.set(`/dists/${suite.codename}/${path}`, content);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A signing key of the test's own: its public half in a file, and what signs a text with it. */
export function makeKey(folder: string): Disposable & { ring: string; sign(text: string): string } {
  const home = join(folder, 'gpg');
  mkdirSync(home, { mode: 0o700 });
  const gpg = (args: readonly string[], input = ''): string =>
    execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', '--passphrase', '', ...args], {
      input,
      stdio: ['pipe', 'pipe', 'ignore'],
    }).toString();
  gpg(['--quick-generate-key', 'archive@example.org', 'ed25519', 'sign']);
  const ring = join(folder, 'archive.asc');
  writeFileSync(ring, gpg(['--armor', '--export']));
  return {
    ring,
    sign: (text) => gpg(['--clearsign'], text),
    // gpg started an agent for this folder.
    [Symbol.dispose]: () => void execFileSync('gpgconf', ['--homedir', home, '--kill', 'all']),
  };
}

/** An address at which nothing listens. */
export async function deadUrl(): Promise<string> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

function render(suite: Suite): [string, string][] {
  const lists = Object.entries(suite.offers).map(([component, versions]): [string, string] => [
    `${component}/binary-amd64/Packages`,
    Object.entries(versions)
      .map(
        ([name, version]) =>
          `${stanza(name, version)}Filename: pool/${name}.deb\nSize: 1\nSHA256: ${'0'.repeat(64)}\n\n`,
      )
      .join(''),
  ]);
  const release = [
    `Origin: ${suite.origin ?? 'Debian'}`,
    `Label: ${suite.label ?? 'Debian'}`,
    `Suite: ${suite.suite ?? suite.codename}`,
    `Codename: ${suite.codename}`,
    `Date: ${suite.date.toUTCString().replace('GMT', 'UTC')}`,
    ...(suite.validUntil ? [`Valid-Until: ${suite.validUntil.toUTCString().replace('GMT', 'UTC')}`] : []),
    'Architectures: amd64',
    `Components: ${Object.keys(suite.offers).join(' ')}`,
    'SHA256:',
    ...lists.map(([path, text]) => ` ${createHash('sha256').update(text).digest('hex')} ${text.length} ${path}`),
  ];
  const text = `${release.join('\n')}\n`;
  return [...lists, suite.sign === undefined ? ['Release', text] : ['InRelease', suite.sign(text)]];
}

function dpkgStatus(installed: Readonly<Record<string, string>>): string {
  return Object.entries(installed)
    .map(([name, version]) => {
      const want = version.startsWith('hold ') ? 'hold' : 'install';
      return `${stanza(name, version.replace(/^hold /, ''))}Status: ${want} ok installed\n\n`;
    })
    .join('');
}

function stanza(name: string, version: string): string {
  return `Package: ${name}\nVersion: ${version}\nArchitecture: amd64\nMaintainer: A <a@example.org>\nDescription: a\n`;
}

function aptConfiguration(root: string): string {
  return `
    Dir "${root}";
    Dir::State::status "${root}/var/lib/dpkg/status";
    Dir::Bin::methods "/usr/lib/apt/methods";
    APT::Architecture "amd64";
    APT::Architectures "amd64";
    APT::Sandbox::User "root";
    Acquire::Languages "none";
    Acquire::Retries "0";
  `;
}
