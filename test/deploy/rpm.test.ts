import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeDebianPackages } from '../../deploy/packages/debian.ts';
import { makeRpmPackages } from '../../deploy/packages/rpm.ts';
import type { PackageOrder } from '../../deploy/packages/staged.ts';
import { fetchRoot, furnishRoot, openRoot, type DebianRoot } from '../support/debian-root.ts';
import { root } from '../support/sources.ts';
import { temporaryFolder, tool } from '../support/tools.ts';

const canBuild = process.arch === 'x64' && tool('rpmbuild') !== undefined;
const canEnter = canBuild && process.getuid?.() === 0 && tool('debootstrap') !== undefined;
const folder = temporaryFolder();
const at = new Date('2026-11-22T00:00:00Z');
const [agent, collector, program] = ['waarborg-agent', 'waarborg-collector', 'waarborg'] as const;

afterAll(() => folder[Symbol.dispose]());

/** Packages of something that stands in the executable's place. */
function order(name: string, executable: (path: string) => void, more: Partial<PackageOrder> = {}): PackageOrder {
  const own = join(folder.path, name);
  execFileSync('mkdir', ['-p', own]);
  executable(join(own, 'waarborg'));
  for (const file of ['LICENSES.txt', 'waarborg.cdx.json']) writeFileSync(join(own, file), `${file}\n`);
  const out = join(own, 'packages');
  return {
    ...{ executable: join(own, 'waarborg'), platform: 'linux-x64', version: '1.0', at, level: 0, output: out },
    ...more,
  };
}

const script = (path: string): void => writeFileSync(path, '#!/bin/sh\necho 1.0\n', { mode: 0o755 });

function ask(path: string, ...words: string[]): string[] {
  return execFileSync('rpm', ['-qp', ...words, path], { encoding: 'utf8', stdio: 'pipe' })
    .trim()
    .split('\n');
}

function named(paths: readonly string[], name: string): string {
  const found = paths.find((path) => new RegExp(`^${name}-[0-9]`).test(basename(path)));
  if (found === undefined) throw new Error(`no package ${name} was made`);
  return found;
}

