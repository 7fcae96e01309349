import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readOutdated } from '../../../../agent/collect/updates/outdated.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import { read, unreadable } from '../../../../policies/reading.ts';
import { temporaryFolder } from '../../../support/tools.ts';

const signal = AbortSignal.timeout(30_000);
const line = (rights: string, path: string): string =>
  `7f2a10000000-7f2a10050000 ${rights} 00000000 fd:01 4711       ${path}\n`;
const service = '0::/system.slice/nginx.service\n';
const current = line('r-xp', '/usr/lib/systemd/systemd');
const ssl = '/usr/lib/x86_64-linux-gnu/libssl.so.3';

/** Processes as /proc shows them (proc(5)), by their number: maps and control group. */
function outdated(
  processes: Readonly<Record<string, readonly [maps: string, group: string]>>,
  more: Recording['files'] = {},
) {
  const files = Object.entries(processes).flatMap(([pid, [maps, group]]) => [
    [`/proc/${pid}/maps`, maps],
    [`/proc/${pid}/cgroup`, group],
  ]);
  const host = new RecordedHost({
    files: { '/proc/1/maps': current, ...(Object.fromEntries(files) as Record<string, string>), ...more },
  });
  return readOutdated(host, signal);
}

test('a service that maps a replaced library is told, many processes as one', async () => {
  const worker = [line('r--p', '/usr/sbin/nginx') + line('r-xp', `${ssl} (deleted)`), service] as const;
  const other = [line('r--p', '/usr/sbin/nginx') + line('r-xp', '/usr/lib/libz.so.1 (deleted)'), service] as const;
  expect(await outdated({ 812: worker, 813: worker, 814: other })).toEqual(
    read([{ program: '/usr/sbin/nginx', runs: 'service', replaced: ['/usr/lib/libz.so.1', ssl] }]),
  );
});

test('the program itself may be what was replaced; what rpm puts behind a name is taken off', async () => {
  const maps = line('r-xp', '/usr/sbin/sshd;65a1b2c3 (deleted)') + line('r-xp', `${ssl};65a1b2c3 (deleted)`);
  expect(await outdated({ 700: [maps, service] })).toEqual(
    read([{ program: '/usr/sbin/sshd', runs: 'service', replaced: [ssl, '/usr/sbin/sshd'] }]),
  );
});

test.each([
  ['memory without a file', line('rwxs', '/memfd:pulse (deleted)')],
  ['shared memory', line('rw-s', '/dev/shm/x (deleted)')],
  ['a temporary file', line('r-xp', '/tmp/libx.so (deleted)')],
  ['data', line('r--s', '/usr/share/locale/locale-archive (deleted)')],
  ['a file that is there', line('r-xp', ssl)],
])('%s is no replaced code', async (_, maps) => {
  expect(await outdated({ 900: [line('r-xp', '/usr/bin/php') + maps, service] })).toEqual(read([]));
});

test.each([
  ['0::/user.slice/user-1000.slice/session-3.scope\n', 'session'],
  ['0::/system.slice/docker-0123456789abcdef.scope\n', 'container'],
  ['0::/system.slice/docker.service\n', 'service'],
  ['0::/system.slice/containerd.service\n', 'service'],
  ['0::/machine.slice/libpod-0123456789abcdef.scope/container\n', 'container'],
  ['0::/lxc.payload.web1/init.scope\n', 'container'],
  ['0::/docker/0123456789abcdef\n', 'container'],
  ['0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-0123456789ab.scope\n', 'container'],
  ['0::/\n', 'service'],
])('in the control group %s it is a %s', async (group, runs) => {
  const found = await outdated({ 5: [line('r-xp', '/usr/bin/bash') + line('r-xp', `${ssl} (deleted)`), group] });
  expect(found).toMatchObject({ value: [{ runs }] });
});

test("a program in somebody's home folder is told without its path", async () => {
  const maps =
    line('r-xp', '/home/jan/geheim/app') +
    line('r-xp', '/home/jan/lib/own.so (deleted)') +
    line('r-xp', `${ssl} (deleted)`);
  const found = await outdated({ 77: [maps, '0::/system.slice/jan-app.service\n'] });
  expect(found).toEqual(read([{ program: null, runs: 'service', replaced: [ssl] }]));
  expect(JSON.stringify(found)).not.toMatch(/jan|geheim/);
});

test('a process that ended in the meantime is no matter', async () => {
  const gone = { '/proc/42/maps': unreadable('command-failed', 'reading /proc/42/maps', 'ESRCH') };
  expect(await outdated({}, gone)).toEqual(read([]));
});

test('one process that may not be looked at leaves all unknown, without its number', async () => {
  const denied = { '/proc/4242/maps': unreadable('denied', '/proc/4242/maps') };
  expect(await outdated({}, denied)).toEqual(unreadable('denied', '/proc/*/maps'));
  const group = {
    '/proc/4242/maps': line('r-xp', `${ssl} (deleted)`),
    '/proc/4242/cgroup': unreadable('denied', '/proc/4242/cgroup'),
  };
  expect(await outdated({}, group)).toEqual(unreadable('denied', '/proc/*/maps'));
});

test('a /proc that hides processes is no evidence that there are none', async () => {
  const host = new RecordedHost({ files: { '/proc/500/maps': current } });
  expect(await readOutdated(host, signal)).toEqual(unreadable('denied', '/proc/*/maps'));
  expect(await readOutdated(new RecordedHost({}), signal)).toMatchObject({ obstacle: { code: 'missing' } });
});

test('a real process of which the program is replaced while it runs is seen', async () => {
  using folder = temporaryFolder();
  const root = join(folder.path, 'usr/bin');
  mkdirSync(root, { recursive: true });
  cpSync('/bin/sleep', join(root, 'sleep'));
  const child = spawn(join(root, 'sleep'), ['60'], { stdio: 'ignore' });
  try {
    await new Promise((resolve) => child.once('spawn', resolve));
    cpSync('/bin/true', join(root, 'new'));
    renameSync(join(root, 'new'), join(root, 'sleep'));
    const maps = await new LocalHost().readText(`/proc/${String(child.pid)}/maps`);
    if (maps.state === 'unreadable') throw new Error(JSON.stringify(maps.obstacle));
    // The kernel names the folder of the test; the reader is to see the system's own.
    const inSystem = maps.value.replaceAll(folder.path, '');
    expect(await outdated({ 9: [inSystem, service] })).toEqual(
      read([{ program: '/usr/bin/sleep', runs: 'service', replaced: ['/usr/bin/sleep'] }]),
    );
  } finally {
    child.kill();
  }
});

test('five hundred processes cost little', async () => {
  const maps = Array.from({ length: 400 }, () => line('r-xp', ssl)).join('');
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, pid) => [`/proc/${pid + 2}/maps`, maps]));
  const before = process.cpuUsage();
  await outdated({}, many);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(1);
});
