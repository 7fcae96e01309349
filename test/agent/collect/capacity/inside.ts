/** Run in a mount namespace of its own: fills an image, breaks it, and prints what the agent reads, as JSON. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { capacityCollector } from '../../../../agent/collect/capacity/index.ts';
import type { CapacityFacts } from '../../../../policies/checks/capacity/facts.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { unreadable, type Reading } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';

/** Process 1 lies outside of this namespace. */
class OwnMounts extends LocalHost {
  override readText(path: string): Promise<Reading<string>> {
    return super.readText(path === '/proc/1/mountinfo' ? '/proc/self/mountinfo' : path);
  }
}

const [folder = ''] = process.argv.slice(2);
for (const [type, ...options] of [['ext4', '-N', '128'], ['btrfs']] as const) {
  const image = join(folder, `${type}.img`);
  writeFileSync(image, '');
  truncateSync(image, 128 * 2 ** 20);
  execFileSync(`mkfs.${type}`, ['-q', ...options, image], { stdio: 'ignore' });
  mkdirSync(join(folder, type));
  const mount = type === 'ext4' ? ['-o', 'loop,errors=remount-ro'] : ['-o', 'loop'];
  execFileSync('mount', [...mount, image, join(folder, type)]);
}
writeFileSync(join(folder, 'ext4/large'), Buffer.alloc(52 * 2 ** 20));
for (let count = 0; count < 115; count++) writeFileSync(join(folder, `ext4/${count}`), '');
execFileSync('sync', ['-f', join(folder, 'ext4')]);

/** Load and memory of this machine are no part of it: they change while the test runs. */
async function look(): Promise<CapacityFacts> {
  const facts = (await capacityCollector.collect(collecting(new OwnMounts()), {}, [{}])) as CapacityFacts;
  const elsewhere = unreadable('unsupported', 'not looked at');
  return { ...facts, memory: elsewhere, load: elsewhere };
}

const filled = await look();
const again = await look();
const source = /^.* (\S+)$/m.exec(
  execFileSync('findmnt', ['-n', '-o', 'TARGET,SOURCE', join(folder, 'ext4')]).toString(),
);
writeFileSync(`/sys/fs/ext4/${basename(source?.[1] ?? '')}/trigger_fs_error`, '1');
const failed = await look();
process.stdout.write(JSON.stringify({ filled, again, failed }));
for (const type of ['ext4', 'btrfs']) execFileSync('umount', [join(folder, type)]);
