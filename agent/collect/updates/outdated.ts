import type { Outdated } from '../../../policies/checks/updates/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';

const maximumMaps = 32 * 2 ** 20;
const maximumFiles = 100;
/** Reads at a time. */
const width = 8;

/**
 * Programs that still map files which were replaced on disk, from /proc/PID/maps (proc(5)): there the kernel writes
 * ` (deleted)` behind a path whose file is no longer that path's. Only code counts, and only that of the system's own
 * folders; what people put elsewhere is not for an update to replace, and its path may tell an account.
 */
export async function readOutdated(host: Host, signal: AbortSignal): Promise<Reading<Outdated[]>> {
  const names = await host.list('/proc');
  if (names.state === 'unreadable') return names;
  const pids = names.value.filter((name) => /^\d+$/.test(name));
  // Where /proc hides the processes of others (hidepid), it hides the first process, too.
  if (!pids.includes('1')) return unreadable('denied', '/proc/*/maps');
  const found = new Map<string, Outdated>();
  for (let start = 0; start < pids.length; start += width) {
    if (signal.aborted) return unreadable('timeout', '/proc/*/maps');
    const batch = await Promise.all(pids.slice(start, start + width).map((pid) => readProcess(host, pid)));
    for (const process of batch) {
      if (process.state === 'unreadable') return process;
      if (process.value !== undefined) merge(found, process.value);
    }
  }
  return read([...found.values()].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)));
}

/** Many processes of one program are one: how many there are changes by the minute. */
function merge(found: Map<string, Outdated>, { program, runs, replaced }: Outdated): void {
  const key = `${runs} ${program ?? ''}`;
  const all = new Set([...(found.get(key)?.replaced ?? []), ...replaced]);
  found.set(key, { program, runs, replaced: [...all].sort().slice(0, maximumFiles) });
}

async function readProcess(host: Host, pid: string): Promise<Reading<Outdated | undefined>> {
  const maps = await host.readText(`/proc/${pid}/maps`, { maximumSize: maximumMaps });
  if (maps.state === 'unreadable') return hasEnded(maps) ? read(undefined) : withoutPid(maps);
  if (!maps.value.includes(' (deleted)')) return read(undefined);
  const replaced = replacedFiles(maps.value);
  if (replaced.length === 0) return read(undefined);
  const groups = await host.readText(`/proc/${pid}/cgroup`);
  if (groups.state === 'unreadable') return hasEnded(groups) ? read(undefined) : withoutPid(groups);
  return read({ program: programOf(maps.value), runs: placeOf(groups.value), replaced });
}

/** A process that ended since the list was made is gone from /proc, or no longer has what is asked (ESRCH). */
function hasEnded({ obstacle }: Extract<Reading<never>, { state: 'unreadable' }>): boolean {
  return obstacle.code === 'missing' || (obstacle.code === 'command-failed' && obstacle.detail === 'ESRCH');
}

/** The number would make each run's facts differ. */
function withoutPid({ obstacle }: Extract<Reading<never>, { state: 'unreadable' }>): Reading<never> {
  return unreadable(obstacle.code, '/proc/*/maps');
}

const systemFolder = /^\/(usr|lib|lib32|lib64|libx32|bin|sbin)\//;

function replacedFiles(maps: string): string[] {
  const files = new Set<string>();
  for (const line of maps.split('\n')) {
    if (!line.endsWith(' (deleted)')) continue;
    const [, rights = '', path = ''] = /^\S+ (\S{4}) \S+ \S+ \d+ +(\/.*) \(deleted\)$/.exec(line) ?? [];
    // rpm moves a file that it replaces to the same name with a number behind it.
    const name = path.replace(/;[0-9a-f]{8}$/, '');
    if (rights.includes('x') && systemFolder.test(name)) files.add(name.slice(0, 256));
  }
  return [...files].sort();
}

/** The first file of the list is the program itself. */
function programOf(maps: string): string | null {
  const [, path] = /^\S+ \S{4} \S+ \S+ [1-9]\d* +(\/.*?)(?:;[0-9a-f]{8})?(?: \(deleted\))?$/m.exec(maps) ?? [];
  return path !== undefined && systemFolder.test(path) ? path.slice(0, 256) : null;
}

/** Control groups that engines make for a container; the engine itself is a service such as docker.service. */
const ofContainer =
  /\/(docker|libpod|crio|cri-containerd)-[0-9a-f]+[^/]*\.scope|\/(docker|lxc|libpod_parent)\/|\/kubepods(\.slice)?\/|\/lxc\.payload|\/machine\.slice\//;

/** By the control group: systemd keeps sessions of people in user.slice. */
function placeOf(groups: string): Outdated['runs'] {
  if (ofContainer.test(groups)) return 'container';
  return /\/user\.slice\/|\/session-[^/]*\.scope/.test(groups) ? 'session' : 'service';
}
