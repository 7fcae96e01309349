import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diskEncryptionCollector } from '../../../../agent/collect/disk-encryption/index.ts';
import { diskEncryption } from '../../../../policies/checks/disk-encryption.ts';
import type { DiskEncryptionFacts } from '../../../../policies/checks/disk-encryption/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { root } from '../../../support/sources.ts';
import { temporaryFolder } from '../../../support/tools.ts';
import { machineIn, type Machine } from './machine.ts';

/** What a machine said whose kernel has the device mapper and ZFS; where from, the file says itself. */
const machine = JSON.parse(readFileSync(join(root, 'test/fixtures/recorded/disks.json'), 'utf8')) as Machine;
const zpool = 'zpool list -vHLP -o name';
const zfs = 'zfs get -Hp -o name,value -t filesystem,volume encryption';

async function judge(changed: Partial<Machine> = {}, parameters: object = {}): Promise<Record<string, string>> {
  using folder = temporaryFolder();
  const host = machineIn(folder.path, { ...machine, ...changed });
  const facts = (await diskEncryptionCollector.collect(collecting(host), {}, [{}])) as DiskEncryptionFacts;
  const reasons = diskEncryption.judge(read(facts), parameters, new Date());
  return Object.fromEntries(
    reasons.map(({ verdict, code, subject = '' }) => [subject, `${verdict} ${code.replace('disk-encryption.', '')}`]),
  );
}

/** The same with what a command said changed; throws where it said no such thing. */
function saying(command: string, from: string, to: string): Partial<Machine> {
  const told = machine.commands?.[command];
  const stdout = told !== undefined && 'stdout' in told ? (told.stdout ?? '') : '';
  if (!stdout.includes(from)) throw new Error(`${command} does not say ${from}`);
  return { commands: { ...machine.commands, [command]: { stdout: stdout.replace(from, to) } } };
}

describe('a real machine', () => {
  test('has each of its disks judged by what the kernel runs', async () => {
    expect(await judge()).toEqual({
      '/': 'fail plain',
      '/dev/dm-13': 'pass encrypted',
      '/m/adi': 'pass encrypted',
      '/m/cbc256': 'pass encrypted',
      '/dev/zram0': 'pass in-memory',
      '/m/cbc256/swapfile': 'pass encrypted',
      '/m/ecb256': 'fail unsound',
      '/m/ecrypt': 'pass encrypted',
      '/m/fscrypt': 'unknown by-folder',
      '/m/gcm': 'pass encrypted',
      '/m/half': 'fail plain',
      '/m/integ': 'unknown strength-unclear',
      '/m/intonly': 'fail plain',
      '/m/luks1-128': 'fail weak',
      '/m/luks2-nokeyring': 'pass encrypted',
      '/m/mixed': 'fail plain',
      '/m/nullc': 'fail unsound',
      '/m/plain512': 'pass encrypted',
      // The name of its device has a space.
      '/m/serpx20ent': 'pass encrypted',
      '/m/vg0-data': 'pass encrypted',
      '/z/evol': 'pass encrypted',
      '/z/file': 'fail plain',
      '/z/leaky': 'fail plain',
      '/z/luks': 'pass encrypted',
      '/z/old': 'fail plain',
      '/z/plainvol': 'fail plain',
      '/z/tank': 'fail plain',
      '/z/tank/middle': 'fail weak',
      '/z/tank/plain': 'fail plain',
      '/z/tank/plain/below': 'fail plain',
      '/z/tank/secret': 'pass encrypted',
      '/z/tank/secret/child': 'pass encrypted',
      '/z/tank/two words': 'fail plain',
      '/z/tank/weak': 'fail weak',
      '/z/vol': 'pass encrypted',
    });
  });

  test('passes with fewer bits and fails with other ciphers where the policy says so', async () => {
    const told = await judge({}, { cipher: 'aes', minimumKeyBits: 128 });
    expect(told).toMatchObject({ '/m/luks1-128': 'pass encrypted', '/z/tank/weak': 'pass encrypted' });
    expect(told).toMatchObject({ '/m/adi': 'fail unsound', '/m/serpx20ent': 'fail unsound' });
  });

  test('is judged by the log of its pool and by each half of a mirror too', async () => {
    const [log, file] = ['\t/dev/loop22\t', '\t/t/zi j.img\t'];
    expect(await judge(saying(`${zpool} leaky`, log, '\t/dev/dm-19\t'))).toMatchObject({
      '/z/leaky': 'pass encrypted',
    });
    expect(await judge(saying(`${zpool} file`, file, '\t/dev/dm-20\t'))).toMatchObject({ '/z/file': 'pass encrypted' });
  });

  test('is unknown where ZFS does not say what a volume is encrypted with, and where no link tells which it is', async () => {
    expect(await judge(saying(zfs, 'tank/evol\taes-256-gcm\n', ''))).toMatchObject({
      '/z/evol': 'unknown host.unparsable',
    });
    expect(await judge({ links: {} })).toMatchObject({ '/z/evol': 'unknown host.unsupported' });
  });
});
