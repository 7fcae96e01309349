import { execFileSync, spawn, type ChildProcessByStdio } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalHost } from '../../../../agent/host/local.ts';
import type { BackupSet, Point } from '../../../../policies/checks/backup/facts.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { lastNight, nights, nightsTo, november, testCases, timeZone } from './cases.ts';
import { fakedClock } from './faked-clock.ts';
import { fingerprint } from './fingerprint.ts';
import { OrdinaryUser } from './ordinary-user.ts';
import { ScratchHost } from './scratch-host.ts';
import { collectSet, judgeSet } from './support.ts';

function pointsOf(set: BackupSet): Point[] {
  if (set.points.state !== 'read') throw new Error(`not read: ${JSON.stringify(set.points)}`);
  return set.points.value;
}

function dayOf(moment: string): string {
  return moment.slice(0, 10);
}

describe.skipIf(!tool('borg') || !tool('faketime'))('a real borg repository', () => {
  const folder = temporaryFolder();
  afterAll(() => folder[Symbol.dispose]());
  const passphraseFile = join(folder.path, 'passphrase');
  const good = join(folder.path, dayOf(lastNight));
  const beforeLast = join(folder.path, dayOf(november[1]));
  const empty = join(folder.path, 'empty');

  function environmentOf(repository: string): Record<string, string> {
    return {
      PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
      BORG_BASE_DIR: join(folder.path, 'base', basename(repository)),
      BORG_REPO: repository,
      BORG_PASSPHRASE: 'a passphrase',
      BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
      TZ: 'UTC',
    };
  }

  function borgOn(repository: string, words: readonly string[], wrapped: readonly string[] = []): void {
    const [file = '', ...args] = [...wrapped, 'borg', ...words];
    const env = environmentOf(repository);
    execFileSync(file, args, { env, cwd: folder.path, stdio: ['ignore', 'ignore', 'pipe'] });
  }

  /** Starts borg as on a host with that clock. */
  function startBorg(
    moment: string,
    repository: string,
    words: readonly string[],
  ): ChildProcessByStdio<Writable, Readable, null> {
    const env = { ...environmentOf(repository), ...fakedClock(moment) };
    return spawn('borg', words, { env, stdio: ['pipe', 'pipe', 'ignore'] });
  }

  function archive(repository: string, name: string, moment: string, wrapped?: readonly string[]): void {
    borgOn(repository, ['create', '--timestamp', moment, `::${name}`, 'source'], wrapped);
  }

  function copyOf(repository: string, name: string): string {
    const path = join(folder.path, name);
    cpSync(repository, path, { recursive: true, preserveTimestamps: true });
    return path;
  }

  function declare(repository: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    return { timeZone, source: { borg: { repository, passphraseFile, ...more } } };
  }

  function collect(repository: string, more: Readonly<Record<string, unknown>> = {}): Promise<BackupSet> {
    return collectSet(new LocalHost(), declare(repository, more));
  }

  beforeAll(() => {
    mkdirSync(join(folder.path, 'source'));
    writeFileSync(join(folder.path, 'source/file'), 'content');
    writeFileSync(passphraseFile, 'a passphrase\n', { mode: 0o600 });
    borgOn(empty, ['init', '--encryption', 'repokey']);
    // Each night is kept as it was: taking archives out of a repository takes as long as making them.
    let repository = empty;
    for (const night of nights) {
      repository = copyOf(repository, dayOf(night));
      archive(repository, dayOf(night), night.slice(0, 19));
    }
  }, 120_000);

  testCases({
    copiesOf(moments, name) {
      const last = moments.at(-1);
      const without = nightsTo(last ?? '').filter((night) => !moments.includes(night));
      const whole = last === undefined ? empty : join(folder.path, dayOf(last));
      const repository = without.length === 0 ? whole : copyOf(whole, name);
      for (const night of without) borgOn(repository, ['delete', `::${dayOf(night)}`]);
      return collect(repository);
    },
    pruned() {
      const repository = copyOf(good, 'pruned');
      borgOn(repository, ['prune', '--keep-daily', '4']);
      return collect(repository);
    },
    lackingPath: () => collectSet(new LocalHost(), { ...declare(good), paths: ['/etc'] }),
    tellsPaths: false,
    async interrupted() {
      const repository = copyOf(beforeLast, 'killed');
      const running = startBorg(lastNight, repository, ['create', '--checkpoint-interval', '1', '::last', '-']);
      // What it had not taken yet when it was killed.
      running.stdin.on('error', () => undefined);
      const indexOf = (): string | undefined => readdirSync(repository).find((name) => name.startsWith('index.'));
      const before = indexOf();
      // It looks whether a checkpoint is due whenever it has read some more.
      while (indexOf() === before || indexOf() === undefined) {
        running.stdin.write(randomBytes(4 * 2 ** 20));
        await setTimeout(300);
      }
      running.kill('SIGKILL');
      await once(running, 'close');
      expect(readdirSync(repository)).toContain('lock.exclusive');
      const set = await collect(repository);
      expect(pointsOf(set).at(-1)).toMatchObject({ flaw: 'unfinished' });
      return set;
    },
    async wrongPassword() {
      const wrong = join(folder.path, 'wrong');
      writeFileSync(wrong, 'another passphrase\n');
      const set = await collect(empty, { passphraseFile: wrong });
      expect(set.points).toEqual({ state: 'wrong-password', passwordFrom: wrong });
      return set;
    },
    async locked() {
      const repository = copyOf(good, 'locked');
      const holder = startBorg(lastNight, repository, ['with-lock', '::', 'sh', '-c', 'echo locked; read end']);
      await once(holder.stdout, 'data');
      const before = fingerprint(repository);
      const set = await collect(repository);
      expect(fingerprint(repository)).toEqual(before);
      holder.stdin.end('\n');
      await once(holder, 'close');
      return set;
    },
  });

  test('is read without changing a thing in it, and without leaving a thing behind', async () => {
    const [before, host] = [fingerprint(good), new ScratchHost()];
    const set = await collectSet(host, declare(good));
    expect(fingerprint(good)).toEqual(before);
    expect(host.folders.map((path) => existsSync(path))).toEqual([false]);
    expect(set).toMatchObject({ tool: 'borg', encrypted: 'yes', ofHost: hostname(), otherHosts: [] });
    expect(pointsOf(set)).toHaveLength(9);
    const moment = '2026-11-22T01:30:00.000Z';
    const id = expect.stringMatching(/^[0-9a-f]{16}$/) as string;
    expect(pointsOf(set).at(-1)).toEqual({ time: moment, endedAt: moment, id });
    expect(judgeSet(set, { every: '24h', window: '2d', encrypted: true })[0]).toBe('pass');
    expect(judgeSet(set, { offsite: true })[0]).toBe('fail');
    expect(JSON.stringify(set)).not.toContain('a passphrase');
    expect(await collectSet(new LocalHost(), declare(good))).toEqual(set);
  });

  test('the hour of an archive is the same wherever it was made', async () => {
    const repository = copyOf(empty, 'zone');
    borgOn(repository, ['create', '::now', 'source'], ['env', 'TZ=Asia/Tokyo']);
    const set = await collectSet(new LocalHost(), declare(repository));
    const [time = ''] = pointsOf(set).map((point) => point.time);
    expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(120_000);
  });

  test('an index that is gone makes it unknown: borg would write a new one', async () => {
    const repository = copyOf(good, 'without-index');
    for (const name of readdirSync(repository).filter((name) => name.startsWith('index.'))) {
      renameSync(join(repository, name), join(folder.path, name));
    }
    const before = fingerprint(repository);
    const set = await collectSet(new LocalHost(), declare(repository));
    expect(fingerprint(repository)).toEqual(before);
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'unsupported', what: repository } });
  });

  /** The files in which borg keeps what it stores, the newest last. */
  function segmentsOf(repository: string): string[] {
    const names = readdirSync(join(repository, 'data/0')).sort((a, b) => Number(a) - Number(b));
    return names.map((name) => join(repository, 'data/0', name));
  }

  test('a lost end of its data makes it unknown: borg would go back to an older state, and write', async () => {
    const repository = copyOf(good, 'beheaded');
    for (const path of segmentsOf(repository).slice(-3)) writeFileSync(path, 'BORG_SEG');
    const before = fingerprint(repository);
    const set = await collectSet(new LocalHost(), declare(repository));
    expect(fingerprint(repository)).toEqual(before);
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'unsupported', what: repository } });
  });

  test('an archive that cannot be read makes the list unknown', async () => {
    const repository = copyOf(good, 'damaged');
    for (const path of segmentsOf(repository).slice(0, -2)) writeFileSync(path, Buffer.alloc(statSync(path).size));
    const set = await collectSet(new LocalHost(), declare(repository));
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'command-failed' } });
    expect(judgeSet(set, { every: '24h' })[0]).toBe('unknown');
  });

  test('a missing repository is unknown and named', async () => {
    const nowhere = join(folder.path, 'nowhere');
    expect((await collectSet(new LocalHost(), declare(nowhere))).points).toEqual(unreadable('missing', nowhere));
    const other = join(folder.path, 'source');
    expect((await collectSet(new LocalHost(), declare(other))).points).toEqual(
      unreadable('missing', `${other}/config`),
    );
  });

  test('no passphrase at all is unknown', async () => {
    const without = await collectSet(new LocalHost(), { source: { borg: { repository: empty } } });
    expect(without.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'command-failed' } });
  });

  test('a repository without encryption is read, and says so', async () => {
    const repository = join(folder.path, 'plain');
    borgOn(repository, ['init', '--encryption', 'none']);
    const set = await collectSet(new LocalHost(), { source: { borg: { repository } } });
    expect(set).toMatchObject({ encrypted: 'no', points: { state: 'read', value: [] } });
    expect(judgeSet(set, { encrypted: true })).toContain('backup.not-encrypted');
  });

  test.skipIf(process.getuid?.() !== 0 || !tool('unshare'))('archives of another host are not ours', async () => {
    const repository = copyOf(good, 'shared');
    const asWeb2 = ['unshare', '--uts', 'sh', '-c', 'hostname web2; exec "$@"', 'sh'];
    archive(repository, 'web2-22', '2026-11-22T03:00:00', asWeb2);
    const own = await collectSet(new LocalHost(), declare(repository));
    expect(own.otherHosts).toEqual(['web2']);
    expect(pointsOf(own)).toHaveLength(9);
    const web2 = await collectSet(new LocalHost(), declare(repository, { host: 'web2' }));
    expect(pointsOf(web2)).toHaveLength(1);
  });

  test.skipIf(process.getuid?.() !== 0 || !tool('setpriv'))(
    'an ordinary user who may not read the repository gets unknown',
    async () => {
      chmodSync(folder.path, 0o755);
      const repository = copyOf(good, 'private');
      expect((await collectSet(new OrdinaryUser(), declare(repository))).points).toEqual(
        unreadable('denied', repository),
      );
    },
  );
});
