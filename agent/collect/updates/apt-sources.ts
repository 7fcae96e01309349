import { basename, dirname, join } from 'node:path/posix';
import type { Source } from '../../../policies/checks/updates/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { parseReleaseFile } from './apt-release-file.ts';
import { runTool, withoutCaches } from './command.ts';

const compression = /\.(lz4|zst|gz|xz|bz2|lzma)$/;

/** On no Debian system (Debian Policy 9.2.3). apt told that its lists lie here need not read them all before it answers. */
const nowhere = '/nonexistent/';

/** A source, and the lines by which apt names its lists where it tells which version comes from where. */
export interface NamedSource {
  readonly source: Source;
  readonly descriptions: readonly string[];
}

/** One Packages list that the configuration asks for (apt-get(8), indextargets). */
interface Target {
  readonly description: string;
  readonly base: string;
  readonly suite: string;
  readonly component: string | undefined;
  /** The list's place below the archive's Release file. */
  readonly metaKey: string;
  readonly file: string;
  readonly optional: boolean;
}

/**
 * Every enabled source. apt itself reads the configuration: comments, `Enabled: no`, options, folders and defaults
 * mean exactly what they mean to it. What its lists say is read from their Release files.
 */
export async function readSources(host: Host, signal: AbortSignal): Promise<Reading<NamedSource[]>> {
  const folder = await readListFolder(host, signal);
  const targets = folder.state === 'read' ? await readTargets(host, folder.value, signal) : folder;
  if (targets.state === 'unreadable') return targets;
  const named: NamedSource[] = [];
  for (const group of Map.groupBy(targets.value, ({ base }) => base).values()) {
    named.push({
      source: await describeSource(host, group),
      descriptions: group.map(({ description }) => description),
    });
  }
  return read(named.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)));
}

/** @param folder where the lists are */
async function readTargets(host: Host, folder: string, signal: AbortSignal): Promise<Reading<Target[]>> {
  // Without the second option apt tells only of lists that are there: a source never fetched would look like one not enabled.
  const asked = ['-o', `Dir::State::lists=${nowhere}`, 'indextargets', '--no-release-info', 'Created-By: Packages'];
  const output = await runTool(host, { file: 'apt-get', args: [...withoutCaches, ...asked] }, signal);
  if (output.state === 'unreadable') return output;
  // A source that only root may read is a warning to apt, and would look like one that is not there.
  const [, hidden] = /Unable to read (\S+)/.exec(output.value.stderr) ?? [];
  return hidden === undefined ? parseTargets(output.value.stdout, folder) : unreadable('denied', hidden);
}

/** Where apt keeps its lists, as it reads its configuration. */
async function readListFolder(host: Host, signal: AbortSignal): Promise<Reading<string>> {
  const args = [...withoutCaches, 'shell', 'LISTS', 'Dir::State::lists/d'];
  const output = await runTool(host, { file: 'apt-config', args }, signal);
  if (output.state === 'unreadable') return output;
  const [, folder] = /^LISTS='(\/[^']*?)\/*'$/m.exec(output.value.stdout) ?? [];
  return folder === undefined ? unreadable('unparsable', 'apt-config', 'it names no folder of lists') : read(folder);
}

/** When apt-get update was last tried: a failing attempt, too, touches the folder in which it fetches. */
export async function readLastAttempt(host: Host): Promise<Reading<string>> {
  const status = await host.status('/var/lib/apt/lists/partial');
  return status.state === 'unreadable' ? status : read(status.value.modifiedAt.toISOString());
}

function sortKey({ source }: NamedSource): string {
  return JSON.stringify(source);
}

function parseTargets(text: string, folder: string): Reading<Target[]> {
  const targets: Target[] = [];
  for (const stanza of text.split(/\n{2,}/)) {
    if (stanza.trim() === '') continue;
    const fields = new Map(
      stanza.split('\n').map((line) => [line.split(': ', 1)[0] ?? '', line.replace(/^[^:]*: ?/, '')]),
    );
    const [description, base, suite] = [fields.get('Description'), fields.get('Base-URI'), fields.get('Release')];
    const [metaKey, file] = [fields.get('MetaKey'), fields.get('Filename')];
    if (!description || !base || !suite || !metaKey || !file) {
      return unreadable('unparsable', 'apt-get indextargets', 'a target lacks a field');
    }
    const optional = fields.get('Optional') === 'yes';
    const [component, path] = [fields.get('Component'), join(folder, basename(file))];
    targets.push({ description, base, suite, component, metaKey, file: path, optional });
  }
  return read(targets);
}

async function describeSource(host: Host, targets: readonly Target[]): Promise<Source> {
  const [{ base, suite } = { base: '', suite: '' }] = targets;
  const address = URL.parse(base);
  const mirror = address === null ? 'an address of unknown form' : `${address.protocol}//${address.host}`;
  const components = new Set(targets.flatMap(({ component }) => (component ? [component] : [])));
  const index = await readIndex(host, `apt's lists of ${mirror} ${suite}`, targets);
  return { mirror, suite, components: [...components].sort(), index };
}

/** @param what names the lists in an obstacle: their file names may tell what an address hides */
async function readIndex(host: Host, what: string, targets: readonly Target[]): Promise<Source['index']> {
  const prefix = targets[0] && archivePrefix(targets[0]);
  if (prefix === undefined) return unreadable('unparsable', what, 'unknown file name');
  const inRelease = await host.readText(`${prefix}InRelease`);
  const isDetached = inRelease.state === 'unreadable' && inRelease.obstacle.code === 'missing';
  const text = isDetached ? await host.readText(`${prefix}Release`) : inRelease;
  if (text.state === 'unreadable') return unreadable(text.obstacle.code, what, text.obstacle.detail);
  const release = parseReleaseFile(text.value);
  if (release === undefined) return unreadable('unparsable', what, 'the Release file has no date in the usual form');
  const names = await host.list(dirname(prefix));
  if (names.state === 'unreadable') return unreadable(names.obstacle.code, what, names.obstacle.detail);
  for (const target of targets) {
    // An archive may have nothing in a component: its list is then empty or not announced at all, and never fetched.
    if (target.optional || !release.sizes.get(target.metaKey)) continue;
    if (!(await hasContent(host, target.file, names.value))) return unreadable('missing', what);
  }
  return read(release.index);
}

/** The part of apt's file names that all files of one archive share: whatever stands before this list's own place. */
function archivePrefix({ file, metaKey }: Target): string | undefined {
  const name = basename(file);
  // The name is the address with slashes as underscores; what would be ambiguous is percent-encoded.
  for (let length = metaKey.length; length <= name.length; length += 1) {
    const own = name.slice(-length);
    if (decode(own) === metaKey) return `${dirname(file)}/${name.slice(0, -length)}`;
  }
  return undefined;
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('_', '/'));
  } catch {
    return '';
  }
}

/** apt keeps a list plain or compressed, as configured. */
async function hasContent(host: Host, file: string, names: readonly string[]): Promise<boolean> {
  const plain = basename(file).replace(compression, '');
  for (const name of names.filter((name) => name.replace(compression, '') === plain)) {
    const status = await host.status(`${dirname(file)}/${name}`);
    if (status.state === 'read' && status.value.size > 0) return true;
  }
  return false;
}
