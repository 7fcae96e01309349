import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import { updates } from '../../../../policies/checks/updates.ts';
import type { RepositoryFacts } from '../../../../policies/checks/updates/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { readingAt } from './reading-at.ts';
import { makePackages, makeRepository, RpmMachine } from './rpm-machine.ts';

const day = 86_400_000;
const almalinux = 'ID="almalinux"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.6"\n';

function waiting({ packages }: RepositoryFacts) {
  if (packages.state === 'unreadable') throw new Error(JSON.stringify(packages.obstacle));
  return packages.value.waiting;
}

const fresh = ['updates.repository-fresh appstream', 'updates.repository-fresh baseos'];

const hasTools = tool('dnf') && tool('rpmbuild') && tool('createrepo_c');

describe.skipIf(!hasTools)('with the real dnf 4', () => {
  const now = new Date();
  const { collect, codes } = readingAt('dnf', now);
  const shared = temporaryFolder();
  let files: Map<string, string>;

  /** BaseOS brings hello 1.1 by an advisory, AppStream a tool 3.0 without one. */
  beforeAll(() => {
    files = makePackages(join(shared.path, 'rpms'), 'hello-1.0-1', 'hello-1.1-1', 'tool-2.0-1', 'tool-3.0-1');
    makeRepository(join(shared.path, 'baseos'), pick('hello-1.0-1', 'hello-1.1-1'), ['hello-1.1-1']);
    makeRepository(join(shared.path, 'appstream'), pick('tool-3.0-1'));
  });
  afterAll(() => shared[Symbol.dispose]());

  function pick(...names: readonly string[]): string[] {
    return names.flatMap((name) => files.get(name) ?? []);
  }

  async function almaMachine(root: string, installed: readonly string[], options = ''): Promise<RpmMachine> {
    const machine = new RpmMachine(root, almalinux, pick(...installed));
    for (const id of ['baseos', 'appstream']) {
      const lines = `[${id}]\nname=${id}\nbaseurl=file://${join(shared.path, id)}\nenabled=1\ngpgcheck=0\n${options}`;
      machine.write(`/etc/yum.repos.d/${id}.repo`, lines);
    }
    expect(await machine.tool('dnf', '-q', 'makecache')).toMatchObject({ exitCode: 0 });
    return machine;
  }

  test('what an advisory about security names waits, and it is told since when', async () => {
    using folder = temporaryFolder();
    const machine = await almaMachine(folder.path, ['hello-1.0-1', 'tool-3.0-1']);
    const first = await collect(machine);
    expect(waiting(first)).toEqual([
      {
        package: 'hello.noarch',
        installed: '1.0-1',
        candidate: '1.1-1',
        held: false,
        security: { version: '1.1-1', since: { notBefore: null, firstSeen: now.toISOString() } },
        unlabelled: null,
      },
    ]);
    expect(JSON.stringify(await collect(machine))).toBe(JSON.stringify(first));
    expect(await codes(machine)).toEqual([...fresh, 'updates.waiting-since-unknown hello.noarch']);
  });

  test('a machine that is up to date passes', async () => {
    using folder = temporaryFolder();
    const machine = await almaMachine(folder.path, ['hello-1.1-1', 'tool-3.0-1']);
    expect(await codes(machine)).toEqual([...fresh, 'updates.none-waiting']);
  });

  test('an exclusion hides an update from dnf, and not from here', async () => {
    using folder = temporaryFolder();
    const machine = await almaMachine(folder.path, ['hello-1.0-1', 'tool-3.0-1']);
    machine.write('/etc/dnf/dnf.conf', '[main]\nexcludepkgs=hello\n');
    const own = await machine.tool('dnf', '-C', '-q', 'updateinfo', 'list', '--security', '--available');
    expect(own).toMatchObject({ exitCode: 0, stdout: '' });
    expect(waiting(await collect(machine))).toMatchObject([
      { installed: '1.0-1', candidate: '1.0-1', security: { version: '1.1-1' } },
    ]);
  });

  test('an update of a repository without advisories may be about security', async () => {
    using folder = temporaryFolder();
    const machine = await almaMachine(folder.path, ['hello-1.1-1', 'tool-2.0-1']);
    expect(waiting(await collect(machine))).toMatchObject([
      { package: 'tool.noarch', security: null, unlabelled: { version: '3.0-1', source: 'appstream' } },
    ]);
    expect(await codes(machine)).toEqual([...fresh, 'updates.unlabelled-waiting tool.noarch']);
  });

  test('a repository that dnf may skip does not vanish silently', async () => {
    using folder = temporaryFolder();
    const machine = await almaMachine(folder.path, ['hello-1.0-1'], 'skip_if_unavailable=1\n');
    machine.remove('/var/cache/dnf');
    expect(await machine.tool('dnf', '-C', '-q', 'check-update')).toMatchObject({ exitCode: 0 });
    expect(await codes(machine)).toEqual(['host.missing appstream', 'host.missing baseos', 'host.command-failed']);
  });

  test('a cache that nobody refreshed is old, whatever dnf makes of it', async () => {
    using folder = temporaryFolder();
    const machine = await almaMachine(folder.path, ['hello-1.1-1', 'tool-3.0-1']);
    machine.touch('/var/cache/dnf', new Date(now.getTime() - 8 * day));
    expect(await machine.tool('dnf', '-C', '-q', 'check-update', '--security')).toMatchObject({ exitCode: 0 });
    expect(await codes(machine)).toEqual([
      'updates.repository-old appstream',
      'updates.repository-old baseos',
      'updates.lists-no-ground',
    ]);
    machine.touch('/var/cache/dnf', new Date(now.getTime() + day));
    expect((await codes(machine))[0]).toBe('updates.repository-future appstream');
  });

  test('a refresh that finds nothing new counts as a look', async () => {
    using folder = temporaryFolder();
    const machine = await almaMachine(folder.path, ['hello-1.1-1', 'tool-3.0-1']);
    machine.touch('/var/cache/dnf', new Date(now.getTime() - 8 * day));
    await machine.tool('dnf', '-q', '--refresh', 'makecache');
    expect(await codes(machine)).toEqual([...fresh, 'updates.none-waiting']);
  });

  test('a repository of the distribution that is off brings no updates', async () => {
    using folder = temporaryFolder();
    const machine = await almaMachine(folder.path, ['hello-1.0-1', 'tool-3.0-1']);
    machine.write('/etc/yum.repos.d/baseos.repo', '[baseos]\nname=baseos\nbaseurl=file:///nowhere\nenabled=0\n');
    expect(await codes(machine)).toEqual([
      'updates.repository-off BaseOS',
      'updates.repository-fresh appstream',
      'updates.lists-no-ground',
    ]);
  });
});

