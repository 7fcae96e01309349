import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import { compareDebianVersions } from './debian-version.ts';
import type { ManagedFacts, Reboot } from './facts.ts';
import { because } from './reasons.ts';
import { compareRpmVersions } from './rpm-version.ts';

type Manager = ManagedFacts['manager'];
type Kernel = Extract<Reboot['kernels'], { state: 'read' }>['value'][number];

/**
 * Judges whether the host still runs what was replaced. A mark is made by hooks that a host may lack, and that it is
 * absent proves nothing, so the kernel is compared as well.
 */
export function judgeReboot(reboot: Reboot, manager: Manager): Reason[] {
  return [...judgeMark(reboot.required), ...judgeAsking(reboot.asking), judgeKernel(reboot, manager)];
}

function judgeMark(required: Reboot['required']): Reason[] {
  if (required === undefined) return [];
  if (required.state === 'unreadable') return [obstacleReason(required.obstacle)];
  return required.value ? [because('updates.reboot-required', {})] : [];
}

function judgeAsking(asking: Reboot['asking']): Reason[] {
  if (asking === undefined) return [];
  if (asking.state === 'unreadable') return [obstacleReason(asking.obstacle)];
  return asking.value.length > 0
    ? [because('updates.reboot-asked', { asking: asking.value.join(', ').slice(0, 1000) })]
    : [];
}

function judgeKernel({ running, kernels, livePatches }: Reboot, manager: Manager): Reason {
  if (running.state === 'unreadable') return obstacleReason(running.obstacle);
  if (kernels.state === 'unreadable') return obstacleReason(kernels.obstacle);
  const { release, build } = running.value;
  if (kernels.value.length === 0) return because('updates.kernel-not-ours', { running: release });
  const own = kernels.value.find((kernel) => kernel.release === release);
  const rival = own ?? rivalOf(kernels.value, release, manager);
  if (rival === undefined) return because('updates.kernel-foreign', { running: release });
  const newest = newestOf(kernels.value, rival, manager);
  // Versions are compared, not names: flavours of one build (cloud, rt) are equally new.
  if (own === undefined || compare(manager)(own.version, newest.version) < 0) {
    return judgeOlder(release, newest, livePatches);
  }
  // A rebuild with the same kernel ABI keeps the release's name; Debian kernels say their build.
  const [, runningBuild] = / Debian (\S+)/.exec(` ${build}`) ?? [];
  if (runningBuild !== undefined && runningBuild !== own.version) {
    return because('updates.kernel-rebuilt', { running: release, build: runningBuild, version: own.version });
  }
  return because('updates.kernel-current', { running: release });
}

/** What patches a running kernel does not make it the newest: whether it mends the same is nobody's to say. */
function judgeOlder(running: string, { release: newest, version }: Kernel, livePatches: Reboot['livePatches']): Reason {
  if (livePatches?.state === 'read' && livePatches.value.length > 0) {
    const patches = livePatches.value.join(', ').slice(0, 1000);
    return because('updates.kernel-live-patched', { running, newest, version, patches });
  }
  return because('updates.kernel-outdated', { running, newest, version });
}

/**
 * apk replaces a kernel in its place: one that runs and is of the same flavour (`6.12.40-0-lts`), but no longer
 * installed, was replaced. Elsewhere kernels stand side by side, and one that is not installed is foreign.
 */
function rivalOf(kernels: readonly Kernel[], running: string, manager: Manager): Kernel | undefined {
  if (manager !== 'apk') return undefined;
  const flavour = running.replace(/^.*-/, '');
  return kernels.find(({ release }) => release.endsWith(`-${flavour}`));
}

/** The newest of the family of one. */
function newestOf(kernels: readonly Kernel[], one: Kernel, manager: Manager): Kernel {
  const compareVersions = compare(manager);
  let newest = one;
  for (const kernel of kernels) {
    if (kernel.family === one.family && compareVersions(kernel.version, newest.version) > 0) newest = kernel;
  }
  return newest;
}

function compare(manager: Manager): (a: string, b: string) => number {
  return manager === 'apt' ? compareDebianVersions : compareRpmVersions;
}
