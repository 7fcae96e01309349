import type { Reboot } from '../../../policies/checks/updates/facts.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { Installed } from './dpkg.ts';

/** What asks for a reboot, what runs, and what was installed to run. */
export async function readReboot(host: Host, parts: Pick<Reboot, 'required' | 'asking' | 'kernels'>): Promise<Reboot> {
  const [release, build, livePatches] = await Promise.all([
    host.readText('/proc/sys/kernel/osrelease'),
    host.readText('/proc/sys/kernel/version'),
    host.list('/sys/kernel/livepatch'),
  ]);
  return { ...parts, running: readRunning(release, build), livePatches: patchesOf(livePatches) };
}

/** A file that a package's hook leaves to say that a reboot is due. */
export async function readMark(host: Host): Promise<Reading<boolean>> {
  const status = await host.status('/run/reboot-required');
  if (status.state === 'read') return read(true);
  return status.obstacle.code === 'missing' ? read(false) : status;
}

function readRunning(release: Reading<string>, build: Reading<string>): Reboot['running'] {
  if (release.state === 'unreadable') return release;
  if (build.state === 'unreadable') return build;
  return read({ release: release.value.trim(), build: build.value.trim().slice(0, 256) });
}

/** A kernel without live patching has no such folder; each patch is a folder in it. */
function patchesOf(names: Reading<string[]>): Reading<string[]> {
  if (names.state === 'unreadable') return names.obstacle.code === 'missing' ? read([]) : names;
  return read(names.value.slice(0, 100));
}

/** Packages such as linux-image-6.1.0-40-amd64; linux-image-amd64 holds no kernel, it only depends on the newest. */
export function debianKernels(installed: Reading<readonly Installed[]>): Reboot['kernels'] {
  if (installed.state === 'unreadable') return installed;
  const kernels = installed.value.flatMap(({ name, version }) => {
    const [, release] = /^linux-image-(?:unsigned-)?(\d.*)$/.exec(name) ?? [];
    return release === undefined || release.endsWith('-dbg') ? [] : [{ release, version }];
  });
  return read(sortedKernels(kernels));
}

type Kernel = Extract<Reboot['kernels'], { state: 'read' }>['value'][number];

export function sortedKernels(kernels: readonly Kernel[]): Kernel[] {
  const byRelease = new Map(kernels.map((kernel) => [keyOf(kernel), kernel]));
  return [...byRelease.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ release, family }: Kernel): string {
  return `${release} ${family ?? ''}`;
}