describe('from recordings', () => {
  /** When they were made. */
  const now = new Date('2026-11-22T12:00:00.000Z');
  const { collect, codes } = readingAt('dnf', now);
  const hidden = '--setopt=disable_excludes=all,* --setopt=*.skip_if_unavailable=0';
  const repomd = (kinds: readonly string[]): string =>
    `<repomd><revision>1</revision>${kinds
      .map(
        (kind) =>
          `<data type="${kind}"><location href="repodata/${kind}.xml.gz"/><timestamp>1795000000</timestamp></data>`,
      )
      .join('')}</repomd>`;
  const rpmFormat = '%{NAME}\\t%{EPOCHNUM}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\t%{INSTALLTIME}\\n';
  const rpms = [
    'openssl-libs\t1\t3.2.2-6.el9\tx86_64\t1764000000',
    'kernel-core\t0\t5.14.0-570.12.1.el9_6\tx86_64\t1764000000',
    'kernel-core\t0\t5.14.0-570.9.1.el9_6\tx86_64\t1750000000',
    'gpg-pubkey\t0\tb86b3716-61e69f29\t(none)\t1700000000',
  ].join('\n');

  /** dnf 4.14.0 of AlmaLinux 9 (dnf(8)); dnf 5 answers as dnf5-advisory(8) of 5.2 has it. */
  function recording(
    commands: Recording['commands'],
    values: { release?: string; cache?: string; log?: string } = {},
  ): RecordedHost {
    const cache = values.cache ?? '/var/cache/dnf';
    const folders = ['baseos-0123456789abcdef', 'appstream-0123456789abcdef', 'baseos-extras-0123456789abcdef'];
    const files = folders.flatMap((name) => [
      [`${cache}/${name}/repodata/repomd.xml`, repomd(['primary', 'updateinfo'])],
      [`${cache}/${name}/repodata/primary.xml.gz`, 'x'],
    ]);
    return new RecordedHost({
      files: {
        '/etc/os-release': values.release ?? almalinux,
        '/proc/stat': 'cpu 1\nbtime 1763000000\n',
        '/var/log/dnf.rpm.log': values.log ?? '',
        ...(Object.fromEntries(files) as Record<string, string>),
      },
      modifiedAt: Object.fromEntries(folders.map((name) => [`${cache}/${name}/repodata/primary.xml.gz`, now])),
      commands: {
        'dnf --version': { stdout: '4.14.0\n  Installed: dnf-0:4.14.0-25.el9.noarch\n' },
        'dnf -C -q repolist --enabled': {
          stdout:
            'repo id                repo name\nappstream              AlmaLinux 9 - AppStream\nbaseos                 AlmaLinux 9 - BaseOS\n',
        },
        [`rpm -qa --qf ${rpmFormat}`]: { stdout: `${rpms}\n` },
        ...commands,
      },
    });
  }

  const dnf4 = {
    advisories: `dnf -C -q ${hidden} --disableplugin=versionlock updateinfo list --security --available`,
    newer: `dnf -C -q ${hidden} --disableplugin=versionlock check-update`,
    offered: 'dnf -C -q check-update',
  };
  const list = `
kernel-core.x86_64          5.14.0-570.17.1.el9_6           baseos
a-package-with-a-name-that-is-too-long-for-its-column.x86_64
                            1.2.3-4.el9                     appstream
openssl-libs.x86_64         1:3.2.2-6.el9_6.1               baseos
Obsoleting Packages
grub2.x86_64                1:2.06                          baseos
    grub2-old.x86_64        1:2.05                          @System
`;

  test('of several advisories the newest counts; a lock keeps the installed version', async () => {
    const host = recording({
      [dnf4.advisories]: {
        stdout:
          'ALSA-2026:1000 Important/Sec. kernel-core-5.14.0-570.17.1.el9_6.x86_64\n' +
          'ALSA-2026:0900 Moderate/Sec.  kernel-core-5.14.0-570.16.1.el9_6.x86_64\n' +
          'ALSA-2026:1001 Low/Sec.       openssl-libs-1:3.2.2-6.el9_6.1.x86_64\n',
      },
      [dnf4.newer]: { exitCode: 100, stdout: list },
      [dnf4.offered]: { exitCode: 100, stdout: list.replace(/^openssl.*\n/m, '') },
    });
    const facts = await collect(host);
    expect(waiting(facts)).toMatchObject([
      { package: 'a-package-with-a-name-that-is-too-long-for-its-column.x86_64', installed: null, security: null },
      {
        package: 'kernel-core.x86_64',
        installed: '5.14.0-570.12.1.el9_6',
        security: { version: '5.14.0-570.17.1.el9_6' },
      },
      {
        package: 'openssl-libs.x86_64',
        installed: '1:3.2.2-6.el9',
        candidate: '1:3.2.2-6.el9',
        security: { version: '1:3.2.2-6.el9_6.1' },
      },
    ]);
    expect(facts.reboot).toMatchObject({
      asking: read(['openssl-libs']),
      kernels: read([
        { family: 'kernel', release: '5.14.0-570.12.1.el9_6.x86_64', version: '5.14.0-570.12.1.el9_6' },
        { family: 'kernel', release: '5.14.0-570.9.1.el9_6.x86_64', version: '5.14.0-570.9.1.el9_6' },
      ]),
    });
  });

  test('dnf 5 answers in JSON, from a cache of its own', async () => {
    const host = recording(
      {
        'dnf --version': { stdout: 'dnf5 version 5.2.13.1\ndnf5 plugin API version 2.0\n' },
        [`dnf -C -q ${hidden} advisory list --security --available --json`]: {
          stdout: JSON.stringify([
            {
              name: 'FEDORA-2026-1',
              type: 'security',
              severity: 'Important',
              nevra: 'openssl-libs-1:3.5.0-1.fc43.x86_64',
              buildtime: 1,
            },
          ]),
        },
        [`dnf -C -q ${hidden} check-update`]: { exitCode: 0 },
        'dnf -C -q repolist --enabled': { stdout: 'repo id   repo name\nbaseos updates\n' },
      },
      { release: 'ID=fedora\nVERSION_ID=43\n', cache: '/var/cache/libdnf5' },
    );
    expect(waiting(await collect(host))).toMatchObject([
      { package: 'openssl-libs.x86_64', installed: '1:3.2.2-6.el9', security: { version: '1:3.5.0-1.fc43' } },
    ]);
    expect(await codes(host)).toEqual([
      'updates.repository-fresh baseos',
      'updates.waiting-since-unknown openssl-libs.x86_64',
    ]);
  });

  test.each([
    [
      'an error (exit code 1)',
      { exitCode: 1, stderr: "Error: Cache-only enabled but no cache for 'baseos'" },
      'host.command-failed',
    ],
    ['updates (exit code 100) and lists none', { exitCode: 100, stdout: '\n' }, 'host.unparsable'],
    ['something that is no list', { exitCode: 100, stdout: 'You must register this system\n' }, 'host.unparsable'],
  ])('check-update that tells of %s is unknown', async (_, answer, code) => {
    const found = await codes(recording({ [dnf4.advisories]: {}, [dnf4.newer]: answer }));
    expect(found.at(-1)).toBe(code);
  });

  test.each(['Updating Subscription Management repositories.', 'ALSA-2026:1 Important/Sec.'])(
    'an answer about advisories with the line "%s" is unknown',
    async (stdout) => {
      expect((await codes(recording({ [dnf4.advisories]: { stdout } }))).at(-1)).toBe('host.unparsable');
    },
  );

  test("the log of dnf 4 tells upgrades with the zone's offset", async () => {
    const log = [
      '2026-10-01T01:00:00+0200 INFO --- logging initialized ---',
      '2026-11-02T02:10:03+0100 SUBDEBUG Upgrade: bash-5.2-1.el9.x86_64',
      '2026-11-02T02:11:03+0100 SUBDEBUG Upgraded: bash-5.1-1.el9.x86_64',
      '2026-11-03T02:11:03+0100 SUBDEBUG Installed: mc-4.8-1.el9.x86_64',
      '2026-11-04T14:00:00+0100 SUBDEBUG Upgrade: bash-5.3-1.el9.x86_64',
    ];
    const facts = await collect(recording({}, { log: log.join('\n') }));
    expect(facts.history).toEqual(
      read({
        timeZone: 'Etc/UTC',
        reachesBackTo: '2026-09-30T23:00:00',
        upgrades: ['2026-11-02T01:10:03', '2026-11-04T13:00:00'],
        emergencies: [],
      }),
    );
  });

  test('CentOS 7, which has no dnf, is unknown, and fails for what it is', async () => {
    const host = new RecordedHost({
      files: { '/etc/os-release': 'ID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="7"\n' },
    });
    const reasons = updates.judge(read(await collect(host)), {}, now);
    expect(reasons.slice(0, 2)).toMatchObject([
      { code: 'updates.support-ended', verdict: 'fail', values: { until: '2024-06-30' } },
      { code: 'host.command-missing', verdict: 'unknown' },
    ]);
  });
});
