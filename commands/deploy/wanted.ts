import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadAgentSettings } from '../../agent/settings.ts';
import { needShipped } from '../../policies/shipped.ts';
import { readAuthorities } from '../collector-client.ts';
import { UsageError } from '../subcommand.ts';

/** A file that a host shall have. */
export interface WantedFile {
  /** By which the script on the host knows it. */
  readonly name: string;
  readonly path: string;
  /** As stat(1) writes it: `755`. */
  readonly mode: string;
  /** `user:group` */
  readonly owner: string;
  readonly content: Buffer;
  /** SHA-256 in hex. */
  readonly digest: string;
  /** Whether one that is there already stays as it is. */
  readonly isKept: boolean;
}

const programPath = '/usr/local/bin/waarborg';
export const packagesPath = '/var/lib/waarborg/deploy/packages';
const units = '/etc/systemd/system';
export const settingsPath = '/etc/waarborg/agent.yaml';
const authoritiesPath = '/etc/waarborg/collector-ca.pem';

/** For a host of which nothing was said: what every server is promised to be. */
const plainSettings = `# ${settingsPath}: all settings are in docs/settings.md.
policies: [cloud-provider]
labels: {}
`;

/** What all hosts get alike: the program, and the units that start it. */
export function wantedVersion(executable: string): WantedFile[] {
  const unit = (name: string): WantedFile => {
    const text = needShipped(`deploy/systemd/${name}`).toString('utf8').replaceAll('/usr/bin/waarborg', programPath);
    return file(name, `${units}/${name}`, '644', Buffer.from(text));
  };
  return [
    file('waarborg', programPath, '755', readExecutable(executable)),
    unit('waarborg-agent.service'),
    unit('waarborg-agent.timer'),
  ];
}

/**
 * The packages instead: kept on the host, so that it can go back to them, and installed from there.
 * @throws UsageError
 */
export function wantedPackages(files: readonly string[]): WantedFile[] {
  return files.map((path) => {
    const [, name] = /(?:^|\/)([a-z0-9][a-z0-9+.-]*)_[^/]*\.deb$/.exec(path) ?? [];
    if (name === undefined || !existsSync(path)) {
      throw new UsageError(`--package ${path}: expected a Debian package, such as waarborg-agent_1.0_all.deb`);
    }
    return file(`${name}.deb`, `${packagesPath}/${name}.deb`, '644', readFileSync(path));
  });
}

/**
 * What one host is told of itself: HOST.yaml of a folder, one file for all, or, where nothing is given, what it has
 * already, and the plainest settings where it has none.
 * @throws UsageError, DocumentError
 */
export function wantedSettings(config: string | undefined, host: string): { file: WantedFile; agent?: string } {
  const made = (content: Buffer, isKept: boolean): WantedFile => ({
    ...file('agent.yaml', settingsPath, '640', content, 'root:waarborg-agent'),
    isKept,
  });
  if (config === undefined) return { file: made(Buffer.from(plainSettings), true) };
  const path = statSync(config, { throwIfNoEntry: false })?.isDirectory() ? join(config, `${host}.yaml`) : config;
  if (!existsSync(path)) throw new UsageError(`--config ${path}: not there; expected the settings of ${host}`);
  const { agent, ssh } = loadAgentSettings(path);
  if (ssh !== undefined)
    throw new UsageError(`--config ${path}: a host that has an agent is not read over SSH as well`);
  return { file: made(readFileSync(path), false), ...(agent === undefined ? {} : { agent }) };
}

/**
 * The authorities that may vouch for the collector.
 * @throws UsageError
 */
export function wantedAuthorities(path: string): WantedFile {
  return file('collector-ca.pem', authoritiesPath, '644', readAuthorities(path));
}

function readExecutable(path: string): Buffer {
  if (!existsSync(path)) throw new UsageError(`--executable ${path}: not there`);
  const content = readFileSync(path);
  const isProgram =
    content.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1')) || content.subarray(0, 2).toString() === '#!';
  if (!isProgram) throw new UsageError(`--executable ${path}: expected the executable of a release`);
  return content;
}

function file(name: string, path: string, mode: string, content: Buffer, owner = 'root:root'): WantedFile {
  return {
    name,
    path,
    mode,
    owner,
    content,
    digest: createHash('sha256').update(content).digest('hex'),
    isKept: false,
  };
}
