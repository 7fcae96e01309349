import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import type { ZypperFacts } from '../../../../policies/checks/updates/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { readingAt } from './reading-at.ts';
import { makePackages, makeRepository, RpmMachine } from './rpm-machine.ts';

const day = 86_400_000;
const leap = 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"\n';

function waiting({ packages }: ZypperFacts) {
  if (packages.state === 'unreadable') throw new Error(JSON.stringify(packages.obstacle));
  return packages.value.waiting;
}

const hasTools = tool('zypper') && tool('rpmbuild') && tool('createrepo_c');

describe.skipIf(!hasTools)('with the real zypper', () => {
  const now = new Date();
  const { collect, codes } = readingAt('zypper', now);
  const shared = temporaryFolder();
  let files: Map<string, string>;

  /** A repository with a patch for hello, and one that has no patches. */
  beforeAll(() => {
    files = makePackages(join(shared.path, 'rpms'), 'hello-1.0-1', 'hello-1.1-1', 'tool-2.0-1', 'tool-3.0-1');
    makeRepository(join(shared.path, 'update'), pick('hello-1.1-1'), ['hello-1.1-1']);
    makeRepository(join(shared.path, 'other'), pick('tool-3.0-1'));
  });
  afterAll(() => shared[Symbol.dispose]());

  function pick(...names: readonly string[]): string[] {
    return names.flatMap((name) => files.get(name) ?? []);
  }

  async function leapMachine(root: string, installed: readonly string[]): Promise<RpmMachine> {
    const machine = new RpmMachine(root, leap, pick(...installed));
    for (const id of ['update', 'other']) {
      const lines = `[repo-${id}]\nname=The ${id}\nbaseurl=dir:${join(shared.path, id)}\nenabled=1\ngpgcheck=0\n`;
      machine.write(`/etc/zypp/repos.d/${id}.repo`, lines);
    }
    expect(await machine.tool('zypper', '--non-interactive', 'refresh')).toMatchObject({ exitCode: 0 });
    return machine;
  }

  test('a patch about security that is needed waits, with the same facts each time', async () => {
    using folder = temporaryFolder();
    const machine = await leapMachine(folder.path, ['hello-1.0-1', 'tool-3.0-1']);
    const first = await collect(machine);
    expect(waiting(first)).toEqual([
      {
        package: 'TEST-2026-1',
        installed: null,
        candidate: 'TEST-2026-1',
        held: false,
        security: { version: 'TEST-2026-1', since: { notBefore: null, firstSeen: now.toISOString() } },
        unlabelled: null,
      },
      {
        package: 'hello.noarch',
        installed: '1.0-1',
        candidate: '1.1-1',
        held: false,
        security: null,
        unlabelled: null,
      },
    ]);
    expect(first.reboot.asking).toEqual(read([]));
    expect(JSON.stringify(await collect(machine))).toBe(JSON.stringify(first));
  });

  test('a machine that is up to date passes', async () => {
    using folder = temporaryFolder();
    const machine = await leapMachine(folder.path, ['hello-1.1-1', 'tool-3.0-1']);
    expect(await codes(machine)).toEqual(['updates.repository-fresh repo-update', 'updates.none-waiting']);
  });

  test('a patch whose package is locked counts all the same', async () => {
    using folder = temporaryFolder();
    const machine = await leapMachine(folder.path, ['hello-1.0-1', 'tool-3.0-1']);
    await machine.tool('zypper', '--non-interactive', 'addlock', 'hello');
    expect(waiting(await collect(machine))).toMatchObject([{ package: 'TEST-2026-1', security: {} }]);
  });

  test('a newer package of a repository without patches may be about security', async () => {
    using folder = temporaryFolder();
    const machine = await leapMachine(folder.path, ['hello-1.1-1', 'tool-2.0-1']);
    expect(await codes(machine)).toEqual([
      'updates.repository-fresh repo-update',
      'updates.unlabelled-waiting tool.noarch',
    ]);
  });

  test('repositories that are off give no patches with exit code 0, which is not green', async () => {
    using folder = temporaryFolder();
    const machine = await leapMachine(folder.path, ['hello-1.0-1']);
    await machine.tool('zypper', '--non-interactive', 'modifyrepo', '--disable', '--all');
    const own = await machine.tool(
      'zypper',
      '--non-interactive',
      '--no-refresh',
      'list-patches',
      '--category',
      'security',
    );
    expect(own.exitCode).toBe(0);
    expect(await codes(machine)).toEqual(['updates.repository-off updates', 'host.command-failed']);
  });

  test('a repository that was skipped (exit code 106) is not green', async () => {
    using folder = temporaryFolder();
    const machine = await leapMachine(folder.path, ['hello-1.0-1']);
    machine.write('/etc/zypp/repos.d/other.repo', '[repo-other]\nname=O\nbaseurl=dir:/nowhere\nenabled=1\n');
    machine.remove('/var/cache/zypp/raw/repo-other');
    machine.remove('/var/cache/zypp/solv/repo-other');
    const { packages } = await collect(machine);
    expect(packages).toMatchObject({ obstacle: { detail: 'exit code 106: a repository was skipped' } });
  });

  test('a cache that nobody refreshed is old; a refresh that finds nothing new counts as a look', async () => {
    using folder = temporaryFolder();
    const machine = await leapMachine(folder.path, ['hello-1.1-1', 'tool-3.0-1']);
    machine.touch('/var/cache/zypp/raw', new Date(now.getTime() - 8 * day));
    expect(await codes(machine)).toEqual(['updates.repository-old repo-update', 'updates.lists-no-ground']);
    await machine.tool('zypper', '--non-interactive', 'refresh');
    expect(await codes(machine)).toEqual(['updates.repository-fresh repo-update', 'updates.none-waiting']);
  });
});

