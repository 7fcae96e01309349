import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWaarborg } from '../../support/process.ts';
import { makeResticRepository, resticPassword } from '../../support/restic.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';
import { fingerprint } from '../collect/backup/fingerprint.ts';
import { contentOf, Trial } from './support.ts';

/** Long before any copy: what was written since is not held against it. */
const written = new Date('2026-01-01T00:00:00Z');

describe.skipIf(!tool('restic'))('a sample of a real restic repository', () => {
  const folder = temporaryFolder();
  afterAll(() => folder[Symbol.dispose]());
  const passwordFile = join(folder.path, 'password');
  const source = join(folder.path, 'source');
  const initial = join(folder.path, 'initial');
  const good = join(folder.path, 'good');
  const names = ['a b', 'st*r[1]', 'with\\slash', '$HOME', ...Array.from({ length: 8 }, (_, n) => `file-${n}`)];

  function resticOn(repository: string, ...args: readonly string[]): void {
    const env = { PATH: process.env.PATH, HOME: folder.path, RESTIC_PASSWORD_FILE: passwordFile, TZ: 'UTC' };
    execFileSync('restic', ['--no-cache', '--quiet', '--repo', repository, ...args], { env, stdio: 'pipe' });
  }

  let count = 0;
  function trialOf(repository: string, more: Readonly<Record<string, unknown>> = {}): Trial {
    const own = join(folder.path, `trial-${count++}`);
    mkdirSync(own);
    return new Trial(own, { source: { restic: { repository, passwordFile, ...more } } });
  }

  function copyOf(repository: string, name: string): string {
    cpSync(repository, join(folder.path, name), { recursive: true });
    return join(folder.path, name);
  }

  function write(path: string, content: string): void {
    writeFileSync(path, content);
    utimesSync(path, written, written);
  }

  beforeAll(() => {
    mkdirSync(source);
    for (const name of names) write(join(source, name), contentOf(name));
    writeFileSync(join(source, 'empty'), '');
    writeFileSync(passwordFile, `${resticPassword}\n`, { mode: 0o600 });
    makeResticRepository(initial);
    cpSync(initial, good, { recursive: true });
    resticOn(good, 'backup', source);
  });

  test('comes out as it was copied, is recorded, and neither repository nor source is touched', async () => {
    const before = [fingerprint(good), fingerprint(source)];
    const trial = trialOf(good);
    const { code, stdout, stderr } = await trial.run('--files', '100', '--seed', 'fixed');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^www: same: 12 files, \d+ bytes of the copy of .*, seed fixed; 12 held against their source\n$/,
    );
    const bytes = names.reduce((sum, name) => sum + contentOf(name).length, 0);
    expect(trial.record()).toMatchObject([{ how: 'restored', result: 'same', files: 12, bytes, seed: 'fixed' }]);
    expect([fingerprint(good), fingerprint(source)]).toEqual(before);
    expect(trial.leftBehind()).toEqual([]);
  });

  test('may be all of it', async () => {
    const trial = trialOf(good);
    expect(await trial.run('--full')).toMatchObject({ code: 0 });
    expect(trial.record()).toMatchObject([{ result: 'same', files: names.length }]);
  });

  test.each(['content', 'folders'])('fails where a byte of the %s in the repository changed', async (what) => {
    const repository = copyOf(good, `damaged-${what}`);
    const packs = readdirSync(join(repository, 'data'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /[0-9a-f]{64}$/.test(name))
      .map((name) => join(repository, 'data', name))
      .sort((a, b) => statSync(a).size - statSync(b).size);
    expect(packs).toHaveLength(2);
    flipByte(packs[what === 'folders' ? 0 : 1] ?? '', 40);
    const trial = trialOf(repository);
    const { code, stdout } = await trial.run('--files', '100');
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^www: failed: 0 files/)]);
    expect(trial.record()).toMatchObject([{ result: 'failed', files: 0 }]);
    expect(trial.leftBehind()).toEqual([]);
  });

  test('differs where the source was changed behind its date', async () => {
    const own = join(folder.path, 'own-source');
    cpSync(source, own, { recursive: true, preserveTimestamps: true });
    const repository = join(folder.path, 'own');
    cpSync(initial, repository, { recursive: true });
    resticOn(repository, 'backup', own);
    const changed = join(own, 'file-1');
    write(changed, contentOf('file-1').toUpperCase());
    writeFileSync(join(own, 'file-2'), 'changed openly, and later');
    const trial = trialOf(repository);
    const { code, stdout } = await trial.run('--files', '100');
    expect(code).toBe(1);
    expect(stdout).toContain('www: differs: 12 files');
    expect(stdout.split('\n').slice(1)).toEqual([`  is not what was copied: ${changed}`, '']);
    expect(trial.record()).toMatchObject([{ result: 'differs' }]);
  });

  test('is not tried, and nothing is recorded, with a wrong password', async () => {
    const wrong = join(folder.path, 'wrong');
    writeFileSync(wrong, 'another\n');
    const trial = trialOf(good, { passwordFile: wrong });
    const { code, stdout, stderr } = await trial.run();
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`the password in ${wrong} is another`);
    expect(trial.record()).toEqual([]);
  });

  test('is not tried where there is nothing to restore', async () => {
    const repository = join(folder.path, 'empty');
    cpSync(initial, repository, { recursive: true });
    const empty = await trialOf(repository).run();
    expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining('a copy that counts in set www')]);
    resticOn(repository, 'backup', join(source, 'empty'));
    const hollow = await trialOf(repository).run();
    expect([hollow.code, hollow.stderr]).toEqual([2, expect.stringContaining('holds no file with content')]);
  });

  test('leaves nothing behind when it is ended in the middle', async () => {
    // Large enough that restoring takes a moment.
    const large = join(folder.path, 'large');
    mkdirSync(large);
    writeFileSync(join(large, 'file'), Buffer.alloc(96 * 2 ** 20, 'some content that is not zero'));
    const repository = join(folder.path, 'large-repository');
    cpSync(initial, repository, { recursive: true });
    resticOn(repository, 'backup', large);
    const trial = trialOf(repository);
    const own = join(trial.config, '..');
    await using running = startWaarborg(['restore-test', 'www', '--config', trial.config], { env: { TMPDIR: own } });
    while (!hasBegun(own)) await wait(5);
    const { code, stderr } = await running.end('SIGTERM');
    expect([code, stderr]).toEqual([2, expect.stringContaining('ended before its time')]);
    expect(trial.leftBehind()).toEqual([]);
    expect(trial.record()).toEqual([]);
  });
});

/** Whether something was restored into the temporary folder in that folder. */
function hasBegun(folder: string): boolean {
  const rooms = readdirSync(folder).filter((name) => name.startsWith('waarborg-restore-'));
  return rooms.some((room) => {
    const restored = join(folder, room, 'restored');
    return existsSync(restored) && readdirSync(restored).length > 0;
  });
}

function flipByte(path: string, offset: number): void {
  const bytes = readFileSync(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}
