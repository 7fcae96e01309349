import type { PrivilegedFile } from '../../../policies/checks/accounts/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import type { Names } from './names.ts';
import { usualPrograms } from './usual-programs.ts';

/** Where programs lie by the Filesystem Hierarchy Standard, 3.0, but for what holds none (share, include, src). */
export const programFolders: readonly string[] = [
  ...['/usr/bin', '/usr/sbin', '/usr/lib', '/usr/lib64', '/usr/libexec', '/usr/local', '/usr/games', '/opt'],
  // Links into /usr on most systems, and then not followed.
  ...['/bin', '/sbin', '/lib', '/lib64'],
];

/** Capabilities by which a program can make itself, or whoever runs it, root (capabilities(7)). */
const strong =
  /cap_(chown|dac_override|dac_read_search|fowner|fsetid|setuid|setgid|setfcap|setpcap|sys_admin|sys_chroot|sys_module|sys_ptrace|sys_rawio|bpf|mknod)/;

interface Found {
  readonly path: string;
  readonly has: string;
}

/**
 * Programs that give whoever runs them the rights of root (setuid, setgid to a group that counts, capabilities), and
 * the package of those that not every distribution has. Needs find(1) and getcap(8).
 */
export async function readPrivilegedFiles(
  context: CollectContext,
  folders: readonly string[],
  names: Names,
): Promise<Reading<PrivilegedFile[]>> {
  const found = await findPrograms(context, folders);
  if (found.state === 'unreadable') return found;
  const all = found.value.sort((a, b) => (a.path + a.has < b.path + b.has ? -1 : 1));
  const strange = all.filter(({ path }) => !usualPrograms.has(path)).map(({ path }) => path);
  const origins = await packagesOf(context, [...new Set(strange)]);
  return read(
    all.map(({ path, has }): PrivilegedFile => {
      const origin = origins.get(path);
      return { path: names.path(path), has, ...(origin === undefined ? {} : { package: origin }) };
    }),
  );
}

/** Files of root with setuid, or setgid to root, disk, kmem or shadow. */
const privilegedModes = [
  ...['(', '-user', 'root', '-perm', '-4000', ')', '-o', '(', '-perm', '-2000', '('],
  ...['root', 'disk', 'kmem', 'shadow'].flatMap((name) => ['-o', '-group', name]).slice(1),
  ...[')', ')'],
];

/**
 * Looks through the folders once, whatever file systems lie below them: there are far more files than programs, and
 * capabilities count when one is executed.
 */
async function findPrograms({ host, signal }: CollectContext, folders: readonly string[]): Promise<Reading<Found[]>> {
  const statuses = await Promise.all(folders.map((folder) => host.status(folder)));
  const there = folders.filter((_, index) => statuses[index]?.state === 'read');
  // Without a folder find would look through the one that it is started in.
  if (there.length === 0) return unreadable('missing', folders.join(', '));
  const byMode = ['(', ...privilegedModes, ')', '-printf', '\\0%m %p\\0'];
  const byCapabilities = ['-perm', '/111', '-exec', 'getcap', '{}', '+'];
  const args = [...there, '-type', 'f', '(', ...byMode, ',', ...byCapabilities, ')'];
  const found = await host.run({ file: 'find', args, timeout: 45 }, signal);
  if (found.state === 'unreadable') return unreadable(found.obstacle.code, 'find', found.obstacle.detail);
  const { exitCode, stdout, stderr } = found.value;
  if (stderr.includes("'getcap': No such file")) return unreadable('command-missing', 'getcap');
  // A folder that may not be entered makes it end with 1, and what it holds is not known.
  if (exitCode !== 0) return unreadable('denied', `programs below ${there.join(', ')}`);
  return read(stdout.split('\0').flatMap((part) => (part.startsWith('/') ? capabilitiesIn(part) : modeIn(part))));
}

/** What find prints of a file: its mode and its path. */
function modeIn(entry: string): Found[] {
  const [, has = '', path] = /^(\d+) (.*)$/s.exec(entry) ?? [];
  return path === undefined ? [] : [{ path, has }];
}

/** What getcap prints: a line for each file that has some. */
function capabilitiesIn(lines: string): Found[] {
  return lines.split('\n').flatMap((line): Found[] => {
    // Before libcap 2.41 an equals sign stood between.
    const [, path, has = ''] = /^(\/.*?)(?: =)? (cap_\S+|=\S*)$/.exec(line) ?? [];
    return path !== undefined && (strong.test(has) || has.startsWith('=')) ? [{ path, has: has.slice(0, 256) }] : [];
  });
}

/** Packages by path, in one call of dpkg or rpm; null where none has it. */
async function packagesOf(
  context: CollectContext,
  paths: readonly string[],
): Promise<Map<string, Reading<string | null>>> {
  if (paths.length === 0) return new Map();
  const hasDpkg = (await context.host.status('/var/lib/dpkg/status')).state === 'read';
  const owners = hasDpkg ? await ownersByDpkg(context, paths) : await ownersByRpm(context, paths);
  return new Map(
    paths.map((path) => [path, owners.state === 'read' ? read(owners.value.get(path) ?? null) : owners] as const),
  );
}

async function ownersByDpkg(
  { host, signal }: CollectContext,
  paths: readonly string[],
): Promise<Reading<Map<string, string>>> {
  // Packages name the paths that they had before /bin and others became links into /usr.
  const asked = paths.flatMap((path) => [path, path.replace(/^\/usr\//, '/')]).map(escaped);
  const found = await host.run({ file: 'dpkg-query', args: ['-S', ...new Set(asked)], timeout: 20 }, signal);
  if (found.state === 'unreadable') return unreadable(found.obstacle.code, 'dpkg-query -S', found.obstacle.detail);
  if (found.value.exitCode > 1) return unreadable('command-failed', 'dpkg-query -S');
  const owners = new Map<string, string>();
  for (const line of found.value.stdout.split('\n')) {
    const [, name, path] = /^(?!diversion )([^:, ]+)(?::[^, ]+)?(?:, [^/]*)?: (\/.*)$/.exec(line) ?? [];
    if (name === undefined || path === undefined) continue;
    owners.set(path, name);
    if (/^\/(s?bin|lib)/.test(path)) owners.set(`/usr${path}`, name);
  }
  return read(owners);
}

/** dpkg-query takes patterns. */
function escaped(path: string): string {
  return path.replace(/[\\*?[]/g, '\\$&');
}

async function ownersByRpm(
  { host, signal }: CollectContext,
  paths: readonly string[],
): Promise<Reading<Map<string, string>>> {
  // One answer a path, in their order: `name` or that no package owns it.
  const found = await host.run({ file: 'rpm', args: ['-qf', '--qf', '%{NAME}\\n', ...paths], timeout: 20 }, signal);
  if (found.state === 'unreadable') return unreadable(found.obstacle.code, 'rpm -qf', found.obstacle.detail);
  const lines = found.value.stdout.trimEnd().split('\n');
  if (lines.length !== paths.length) return unreadable('unparsable', 'rpm -qf', 'not one answer for each file');
  const owners = new Map<string, string>();
  for (const [index, path] of paths.entries()) {
    const name = lines[index] ?? '';
    if (/^[A-Za-z0-9._+-]+$/.test(name)) owners.set(path, name);
  }
  return read(owners);
}
