import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  canMakeMachines,
  diskOf,
  furnishMachine,
  startMachine,
  type DebianMachine,
} from '../../support/debian-machine.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { machineName, machinePackages } from './image.ts';

/** What `npm run machine` rests on; that itself takes too long for each run of the tests. */
describe.skipIf(!canMakeMachines)('the machine that services are tried on', () => {
  const resources = new AsyncDisposableStack();
  let machine: DebianMachine;
  let isThere = false;

  beforeAll(async () => {
    isThere = furnishMachine(machineName, machinePackages);
    if (!isThere) return;
    const folder = resources.use(temporaryFolder());
    const files = join(folder.path, 'files');
    mkdirSync(files);
    writeFileSync(join(files, 'letter'), 'from outside\n');
    machine = resources.use(await startMachine(machineName, [diskOf(files, join(folder.path, 'files.img'))]));
  }, 1_500_000);
  afterAll(() => resources.disposeAsync());
  beforeEach(({ skip }) => skip(!isThere, 'the machine cannot be made: Debian’s archive cannot be reached'));

  test('has a kernel and a systemd of its own, with nothing that failed', async () => {
    expect(await machine.must('uname -r')).toMatch(/^6\.1\.\d+-\d+-amd64$/m);
    expect(await machine.must('ps -o comm= -p 1')).toBe('systemd\n');
    expect(await machine.must('systemctl list-units --failed --plain --no-legend')).toBe('');
  }, 120_000);

  test('tells how a command ended, and what it said where', async () => {
    expect(await machine.run('echo said; echo complained >&2; exit 7')).toEqual({
      status: 7,
      stdout: 'said\n',
      stderr: 'complained\n',
    });
    await expect(machine.must('echo why >&2; false')).rejects.toThrow('ended with 1\nwhy');
  }, 120_000);

  test('has the disks that it was given, and reaches nothing else', async () => {
    expect(await machine.must('mount -o ro /dev/vdb /mnt && cat /mnt/letter')).toBe('from outside\n');
    expect(await machine.must('ip route show default')).toBe('');
  }, 120_000);
});
