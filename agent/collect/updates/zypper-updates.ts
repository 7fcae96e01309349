import type { Repository } from '../../../policies/checks/updates/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { Untimed } from './ledger.ts';
import { readIndex } from './repomd.ts';

const quiet = ['--non-interactive', '--no-refresh', '--xmlout'] as const;

/** Exit codes of zypper(8) that do not mean that it did what was asked. */
const failures: Readonly<Record<number, string>> = {
  4: 'a problem in its own library',
  5: 'no permission',
  6: 'no repository is defined',
  7: 'another program locks the packages',
  8: 'broken dependencies',
  106: 'a repository was skipped',
};

/** Every enabled repository, as zypper reads its configuration. */
export async function readZypperRepositories(host: Host, signal: AbortSignal): Promise<Reading<Repository[]>> {
  const output = await runZypper(host, ['repos'], signal, [6]);
  if (output.state === 'unreadable') return output;
  const repositories: Repository[] = [];
  for (const attributes of elements(output.value, 'repo')) {
    const id = attributes.get('alias');
    if (id === undefined) return unreadable('unparsable', 'zypper repos', 'a repository has no alias');
    if (attributes.get('enabled') !== '1') continue;
    const index = await readIndex(host, `/var/cache/zypp/raw/${id.replaceAll('/', '_')}`, id, 'repomd');
    repositories.push({ id: id.slice(0, 256), name: (attributes.get('name') ?? id).slice(0, 256), index });
  }
  return read(repositories.sort((a, b) => (a.id < b.id ? -1 : 1)));
}

/** The patches about security that are needed, and newer packages of repositories that have no patches. */
export async function readPatches(
  host: Host,
  repositories: readonly Repository[],
  signal: AbortSignal,
): Promise<Reading<Untimed[]>> {
  const patches = await runZypper(host, ['list-patches', '--category', 'security'], signal, [100, 101]);
  if (patches.state === 'unreadable') return patches;
  // Said with exit code 0 where all repositories are off or gone.
  if (patches.value.includes('status="no-update-repositories"')) {
    return unreadable('command-failed', 'zypper list-patches', 'no repository that is there tells of updates');
  }
  if (!patches.value.includes('</update-list>'))
    return unreadable('unparsable', 'zypper list-patches', 'it lists nothing, not even none');
  const updates = await runZypper(host, ['list-updates'], signal, [100, 101]);
  if (updates.state === 'unreadable') return updates;
  const silent = new Set(
    repositories.flatMap(({ id, index }) => (index.state === 'read' && index.value.advisories ? [] : [id])),
  );
  const waiting = [...describePatches(patches.value), ...describePackages(updates.value, silent)];
  return read(waiting.sort((a, b) => (a.package < b.package ? -1 : 1)));
}

/** zypper(8): 102 where a reboot is due. */
export async function readAskingOfZypper(host: Host, signal: AbortSignal): Promise<Reading<string[]>> {
  const what = 'zypper needs-rebooting';
  const result = await host.run({ file: 'zypper', args: ['--non-interactive', 'needs-rebooting'] }, signal);
  if (result.state === 'unreadable') return result;
  if (result.value.exitCode === 0) return read([]);
  return result.value.exitCode === 102 ? read([what]) : failed(what, result.value.exitCode);
}

async function runZypper(
  host: Host,
  args: readonly string[],
  signal: AbortSignal,
  others: readonly number[],
): Promise<Reading<string>> {
  const result = await host.run({ file: 'zypper', args: [...quiet, ...args] }, signal);
  if (result.state === 'unreadable') return result;
  const { exitCode, stdout } = result.value;
  return exitCode === 0 || others.includes(exitCode) ? read(stdout) : failed(`zypper ${args[0] ?? ''}`, exitCode);
}

function failed(what: string, exitCode: number): Reading<never> {
  const meaning = failures[exitCode];
  return unreadable('command-failed', what, `exit code ${exitCode}${meaning === undefined ? '' : `: ${meaning}`}`);
}

/** A patch and its edition; more than one line tells of a patch that several repositories bring. */
function describePatches(xml: string): Untimed[] {
  const names = elements(xml, 'update')
    .filter((update) => update.get('kind') === 'patch')
    .flatMap((update) => update.get('name') ?? []);
  return [...new Set(names)].map((name) => ({
    package: name.slice(0, 256),
    installed: null,
    candidate: name.slice(0, 256),
    held: false,
    security: { version: name.slice(0, 256) },
    unlabelled: null,
  }));
}

/** Packages follow with the repository that they come from in an element of their own. */
function describePackages(xml: string, silent: ReadonlySet<string>): Untimed[] {
  const waiting = new Map<string, Untimed>();
  for (const part of xml.split(/(?=<update )/)) {
    const [update] = elements(part, 'update');
    if (update?.get('kind') !== 'package') continue;
    const [name, version, installed] = [update.get('name'), update.get('edition'), update.get('edition-old')];
    if (!name || !version) continue;
    const source = elements(part, 'source')[0]?.get('alias') ?? 'a repository';
    const key = `${name}.${update.get('arch') ?? ''}`.slice(0, 256);
    waiting.set(key, {
      package: key,
      installed: installed ? installed.slice(0, 256) : null,
      candidate: version.slice(0, 256),
      held: false,
      security: null,
      unlabelled: silent.has(source) ? { version: version.slice(0, 256), source: source.slice(0, 256) } : null,
    });
  }
  return [...waiting.values()];
}

/** The attributes of each element of a name, as zypper writes them: in double quotes. */
function elements(xml: string, name: string): Map<string, string>[] {
  return [...xml.matchAll(RegExp(`<${name} ([^>]*?)/?>`, 'g'))].map(
    ([, attributes = '']) =>
      new Map(
        [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, unescape(value)]),
      ),
  );
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (whole, name: string) => entities[name] ?? whole);
}
