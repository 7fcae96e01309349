import type { Reboot } from '../../../policies/checks/updates/facts.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { Installed } from './dpkg.ts';

/** What runs, and what was installed to run. */
export async function readReboot(host: Host, installed: Reading<readonly Installed[]>): Promise<Reboot> {
  const [marker, release, build] = await Promise.all([
    host.status('/run/reboot-required'),
    host.readText('/proc/sys/kernel/osrelease'),
    host.readText('/proc/sys/kernel/version'),
  ]);
  return { required: readMarker(marker), running: readRunning(release, build), kernels: readKernels(installed) };
}

function readMarker(status: Awaited<ReturnType<Host['status']>>): Reboot['required'] {
  if (status.state === 'read') return read(true);
  return status.obstacle.code === 'missing' ? read(false) : status;
}

function readRunning(release: Reading<string>, build: Reading<string>): Reboot['running'] {
  if (release.state === 'unreadable') return release;
  if (build.state === 'unreadable') return build;
  return read({ release: release.value.trim(), build: build.value.trim().slice(0, 256) });
}

/** Packages such as linux-image-6.1.0-40-amd64; linux-image-amd64 holds no kernel, it only depends on the newest. */
function readKernels(installed: Reading<readonly Installed[]>): Reboot['kernels'] {
  if (installed.state === 'unreadable') return installed;
  const kernels = installed.value.flatMap(({ name, version }) => {
    const [, release] = /^linux-image-(?:unsigned-)?(\d.*)$/.exec(name) ?? [];
    return release === undefined || release.endsWith('-dbg') ? [] : [{ release, version }];
  });
  return read(kernels.sort((a, b) => (a.release < b.release ? -1 : 1)));
}