describe.skipIf(!canBuild)('the RPM packages', () => {
  test('are three, and for another platform the one with the code', async () => {
    const own = await makeRpmPackages(order('own', script));
    expect(own.map((path) => basename(path))).toEqual([
      'waarborg-agent-1.0-1.noarch.rpm',
      'waarborg-collector-1.0-1.noarch.rpm',
      'waarborg-1.0-1.x86_64.rpm',
    ]);
    for (const name of [agent, collector]) {
      const flags = ask(named(own, name), '--queryformat', '[%{FILEFLAGS:fflags} %{FILENAMES}\n]');
      // A file of settings (c) that no upgrade replaces (n).
      const settings = flags.filter((line) => line.includes('/etc/'));
      expect(settings).toEqual([`cn /etc/waarborg/${name.slice('waarborg-'.length)}.yaml`]);
    }
    const other = await makeRpmPackages(order('other', script, { platform: 'linux-arm64' }));
    expect(other.map((path) => basename(path))).toEqual(['waarborg-1.0-1.aarch64.rpm']);
  }, 120_000);

  test('are the same byte for byte whenever they are made', async () => {
    const [first, second] = [await makeRpmPackages(order('one', script)), await makeRpmPackages(order('two', script))];
    expect(first.length).toBe(3);
    for (const [index, path] of first.entries()) {
      expect(readFileSync(path).equals(readFileSync(second[index] ?? '')), basename(path)).toBe(true);
    }
  }, 120_000);

  test('ask for the libraries of the executable, as systems have them since RHEL 8', async () => {
    // The program lies behind Node.js in it, and has no libraries of its own.
    const made = await makeRpmPackages(order('real', (path) => symlinkSync(process.execPath, path)));
    const requires = ask(named(made, program), '--requires');
    const newest = (symbols: RegExp): number =>
      Math.max(...requires.flatMap((line) => symbols.exec(line)?.[1] ?? []).map(Number));
    expect(newest(/^libc\.so\.6\(GLIBC_2\.(\d+)\)/)).toBe(28);
    expect(newest(/^libstdc\+\+\.so\.6\(GLIBCXX_3\.4\.(\d+)\)/)).toBeLessThanOrEqual(25);
    const libraries = requires.flatMap((line) => /^(lib[^(]+)\(\)/.exec(line)?.[1] ?? []);
    expect(libraries).toEqual(
      ['atomic.so.1', 'c.so.6', 'dl.so.2', 'gcc_s.so.1', 'm.so.6', 'pthread.so.0', 'stdc++.so.6'].map(
        (name) => `lib${name}`,
      ),
    );
  }, 240_000);

  test.skipIf(tool('dh') === undefined)(
    'hold what the Debian packages hold',
    async () => {
      const rpms = await makeRpmPackages(order('rpm', script));
      const debs = await makeDebianPackages(order('deb', script));
      for (const name of [agent, collector, program]) {
        const deb = debs.find((path) => basename(path).startsWith(`${name}_`)) ?? '';
        const listed = execFileSync('dpkg-deb', ['--fsys-tarfile', deb], { maxBuffer: 2 ** 28 });
        const inDebian = execFileSync('tar', ['-t'], { input: listed, encoding: 'utf8' }).trim().split('\n');
        const ofDebian = inDebian.flatMap(elsewhere).sort();
        const ofRpm = ask(named(rpms, name), '--list').filter((path) => !/sysusers|\/var\//.test(path));
        const folders = new Set(
          ask(named(rpms, name), '--queryformat', '[%{FILEMODES:perms} %{FILENAMES}\n]').flatMap((line) =>
            line.startsWith('d') ? [line.slice(11)] : [],
          ),
        );
        expect([name, ...ofRpm.filter((path) => !folders.has(path)).sort()]).toEqual([name, ...ofDebian]);
      }
    },
    240_000,
  );

  test.skipIf(tool('rpmlint') === undefined)(
    'rpmlint finds nothing but what its settings explain',
    async () => {
      // An executable of its kind: rpmlint looks into it.
      const made = await makeRpmPackages(order('lint', (path) => symlinkSync('/usr/bin/true', path)));
      const words = ['--config', join(root, 'deploy/rpm/rpmlint.toml'), ...made];
      const { stdout } = spawnSync('rpmlint', words, { encoding: 'utf8' });
      expect(stdout).toMatch(/3 packages and 0 specfiles checked/);
      expect(stdout.split('\n').filter((line) => /: [EW]: /.test(line))).toEqual([]);
    },
    120_000,
  );
});

/** Where systems with RPM have a file of a Debian package; what is only for Debian's own tools is nowhere. */
function elsewhere(listed: string): string[] {
  if (listed.endsWith('/')) return [];
  const path = listed.replace(/^\./, '');
  if (/^\/usr\/share\/(lintian\/|doc\/[^/]+\/(changelog|copyright))/.test(path)) return [];
  return [
    path
      .replace(/^\/lib\//, '/usr/lib/')
      .replace('/zsh/vendor-completions/', '/zsh/site-functions/')
      .replace(/^(\/usr\/share\/doc\/.*)\.gz$/, '$1'),
  ];
}

/** systemd as far as the scripts go: what it is told is written down. */
const systemctl = `#!/bin/sh\necho "$@" >> /tmp/told\n`;

describe.skipIf(!canEnter)('in a system with rpm', () => {
  let machine: DebianRoot | undefined;
  const next = (name: string): string => `/root/${name}-1.1-1.*.rpm`;
  const all = [program, agent, collector];

  beforeAll(async () => {
    const isThere = fetchRoot('bookworm') && furnishRoot('bookworm', 'bookworm-rpm', ['rpm', 'systemd']);
    if (!isThere) return;
    const first = await makeRpmPackages(order('first', script));
    const later = await makeRpmPackages(order('later', script, { version: '1.1' }));
    machine = await openRoot('bookworm-rpm');
    for (const path of [...first, ...later]) machine.give(path);
  }, 400_000);
  afterAll(() => machine?.[Symbol.dispose]());

  /** Its libraries are known to dpkg there, and not to rpm. */
  const rpm = (line: string): string => within().must(`rpm --force-debian --nodeps ${line}`);

  function within(): DebianRoot {
    if (machine === undefined) throw new Error('there is no such system');
    return machine;
  }

  function told(): string[] {
    const lines = within().must('cat /tmp/told 2>/dev/null || true').trim().split('\n');
    within().must('rm -f /tmp/told');
    return lines.filter((line) => line !== '');
  }

  test('they install with users of their own, and start nothing', ({ skip }) => {
    skip(machine === undefined, 'this release cannot be fetched');
    within().must(`mkdir -p /run/systemd/system && printf '${systemctl.replaceAll('\n', '\\n')}' > /usr/bin/systemctl`);
    rpm('-i /root/*-1.0-1.*.rpm');
    expect(within().must('waarborg').trim()).toBe('1.0');
    const places = '/etc/waarborg/*.yaml /var/lib/waarborg /var/lib/waarborg/*';
    expect(within().must(`stat -c '%a %U:%G %n' ${places}`).trim().split('\n')).toEqual([
      '640 root:waarborg-agent /etc/waarborg/agent.yaml',
      '640 root:waarborg-collector /etc/waarborg/collector.yaml',
      '755 root:root /var/lib/waarborg',
      '700 waarborg-agent:waarborg-agent /var/lib/waarborg/agent',
      '700 waarborg-collector:waarborg-collector /var/lib/waarborg/collector',
      '700 waarborg-collector:waarborg-collector /var/lib/waarborg/collector-guard',
      '700 waarborg-witness:waarborg-witness /var/lib/waarborg/witness',
    ]);
    for (const user of ['agent', 'collector', 'witness']) {
      expect(within().must(`getent passwd waarborg-${user}`)).toMatch(
        new RegExp(`^waarborg-${user}:[^:]+:\\d+:\\d+:[^:]*:/var/lib/waarborg/${user}:/usr/sbin/nologin\\n$`),
      );
    }
    expect(told()).toEqual(['--no-reload preset waarborg-agent.timer']);
    expect(within().run(`rpm -V --nodeps ${all.join(' ')}`)).toMatchObject({ status: 0, stdout: '' });
  }, 120_000);

  test('rpm tells when the program was changed', ({ skip }) => {
    skip(machine === undefined, 'this release cannot be fetched');
    within().must('cp /usr/bin/waarborg /root/kept && echo >> /usr/bin/waarborg');
    expect(within().run(`rpm -V --nodeps ${program}`).stdout).toMatch(/^S.5.* \/usr\/bin\/waarborg$/m);
    within().must('cat /root/kept > /usr/bin/waarborg');
  });

  test('an upgrade keeps keys and settings, and starts anew what runs', ({ skip }) => {
    skip(machine === undefined, 'this release cannot be fetched');
    within().must('echo "# own" >> /etc/waarborg/agent.yaml; echo key > /var/lib/waarborg/agent/identity.json');
    rpm(`-U ${all.map(next).join(' ')}`);
    expect(within().must('tail -n 1 /etc/waarborg/agent.yaml; cat /var/lib/waarborg/agent/identity.json')).toBe(
      '# own\nkey\n',
    );
    const lines = told();
    expect(lines.filter((line) => line.startsWith('try-restart')).sort()).toEqual([
      'try-restart waarborg-agent-resident.service',
      'try-restart waarborg-collector.service waarborg-witness.service',
    ]);
    expect(lines.filter((line) => /^(start|stop|restart|enable|--no-reload)/.test(line))).toEqual([]);
  }, 60_000);

  test('to erase them stops what runs, and keeps what was changed and what they wrote', ({ skip }) => {
    skip(machine === undefined, 'this release cannot be fetched');
    within().must('echo entry > /var/lib/waarborg/collector/evidence.db');
    rpm(`-e ${all.join(' ')}`);
    const lines = told();
    for (const unit of ['waarborg-agent.timer', 'waarborg-agent-resident.service', 'waarborg-collector.service']) {
      expect(lines.filter((line) => line.includes(`disable --now`) && line.includes(unit)).length).toBe(1);
    }
    expect(lines).toContain('stop waarborg-agent.service');
    expect(lines.some((line) => line.includes('restart'))).toBe(false);
    const left = within().must(`find / -xdev -path '*waarborg*' -not -path '/root/*' -not -path '/tmp/*' -type f`);
    expect(left.trim().split('\n').sort()).toEqual([
      '/etc/waarborg/agent.yaml.rpmsave',
      '/var/lib/waarborg/agent/identity.json',
      '/var/lib/waarborg/collector/evidence.db',
    ]);
  }, 60_000);
});
