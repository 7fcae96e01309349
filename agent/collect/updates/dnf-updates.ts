import { z } from 'zod';
import type { Repository } from '../../../policies/checks/updates/facts.ts';
import { compareRpmVersions } from '../../../policies/checks/updates/rpm-version.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { runTool, withoutSecrets } from './command.ts';
import type { Untimed } from './ledger.ts';
import { newestVersions, type RpmPackage } from './rpm.ts';

/** Whether `dnf` is dnf 4 (which says `4.14.0`) or dnf 5 (`dnf5 version 5.2.6.2`). */
export async function readGeneration(host: Host, signal: AbortSignal): Promise<Reading<4 | 5>> {
  const output = await runTool(host, { file: 'dnf', args: ['--version'] }, signal);
  if (output.state === 'unreadable') return output;
  if (/^dnf5 version 5\./m.test(output.value.stdout)) return read(5);
  return output.value.stdout.startsWith('4.')
    ? read(4)
    : unreadable('unsupported', 'dnf', 'a version other than 4 and 5');
}

/** What a package has, by `name.architecture`. */
type Versions = ReadonlyMap<string, { readonly version: string; readonly repository: string }>;

/**
 * The packages that an advisory about security or any newer version is known for. Exclusions and locks hide updates from
 * dnf's own answers, and a repository that it may skip hides them where it is gone: both are switched off for the
 * question, and what dnf would install is asked beside it.
 */
export async function readDnfUpdates(
  host: Host,
  generation: 4 | 5,
  { rpms, repositories }: { rpms: readonly RpmPackage[]; repositories: readonly Repository[] },
  signal: AbortSignal,
): Promise<Reading<Untimed[]>> {
  const security = await readAdvisories(host, generation, signal);
  if (security.state === 'unreadable') return security;
  const newer = await readNewer(host, [...seeingAll, ...withoutLocks(generation)], signal);
  if (newer.state === 'unreadable') return newer;
  const offered = newer.value.size === 0 ? newer : await readNewer(host, [], signal);
  if (offered.state === 'unreadable') return offered;
  const installed = newestVersions(rpms);
  const silent = new Set(
    repositories.flatMap(({ id, index }) => (index.state === 'read' && index.value.advisories ? [] : [id])),
  );
  const names = [...new Set([...security.value.keys(), ...newer.value.keys()])].sort();
  const waiting = names.map((name): Untimed => {
    const update = newer.value.get(name);
    const advised = security.value.get(name);
    const own = installed.get(name) ?? null;
    const isUnlabelled = update !== undefined && silent.has(update.repository);
    return {
      package: name,
      installed: own,
      candidate: offered.value.get(name)?.version ?? own ?? advised ?? '-',
      held: false,
      security: advised === undefined ? null : { version: advised },
      unlabelled: isUnlabelled ? { version: update.version, source: update.repository } : null,
    };
  });
  return read(waiting);
}

const seeingAll = ['--setopt=disable_excludes=all,*', '--setopt=*.skip_if_unavailable=0'] as const;

/** dnf 5 has locks built in; they do not touch its answers about advisories. */
function withoutLocks(generation: 4 | 5): readonly string[] {
  return generation === 4 ? ['--disableplugin=versionlock'] : [];
}

/** The newest version that an advisory about security brings, by package (dnf(8), updateinfo; dnf5-advisory(8)). */
async function readAdvisories(
  host: Host,
  generation: 4 | 5,
  signal: AbortSignal,
): Promise<Reading<Map<string, string>>> {
  const asked =
    generation === 4
      ? ['updateinfo', 'list', '--security', '--available']
      : ['advisory', 'list', '--security', '--available', '--json'];
  const args = ['-C', '-q', ...seeingAll, ...withoutLocks(generation), ...asked];
  const output = await runTool(host, { file: 'dnf', args }, signal);
  if (output.state === 'unreadable') return output;
  const found = generation === 4 ? parseList(output.value.stdout) : parseJson(output.value.stdout);
  if (found.state === 'unreadable') return found;
  const newest = new Map<string, string>();
  for (const text of found.value) {
    const [, name, epoch = '0', version, architecture] = /^(.+)-(?:(\d+):)?([^-:]+-[^-]+)\.([^.-]+)$/.exec(text) ?? [];
    if (name === undefined || version === undefined)
      return unreadable('unparsable', 'dnf updateinfo', `no package: ${withoutSecrets(text)}`);
    const full = epoch === '0' ? version : `${epoch}:${version}`;
    const key = `${name}.${architecture ?? ''}`;
    const known = newest.get(key);
    if (known === undefined || compareRpmVersions(full, known) > 0) newest.set(key, full);
  }
  return read(newest);
}

/** Lines such as `RHSA-2026:1234 Important/Sec. openssl-libs-1:3.0.7-28.el9.x86_64`. */
function parseList(text: string): Reading<string[]> {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const packages: string[] = [];
  for (const line of lines) {
    const [, name] = /^\S+\s+(?:\S+\/Sec\.|security)\s+(\S+)$/.exec(line.trim()) ?? [];
    if (name === undefined)
      return unreadable('unparsable', 'dnf updateinfo', `an unknown line: ${withoutSecrets(line)}`);
    packages.push(name);
  }
  return read(packages);
}

const Advisories = z.array(z.object({ nevra: z.string() }));

function parseJson(text: string): Reading<string[]> {
  try {
    return read(Advisories.parse(JSON.parse(text)).map(({ nevra }) => nevra));
  } catch {
    return unreadable('unparsable', 'dnf advisory list', 'no JSON of the form that its manual gives');
  }
}

/** dnf(8), check-update: exit code 100 with a list where there are updates, 0 where there are none, 1 for an error. */
async function readNewer(host: Host, options: readonly string[], signal: AbortSignal): Promise<Reading<Versions>> {
  const result = await host.run({ file: 'dnf', args: ['-C', '-q', ...options, 'check-update'] }, signal);
  if (result.state === 'unreadable') return result;
  const { exitCode, stdout, stderr } = result.value;
  if (exitCode === 0) return read(new Map());
  if (exitCode !== 100)
    return unreadable('command-failed', 'dnf check-update', `exit code ${exitCode}: ${withoutSecrets(stderr)}`);
  // Long names break a line in two, so that words count, not lines.
  const [list = ''] = stdout.split(/^Obsoleting [Pp]ackages/m);
  const words = list.split(/\s+/).filter(Boolean);
  const versions = new Map<string, { version: string; repository: string }>();
  for (let index = 0; index < words.length; index += 3) {
    const [name, version, repository] = words.slice(index, index + 3);
    if (name === undefined || version === undefined || repository === undefined || !/^\S+\.[a-z0-9_]+$/.test(name)) {
      return unreadable('unparsable', 'dnf check-update', `an unknown line at ${withoutSecrets(name ?? 'its end')}`);
    }
    versions.set(name, { version: version.replace(/^0:/, ''), repository });
  }
  return versions.size > 0
    ? read(versions)
    : unreadable('unparsable', 'dnf check-update', 'it tells of updates, and lists none');
}
