import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadAgentSettings } from '../../agent/settings.ts';
import { loadCollectorConfig } from '../../collector/config.ts';
import { programVersion } from '../../deploy/packages/command-lines.ts';
import { makeDebianPackages } from '../../deploy/packages/debian.ts';
import { billOfMaterials, licencesOf } from '../../deploy/release/components.ts';
import { makeExecutable } from '../../deploy/release/executable.ts';
import { fetchRoot, openRoot, type DebianRoot } from '../support/debian-root.ts';
import { freePort } from '../support/process.ts';
import { readSource, root } from '../support/sources.ts';
import { temporaryFolder, tool } from '../support/tools.ts';
import { rightsOf, startOf } from '../support/unit-rights.ts';

const isRoot = process.getuid?.() === 0;
const canBuild = process.arch === 'x64' && tool('dh') !== undefined;
const at = new Date('2026-11-22T00:00:00Z');
const folder = temporaryFolder();
const executable = join(folder.path, 'waarborg');
const versions = [programVersion, `${programVersion}+next`] as const;
const built: Record<string, string[]> = {};

beforeAll(async () => {
  if (!canBuild) return;
  const made = await makeExecutable({ runtime: process.execPath, hasCompiledCode: true, output: executable });
  writeFileSync(join(folder.path, 'LICENSES.txt'), licencesOf(made, { name: 'Node.js', licence: 'of its own' }));
  writeFileSync(join(folder.path, 'waarborg.cdx.json'), billOfMaterials(at));
  for (const version of versions) {
    const output = join(folder.path, version);
    built[version] = await makeDebianPackages({ executable, platform: 'linux-x64', version, at, level: 0, output });
  }
}, 240_000);
afterAll(() => folder[Symbol.dispose]());

/** A command of docs/install.md, by how it begins and what is in it, for a system without a network and a terminal. */
function documented(begin: string, part: string): string {
  const blocks = [...readSource('docs/install.md').matchAll(/^```sh\n([^]*?)^```/gm)].map(([, lines = '']) => lines);
  const found = blocks
    .join('')
    .split('\n')
    .find((line) => line.startsWith(begin) && line.includes(part));
  if (found === undefined) throw new Error(`docs/install.md has no command ${begin} … ${part}`);
  const current = found.replaceAll('0.1.0', programVersion);
  return `cd /root && ${current.replace('apt install', 'apt-get install -y -qq --no-install-recommends')}`;
}

const suites = isRoot && canBuild && tool('debootstrap') !== undefined ? ['bookworm', 'bullseye', 'trixie'] : [];

describe.skipIf(!canBuild)('the Debian packages', () => {
  test('are three: the program, and the two services that hold no code', () => {
    expect(built[programVersion]?.map((path) => basename(path))).toEqual([
      `waarborg-agent_${programVersion}_all.deb`,
      `waarborg-collector_${programVersion}_all.deb`,
      `waarborg_${programVersion}_amd64.deb`,
    ]);
  });

  test.skipIf(tool('lintian') === undefined)(
    'lintian finds nothing but what the overrides explain',
    () => {
      const changes = join(folder.path, programVersion, `waarborg_${programVersion}_amd64.changes`);
      const words = ['--fail-on=error,warning', '--tag-display-limit=0', '--allow-root', changes];
      const { status, stdout } = spawnSync('lintian', words, { encoding: 'utf8' });
      expect(stdout.split('\n').filter((line) => /^[EW]:/.test(line))).toEqual([]);
      expect(status).toBe(0);
    },
    240_000,
  );

  test('ask for the libraries that the executable needs', () => {
    const versionsOf = execFileSync('readelf', ['-V', '--wide', executable], { encoding: 'utf8', maxBuffer: 2 ** 26 });
    const newest = (name: string): number =>
      Math.max(
        ...[...versionsOf.matchAll(new RegExp(`\\b${name}_\\d+\\.(\\d+)`, 'g'))].map(([, minor]) => Number(minor)),
      );
    expect(newest('GLIBC')).toBeGreaterThan(17);
    // libc6 (>= 2.28), and libstdc++ of GCC 7, whose CXXABI is 1.3.11 and GLIBCXX 3.4.23 (the ABI policy of libstdc++).
    expect(newest('GLIBC')).toBeLessThanOrEqual(28);
    const newestPatch = (symbols: RegExp): number =>
      Math.max(...[...versionsOf.matchAll(symbols)].map(([, patch]) => Number(patch)));
    expect(newestPatch(/GLIBCXX_3\.4\.(\d+)/g)).toBeLessThanOrEqual(23);
    expect(newestPatch(/CXXABI_1\.3\.(\d+)/g)).toBeLessThanOrEqual(11);
  });

  test('have settings that load as they are installed', () => {
    const etc = join(root, 'deploy/debian/etc');
    expect(loadAgentSettings(join(etc, 'agent.yaml')).data).toBe('/var/lib/waarborg/agent');
    expect(loadCollectorConfig(join(etc, 'collector.yaml')).data).toBe('/var/lib/waarborg/collector');
  });
});

