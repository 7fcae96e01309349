import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { maySmallDisk } from '../../support/small-disk.ts';
import { program } from '../../support/process.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';
import { fingerprint } from '../collect/backup/fingerprint.ts';
import { contentOf, Trial } from './support.ts';

const written = new Date('2026-01-01T00:00:00Z');
const madeAt = new Date('2026-02-01T03:00:00Z');
const names = ['a b', 'st*r[1]', 'back\\slash', 'é', 'file-1', 'file-2'];

describe('a sample of a real archive', () => {
  const folder = temporaryFolder();
  afterAll(() => folder[Symbol.dispose]());
  const source = join(folder.path, 'source');

  beforeAll(() => {
    mkdirSync(source);
    for (const name of names) writeSource(name, contentOf(name));
    writeFileSync(join(source, 'empty'), '');
  });

  function writeSource(name: string, content: string): void {
    writeFileSync(join(source, name), content);
    utimesSync(join(source, name), written, written);
  }

  let count = 0;
  /** An archive of the source that was made long after it, with the command that makes it on the path it is given. */
  function trialOf(extension: string, make: (path: string) => void): { trial: Trial; archive: string; lies: string } {
    const own = join(folder.path, `trial-${count++}`);
    const lies = join(own, 'archives');
    mkdirSync(lies, { recursive: true });
    const archive = join(lies, `www-2026-02-01_0300.${extension}`);
    make(archive);
    utimesSync(archive, madeAt, madeAt);
    const trial = new Trial(own, { source: { archives: { folder: lies, pattern: `www-{date}_{time}.${extension}` } } });
    return { trial, archive, lies };
  }

  function run(file: string, ...args: readonly string[]): void {
    execFileSync(file, args, { stdio: 'pipe', env: { PATH: process.env.PATH, TZ: 'UTC' } });
  }

  const tar = (path: string): void => run('tar', '--auto-compress', '--create', '--file', path, source);
  const zip = (path: string): void => run('zip', '-q', '-0', '-r', path, source);
  const makers: Record<string, (path: string) => void> = {
    'tar.gz': tar,
    'tar.zst': tar,
    'tar.xz': tar,
    tar,
    ...(tool('zip') && tool('unzip') ? { zip } : {}),
  };

  test.each(Object.entries(makers))(
    'comes out of %s as it was copied, and nothing is touched',
    async (extension, make) => {
      const { trial, lies } = trialOf(extension, make);
      const before = [fingerprint(lies), fingerprint(source)];
      const { code, stdout, stderr } = await trial.run('--files', '100');
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain(`${names.length} held against their source`);
      const point = madeAt.toISOString();
      expect(trial.record()).toMatchObject([{ how: 'restored', result: 'same', point, files: names.length }]);
      expect([fingerprint(lies), fingerprint(source)]).toEqual(before);
      expect(trial.leftBehind()).toEqual([]);
    },
  );

  test.each(Object.entries(makers).filter(([extension]) => extension !== 'tar'))(
    'fails where a byte of %s changed',
    async (extension, make) => {
      const { trial } = trialOf(extension, (path) => {
        make(path);
        const bytes = readFileSync(path);
        // In a zip file the content of one file; in the middle of the others.
        const offset = extension === 'zip' ? bytes.indexOf('content of file-1') : Math.floor(statSync(path).size / 2);
        bytes[offset] = (bytes[offset] ?? 0) ^ 1;
        writeFileSync(path, bytes);
      });
      const { code } = await trial.run('--files', '100');
      expect([code, trial.record()]).toMatchObject([1, [{ result: 'failed', files: 0 }]]);
    },
  );

  test('differs where a byte of a plain tar changed, which only its source tells', async () => {
    const { trial } = trialOf('tar', (path) => {
      tar(path);
      const bytes = readFileSync(path);
      const offset = bytes.indexOf('content of file-1');
      bytes[offset] = (bytes[offset] ?? 0) ^ 1;
      writeFileSync(path, bytes);
    });
    const { code, stdout } = await trial.run('--files', '100');
    expect([code, stdout]).toEqual([1, expect.stringContaining('is not what was copied:')]);
    expect(trial.record()).toMatchObject([{ result: 'differs' }]);
  });

  test('a plain tar whose source is gone shows nothing, and is not recorded', async () => {
    const { trial } = trialOf('tar', (path) => {
      const gone = join(folder.path, 'gone');
      mkdirSync(gone);
      writeFileSync(join(gone, 'file'), 'content');
      run('tar', '--create', '--remove-files', '--file', path, gone);
    });
    const { code, stderr } = await trial.run();
    expect([code, stderr]).toEqual([2, expect.stringContaining('no checksum, no source')]);
    expect(trial.record()).toEqual([]);
  });

  test.each(['gz', 'zst'])(
    'a dump packed as .sql.%s comes out whole, and fails where it was cut short',
    async (packer) => {
      const dump = join(folder.path, `dump-${packer}.sql`);
      writeFileSync(dump, Array.from({ length: 2000 }, (_, n) => `INSERT INTO t VALUES (${n * 7919});\n`).join(''));
      const packed = `${dump}.${packer}`;
      run(packer === 'gz' ? 'gzip' : 'zstd', ...(packer === 'gz' ? ['--keep'] : ['--quiet', '--keep']), dump);
      const good = trialOf(`sql.${packer}`, (path) => copyFileSync(packed, path));
      expect(await good.trial.run()).toMatchObject({ code: 0, stderr: '' });
      expect(good.trial.record()).toMatchObject([{ result: 'same', files: 1, bytes: statSync(dump).size }]);
      const cut = trialOf(`sql.${packer}`, (path) => writeFileSync(path, readFileSync(packed).subarray(0, -20)));
      expect(await cut.trial.run()).toMatchObject({ code: 1 });
      expect(cut.trial.record()).toMatchObject([{ result: 'failed' }]);
    },
  );

  test.skipIf(!maySmallDisk)('is not tried where the disk has no room for it', () => {
    const { trial } = trialOf('tar.gz', tar);
    const disk = join(folder.path, 'disk');
    mkdirSync(disk);
    const mount = 'mount -t tmpfs -o size=4m tmpfs "$TMPDIR" && "$0" "$@"; code=$?; ls -A "$TMPDIR"; exit $code';
    const words = [process.execPath, program, 'restore-test', 'www', '--config', trial.config];
    const { status, stdout, stderr } = spawnSync(
      'unshare',
      ['--mount', '--propagation', 'private', 'sh', '-c', mount, ...words],
      { env: { PATH: process.env.PATH, TMPDIR: disk }, encoding: 'utf8' },
    );
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining('bytes free')]);
    expect(trial.record()).toEqual([]);
  });
});
