import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import type { BackupSet } from '../../../../policies/checks/backup/facts.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { fingerprint } from './fingerprint.ts';
import { OrdinaryUser } from './ordinary-user.ts';
import { collectSet, judgeSet } from './support.ts';

const every = { every: '24h' };
const day = 86_400_000;
/** The kernel itself records when a snapshot came, so these lie around the real now. */
const now = new Date();

/** The date and time in a name. */
function nameOf(daysAgo: number): string {
  return new Date(now.getTime() - daysAgo * day - 60_000).toISOString().slice(0, 16).replace('T', '_');
}

const canMount =
  tool('mkfs.btrfs') !== undefined &&
  process.getuid?.() === 0 &&
  existsSync('/dev/loop-control') &&
  readFileSync('/proc/filesystems', 'utf8').includes('btrfs');

function read(folder: string, host = new LocalHost()): Promise<BackupSet> {
  return collectSet(host, { source: { btrfs: { folder, pattern: 'www-{date}_{time}' } } });
}

describe.skipIf(!canMount)('snapshots that btrfs received', () => {
  const folder = temporaryFolder();
  const root = join(folder.path, 'root');
  beforeAll(() => {
    const image = join(folder.path, 'image');
    writeFileSync(image, '');
    truncateSync(image, 128 * 2 ** 20);
    mkdirSync(root);
    execFileSync('mkfs.btrfs', ['--quiet', image], { stdio: 'pipe' });
    execFileSync('mount', ['--options', 'loop', image, root]);
    run('btrfs', 'subvolume', 'create', 'source');
    mkdirSync(join(root, 'sent'));
  });
  afterAll(() => {
    execFileSync('umount', [root]);
    folder[Symbol.dispose]();
  });

  function run(file: string, ...args: string[]): void {
    execFileSync(file, args, { cwd: root, stdio: 'pipe' });
  }

  /** Takes a snapshot of what the source holds by now, and has it received in the folder. */
  function replicate(to: string, name: string): void {
    const sent = join('sent', `${to}-${name}`);
    writeFileSync(join(root, 'source/file'), name);
    run('btrfs', 'subvolume', 'snapshot', '-r', 'source', sent);
    mkdirSync(join(root, to), { recursive: true });
    run('btrfs', 'send', '--quiet', '-f', 'stream', sent);
    run('btrfs', 'receive', '--quiet', '-f', 'stream', to);
    run('mv', join(to, `${to}-${name}`), join(to, `www-${name}`));
  }

  test('pass for their rhythm, and stay as they were', async () => {
    for (const ago of [2, 1, 0]) replicate('good', nameOf(ago));
    mkdirSync(join(root, 'good', `www-${nameOf(3)}`));
    const before = fingerprint(join(root, 'good'));
    const set = await read(join(root, 'good'));
    expect(fingerprint(join(root, 'good'))).toEqual(before);
    expect(set.points).toMatchObject({ state: 'read', value: { length: 3 } });
    expect(judgeSet(set, every, new Date())).toEqual(['pass', 'backup.fresh', 'backup.regular']);
    expect(judgeSet(set, every, new Date(now.getTime() + 3 * day)).slice(0, 2)).toEqual(['fail', 'backup.too-old']);
    expect(JSON.stringify(await read(join(root, 'good')))).toBe(JSON.stringify(set));
  });

  test('are none where they were only taken here', async () => {
    mkdirSync(join(root, 'taken'));
    run('btrfs', 'subvolume', 'snapshot', '-r', 'source', join('taken', `www-${nameOf(0)}`));
    run('btrfs', 'subvolume', 'create', join('taken', `www-${nameOf(1)}`));
    const set = await read(join(root, 'taken'));
    expect(judgeSet(set, every, new Date())).toEqual(['fail', 'backup.none-counts', 'backup.left-out.unfinished']);
  });

  test('are no newer for a snapshot that is taken of them', async () => {
    replicate('again', nameOf(4));
    run('btrfs', 'subvolume', 'snapshot', '-r', join('again', `www-${nameOf(4)}`), join('again', `www-${nameOf(0)}`));
    const set = await read(join(root, 'again'));
    expect(set.points).toMatchObject({ value: [{ id: expect.any(String) as unknown }, { flaw: 'unfinished' }] });
    expect(judgeSet(set, every, new Date()).slice(0, 2)).toEqual(['fail', 'backup.too-old']);
  });

  test('under a later name than they came are old ones', async () => {
    replicate('late', nameOf(1));
    run('mv', join('late', `www-${nameOf(1)}`), join('late', `www-${nameOf(-2)}`));
    const set = await read(join(root, 'late'));
    expect(judgeSet(set, every, new Date())[0]).toBe('unknown');
    const later = new Date(now.getTime() + 2 * day);
    expect(judgeSet(set, every, later)).toContain('backup.left-out.post-dated');
  });

  test('are unknown to an ordinary user', async () => {
    replicate('closed', nameOf(0));
    const set = await read(join(root, 'closed'), new OrdinaryUser());
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'denied' } });
    expect(judgeSet(set, every, new Date())[0]).toBe('unknown');
  });
});

describe('an answer of btrfs', () => {
  const path = '/backup/www-2026-11-22';
  const command = `btrfs subvolume show -- ${path}`;

  test.each([
    ['in another form', { stdout: 'www-2026-11-22\n\tName: \t\t\twww\n' }, 'unparsable'],
    [
      'about another file system',
      { exitCode: 1, stderr: 'ERROR: Not a Btrfs filesystem: Invalid argument\n' },
      'command-failed',
    ],
  ])('%s is unknown', async (_, answer, code) => {
    const host = new RecordedHost({ files: { [`${path}/file`]: '' }, commands: { [command]: answer } });
    const set = await collectSet(host, { source: { btrfs: { folder: '/backup', pattern: 'www-{date}' } } });
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code } });
    expect(judgeSet(set, every)[0]).toBe('unknown');
  });

  test('of a folder that is missing is not asked for', async () => {
    expect((await read('/nonexistent/btrfs')).points).toMatchObject({ obstacle: { code: 'missing' } });
  });
});
