import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import type { BackupSet, Point } from '../../../../policies/checks/backup/facts.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { tool } from '../../../support/tools.ts';
import { mayStartPostgres, startClockedPostgres, type ClockedPostgres } from './clocked-postgres.ts';
import { lastNight, nights, nightsTo, november, testCases, timeZone } from './cases.ts';
import { fingerprint } from './fingerprint.ts';
import { OrdinaryUser } from './ordinary-user.ts';
import { collectSet, judgeSet } from './support.ts';

const every = { every: '24h', window: '2d' };

function pointsOf({ points }: BackupSet): Point[] {
  if (points.state !== 'read') throw new Error(`not read: ${JSON.stringify(points)}`);
  return points.value;
}

/** As pgBackRest labels its backups by their moments. */
function minuteOf(moment: string): string {
  return moment.slice(0, 16).replace(/[-:]/g, '').replace('T', '-');
}

/** For many repositories: whoever bundles small files makes one in less time. */
const ofNights = { 'repo1-bundle': 'y', 'repo1-retention-full': '99', 'compress-type': 'lz4' } as const;

describe.skipIf(!tool('pgbackrest') || !mayStartPostgres)('real repositories of pgBackRest', () => {
  let server: ClockedPostgres;
  let config: string;

  /** A configuration as the server's, with other options of its repositories. */
  function configure(name: string, changes: Readonly<Record<string, string>> = {}): string {
    const { folder, port } = server;
    const global = {
      ...{ 'repo1-path': join(folder, 'repo1'), 'repo2-path': join(folder, 'repo2') },
      ...{ 'repo2-cipher-type': 'aes-256-cbc', 'repo2-cipher-pass': 'geheim', 'repo1-retention-full': '9' },
      ...{ 'log-path': join(folder, 'log'), 'lock-path': join(folder, 'lock'), 'start-fast': 'y' },
      ...{ 'repo2-retention-full': '9', 'compress-type': 'none' },
      ...changes,
    };
    const main = { 'pg1-path': join(folder, 'data'), 'pg1-socket-path': folder, 'pg1-port': port, 'pg1-user': 'test' };
    const lines = (options: object): string =>
      Object.entries(options)
        .map(([key, value]) => `${key}=${String(value)}\n`)
        .join('');
    const path = join(folder, name);
    const section = `[global]\n${lines(global)}[main]\n${lines({ ...main, 'pg1-database': 'postgres' })}`;
    writeFileSync(path, section);
    return path;
  }

  function pgbackrest(...words: readonly string[]): void {
    pgbackrestBy(config, ...words);
  }

  function pgbackrestBy(path: string, ...words: readonly string[]): void {
    server.run('pgbackrest', `--config=${path}`, '--stanza=main', '--log-level-console=off', ...words);
  }

  /** A configuration of a repository that has the backups up to that night, but for one that is taken out. */
  function nightly(name: string, last: string | undefined, without: readonly string[] = []): string {
    const repo = join(server.folder, name);
    const from = last === undefined ? 'none' : `to-${minuteOf(last)}`;
    // pgBackRest writes new files in the place of old ones.
    execFileSync('cp', ['--archive', '--link', join(server.folder, from), repo]);
    const path = configure(`${name}.conf`, { ...ofNights, 'repo1-path': repo });
    const labels = readdirSync(join(repo, 'backup/main'));
    for (const night of without) {
      const label = labels.find((one) => one.startsWith(minuteOf(night))) ?? '';
      pgbackrestBy(path, '--repo=1', `--set=${label}`, 'expire');
    }
    return path;
  }

  /** A backup that holds its lock and has begun to copy, where it stops. */
  async function startBackup(path: string): Promise<ChildProcess> {
    server.setClock(lastNight);
    const words = [`--config=${path}`, '--stanza=main', '--repo=1', '--type=full', '--no-online', '--force', 'backup'];
    const running = spawn('/usr/bin/env', server.command('pgbackrest', ...words), { ...server.owner, stdio: 'ignore' });
    const backups = join(path.replace(/\.conf$/, ''), 'backup/main');
    const before = readdirSync(backups).length;
    while (readdirSync(backups).length === before) await sleep(2);
    running.kill('SIGSTOP');
    expect(readdirSync(join(server.folder, 'lock'))).toContain('main-backup.lock');
    return running;
  }

  async function kill(running: ChildProcess): Promise<void> {
    running.kill('SIGKILL');
    expect(await once(running, 'exit')).toEqual([null, 'SIGKILL']);
    rmSync(join(server.folder, 'lock/main-backup.lock'));
  }

  function collectNights(path: string, paths: readonly string[] = []): Promise<BackupSet> {
    return collectSet(new LocalHost(), { timeZone, paths, source: { pgbackrest: { stanza: 'main', config: path } } });
  }

  /** One repository, kept as it is after each night. As of a stopped server, which takes no log and no waiting. */
  function makeNights(): void {
    let path = configure('none.conf', { ...ofNights, 'repo1-path': server.makeFolder('none') });
    pgbackrestBy(path, 'stanza-create');
    let last: string | undefined;
    for (const night of nights) {
      path = nightly(`to-${minuteOf(night)}`, last);
      server.setClock(night);

      pgbackrestBy(path, '--repo=1', '--type=full', '--no-online', '--force', 'backup');

      last = night;
    }
  }

  function collect(more: object = {}, host = new LocalHost()): Promise<BackupSet> {
    return collectSet(host, { source: { pgbackrest: { stanza: 'main', config, ...more } } });
  }

  /** A copy of a repository to do damage to, and a configuration that names it. */
  function damaged(name: string, damage: (repo: string) => void): string {
    const repo = join(server.folder, name);
    cpSync(join(server.folder, 'repo1'), repo, { recursive: true, preserveTimestamps: true });
    damage(repo);
    return configure(`${name}.conf`, { 'repo1-path': repo });
  }

  beforeAll(async () => {
    server = await startClockedPostgres('2026-03-28T01:00:00Z', (folder) => [
      'archive_mode=on',
      `archive_command=pgbackrest --config=${folder}/pgbackrest.conf --stanza=main archive-push %p`,
    ]);
    for (const name of ['repo1', 'repo2', 'log', 'lock']) server.makeFolder(name);
    config = configure('pgbackrest.conf');
    makeNights();
    pgbackrest('stanza-create');
    server.setClock('2026-11-20T03:00:00Z');
    pgbackrest('--repo=1', '--type=full', 'backup');
    // As of a stopped server: quicker, and the log is not asked for.
    server.setClock('2026-11-21T03:00:00Z');
    pgbackrest('--repo=1', '--type=incr', '--no-online', '--force', 'backup');
    server.setClock('2026-11-22T03:00:00Z');
    pgbackrest('--repo=1', '--type=diff', '--no-online', '--force', 'backup');
    pgbackrest('--repo=2', '--type=full', '--no-online', '--force', 'backup');
  }, 120_000);
  afterAll(() => server[Symbol.asyncDispose]());

  testCases({
    copiesOf(moments, name) {
      const last = moments.at(-1);
      const without = nightsTo(last ?? '').filter((night) => !moments.includes(night));
      return collectNights(nightly(name, last, without));
    },
    pruned() {
      const path = nightly('pruned', lastNight);
      pgbackrestBy(path, '--repo=1', '--repo1-retention-full=4', 'expire');
      return collectNights(path);
    },
    lackingPath: () => collectNights(nightly('lacking', lastNight), ['/var/lib/postgresql']),
    tellsPaths: false,
    async interrupted() {
      const path = nightly('interrupted', november[1]);
      await kill(await startBackup(path));
      return collectNights(path);
    },
    async wrongPassword() {
      const wrong = configure('wrong-pass.conf', { 'repo2-cipher-pass': 'onjuist' });
      const set = await collect({ repo: 2, config: wrong });
      expect(set.points).toEqual({ state: 'wrong-password', passwordFrom: wrong });
      return set;
    },
    async locked() {
      const path = nightly('locked', lastNight);
      const running = await startBackup(path);
      const places = ['locked', 'lock', 'log'].map((name) => join(server.folder, name));
      const before = places.map(fingerprint);
      const set = await collectNights(path);
      expect(places.map(fingerprint)).toEqual(before);
      await kill(running);
      return set;
    },
  });

  test('are read without changing a thing in them or opening a lock, and pass', async () => {
    // Whoever opens this to look whether it is locked, waits for ever.
    execFileSync('mkfifo', [join(server.folder, 'lock/main-backup.lock')]);
    const places = ['repo1', 'lock', 'log'].map((name) => join(server.folder, name));
    const before = places.map(fingerprint);
    const set = await collect();
    expect(places.map(fingerprint)).toEqual(before);
    rmSync(join(server.folder, 'lock/main-backup.lock'));
    expect(pointsOf(set).map(({ time, kind, flaw, size = 0 }) => [time.slice(0, 16), kind, flaw, size > 2e7])).toEqual([
      ['2026-11-20T03:00', 'full', undefined, true],
      ['2026-11-21T03:00', 'incremental', undefined, true],
      ['2026-11-22T03:00', 'differential', undefined, true],
    ]);
    expect(judgeSet(set, every)[0]).toBe('pass');
    expect(judgeSet(set, { offsite: true })).toContain('backup.on-this-host');
    expect(judgeSet(set, { encrypted: true })).toContain('backup.not-encrypted');
    expect(judgeSet(set, every, new Date('2026-11-23T12:00:00Z'))).toContain('backup.too-old');
    expect(judgeSet(set, { every: '12h', window: '2d' })).toContain('backup.gap');
    expect(judgeSet(set, every, new Date('2026-11-21T12:00:00Z'))).toContain('backup.future');
  });

  test('each repository is a set of its own: what one lacks, the other does not hide', async () => {
    const set = await collect({ repo: 2 });
    expect(pointsOf(set)).toHaveLength(1);
    expect(judgeSet(set, { encrypted: true })[0]).toBe('pass');
    expect(judgeSet(set, { ...every, keep: '2d' })).toContain('backup.kept-too-short');
  });

  test('a wrong passphrase is unknown, and neither it nor what it makes of the files is in the facts', async () => {
    const wrong = configure('wrong.conf', { 'repo2-cipher-pass': 'onjuist' });
    const set = await collect({ repo: 2, config: wrong });
    expect(set.points).toEqual({ state: 'wrong-password', passwordFrom: wrong });
    expect(judgeSet(set, every)).toEqual(['unknown', 'backup.wrong-password']);
    const environmentFile = join(server.folder, 'environment');
    writeFileSync(environmentFile, 'PGBACKREST_REPO2_CIPHER_PASS=geheim\nPGBACKREST_REPO2_PATH=/nowhere\n');
    const right = await collect({ repo: 2, config: wrong, environmentFile });
    expect(pointsOf(right)).toHaveLength(1);
    expect(JSON.stringify([set, right])).not.toMatch(/geheim|onjuist/);
  });

  test('a backup whose pages were damaged does not count', async () => {
    const [base = ''] = readdirSync(join(server.folder, 'data/base')).map((name) =>
      join(server.folder, 'data/base', name),
    );
    const file = openSync(join(base, '1255'), 'r+');
    writeSync(file, 'damage', 16_000);
    const repo = damaged('damaged', (path) => execFileSync('chown', ['-R', '65534:65534', path]));
    server.setClock('2026-11-22T04:00:00Z');
    const words = [`--config=${repo}`, '--stanza=main', '--log-level-console=off', '--log-level-stderr=off'];
    server.run(
      'pgbackrest',
      ...words,
      '--repo=1',
      '--type=full',
      '--no-online',
      '--checksum-page',
      '--force',
      'backup',
    );
    const set = await collect({ config: repo });
    expect(pointsOf(set).map(({ flaw }) => flaw)).toEqual([undefined, undefined, undefined, 'corrupt']);
    expect(judgeSet(set, every)).toContain('backup.left-out.corrupt');
  });

  test('a backup whose log is no longer in the archive does not count', async () => {
    const repo = damaged('logless', (path) => {
      const logs = join(path, 'archive/main/15-1/0000000100000000');
      const first =
        readdirSync(logs)
          .find((name) => name.endsWith('.backup'))
          ?.slice(0, 24) ?? '';
      for (const name of readdirSync(logs)) if (name.slice(0, 24) <= first) rmSync(join(logs, name));
    });
    const set = await collect({ config: repo });
    expect(pointsOf(set).map(({ flaw }) => flaw)).toEqual(['broken-chain', undefined, undefined]);
    const none = damaged('no-log', (path) => rmSync(join(path, 'archive/main/15-1'), { recursive: true }));
    expect(pointsOf(await collect({ config: none })).map(({ flaw }) => flaw)).toEqual([
      'broken-chain',
      undefined,
      undefined,
    ]);
  });

  test.each([
    ['no such stanza', { stanza: 'other' }, 'missing'],
    ['no such repository', { repo: 3 }, 'command-failed'],
    ['no configuration', { config: '/etc/none.conf' }, 'missing'],
    ['no environment file', { environmentFile: '/etc/none.env' }, 'missing'],
  ])('%s is unknown', async (_, more, code) => {
    const set = await collect(more);
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code } });
    expect(judgeSet(set, every)[0]).toBe('unknown');
  });

  test('one that the agent may not read is unknown', async () => {
    const repo = damaged('foreign', (path) => execFileSync('chmod', ['-R', 'go=', path]));
    const set = await collect({ config: repo }, new OrdinaryUser());
    expect(set.points).toEqual(unreadable('denied', join(server.folder, 'foreign')));
  });
});