describe('from recordings', () => {
  /** When they were made. */
  const now = new Date('2026-11-22T12:00:00.000Z');
  const { collect, codes } = readingAt('zypper', now);
  const xml = (content: string): string => `<?xml version='1.0'?>\n<stream>\n${content}\n</stream>\n`;
  const nothing = xml('<update-status version="0.6">\n<update-list>\n</update-list>\n</update-status>');
  const quiet = 'zypper --non-interactive --no-refresh --xmlout';
  const rpmFormat = '%{NAME}\\t%{EPOCHNUM}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\t%{INSTALLTIME}\\n';
  const sles = 'ID="sles"\nID_LIKE="suse"\nVERSION_ID="15.6"\n';

  /** zypper 1.14.59 (zypper(8)) and SUSEConnect 1.10 (SUSEConnect(8)) of SLES 15. */
  function recording(
    commands: Recording['commands'] = {},
    files: Recording['files'] = {},
    release = leap,
  ): RecordedHost {
    return new RecordedHost({
      files: { '/etc/os-release': release, ...files },
      commands: {
        [`${quiet} repos`]: {
          stdout: xml(
            '<repo-list>\n<repo alias="repo-update" name="Updates &amp; more" type="rpm-md" enabled="1"/>\n</repo-list>',
          ),
        },
        [`${quiet} list-patches --category security`]: { stdout: nothing },
        [`${quiet} list-updates`]: { stdout: nothing },
        'zypper --non-interactive needs-rebooting': { exitCode: 0 },
        [`rpm -qa --qf ${rpmFormat}`]: { stdout: 'kernel-default\t0\t6.4.0-150600.23.25.1\tx86_64\t1764000000\n' },
        ...commands,
      },
    });
  }

  test.each([
    [6, 'no repository is defined'],
    [7, 'another program locks the packages'],
    [106, 'a repository was skipped'],
    [4, 'a problem in its own library'],
  ])('exit code %i is not green', async (exitCode, meaning) => {
    const host = recording({ [`${quiet} list-patches --category security`]: { exitCode, stdout: nothing } });
    const { packages } = await collect(host);
    expect(packages).toMatchObject({
      obstacle: { code: 'command-failed', detail: `exit code ${exitCode}: ${meaning}` },
    });
  });

  test('an answer that lists nothing, not even none, is not green', async () => {
    const host = recording({ [`${quiet} list-patches --category security`]: { stdout: xml('') } });
    expect((await collect(host)).packages).toMatchObject({ obstacle: { code: 'unparsable' } });
  });

  test('exit code 102 asks for a reboot', async () => {
    const what = 'zypper --non-interactive needs-rebooting';
    expect((await collect(recording({ [what]: { exitCode: 102 } }))).reboot.asking).toEqual(
      read(['zypper needs-rebooting']),
    );
    expect((await collect(recording({ [what]: { exitCode: 5 } }))).reboot.asking).toMatchObject({
      obstacle: { detail: 'exit code 5: no permission' },
    });
  });

  test('a kernel is named as uname names it: without the number of the rebuild', async () => {
    expect((await collect(recording())).reboot.kernels).toEqual(
      read([{ family: 'kernel-default', release: '6.4.0-150600.23.25-default', version: '6.4.0-150600.23.25.1' }]),
    );
  });

  test('names are read as XML has them, and a repository without a cache is an obstacle', async () => {
    expect((await collect(recording())).repositories).toMatchObject(
      read([{ id: 'repo-update', name: 'Updates & more', index: { obstacle: { code: 'missing' } } }]),
    );
  });

  test('the log tells when packages were installed', async () => {
    const log = `# 2026-11-01 02:10:00 openssl-3 installed ok
2026-11-01 02:10:03|install|libopenssl3|3.1.4-1|x86_64|root@web1|repo-update|abc|
2026-11-01 02:10:09|install|openssl|3.1.4-1|x86_64|root@web1|repo-update|abc|
2026-11-03 14:00:00|command|root@web1|'zypper' 'in' 'mc'|
2026-10-01 00:00:00|radd   |repo-update|dir:/x|
`;
    const zone = { 'readlink -f /etc/localtime': { stdout: '/usr/share/zoneinfo/Europe/Amsterdam\n' } };
    const { history } = await collect(recording(zone, { '/var/log/zypp/history': log }));
    expect(history).toEqual(
      read({
        timeZone: 'Europe/Amsterdam',
        reachesBackTo: '2026-10-01T00:00:00',
        upgrades: ['2026-11-01T02:10:03'],
        emergencies: [],
      }),
    );
    expect(JSON.stringify(history)).not.toContain('root@web1');
  });

  const status = (values: object): string =>
    JSON.stringify([
      { identifier: 'SLES', version: '15.6', arch: 'x86_64', status: 'Registered', regcode: 'GEHEIM1234', ...values },
    ]);

  test.each([
    [{ subscription_status: 'ACTIVE', expires_at: '2099-01-01 00:00:00 UTC' }, 'updates.registered SLES'],
    [{ subscription_status: 'ACTIVE', expires_at: '2026-01-01 00:00:00 UTC' }, 'updates.registration-ended SLES'],
    [{ subscription_status: 'EXPIRED' }, 'updates.not-registered SLES'],
    [{ status: 'Not Registered' }, 'updates.not-registered SLES'],
    [{}, 'updates.registered-undated SLES'],
  ])('a registration %j comes out as %s', async (values, code) => {
    const host = recording({ 'SUSEConnect --status': { stdout: status(values) } }, {}, sles);
    expect(await codes(host)).toContain(code);
    expect(JSON.stringify(await collect(host))).not.toContain('GEHEIM');
  });

  test('without SUSEConnect nobody can tell', async () => {
    expect(await codes(recording({}, {}, sles))).toContain('host.command-missing');
  });

  test('long-term support is what a host is registered for', async () => {
    const ltss = [...(JSON.parse(status({})) as unknown[]), { identifier: 'SLES-LTSS', status: 'Registered' }];
    const extended = async (stdout: string) => {
      const { support } = await collect(recording({ 'SUSEConnect --status': { stdout } }, {}, sles));
      return support?.state === 'read' ? support.value.extended : undefined;
    };
    expect(await extended(JSON.stringify(ltss))).toEqual(read('enabled'));
    expect(await extended(status({}))).toEqual(read('disabled'));
    expect(await extended('{')).toMatchObject({ obstacle: { code: 'unparsable' } });
  });
});
