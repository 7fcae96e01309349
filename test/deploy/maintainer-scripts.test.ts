import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeDebianPackages } from '../../deploy/packages/debian.ts';
import { temporaryFolder, tool } from '../support/tools.ts';

const canTry = process.arch === 'x64' && process.getuid?.() === 0 && tool('dh') !== undefined;
const folder = temporaryFolder();
const scripts = join(folder.path, 'scripts');
const running = join(folder.path, 'running');
const programs = join(folder.path, 'programs');
const started = join(folder.path, 'started');

/** systemd as far as these scripts go: a unit runs where a file has its name, and what is started is told. */
const invoke = `#!/bin/sh
act=$1; shift
for unit in "$@"; do
	case $act in
	stop) rm -f ${running}/$unit ;;
	start | restart) touch ${running}/$unit; echo $unit >> ${started} ;;
	try-restart) if [ -e ${running}/$unit ]; then echo $unit >> ${started}; fi ;;
	esac
done
`;

beforeAll(async () => {
  if (!canTry) return;
  for (const name of ['waarborg', 'LICENSES.txt', 'waarborg.cdx.json']) writeFileSync(join(folder.path, name), 'x');
  const order = { platform: 'linux-x64', version: '1.0', at: new Date('2026-11-22T00:00:00Z'), level: 0 } as const;
  const made = await makeDebianPackages({ ...order, executable: join(folder.path, 'waarborg'), output: folder.path });
  mkdirSync(scripts);
  for (const path of made) {
    const [, name = ''] = /([a-z-]+)_[^/]*$/.exec(path) ?? [];
    execFileSync('dpkg-deb', ['-e', path, join(scripts, name)]);
  }
  mkdirSync(programs);
  // Nothing of this machine is changed.
  for (const name of ['adduser', 'install', 'chgrp', 'chmod', 'systemctl', 'deb-systemd-helper']) {
    writeFileSync(join(programs, name), '#!/bin/sh\n', { mode: 0o755 });
  }
  writeFileSync(join(programs, 'deb-systemd-invoke'), invoke, { mode: 0o755 });
}, 120_000);
afterAll(() => folder[Symbol.dispose]());

/** Runs a package's scripts, such as `preinst upgrade 0.9`, on a machine with systemd where units run; those that run then. */
function run(name: string, units: readonly string[], steps: readonly string[]): { runs: string[]; begun: string[] } {
  for (const path of [running, started]) rmSync(path, { recursive: true, force: true });
  mkdirSync(running);
  for (const unit of units) writeFileSync(join(running, unit), '');
  for (const step of steps) {
    const [script = '', ...words] = step.split(' ');
    const path = join(scripts, name, script);
    if (!existsSync(path)) continue;
    const line = `mount -t tmpfs run /run && mkdir -p /run/systemd/system && exec sh ${path} ${words.join(' ')}`;
    const env = { PATH: `${programs}:/usr/sbin:/usr/bin:/sbin:/bin`, DPKG_MAINTSCRIPT_PACKAGE: name };
    const { status, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', line], { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${name}: ${step}: ${stderr}`);
  }
  const begun = existsSync(started) ? readFileSync(started, 'utf8').trim().split('\n') : [];
  return { runs: readdirSync(running).sort(), begun };
}

const upgrade = ['prerm upgrade 1.0', 'preinst upgrade 0.9', 'postinst configure 0.9'];

describe.skipIf(!canTry)('the scripts of the packages', () => {
  test.each([
    ['waarborg-collector', ['waarborg-collector.service', 'waarborg-witness.service']],
    ['waarborg-agent', ['waarborg-agent-resident.service']],
  ])('start each service of %s that runs once anew after an upgrade', (name, units) => {
    const { runs, begun } = run(name, units, upgrade);
    expect(runs).toEqual(expect.arrayContaining(units));
    for (const unit of units) expect(begun.filter((one) => one === unit)).toEqual([unit]);
  });

  test('start no service that did not run', () => {
    expect(run('waarborg-collector', [], upgrade).runs).toEqual([]);
    expect(run('waarborg-collector', [], ['postinst configure']).runs).toEqual([]);
    expect(run('waarborg-agent', [], ['postinst configure']).runs).toEqual(['waarborg-agent.timer']);
  });

  test.each([
    ['waarborg-collector', ['waarborg-collector.service', 'waarborg-witness.service']],
    ['waarborg-agent', ['waarborg-agent.timer', 'waarborg-agent-resident.service', 'waarborg-agent.service']],
  ])('leave nothing of %s running that is removed', (name, units) => {
    expect(run(name, units, ['prerm remove']).runs).toEqual([]);
  });
});
