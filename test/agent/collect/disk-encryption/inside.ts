/** Run in a mount namespace of its own: mounts two images, prints what the agent reads of them, as JSON. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { diskEncryptionCollector } from '../../../../agent/collect/disk-encryption/index.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { read, type Reading } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';

/** Process 1 lies outside of this namespace. */
class OwnMounts extends LocalHost {
  override readText(path: string): Promise<Reading<string>> {
    if (path === '/etc/fstab') return Promise.resolve(read(''));
    return super.readText(path === '/proc/1/mountinfo' ? '/proc/self/mountinfo' : path);
  }
}

const [folder = ''] = process.argv.slice(2);
for (const type of ['ext4', 'btrfs']) {
  const image = join(folder, `${type}.img`);
  writeFileSync(image, '');
  truncateSync(image, 128 * 2 ** 20);
  execFileSync(`mkfs.${type}`, ['-q', image], { stdio: 'ignore' });
  mkdirSync(join(folder, type));
  execFileSync('mount', ['-o', 'loop', image, join(folder, type)]);
}
const encryptedPaths = { images: [join(folder, 'ext4'), join(folder, 'btrfs')] };
const facts = await diskEncryptionCollector.collect(collecting(new OwnMounts()), { encryptedPaths }, [{}]);
const { dev } = statSync(folder);
const number = readFileSync('/proc/self/mountinfo', 'utf8')
  .split('\n')
  .map((line) => line.split(' ')[2] ?? '')
  .find((text) => text === `${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`);
const disk = basename(await realpath(`/sys/dev/block/${number ?? ''}`));
process.stdout.write(JSON.stringify({ facts, disk }));
for (const type of ['ext4', 'btrfs']) execFileSync('umount', [join(folder, type)]);
