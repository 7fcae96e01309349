import type { PamFacts } from '../../../policies/checks/password-policy/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';

const packageNames = { pam: ['libpam0g', 'pam'], pwquality: ['libpwquality1', 'libpwquality'] } as const;
const names = Object.values(packageNames).flat();

/** Which versions of Linux-PAM and libpwquality are installed. Each name is one system's; the others are not found. */
export async function readVersions({ host, signal }: CollectContext): Promise<PamFacts['versions']> {
  const format = '${Package} ${Version} ${db:Status-Status}\\n';
  const dpkg = await host.run({ file: 'dpkg-query', args: ['-W', `-f=${format}`, ...names] }, signal);
  if (dpkg.state === 'read') return parseVersions('dpkg', dpkg.value.stdout);
  if (dpkg.obstacle.code !== 'command-missing') return dpkg;
  const rpm = await host.run(
    { file: 'rpm', args: ['-q', '--qf', '%{NAME} %{VERSION} installed\\n', ...names] },
    signal,
  );
  if (rpm.state === 'read') return parseVersions('rpm', rpm.value.stdout);
  if (rpm.obstacle.code !== 'command-missing') return rpm;
  return unreadable('unsupported', 'the package manager', 'neither dpkg-query nor rpm is there');
}

function parseVersions(manager: 'dpkg' | 'rpm', text: string): PamFacts['versions'] {
  const versions = new Map(
    text.split('\n').flatMap((line) => {
      const [, name = '', version = ''] = /^(\S+) (\S{1,64}) installed$/.exec(line) ?? [];
      return name === '' ? [] : [[name, version] as const];
    }),
  );
  const versionOf = (known: readonly string[]): string | null =>
    known.map((name) => versions.get(name)).find((version) => version !== undefined) ?? null;
  return read({ manager, pam: versionOf(packageNames.pam), pwquality: versionOf(packageNames.pwquality) });
}
