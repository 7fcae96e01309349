import { chmodSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { updatesCollector } from '../../../../agent/collect/updates/index.ts';
import type { CollectContext, FirstSeen } from '../../../../agent/collect/collector.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { openLedger, RunLedger } from '../../../../agent/ledger.ts';
import { updates } from '../../../../policies/checks/updates.ts';
import { Facts, type AptFacts } from '../../../../policies/checks/updates/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { deadUrl, MachineInFolder, main, makeKey, security, startArchive } from './archive.ts';

const hour = 3_600_000;
const day = 24 * hour;
const now = new Date();
const yesterday = new Date(now.getTime() - day);

async function collect(context: CollectContext): Promise<AptFacts> {
  const facts = Facts.parse(await updatesCollector.collect(context, {}, [{}]));
  if (facts.manager !== 'apt') throw new Error(`expected apt, found ${facts.manager}`);
  return facts;
}

function codes(facts: AptFacts, at = now): string[] {
  const parameters = { rebootPending: 'ignore', outdatedPrograms: 'ignore', support: 'extended' };
  const others = ['updates.supported-extended', 'updates.support-table-old'];
  const reasons = updates.judge(read(facts), parameters, at).map(({ code }) => code);
  return reasons.filter((code) => !others.includes(code));
}

function waiting({ packages }: AptFacts) {
  if (packages.state === 'unreadable') throw new Error(JSON.stringify(packages.obstacle));
  return packages.value.waiting;
}

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

/** The same ledger in a next run. */
function nextRun(ledger: RunLedger, folder: string): RunLedger {
  const path = join(folder, 'ledger.json');
  ledger.save(path);
  return openLedger(path, now);
}

/** A machine with an archive that offers `hello` 1.1 as security update over the installed 1.0. */
async function machineBehind(
  root: string,
  archive: Awaited<ReturnType<typeof startArchive>>,
  installed: Readonly<Record<string, string>> = { hello: '1.0' },
) {
  archive.publish({ ...main, date: new Date('2026-07-11T10:00:00Z'), offers: { main: { hello: '1.0' } } });
  archive.publish({ ...security, date: yesterday, offers: { main: { hello: '1.1' } } });
  const machine = new MachineInFolder(root, installed);
  machine.write(
    '/etc/apt/sources.list',
    `deb [trusted=yes] ${archive.url} bookworm main\ndeb [trusted=yes] ${archive.url} bookworm-security main\n`,
  );
  expect(await machine.apt('update')).toMatchObject({ exitCode: 0 });
  return machine;
}

describe.skipIf(!tool('apt-get') || !tool('dpkg-query'))('with the real apt', () => {
  test('a security update that waits is found, with the same facts each time, and nothing is written', async () => {
    await using archive = await startArchive();
    using folder = temporaryFolder();
    const machine = await machineBehind(folder.path, archive);
    const before = [
      machine.names('/var/cache/apt'),
      machine.names('/var/lib/apt/lists'),
      machine.names('/var/lib/apt'),
    ];
    const seen: FirstSeen = { notBefore: null, firstSeen: '2026-11-01T00:00:00.000Z' };
    const ledger = new RunLedger(new Date(seen.firstSeen));
    const facts = await collect(collecting(machine, { ledger }));
    expect(waiting(facts)).toEqual([
      {
        package: 'hello',
        installed: '1.0',
        candidate: '1.1',
        held: false,
        security: { version: '1.1', since: seen },
        unlabelled: null,
      },
    ]);
    expect(JSON.stringify(await collect(collecting(machine, { ledger })))).toBe(JSON.stringify(facts));
    expect([
      machine.names('/var/cache/apt'),
      machine.names('/var/lib/apt/lists'),
      machine.names('/var/lib/apt'),
    ]).toEqual(before);
  });

  test.skipIf(!isRoot || !tool('setpriv'))(
    'an ordinary user is answered from the caches that root left, until a list changes',
    async () => {
      await using archive = await startArchive();
      using folder = temporaryFolder();
      const machine = await machineBehind(folder.path, archive);
      chmodSync(folder.path, 0o755);
      await machine.apt('check');
      const caches = machine.names('/var/cache/apt');
      expect(caches).toContain('pkgcache.bin');
      const seenBy = async (user: number) => {
        machine.user = user;
        return waiting(await collect(collecting(machine)));
      };
      expect(await seenBy(nobody)).toMatchObject([{ security: { version: '1.1' } }]);
      // What apt cannot see has changed shows where it read: the same size and time, and another version.
      const list = machine.names('/var/lib/apt/lists').find((name) => /security.*Packages$/.test(name)) ?? '';
      const path = join(folder.path, 'var/lib/apt/lists', list);
      const { mtime } = statSync(path);
      writeFileSync(path, readFileSync(path, 'utf8').replace('Version: 1.1', 'Version: 1.2'));
      utimesSync(path, mtime, mtime);
      expect(await seenBy(nobody)).toMatchObject([{ security: { version: '1.1' } }]);
      expect(await seenBy(0)).toMatchObject([{ security: { version: '1.2' } }]);
      const later = new Date(mtime.getTime() + 60_000);
      utimesSync(path, later, later);
      expect(await seenBy(nobody)).toMatchObject([{ security: { version: '1.2' } }]);
      expect(machine.names('/var/cache/apt')).toEqual(caches);
    },
  );

  test('a machine that is up to date passes', async () => {
    await using archive = await startArchive();
    using folder = temporaryFolder();
    const machine = await machineBehind(folder.path, archive, { hello: '1.1' });
    expect(codes(await collect(collecting(machine)))).toEqual(['updates.lists-fresh', 'updates.none-waiting']);
  });

  test('a held package counts, though apt upgrades nothing', async () => {
    await using archive = await startArchive();
    using folder = temporaryFolder();
    const machine = await machineBehind(folder.path, archive, { hello: 'hold 1.0' });
    expect((await machine.apt('-s', 'dist-upgrade')).stdout).toContain('0 upgraded');
    expect(waiting(await collect(collecting(machine)))).toMatchObject([
      { package: 'hello', held: true, security: { version: '1.1' } },
    ]);
  });

  test('a package that a pin keeps counts, though it is no candidate', async () => {
    await using archive = await startArchive();
    using folder = temporaryFolder();
    const machine = await machineBehind(folder.path, archive);
    machine.write('/etc/apt/preferences', 'Package: hello\nPin: version 1.0\nPin-Priority: 1001\n');
    expect(waiting(await collect(collecting(machine)))).toMatchObject([
      { package: 'hello', installed: '1.0', candidate: '1.0', security: { version: '1.1' } },
    ]);
  });

  test('a pin that asks for an older version keeps the installed one at best', async () => {
    await using archive = await startArchive();
    using folder = temporaryFolder();
    const machine = await machineBehind(folder.path, archive);
    archive.publish({ ...main, date: yesterday, offers: { main: { hello: '0.9' } } });
    await machine.apt('update');
    machine.write('/etc/apt/preferences', 'Package: hello\nPin: version 0.9\nPin-Priority: 1001\n');
    expect(waiting(await collect(collecting(machine)))).toMatchObject([
      { package: 'hello', installed: '1.0', candidate: '1.0', security: { version: '1.1' } },
    ]);
  });

  test('a security update stays one where another suite offers something newer', async () => {
    await using archive = await startArchive();
    using folder = temporaryFolder();
    const machine = await machineBehind(folder.path, archive);
    archive.publish({ ...main, date: yesterday, offers: { main: { hello: '1.2' } } });
    await machine.apt('update');
    expect((await machine.apt('-s', 'dist-upgrade')).stdout).not.toMatch(/^Inst .*Security/m);
    expect(waiting(await collect(collecting(machine)))).toMatchObject([
      { package: 'hello', candidate: '1.2', security: { version: '1.1' } },
    ]);
  });

  test('a next update of a package that was never updated does not begin the wait anew', async () => {
    await using archive = await startArchive();
    using folder = temporaryFolder();
    const machine = await machineBehind(folder.path, archive);
    const first = new RunLedger(yesterday);
    await collect(collecting(machine, { ledger: first }));
    const ledger = nextRun(first, folder.path);
    archive.publish({ ...security, date: now, offers: { main: { hello: '1.1.1' } } });
    await machine.apt('update');
    const facts = await collect(collecting(machine, { ledger }));
    expect(waiting(facts)).toMatchObject([
      { security: { version: '1.1.1', since: { firstSeen: yesterday.toISOString() } } },
    ]);
  });

  test('emptied lists look up to date to apt, are unknown here, and do not make the ledger forget', async () => {
    await using archive = await startArchive();
    using folder = temporaryFolder();
    const machine = await machineBehind(folder.path, archive);
    const first = new RunLedger(yesterday);
    await collect(collecting(machine, { ledger: first }));
    const second = nextRun(first, folder.path);
    machine.removeLists();
    expect(await machine.apt('-s', 'dist-upgrade')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('0 upgraded') as string,
    });
    expect(codes(await collect(collecting(machine, { ledger: second })))).toEqual([
      'host.missing',
      'host.missing',
      'updates.lists-no-ground',
    ]);
    await machine.apt('update');
    const ledger = nextRun(second, folder.path);
    expect(waiting(await collect(collecting(machine, { ledger })))).toMatchObject([
      { security: { since: { firstSeen: yesterday.toISOString() } } },
    ]);
  });

  test.each([
    ['missing', (machine: MachineInFolder) => machine.removeLists(/security.*_Packages/)],
    [
      'empty',
      (machine: MachineInFolder) => {
        for (const name of machine.names('/var/lib/apt/lists')) {
          if (/security.*_Packages/.test(name)) machine.write(`/var/lib/apt/lists/${name}`, '');
        }
      },
    ],
  ])('a security list that is %s beside a fresh Release file is unknown', async (_, damage) => {
    await using archive = await startArchive();
    using folder = temporaryFolder();
    const machine = await machineBehind(folder.path, archive);
    damage(machine);
    expect(codes(await collect(collecting(machine)))).toContain('host.missing');
    expect(codes(await collect(collecting(machine)))).not.toContain('updates.none-waiting');
  });

  test.each([
    ['commented out', '/etc/apt/sources.list', (url: string) => `#deb [trusted=yes] ${url} bookworm-security main\n`],
    [
      'switched off',
      '/etc/apt/sources.list.d/security.sources',
      (url: string) =>
        `Types: deb\nURIs: ${url}\nSuites: bookworm-security\nComponents: main\nTrusted: yes\nEnabled: no\n`,
    ],
    [
      'in a file that apt ignores',
      '/etc/apt/sources.list.d/security.list.off',
      (url: string) => `deb ${url} bookworm-security main\n`,
    ],
  ])('a security source that is %s is none', async (_, path, lines) => {
    await using archive = await startArchive();
    using folder = temporaryFolder();
    const machine = await machineBehind(folder.path, archive, { hello: '1.1' });
    const mainLine = `deb [trusted=yes] ${archive.url} bookworm main\n`;
    machine.write('/etc/apt/sources.list', mainLine);
    machine.write(path, path.endsWith('sources.list') ? mainLine + lines(archive.url) : lines(archive.url));
    expect(codes(await collect(collecting(machine)))).toEqual([
      'updates.security-suite-off',
      'updates.lists-no-ground',
    ]);
  });

  test('a security source in a deb822 file counts', async () => {
    await using archive = await startArchive();
    using folder = temporaryFolder();
    const machine = await machineBehind(folder.path, archive, { hello: '1.1' });
    machine.write('/etc/apt/sources.list', '');
    machine.write(
      '/etc/apt/sources.list.d/debian.sources',
      `Types: deb\nURIs: ${archive.url}\nSuites: bookworm bookworm-security\nComponents: main\nTrusted: yes\n`,
    );
    expect(codes(await collect(collecting(machine)))).toEqual(['updates.lists-fresh', 'updates.none-waiting']);
  });

  test('where only the security archive fails, apt succeeds, and what waits is unknown', async () => {
    await using archive = await startArchive();
    using folder = temporaryFolder();
    const machine = await machineBehind(folder.path, archive, { hello: '1.1' });
    const dead = await deadUrl();
    machine.write(
      '/etc/apt/sources.list',
      `deb [trusted=yes] ${archive.url} bookworm main\ndeb [trusted=yes] ${dead} bookworm-security main\n`,
    );
    expect(await machine.apt('update')).toMatchObject({ exitCode: 0 });
    expect(codes(await collect(collecting(machine)))).toEqual(['host.missing', 'updates.lists-no-ground']);
  });

  test('an update that fails with exit code 0 does not make old lists fresh', async () => {
    using folder = temporaryFolder();
    let machine: MachineInFolder;
    {
      await using archive = await startArchive();
      machine = await machineBehind(folder.path, archive, { hello: '1.1' });
    }
    const later = new Date(now.getTime() + 8 * day);
    expect(await machine.apt('update')).toMatchObject({ exitCode: 0 });
    const facts = await collect(collecting(machine, { at: later }));
    expect(codes({ ...facts, lastAttempt: read(later.toISOString()) }, later)).toEqual([
      'updates.lists-update-fails',
      'updates.lists-no-ground',
    ]);
    expect(codes(facts, later)).toEqual(['updates.lists-old', 'updates.lists-no-ground']);
  });

  test('the last attempt is told, also where it failed', async () => {
    await using archive = await startArchive();
    using folder = temporaryFolder();
    const machine = await machineBehind(folder.path, archive);
    machine.write('/etc/apt/sources.list', `deb [trusted=yes] ${await deadUrl()} bookworm-security main\n`);
    const before = Date.now();
    await machine.apt('update');
    const { lastAttempt } = await collect(collecting(machine));
    expect(lastAttempt).toMatchObject({ state: 'read' });
    if (lastAttempt.state === 'read') expect(Date.parse(lastAttempt.value)).toBeGreaterThanOrEqual(before - 1000);
  });

  test('lists are judged by their own date: a clock behind it is unknown, one past Valid-Until a failure', async () => {
    await using archive = await startArchive();
    using folder = temporaryFolder();
    const machine = await machineBehind(folder.path, archive, { hello: '1.1' });
    const validUntil = new Date(now.getTime() + hour);
    archive.publish({ ...security, date: now, validUntil, offers: { main: { hello: '1.1' } } });
    await machine.apt('update');
    const facts = await collect(collecting(machine));
    expect(codes(facts, new Date(now.getTime() - hour))[0]).toBe('updates.lists-future');
    expect(codes(facts, new Date(now.getTime() + 2 * hour))[0]).toBe('updates.lists-expired');
  });

  test('a component without packages is no list that is missing; one without a security line is a failure', async () => {
    await using archive = await startArchive();
    using folder = temporaryFolder();
    const machine = await machineBehind(folder.path, archive, { hello: '1.1' });
    const offers = { main: { hello: '1.1' }, contrib: {} };
    archive.publish({ ...security, date: yesterday, offers });
    archive.publish({ ...main, date: yesterday, offers: { main: { hello: '1.0' }, contrib: { extra: '1' } } });
    const line = (suite: string, components: string) => `deb [trusted=yes] ${archive.url} ${suite} ${components}\n`;
    machine.write(
      '/etc/apt/sources.list',
      line('bookworm', 'main contrib') + line('bookworm-security', 'main contrib'),
    );
    await machine.apt('update');
    expect(codes(await collect(collecting(machine)))).toEqual(['updates.lists-fresh', 'updates.none-waiting']);
    machine.write('/etc/apt/sources.list', line('bookworm', 'main contrib') + line('bookworm-security', 'main'));
    expect(codes(await collect(collecting(machine)))).toContain('updates.security-components-off');
  });

  test('passwords and paths of addresses stay out of the facts', async () => {
    await using archive = await startArchive();
    using folder = temporaryFolder();
    const machine = await machineBehind(folder.path, archive);
    machine.write(
      '/etc/apt/sources.list',
      'deb https://user:geheim@deb.example.org/token123/ bookworm-security main\n',
    );
    const text = JSON.stringify(await collect(collecting(machine)));
    expect(text).toContain('https://deb.example.org');
    expect(text).not.toMatch(/geheim|token123/);
  });

  test('a configuration that apt does not understand is unknown', async () => {
    await using archive = await startArchive();
    using folder = temporaryFolder();
    const machine = await machineBehind(folder.path, archive);
    machine.write('/etc/apt/sources.list', 'deb nonsense\n');
    expect(codes(await collect(collecting(machine)))).toEqual(['host.command-failed', 'host.command-failed']);
  });

  test('an update of an archive that has no security suite may be about security: it is unknown once it waits long', async () => {
    await using archive = await startArchive();
    await using other = await startArchive();
    using folder = temporaryFolder();
    const machine = await machineBehind(folder.path, archive, { hello: '1.1', engine: '5.0' });
    other.publish({ codename: 'bookworm', origin: 'Docker', date: yesterday, offers: { stable: { engine: '5.1' } } });
    machine.write('/etc/apt/sources.list.d/other.list', `deb [trusted=yes] ${other.url} bookworm stable\n`);
    await machine.apt('update');
    const first = new RunLedger(new Date(now.getTime() - day));
    await collect(collecting(machine, { ledger: first }));
    const facts = await collect(collecting(machine, { ledger: nextRun(first, folder.path) }));
    expect(waiting(facts)).toMatchObject([
      { package: 'engine', security: null, unlabelled: { version: '5.1', source: other.url } },
    ]);
    expect(codes(facts)).toEqual(['updates.lists-fresh', 'updates.unlabelled-waiting']);
  });

  test('another source whose lists are gone hides its updates', async () => {
    await using archive = await startArchive();
    using folder = temporaryFolder();
    const machine = await machineBehind(folder.path, archive, { hello: '1.1' });
    machine.write('/etc/apt/sources.list.d/other.list', `deb [trusted=yes] ${await deadUrl()} bookworm stable\n`);
    expect(await machine.apt('update')).toMatchObject({ exitCode: 0 });
    expect(codes(await collect(collecting(machine)))).toEqual([
      'updates.lists-fresh',
      'host.missing',
      'updates.lists-no-ground',
    ]);
  });

  test.skipIf(!tool('gpg'))(
    'lists whose signature is broken are not taken over, with exit code 0: the old ones grow older',
    async () => {
      await using archive = await startArchive();
      using folder = temporaryFolder();
      const machine = new MachineInFolder(folder.path, { hello: '1.1' });
      using key = makeKey(folder.path);
      const suite = { ...security, offers: { main: { hello: '1.1' } } };
      const sign = (text: string): string => key.sign(text);
      machine.write('/etc/apt/sources.list', `deb [signed-by=${key.ring}] ${archive.url} bookworm-security main\n`);
      archive.publish({ ...suite, date: new Date(now.getTime() - 8 * day), sign });
      expect(await machine.apt('update')).toMatchObject({ exitCode: 0, stderr: '' });
      const forge = (text: string): string => sign(text).replace('Origin: Debian', 'Origin: debian');
      archive.publish({ ...suite, date: now, sign: forge });
      const stderr = expect.stringContaining('BADSIG') as string;
      expect(await machine.apt('update')).toMatchObject({ exitCode: 0, stderr });
      expect(codes(await collect(collecting(machine)))[0]).toBe('updates.lists-update-fails');
      archive.publish({ ...suite, date: now, sign });
      await machine.apt('update');
      expect(codes(await collect(collecting(machine)))).toEqual(['updates.lists-fresh', 'updates.none-waiting']);
    },
  );

  test("this machine's facts agree with apt's own numbers", async () => {
    const host = new LocalHost();
    const facts = await collect(collecting(host));
    const args = ['-s', '-o', 'Debug::NoLocking=1', 'dist-upgrade'];
    const simulated = await host.run({ file: 'apt-get', args });
    if (simulated.state === 'unreadable' || facts.packages.state === 'unreadable')
      throw new Error('apt does not answer');
    const [, upgraded, kept] = /^(\d+) upgraded, .* (\d+) not upgraded\.$/m.exec(simulated.value.stdout) ?? [];
    const upgradable = waiting(facts).filter(({ installed, candidate }) => installed !== candidate);
    expect(upgradable).toHaveLength(Number(upgraded) + Number(kept));
    const inst = [...simulated.value.stdout.matchAll(/^Inst (\S+) \[.*Debian-Security/gm)].map(([, name]) => name);
    const ours = waiting(facts).flatMap((update) => (update.security === null ? [] : [update.package]));
    expect(ours).toEqual(expect.arrayContaining(inst));
    const installed = await host.run({ file: 'dpkg', args: ['-l'] });
    if (installed.state === 'unreadable') throw new Error('dpkg does not answer');
    expect(facts.packages.value.installed).toBe(installed.value.stdout.match(/^[ih]i /gm)?.length);
  });
});

describe('from recordings', () => {
  const files = { '/etc/os-release': 'ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n' };
  const noCaches = '-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=';
  const askTargets = `apt-get ${noCaches} -o Dir::State::lists=/nonexistent/ indextargets --no-release-info Created-By: Packages`;
  const askFolder = `apt-config ${noCaches} shell LISTS Dir::State::lists/d`;
  const folder = { [askFolder]: { stdout: "LISTS='/var/lib/apt/lists/'\n" } };

  test('a source that only root may read is an obstacle, not an absent source', async () => {
    const stderr = 'W: Unable to read /etc/apt/sources.list - open (13: Permission denied)\n';
    const commands = { ...folder, [askTargets]: { stderr } };
    const facts = await collect(collecting(new RecordedHost({ files, commands })));
    expect(codes(facts)).toEqual(['host.denied', 'host.denied']);
  });

  test('an apt that does not say where its lists are is not understood', async () => {
    const commands = { [askFolder]: { stdout: "LISTS=''\n" }, [askTargets]: {} };
    const { sources } = await collect(collecting(new RecordedHost({ files, commands })));
    expect(sources).toMatchObject({ obstacle: { code: 'unparsable', what: 'apt-config' } });
  });

  test('an apt that keeps silent about an installed package is not understood', async () => {
    const format = '${db:Status-Want} ${db:Status-Status} ${Package} ${Architecture} ${Version}\\n';
    const commands = {
      ...folder,
      [askTargets]: {},
      [`dpkg-query -W -f ${format}`]: { stdout: 'install installed dpkg amd64 1.21\nhold installed hello all 1.0\n' },
      [`apt-cache ${noCaches} -o Acquire::Languages=none policy dpkg hello`]: {
        stdout: 'dpkg:\n  Installed: 1.21\n  Candidate: 1.21\n  Version table:\n *** 1.21 100\n        100 /status\n',
      },
    };
    const { packages } = await collect(collecting(new RecordedHost({ files, commands })));
    expect(packages).toMatchObject({ obstacle: { code: 'unparsable', detail: 'it does not tell of hello' } });
  });

  describe('of Ubuntu 24.04, apt 2.7.14', () => {
    const lists = '/var/lib/apt/lists';
    const pockets = ['noble-updates', 'noble-security'];
    const listOf = (pocket: string): string => `http://archive.ubuntu.com/ubuntu ${pocket}/main amd64 Packages`;
    const stanza = (pocket: string): string =>
      `MetaKey: main/binary-amd64/Packages\nDescription: ${listOf(pocket)}\nBase-URI: http://archive.ubuntu.com/ubuntu/dists/${pocket}/\n` +
      `Release: ${pocket}\nComponent: main\nFilename: /nonexistent/archive_dists_${pocket}_main_binary-amd64_Packages\nOptional: no\n`;
    const release = (pocket: string): string =>
      `Origin: Ubuntu\nLabel: Ubuntu\nSuite: ${pocket}\nCodename: noble\nDate: ${yesterday.toUTCString().replace('GMT', 'UTC')}\n` +
      `SHA256:\n ${'0'.repeat(64)} 9 main/binary-amd64/Packages\n`;

    /** @param table what stands above the installed 3.0.13-0ubuntu3.4 */
    function noble(candidate: string, table: string): RecordedHost {
      const format = '${db:Status-Want} ${db:Status-Status} ${Package} ${Architecture} ${Version}\\n';
      const policy = (name: string, installed: string, to: string, above: string): string =>
        `${name}:\n  Installed: ${installed}\n  Candidate: ${to}\n  Version table:\n${above} *** ${installed} 500\n        100 /var/lib/dpkg/status\n`;
      return new RecordedHost({
        files: {
          '/etc/os-release': 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n',
          ...Object.fromEntries(
            pockets.flatMap((pocket) => [
              [`${lists}/archive_dists_${pocket}_InRelease`, release(pocket)],
              [`${lists}/archive_dists_${pocket}_main_binary-amd64_Packages`, 'x'],
            ]),
          ),
        },
        commands: {
          ...folder,
          [askTargets]: {
            stdout: pockets.map(stanza).join('\n'),
          },
          [`dpkg-query -W -f ${format}`]: {
            stdout: 'install installed dpkg amd64 1.22.6\ninstall installed openssl amd64 3.0.13-0ubuntu3.4\n',
          },
          [`apt-cache ${noCaches} -o Acquire::Languages=none policy dpkg openssl`]: {
            stdout: policy('dpkg', '1.22.6', '1.22.6', '') + policy('openssl', '3.0.13-0ubuntu3.4', candidate, table),
          },
        },
      });
    }

    test('a phased update is not one about security, and does not hide one that is', async () => {
      const phased = `     3.0.13-0ubuntu3.6 500 (phased 20%)\n        500 ${listOf('noble-updates')}\n`;
      const fix = `     3.0.13-0ubuntu3.5 500\n        500 ${listOf('noble-security')}\n`;
      expect(waiting(await collect(collecting(noble('3.0.13-0ubuntu3.4', phased))))).toEqual([]);
      expect(waiting(await collect(collecting(noble('3.0.13-0ubuntu3.6', phased))))).toMatchObject([
        { package: 'openssl', candidate: '3.0.13-0ubuntu3.6', security: null, unlabelled: null },
      ]);
      expect(waiting(await collect(collecting(noble('3.0.13-0ubuntu3.5', phased + fix))))).toMatchObject([
        { package: 'openssl', security: { version: '3.0.13-0ubuntu3.5' }, unlabelled: null },
      ]);
    });
  });

  test('a Debian without apt is unknown', async () => {
    const facts = await collect(collecting(new RecordedHost({ files })));
    expect(codes(facts)).toEqual(['host.command-missing', 'host.command-missing']);
  });

  test('another system is unsupported, one that does not say what it is an obstacle', async () => {
    const gentoo = new RecordedHost({ files: { '/etc/os-release': 'ID=gentoo\nVERSION_ID=2.17\n' } });
    expect(await updatesCollector.collect(collecting(gentoo), {}, [])).toMatchObject({
      manager: 'unsupported',
      release: { value: { id: 'gentoo', versionId: '2.17' } },
    });
    expect(await updatesCollector.collect(collecting(new RecordedHost({})), {}, [])).toMatchObject({
      manager: 'unsupported',
      release: { obstacle: { code: 'missing' } },
    });
  });
});