describe('what pgBackRest answers', () => {
  /** In the form of pgBackRest 2.45. */
  const backup = {
    ...{ label: '20261122-030000F', type: 'full', timestamp: { start: 1795316400, stop: 1795316460 } },
    ...{ database: { id: 1, 'repo-key': 1 }, error: false, prior: null, reference: null },
    ...{ archive: { start: '000000010000000000000003', stop: '000000010000000000000004' }, info: { size: 23_066_309 } },
  };
  const log = { database: { id: 1, 'repo-key': 1 }, id: '15-1' };
  const archive = [{ ...log, min: '000000010000000000000001', max: '000000010000000000000007' }];
  const ok = { code: 0, message: 'ok' };

  function answer(backups: readonly object[], more: object = {}, repo: object = {}): string {
    const repos = [{ key: 1, cipher: 'none', status: ok, ...repo }];
    return JSON.stringify([{ name: 'main', backup: backups, archive, repo: repos, status: ok, ...more }]);
  }

  function collect(stdout: string, options = '', more: object = {}): Promise<BackupSet> {
    const logs = '--log-level-console=off --log-level-stderr=error --log-level-file=off';
    const which = '--stanza=main --repo=1 --lock-path=/proc/no-locks';
    const host = new RecordedHost({
      files: { '/etc/pgbackrest.conf': `[global]\n${options}`, '/etc/conf.d/x.conf': '[main]\nrepo1-host=backup2\n' },
      commands: {
        [`pgbackrest info --output=json --config=/etc/pgbackrest.conf ${which} ${logs}`]: { stdout },
        [`pgbackrest info --output=json --config=/etc/pgbackrest.conf --config-include-path=/etc/conf.d ${which} ${logs}`]:
          { stdout },
      },
    });
    return collectSet(host, { timeZone: 'Europe/Amsterdam', source: { pgbackrest: { stanza: 'main', ...more } } });
  }

  test('of one that lies elsewhere is read, and where it lies is told by the configuration', async () => {
    const places = await Promise.all(
      [
        'repo1-host=backup1.example.nl\n',
        'repo1-type=s3\nrepo1-s3-endpoint=https://s3.example.nl:9000\n',
        'repo1-type=azure\n',
        'repo1-type=sftp\nrepo1-sftp-host=nas\n',
        'repo1-type=s3\n',
      ].map((options) => collect(answer([backup]), options)),
    );
    expect(places.map(({ location }) => location)).toEqual([
      { kind: 'remote', server: 'backup1.example.nl' },
      { kind: 'remote', server: 's3.example.nl' },
      { kind: 'remote', server: 'azure' },
      { kind: 'remote', server: 'nas' },
      { kind: 'unseen', through: 'pgbackrest s3' },
    ]);
    const included = await collect(answer([backup]), '', { includes: '/etc/conf.d' });
    expect(included.location).toEqual({ kind: 'remote', server: 'backup2' });
    expect(judgeSet(included, { every: '24h', window: '1d', offsite: true })[0]).toBe('pass');
  });

  test('a backup that refers to one that is not there does not count', async () => {
    const later = {
      ...backup,
      label: '20261121-030000F_20261122-030000I',
      type: 'incr',
      reference: ['20261121-030000F'],
    };
    const set = await collect(answer([later]));
    expect(judgeSet(set, every)).toEqual(['fail', 'backup.none-counts', 'backup.left-out.broken-chain']);
  });

  test('a log that begins after the backup did, or ends before, is not the one that it needs', async () => {
    const late = [{ ...log, min: '000000010000000000000004', max: '000000010000000000000007' }];
    expect(pointsOf(await collect(answer([backup], { archive: late })))).toMatchObject([{ flaw: 'broken-chain' }]);
    const short = [{ ...log, min: '000000010000000000000001', max: '000000010000000000000003' }];
    expect(pointsOf(await collect(answer([backup], { archive: short })))).toMatchObject([{ flaw: 'broken-chain' }]);
    const another = [{ ...archive[0], database: { id: 2, 'repo-key': 1 } }];
    expect(pointsOf(await collect(answer([backup], { archive: another })))).toMatchObject([{ flaw: 'broken-chain' }]);
  });

  test('when clocks change, nights are a day apart, and one that is missing shows', async () => {
    const nights = ['10-23T00:30', '10-24T00:30', '10-25T01:30', '10-26T01:30'].map((night) => {
      const start = Date.parse(`2026-${night}:00Z`) / 1000;
      return { ...backup, timestamp: { start, stop: start + 60 } };
    });
    const when = new Date('2026-10-26T12:00:00Z');
    const asked = { every: '24h', grace: '30m', window: '3d' };
    expect(judgeSet(await collect(answer(nights)), asked, when)[0]).toBe('pass');
    expect(judgeSet(await collect(answer(nights.toSpliced(1, 1))), asked, when)).toContain('backup.gap');
  });

  test.each([
    ['no JSON', 'PATH'],
    ['nothing', ''],
    ['another form', answer([{ ...backup, timestamp: { start: '2026', stop: 0 } }])],
    ['an unknown kind of backup', answer([{ ...backup, type: 'block' }])],
    ['another stanza', answer([backup], { name: 'other' })],
    ['two stanzas', JSON.stringify([JSON.parse(answer([])), JSON.parse(answer([]))].flat())],
    ['another repository', answer([backup], {}, { key: 2 })],
  ])('that is %s is unknown', async (_, stdout) => {
    const set = await collect(stdout);
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code: 'unparsable' } });
  });

  test('a trouble of the repository is told', async () => {
    const other = { status: { code: 99, message: '[FileReadError] unable to\nget it' } };
    expect((await collect(answer([], {}, other))).points).toMatchObject({ obstacle: { code: 'command-failed' } });
  });

  test('is that of one stanza: settings that name none, or a way out of it, are refused', async () => {
    await expect(collect('', '', { stanza: '--config=/x' })).rejects.toThrow();
    await expect(collect('', '', { repo: 0 })).rejects.toThrow();
  });
});
