import type { Packages, Reboot, Release, RepositoryFacts } from '../../../policies/checks/updates/facts.ts';
import { repositoriesAreSound, type RepositoryLimits } from '../../../policies/checks/updates/repositories.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { readApkRepositories } from './apk-repositories.ts';
import { runTool, withoutSecrets } from './command.ts';
import { timeWaiting, type Untimed } from './ledger.ts';
import { readOutdated } from './outdated.ts';
import { readReboot, sortedKernels } from './reboot.ts';
import type { UpdatesSettings } from './settings.ts';
import { readSupport } from './support.ts';

/**
 * The facts of a system with apk, which is kept from the network. Its indexes do not tell which updates are about
 * security: each of them may be.
 */
export async function collectApk(
  context: CollectContext,
  release: Release,
  settings: UpdatesSettings,
  limits: RepositoryLimits,
): Promise<RepositoryFacts> {
  const { host, signal, at } = context;
  const [repositories, installed, support] = await Promise.all([
    readApkRepositories(host),
    readInstalled(host),
    readSupport(context, release, settings),
  ]);
  const lists = { release: read(release), repositories };
  return {
    manager: 'apk',
    ...lists,
    support,
    packages: await readPackages(),
    reboot: await readReboot(host, { kernels: kernelsOf(installed) }),
    outdated: await readOutdated(host, signal),
    history: unreadable('unsupported', 'the log of apk', 'it does not tell when packages were upgraded'),
  };

  async function readPackages(): Promise<Reading<Packages>> {
    if (installed.state === 'unreadable') return installed;
    const waiting = await readWaiting(host, installed.value, signal);
    if (waiting.state === 'unreadable') return waiting;
    const timed = repositoriesAreSound(lists, limits, at);
    return read({ installed: installed.value.size, waiting: timeWaiting(context.ledger, waiting.value, timed) });
  }
}

/** Versions by package, from apk's own list (apk-v2(5)): lines `P:busybox` and `V:1.37.0-r12`, a paragraph a package. */
async function readInstalled(host: Host): Promise<Reading<ReadonlyMap<string, string>>> {
  const path = '/lib/apk/db/installed';
  const text = await host.readText(path, { maximumSize: 64 * 2 ** 20 });
  if (text.state === 'unreadable') return text;
  const installed = new Map<string, string>();
  for (const paragraph of text.value.split(/\n{2,}/)) {
    const [, name] = /^P:(\S+)$/m.exec(paragraph) ?? [];
    const [, version] = /^V:(\S+)$/m.exec(paragraph) ?? [];
    if (name !== undefined && version !== undefined) installed.set(name, version);
  }
  return installed.size > 0 ? read(installed) : unreadable('unparsable', path, 'it holds no package');
}

/** Lines such as `busybox-1.37.0-r12   < 1.37.0-r14`, and a heading (apk-version(8)). */
async function readWaiting(
  host: Host,
  installed: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Reading<Untimed[]>> {
  const output = await runTool(host, { file: 'apk', args: ['--no-network', 'version', '-l', '<'] }, signal);
  if (output.state === 'unreadable') return output;
  const names = new Map([...installed].map(([name, version]) => [`${name}-${version}`, name]));
  const waiting: Untimed[] = [];
  for (const line of output.value.stdout.split('\n')) {
    if (line.trim() === '' || /^Installed:\s+Available:/.test(line)) continue;
    const [, full = '', version] = /^(\S+)\s+< (\S+)/.exec(line) ?? [];
    const name = names.get(full);
    if (name === undefined || version === undefined)
      return unreadable('unparsable', 'apk version', `an unknown line: ${withoutSecrets(line)}`);
    const own = installed.get(name) ?? null;
    waiting.push({
      package: name,
      installed: own,
      candidate: version,
      held: false,
      security: null,
      unlabelled: { version, source: 'apk' },
    });
  }
  return read(waiting.sort((a, b) => (a.package < b.package ? -1 : 1)));
}

/** `linux-lts` of 6.12.40-r0 says `6.12.40-0-lts` of itself. */
function kernelsOf(installed: Reading<ReadonlyMap<string, string>>): Reboot['kernels'] {
  if (installed.state === 'unreadable') return installed;
  const kernels = [...installed.value].flatMap(([name, version]) => {
    const [, flavour] = /^linux-(lts|stable|virt|edge|rpi\d?)$/.exec(name) ?? [];
    return flavour === undefined
      ? []
      : [{ family: name, release: `${version.replace('-r', '-')}-${flavour}`, version }];
  });
  return read(sortedKernels(kernels));
}
