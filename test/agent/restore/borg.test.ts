import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, tool } from '../../support/tools.ts';
import { fingerprint } from '../collect/backup/fingerprint.ts';
import { Trial } from './support.ts';

const written = new Date('2026-01-01T00:00:00Z');

describe.skipIf(!tool('borg'))('a sample of a real borg repository', () => {
  const folder = temporaryFolder();
  afterAll(() => folder[Symbol.dispose]());
  const passphraseFile = join(folder.path, 'passphrase');
  const source = join(folder.path, 'source');
  const good = join(folder.path, 'good');
  const names = ['a b', 'st*r[1]', 'with:colon', ...Array.from({ length: 5 }, (_, n) => `file-${n}`)];

  function borgOn(repository: string, ...args: readonly string[]): void {
    const env = { PATH: process.env.PATH, BORG_BASE_DIR: folder.path, BORG_PASSPHRASE: 'a passphrase', TZ: 'UTC' };
    execFileSync('borg', args, { env: { ...env, BORG_REPO: repository }, stdio: 'pipe' });
  }

  let count = 0;
  function trialOf(repository: string, more: Readonly<Record<string, unknown>> = {}): Trial {
    const own = join(folder.path, `trial-${count++}`);
    mkdirSync(own);
    return new Trial(own, { source: { borg: { repository, passphraseFile, ...more } } });
  }

  beforeAll(() => {
    mkdirSync(source);
    for (const name of names) {
      writeFileSync(join(source, name), `content of ${name}`);
      utimesSync(join(source, name), written, written);
    }
    writeFileSync(join(source, 'empty'), '');
    writeFileSync(passphraseFile, 'a passphrase\n', { mode: 0o600 });
    borgOn(good, 'init', '--encryption=repokey');
    borgOn(good, 'create', '::one', source);
  });

  test('comes out as it was copied, is recorded, and neither repository nor source is touched', async () => {
    const before = [fingerprint(good), fingerprint(source)];
    const trial = trialOf(good);
    const { code, stdout, stderr } = await trial.run('--files', '100', '--seed', 'fixed');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('8 held against their source');
    expect(trial.record()).toMatchObject([{ how: 'restored', result: 'same', files: 8, seed: 'fixed' }]);
    expect([fingerprint(good), fingerprint(source)]).toEqual(before);
    expect(trial.leftBehind()).toEqual([]);
  });

  test('may be all of it', async () => {
    const trial = trialOf(good);
    expect(await trial.run('--full')).toMatchObject({ code: 0 });
    expect(trial.record()).toMatchObject([{ result: 'same', files: names.length }]);
  });

  test('fails where a byte of a file in the repository changed', async () => {
    const repository = join(folder.path, 'damaged');
    cpSync(good, repository, { recursive: true });
    const segments = join(repository, 'data/0');
    const paths = readdirSync(segments).map((name) => join(segments, name));
    // The first that holds much holds the files, before the list of them.
    const first = paths.find((path) => readFileSync(path).length > 2000) ?? '';
    const bytes = readFileSync(first);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    writeFileSync(first, bytes);
    const trial = trialOf(repository);
    const { code, stdout } = await trial.run('--files', '100');
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^www: failed: 0 files/)]);
    expect(trial.record()).toMatchObject([{ result: 'failed' }]);
  });

  test('differs where the source was changed behind its date', async () => {
    const changed = join(source, 'file-1');
    const before = readFileSync(changed);
    writeFileSync(changed, 'CONTENT OF FILE-1');
    utimesSync(changed, written, written);
    const trial = trialOf(good);
    const { code, stdout } = await trial.run('--files', '100');
    writeFileSync(changed, before);
    utimesSync(changed, written, written);
    expect([code, stdout.split('\n')[1]]).toEqual([1, `  is not what was copied: ${changed.slice(1)}`]);
    expect(trial.record()).toMatchObject([{ result: 'differs' }]);
  });

  test('is not tried, and nothing is recorded, with a wrong passphrase', async () => {
    const wrong = join(folder.path, 'wrong');
    writeFileSync(wrong, 'another\n');
    const trial = trialOf(good, { passphraseFile: wrong });
    const { code, stderr } = await trial.run();
    expect([code, stderr]).toEqual([2, expect.stringContaining(`the password in ${wrong} is another`)]);
    expect(trial.record()).toEqual([]);
  });
});
