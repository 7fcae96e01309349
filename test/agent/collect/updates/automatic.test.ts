import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readAutomatic } from '../../../../agent/collect/updates/apt-automatic.ts';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { MachineInFolder } from './archive.ts';

const folder = '/var/log/unattended-upgrades';
const log = `${folder}/unattended-upgrades.log`;
const signal = AbortSignal.timeout(30_000);
const dump = 'apt-config -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= dump APT::Periodic';
const on = 'APT::Periodic "";\nAPT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n';

/** unattended-upgrades 2.9.1 of Debian 12. */
function run(time: string, ...lines: string[]): string {
  return ['INFO Starting unattended upgrades script', 'INFO Allowed origins are: origin=Debian', ...lines]
    .map((line) => `${time},123 ${line}\n`)
    .join('');
}
const done = 'INFO All upgrades installed';
const nothing = 'INFO No packages found that can be upgraded unattended and no pending auto-removals';

function automatic(files: Recording['files'], answer: object = { stdout: on }) {
  const commands = {
    [dump]: answer,
    'readlink -f /etc/localtime': { stdout: '/usr/share/zoneinfo/Europe/Amsterdam\n' },
  };
  return readAutomatic(new RecordedHost({ files: { ...files }, commands }), signal);
}

test('settings are as apt reads them, and runs as their log has them', async () => {
  const files = {
    [log]:
      run('2026-11-21 06:12:33', nothing) + run('2026-11-22 06:30:01', 'INFO Packages that will be upgraded: a', done),
    [`${log}.1.gz`]: gzipSync(run('2026-10-31 06:00:00', done)),
  };
  expect(await automatic(files)).toEqual({
    state: 'read',
    value: {
      enable: null,
      updatePackageLists: '1',
      unattendedUpgrade: '1',
      timeZone: 'Europe/Amsterdam',
      lastRun: '2026-11-22T06:30:01',
      lastGoodRun: '2026-11-22T06:30:01',
    },
  });
});

test.each([
  ['logged an error', run('2026-11-22 06:00:00', 'ERROR Installing the upgrades failed!', done)],
  ['was cut off', run('2026-11-22 06:00:00', 'INFO Packages that will be upgraded: openssl')],
  [
    'was a rehearsal',
    run('2026-11-22 06:00:00', 'INFO Option --dry-run given, *not* performing real actions', nothing),
  ],
])('a run that %s did not end well', async (_, bad) => {
  expect(await automatic({ [log]: run('2026-11-20 06:00:00', done) + bad })).toMatchObject({
    value: { lastRun: '2026-11-22T06:00:00', lastGoodRun: '2026-11-20T06:00:00' },
  });
});

test('without a log there was no run; one that may not be read, or has another form, is no such log', async () => {
  expect(await automatic({})).toMatchObject({ value: { lastRun: null, lastGoodRun: null } });
  expect(await automatic({ [log]: unreadable('denied', log) })).toMatchObject({ obstacle: { code: 'denied' } });
  expect(await automatic({ [log]: 'Starting unattended upgrades script\n' })).toMatchObject({
    obstacle: { code: 'unparsable' },
  });
  expect(await automatic({}, { exitCode: 100, stderr: 'E: Syntax error' })).toMatchObject({
    obstacle: { code: 'command-failed' },
  });
});

test.skipIf(!tool('apt-config'))(
  'the real apt says what counts where files disagree: a "1" somewhere does not',
  async () => {
    using temporary = temporaryFolder();
    const machine = new MachineInFolder(temporary.path, {});
    machine.write(
      '/etc/apt/apt.conf.d/20auto-upgrades',
      'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n',
    );
    machine.write(
      '/etc/apt/apt.conf.d/99off',
      '// APT::Periodic::Enable "1";\nAPT::Periodic::Unattended-Upgrade "0";\n',
    );
    expect(await readAutomatic(machine, signal)).toMatchObject({
      value: { enable: null, updatePackageLists: '1', unattendedUpgrade: '0' },
    });
  },
);
