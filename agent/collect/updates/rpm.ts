import { compareRpmVersions } from '../../../policies/checks/updates/rpm-version.ts';
import type { Reboot } from '../../../policies/checks/updates/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { runTool } from './command.ts';
import { sortedKernels } from './reboot.ts';

/** A package of rpm's database. */
export interface RpmPackage {
  readonly name: string;
  /** `[epoch:]version-release`. */
  readonly version: string;
  readonly architecture: string;
  readonly installedAt: Date;
}

const format = '%{NAME}\\t%{EPOCHNUM}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\t%{INSTALLTIME}\\n';

/** Every installed package, as rpm(8) lists them; signing keys, which rpm keeps among them, are none. */
export async function readRpms(host: Host, signal: AbortSignal): Promise<Reading<RpmPackage[]>> {
  const output = await runTool(host, { file: 'rpm', args: ['-qa', '--qf', format] }, signal);
  if (output.state === 'unreadable') return output;
  const packages: RpmPackage[] = [];
  for (const line of output.value.stdout.split('\n')) {
    if (line === '' || line.startsWith('gpg-pubkey\t')) continue;
    const [name, epoch, version, architecture, time] = line.split('\t');
    if (!name || !epoch || !version || !architecture || !/^\d{1,12}$/.test(time ?? '')) {
      return unreadable('unparsable', 'rpm -qa', 'a line lacks a field');
    }
    const full = epoch === '0' ? version : `${epoch}:${version}`;
    packages.push({ name, version: full, architecture, installedAt: new Date(Number(time) * 1000) });
  }
  return packages.length > 0 ? read(packages) : unreadable('unparsable', 'rpm -qa', 'no package is installed');
}

/** The newest version of each package by `name.architecture`: kernels stand side by side. */
export function newestVersions(packages: readonly RpmPackage[]): Map<string, string> {
  const newest = new Map<string, string>();
  for (const { name, architecture, version } of packages) {
    const key = `${name}.${architecture}`;
    const known = newest.get(key);
    if (known === undefined || compareRpmVersions(version, known) > 0) newest.set(key, version);
  }
  return newest;
}

/** Kernel packages of Fedora and its kin by what `uname -r` says of them: version, release and architecture. */
export function fedoraKernels(packages: Reading<readonly RpmPackage[]>): Reboot['kernels'] {
  if (packages.state === 'unreadable') return packages;
  const kernels = packages.value.flatMap(({ name, version, architecture }) => {
    // Since RHEL 8 the kernel itself is in kernel-core; before, and of Amazon, in kernel.
    const [, family] = /^(kernel(?:\d[\d.]*)?|kernel-uek)(?:-core)?$/.exec(name) ?? [];
    return family === undefined ? [] : [{ family, release: `${withoutEpoch(version)}.${architecture}`, version }];
  });
  return read(sortedKernels(kernels));
}

/** Kernel packages of SUSE: `uname -r` has the flavour behind, and not the number of the rebuild. */
export function suseKernels(packages: Reading<readonly RpmPackage[]>): Reboot['kernels'] {
  if (packages.state === 'unreadable') return packages;
  const kernels = packages.value.flatMap(({ name, version }) => {
    const [, flavour] = /^kernel-(default|azure|rt|preempt|kvmsmall|64kb)(?:-base)?$/.exec(name) ?? [];
    if (flavour === undefined) return [];
    return [
      { family: `kernel-${flavour}`, release: `${withoutEpoch(version).replace(/\.\d+$/, '')}-${flavour}`, version },
    ];
  });
  return read(sortedKernels(kernels));
}

function withoutEpoch(version: string): string {
  return version.replace(/^\d+:/, '');
}

/** What every program runs, or the machine itself: after these a host is started anew (dnf-plugins-core, needs-restarting -r). */
const core = new Set([
  'glibc',
  'systemd',
  'dbus',
  'dbus-broker',
  'dbus-daemon',
  'linux-firmware',
  'microcode_ctl',
  'openssl-libs',
]);

/** The core packages that were installed since the host started. A container, which has no kernel, starts otherwise. */
export async function readAsking(host: Host, packages: Reading<readonly RpmPackage[]>): Promise<Reading<string[]>> {
  if (packages.state === 'unreadable') return packages;
  const kernels = fedoraKernels(packages);
  if (kernels.state === 'read' && kernels.value.length === 0) return read([]);
  const text = await host.readText('/proc/stat');
  if (text.state === 'unreadable') return text;
  const [, started] = /^btime (\d+)$/m.exec(text.value) ?? [];
  if (started === undefined) return unreadable('unparsable', '/proc/stat', 'it does not tell when the host started');
  const since = Number(started) * 1000;
  const newer = packages.value.filter(({ name, installedAt }) => core.has(name) && installedAt.getTime() > since);
  return read([...new Set(newer.map(({ name }) => name))].sort());
}
