import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LocalHost } from '../../../../agent/host/local.ts';
import type { BackupSet } from '../../../../policies/checks/backup/facts.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { fingerprint } from './fingerprint.ts';
import { collectSet, judgeSet } from './support.ts';

const every = { every: '24h' };
const week = ['16', '17', '18', '19', '20', '21', '22'].map((day) => `2026-11-${day}`);

/** A source, and a folder of trees that the real rsync copies it to. */
class Job implements Disposable {
  readonly #folder = temporaryFolder();
  readonly source = join(this.#folder.path, 'source');
  readonly trees = join(this.#folder.path, 'trees');

  constructor() {
    for (const path of ['etc', 'var/lib']) mkdirSync(join(this.source, path), { recursive: true });
    writeFileSync(join(this.source, 'etc/hosts'), '127.0.0.1 localhost\n');
    mkdirSync(this.trees);
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }

  /** Renews the stamp, as the job does before it copies. */
  stamp(day: string, time = '02:00'): void {
    const path = join(this.source, 'var/lib/stamp');
    const moment = new Date(`${day}T${time}:00Z`);
    writeFileSync(path, day);
    utimesSync(path, moment, moment);
  }

  /** Copies with hard links to the tree before, and leads `latest` to what is finished. */
  copy(day: string, ...options: string[]): void {
    const tree = join(this.trees, day);
    const linked = `--link-dest=${join(this.trees, 'latest')}`;
    execFileSync('rsync', ['--archive', linked, ...options, `${this.source}/`, tree], { stdio: 'pipe' });
    rmSync(join(this.trees, 'latest'), { force: true });
    symlinkSync(day, join(this.trees, 'latest'));
  }

  copyWeek(days: readonly string[] = week): void {
    for (const day of days) {
      this.stamp(day);
      this.copy(day);
    }
  }

  /** Reads the trees, and shows that reading left them as they were. */
  async read(paths: readonly string[] = [], more: Readonly<Record<string, unknown>> = {}): Promise<BackupSet> {
    const before = fingerprint(this.trees);
    const rsync = { folder: this.trees, pattern: '{date}', stamp: 'var/lib/stamp', latest: 'latest', ...more };
    const set = await collectSet(new LocalHost(), { paths, source: { rsync } });
    expect(fingerprint(this.trees)).toEqual(before);
    return set;
  }
}

describe.skipIf(tool('rsync') === undefined)('trees of rsync', () => {
  test('of a week pass, each at the moment of its stamp', async () => {
    using job = new Job();
    job.copyWeek();
    const set = await job.read(['/etc']);
    expect(set.points).toMatchObject({
      value: { length: 7, 6: { time: '2026-11-22T02:00:00.000Z', paths: ['/etc'] } },
    });
    expect(judgeSet(set, { every: '24h', keep: '7d' })).toEqual([
      'pass',
      'backup.fresh',
      'backup.regular',
      'backup.kept',
    ]);
    expect(judgeSet(set, { offsite: true })[0]).toBe('fail');
    expect(JSON.stringify(await job.read(['/etc']))).toBe(JSON.stringify(set));
  });

  test('with a day missing fail', async () => {
    using job = new Job();
    job.copyWeek(week.filter((day) => day !== '2026-11-19'));
    expect(judgeSet(await job.read(), every)).toEqual(['fail', 'backup.fresh', 'backup.gap']);
  });

  test('that are all old fail', async () => {
    using job = new Job();
    job.copyWeek(week.slice(0, 3));
    expect(judgeSet(await job.read(), every)[1]).toBe('backup.too-old');
  });

  test('hold a fresh name over old content where the copying stopped', async () => {
    using job = new Job();
    job.copyWeek(week.slice(0, 5));
    // The source is not read any more; links into the tree before are all that the new tree gets.
    for (const day of week.slice(5)) job.copy(day);
    expect(judgeSet(await job.read(), every)).toEqual([
      'fail',
      'backup.too-old',
      'backup.regular',
      'backup.left-out.post-dated',
    ]);
  });

  test('that lack the stamp, or the link leads past, are unfinished', async () => {
    using job = new Job();
    job.copyWeek(['2026-11-20', '2026-11-21']);
    job.stamp('2026-11-22');
    job.copy('2026-11-22', '--exclude=/var');
    expect(judgeSet(await job.read(), every)).toContain('backup.left-out.unfinished');
    rmSync(join(job.trees, 'latest'));
    symlinkSync(`${job.trees}/2026-11-20/`, join(job.trees, 'latest'));
    const set = await job.read();
    expect(set.points).toMatchObject({ value: [{ time: '2026-11-20T02:00:00.000Z' }, { flaw: 'unfinished' }, {}] });
    expect(JSON.stringify(set.points).match(/unfinished/g)).toHaveLength(2);
  });

  test('do not hold a path that is missing or empty', async () => {
    using job = new Job();
    mkdirSync(join(job.source, 'home'));
    job.copyWeek(['2026-11-22']);
    expect((await job.read(['/etc', '/home', '/srv'])).points).toMatchObject({ value: [{ paths: ['/etc'] }] });
    expect(judgeSet(await job.read(['/home']), every)).toContain('backup.left-out.path');
  });

  test('do not hold what a link in them leads to', async () => {
    using job = new Job();
    job.copyWeek(['2026-11-22']);
    const tree = join(job.trees, '2026-11-22');
    symlinkSync(join(job.source, 'etc'), join(tree, 'opt'));
    expect((await job.read(['/opt'])).points).toMatchObject({ value: [{ paths: [] }] });
    rmSync(join(tree, 'var/lib'), { recursive: true });
    symlinkSync(join(job.source, 'var/lib'), join(tree, 'var/lib'));
    expect(judgeSet(await job.read(), every)).toContain('backup.left-out.unfinished');
  });

  test('of the future are a wrong clock', async () => {
    using job = new Job();
    job.copyWeek(['2026-11-22', '2026-11-24']);
    expect(judgeSet(await job.read(), every)[0]).toBe('unknown');
    using stamped = new Job();
    stamped.stamp('2026-11-23');
    stamped.copy('2026-11-22');
    expect(judgeSet(await stamped.read(), every)[0]).toBe('unknown');
  });

  test('pass across the change of clocks', async () => {
    using job = new Job();
    for (const [day, time] of [
      ['2026-10-24', '00:30'],
      ['2026-10-25', '00:30'],
      ['2026-10-26', '01:30'],
    ] as const) {
      job.stamp(day, time);
      job.copy(day);
    }
    const set = { ...(await job.read()), timeZone: 'Europe/Amsterdam' };
    expect(judgeSet(set, { every: '24h', grace: '1m' }, new Date('2026-10-26T02:00:00Z'))[0]).toBe('pass');
  });

  test('that are not there are no copies; a missing folder or link is unknown', async () => {
    using job = new Job();
    expect(judgeSet(await job.read([], { latest: undefined }), every)).toEqual(['fail', 'backup.none']);
    expect(judgeSet(await job.read(), every)).toEqual(['unknown', 'host.missing']);
    symlinkSync('/etc', join(job.trees, 'latest'));
    expect(judgeSet(await job.read(), every)).toEqual(['unknown', 'host.unparsable']);
    const folder = join(job.trees, 'none');
    expect(judgeSet(await job.read([], { folder }), every)).toEqual(['unknown', 'host.missing']);
  });

  test.each([
    [{ pattern: '{weekday}' }, /\{date\}/],
    [{ stamp: '/etc/stamp' }, /within each tree/],
    [{ stamp: 'a/../../b' }, /within each tree/],
    [{ latest: 'a/b' }, /name of a link/],
  ])('refuse the settings %j', async (more, message) => {
    using job = new Job();
    await expect(job.read([], more)).rejects.toThrow(message);
  });
});
