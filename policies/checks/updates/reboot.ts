import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import { compareDebianVersions } from './debian-version.ts';
import type { Reboot } from './facts.ts';
import { because } from './reasons.ts';

/**
 * Judges whether the host still runs what was replaced. The marker file is made by hooks that a host may lack, and
 * that it is absent proves nothing, so the kernel is compared as well.
 */
export function judgeReboot({ required, running, kernels }: Reboot): Reason[] {
  return [...judgeMarker(required), judgeKernel(running, kernels)];
}

function judgeMarker(required: Reboot['required']): Reason[] {
  if (required.state === 'unreadable') return [obstacleReason(required.obstacle)];
  return required.value ? [because('updates.reboot-required', {})] : [];
}

function judgeKernel(running: Reboot['running'], kernels: Reboot['kernels']): Reason {
  if (running.state === 'unreadable') return obstacleReason(running.obstacle);
  if (kernels.state === 'unreadable') return obstacleReason(kernels.obstacle);
  const { release, build } = running.value;
  const newest = kernels.value.reduce<(typeof kernels.value)[number] | undefined>(
    (best, kernel) => (best && compareDebianVersions(best.version, kernel.version) >= 0 ? best : kernel),
    undefined,
  );
  if (newest === undefined) return because('updates.kernel-not-ours', { running: release });
  const own = kernels.value.find((kernel) => kernel.release === release);
  if (own === undefined) return because('updates.kernel-foreign', { running: release });
  // Versions are compared, not names: flavours of one build (cloud, rt) are equally new.
  if (compareDebianVersions(own.version, newest.version) < 0) {
    return because('updates.kernel-outdated', { running: release, newest: newest.release, version: newest.version });
  }
  // A rebuild with the same kernel ABI keeps the release's name; Debian kernels say their build.
  const [, runningBuild] = / Debian (\S+)/.exec(` ${build}`) ?? [];
  if (runningBuild !== undefined && runningBuild !== own.version) {
    return because('updates.kernel-rebuilt', { running: release, build: runningBuild, version: own.version });
  }
  return because('updates.kernel-current', { running: release });
}