describe.each(suites)('in a root of Debian %s', (suite) => {
  let isThere = false;
  let machine: DebianRoot;
  let before: string[] = [];
  let port = 0;

  beforeAll(async () => {
    isThere = fetchRoot(suite);
    if (!isThere) return;
    machine = await openRoot(suite);
    for (const path of Object.values(built).flat()) machine.give(path);
    before = machine.inventory();
    port = await freePort();
  }, 300_000);
  afterAll(() => {
    if (isThere) machine[Symbol.dispose]();
  });

  const agent = (words: readonly string[]): string => [...rightsOf('waarborg-agent.service'), ...words].join(' ');
  const asCollector = rightsOf('waarborg-collector.service').join(' ');

  test('the packages install, and start nothing that nobody asked for', ({ skip }) => {
    skip(!isThere, 'this release cannot be fetched');
    machine.must(documented('apt install', 'collector'));
    machine.must(documented('apt install', 'agent'));
    expect(machine.must('waarborg --version').trim()).toBe(programVersion);
    const wanted = machine.must('ls /etc/systemd/system/*.wants 2>/dev/null || true');
    expect(wanted).toContain('waarborg-agent.timer');
    expect(wanted).not.toMatch(/collector|witness|resident/);
    expect(machine.must('stat -c "%U %a" /var/lib/waarborg/agent /etc/waarborg/agent.yaml')).toBe(
      'waarborg-agent 700\nroot 640\n',
    );
    expect(machine.must('zcat /usr/share/man/man1/waarborg-agent.1.gz')).toContain('.TH WAARBORG\\-AGENT 1');
  }, 120_000);

  test('the installed settings work as they are', ({ skip }) => {
    skip(!isThere, 'this release cannot be fetched');
    const checked = machine.run(
      agent(['waarborg', 'check', '--format', 'json', '--config', '/etc/waarborg/agent.yaml']),
    );
    expect([0, 1, 2], checked.stderr).toContain(checked.status);
    const { observations } = JSON.parse(checked.stdout) as { observations: unknown[] };
    expect(observations.length).toBeGreaterThan(10);
  }, 60_000);

  test('a host enrols, runs once under the rights of its unit, and its report arrives', ({ skip }) => {
    skip(!isThere, 'this release cannot be fetched');
    machine.must(`sed -i 's/9850/${port}/' /etc/waarborg/collector.yaml`);
    const collector = startOf('waarborg-collector.service').join(' ');
    machine.must(`${asCollector} ${collector} > /tmp/collector.log 2>&1 < /dev/null & echo $! > /tmp/collector.pid
      for i in $(seq 100); do grep -q listens /tmp/collector.log && exit 0; sleep 0.1; done; cat /tmp/collector.log; exit 1`);
    const [token = ''] = /wbg_enrol_\S+/.exec(machine.must(documented('runuser', 'create --role enrol'))) ?? [];
    const [logKey = ''] = /(?<="logKey":")[^"]+/.exec(machine.must('cat /tmp/collector.log')) ?? [];
    const enrol = documented('runuser', 'waarborg enrol')
      .replace('https://waarborg.example.nl', `http://127.0.0.1:${port}`)
      .replace('LOG-KEY', logKey);
    machine.must(`export WAARBORG_TOKEN=${token}; ${enrol}`);
    const run = machine.run(agent(startOf('waarborg-agent.service')));
    expect(run.status, run.stdout + run.stderr).toBe(0);
    expect(reports()).toBe(1);
  }, 120_000);

  test('an upgrade keeps keys, settings and the log', ({ skip }) => {
    skip(!isThere, 'this release cannot be fetched');
    const kept = machine.must('cat /var/lib/waarborg/agent/identity.json /etc/waarborg/collector.yaml');
    machine.must(`dpkg -i /root/*_${programVersion}+next_*.deb`);
    expect(machine.must("dpkg-query -W -f '${Version}' waarborg-agent")).toBe(`${programVersion}+next`);
    expect(machine.must('cat /var/lib/waarborg/agent/identity.json /etc/waarborg/collector.yaml')).toBe(kept);
    machine.must(agent(startOf('waarborg-agent.service')));
    expect(reports()).toBe(2);
    machine.must(
      'kill "$(cat /tmp/collector.pid)"; for i in $(seq 100); do grep -q stopped /tmp/collector.log && exit 0; sleep 0.1; done; exit 1',
    );
  }, 120_000);

  test('removing keeps settings and evidence; purging leaves nothing', ({ skip }) => {
    skip(!isThere, 'this release cannot be fetched');
    machine.must('dpkg -r waarborg-agent waarborg-collector waarborg');
    expect(machine.must('ls /etc/waarborg /var/lib/waarborg/collector')).toMatch(/agent\.yaml[^]*evidence\.db/);
    expect(machine.run('command -v waarborg').status).not.toBe(0);
    machine.must('dpkg -P waarborg-agent waarborg-collector waarborg');
    const after = machine.inventory();
    expect(after.filter((line) => line.includes('waarborg'))).toEqual([]);
    expect([...new Set(after).difference(new Set(before))], 'what is new').toEqual([]);
    expect([...new Set(before).difference(new Set(after))], 'what is gone').toEqual([]);
  }, 120_000);

  /** The reports that a bundle of the collector's whole log proves. */
  function reports(): number {
    machine.must(`rm -rf /tmp/bundle && mkdir /tmp/bundle && chown waarborg-collector /tmp/bundle`);
    machine.must(`${asCollector} waarborg export /tmp/bundle --config /etc/waarborg/collector.yaml`);
    const told = machine.must('waarborg verify /tmp/bundle --format json');
    return (JSON.parse(told) as { proven: { reports: number } }).proven.reports;
  }
});
