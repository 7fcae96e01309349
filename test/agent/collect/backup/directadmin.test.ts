import { describe, expect, test } from 'vitest';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import type { BackupSet } from '../../../../policies/checks/backup/facts.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { collectSet, judgeSet } from './support.ts';

const list = '/usr/local/directadmin/data/admin/backup_crons.list';
const archive = 'x'.repeat(2000);
const daily = { every: '24h', perAccount: true };

/** A job as DirectAdmin 1.6 writes it (the admin's "Admin Backup/Transfer"). */
function job(settings: Readonly<Record<string, string>> = {}): string {
  const all = { append_to_path: 'nothing', local_path: '/home/admin/admin_backups', where: 'local', ...settings };
  const query = new URLSearchParams({ action: 'backup', type: 'admin', hour: '5', minute: '0', who: 'all', ...all });
  return `1=${query.toString().replaceAll('_', '%5F')}\n`;
}

interface Server {
  readonly jobs?: string;
  readonly users?: readonly string[];
  /** By their path below the folder: when the file was last written. */
  readonly archives: Readonly<Record<string, string>>;
  readonly content?: Readonly<Record<string, string>>;
  readonly source?: Readonly<Record<string, unknown>>;
}

function collect({ jobs = job(), users = ['adam', 'zoe'], archives, content, source }: Server): Promise<BackupSet> {
  const folder = '/home/admin/admin_backups';
  const paths = Object.entries(archives).map(([name, moment]): [string, Date] => [
    `${folder}/${name}`,
    new Date(moment),
  ]);
  const host = new RecordedHost({
    files: {
      [list]: jobs,
      ...Object.fromEntries(users.map((user) => [`/usr/local/directadmin/data/users/${user}/user.conf`, ''])),
      ...Object.fromEntries(paths.map(([path]) => [path, archive])),
      ...Object.fromEntries(Object.entries(content ?? {}).map(([name, text]) => [`${folder}/${name}`, text])),
    },
    modifiedAt: Object.fromEntries(paths),
  });
  return collectSet(host, { timeZone: 'Europe/Amsterdam', source: { directadmin: { ...source } } });
}

const tonight = {
  'user.admin.adam.tar.zst': '2026-11-22T04:00:00Z',
  'user.bob.zoe.tar.gz': '2026-11-22T04:05:00Z',
};

describe('the admin backups of DirectAdmin', () => {
  test('pass where each user has an archive in its rhythm', async () => {
    const set = await collect({ archives: tonight, source: { minimumSize: 1000 } });
    expect(set).toMatchObject({
      encrypted: 'no',
      location: { kind: 'path', path: '/home/admin/admin_backups' },
      minimumSize: 1000,
      points: { state: 'per-account', value: [{ account: 'adam' }, { account: 'zoe' }] },
    });
    expect(judgeSet(set, daily)).toEqual(['pass', 'backup.accounts']);
    expect(judgeSet(set, { encrypted: true })[0]).toBe('fail');
  });

  test('fail for a user who is in no job, and for one of whom the archive is old', async () => {
    const without = await collect({ archives: tonight, users: ['adam', 'new', 'zoe'] });
    expect(judgeSet(without, daily)).toEqual(['fail', 'backup.none', 'backup.accounts']);
    const old = await collect({ archives: { ...tonight, 'user.bob.zoe.tar.gz': '2026-11-20T04:05:00Z' } });
    expect(judgeSet(old, daily)).toEqual(['fail', 'backup.too-old', 'backup.accounts']);
  });

  test('leave a user his copies who moved to another reseller', async () => {
    const archives = { ...tonight, 'user.eve.zoe.tar.gz': '2026-11-21T04:05:00Z' };
    expect((await collect({ archives })).points).toMatchObject({ value: [{}, { account: 'zoe', points: [{}, {}] }] });
  });

  test('overwritten each night reach back one night', async () => {
    const set = await collect({ archives: tonight });
    expect(judgeSet(set, { ...daily, keep: '7d' })[0]).toBe('fail');
  });

  test('overwritten each week are of the day that their folder names', async () => {
    const days = { Monday: 16, Tuesday: 17, Wednesday: 18, Thursday: 19, Friday: 20, Saturday: 21, Sunday: 22 };
    const archives = Object.fromEntries(
      Object.entries(days).map(([day, date]) => [`${day}/user.admin.adam.tar.gz`, `2026-11-${date}T04:00:00Z`]),
    );
    const jobs = job({ append_to_path: 'dayofweek' });
    const set = await collect({ jobs, users: ['adam'], archives });
    expect(judgeSet(set, { ...daily, keep: '7d' })).toEqual(['pass', 'backup.accounts']);
    expect(judgeSet(set, { ...daily, keep: '14d' })[0]).toBe('fail');
    const copied = { ...archives, 'Monday/user.admin.adam.tar.gz': '2026-11-22T04:00:00Z' };
    expect(judgeSet(await collect({ jobs, users: ['adam'], archives: copied }), daily)[0]).toBe('unknown');
  });

  test('in folders with a date are of that date, however young the file', async () => {
    const archives = { '2026-11-18/user.admin.adam.tar.gz': '2026-11-22T04:00:00Z' };
    expect(judgeSet(await collect({ users: ['adam'], archives }), daily)).toEqual(['fail', 'backup.too-old']);
  });

  test.each([
    ['is empty', { 'user.bob.zoe.tar.gz': '' }, {}, 'backup.left-out.empty'],
    ['is an error message', { 'user.bob.zoe.tar.gz': 'tar: no space left' }, {}, 'backup.left-out.damaged'],
    ['is still being written', {}, { 'user.bob.zoe.tar.gz': '2026-11-22T11:58:00Z' }, 'backup.left-out.unfinished'],
  ])('do not count where one %s', async (_, content, newer, code) => {
    const set = await collect({ archives: { ...tonight, ...newer }, content });
    expect(judgeSet(set, daily)).toEqual(['fail', 'backup.none-counts', 'backup.accounts', code]);
  });

  test('of the future are a wrong clock', async () => {
    const set = await collect({ archives: { ...tonight, 'reseller.admin.zoe.tar.gz': '2026-11-23T04:00:00Z' } });
    expect(judgeSet(set, daily)).toEqual(['unknown', 'backup.future', 'backup.accounts']);
  });

  test('that are encrypted by their names alone are unseen', async () => {
    const set = await collect({ users: ['adam'], archives: { 'user.admin.adam.tar.gz.enc': '2026-11-22T04:00:00Z' } });
    expect(judgeSet(set, { encrypted: true })).toEqual(['unknown', 'backup.encryption-unseen']);
  });

  test('need not come from the list of jobs, and some users need none', async () => {
    const source = { folder: '/home/admin/admin_backups', except: ['admin'] };
    const set = await collect({ jobs: 'nonsense', users: ['adam', 'admin', 'zoe'], archives: tonight, source });
    expect(judgeSet(set, daily)).toEqual(['pass', 'backup.accounts']);
  });
});

describe('a list of jobs', () => {
  test.each([
    ['of another form', 'adam=1\n', 'unparsable', /line 1/],
    ['that has none', '\n', 'unsupported', /no job/],
    ['that copies elsewhere only', job({ where: 'ftp', ftp_password: 'geheim' }), 'unsupported', /no job/],
    ['with a path that leads back', job({ local_path: '/home/../etc' }), 'unparsable', /line 1/],
    ['with several folders', job() + job({ local_path: '/backup' }), 'unsupported', /several folders/],
    ['with a job elsewhere of another form', job({ where: 'tape', ftp_password: 'geheim' }), 'unparsable', /line 1/],
  ])('%s is unknown, and no password comes out', async (_, jobs, code, detail) => {
    const set = await collect({ jobs, archives: tonight });
    const expected: unknown = expect.stringMatching(detail);
    expect(set.points).toMatchObject({ obstacle: { code, what: list, detail: expected } });
    expect(JSON.stringify(set)).not.toContain('geheim');
    expect(judgeSet(set, daily)[0]).toBe('unknown');
  });

  test('is not asked for more than it tells: a folder or users that are missing are unknown', async () => {
    const none = await collect({ archives: {} });
    expect(none.points).toEqual(unreadable('missing', '/home/admin/admin_backups'));
    const nobody = await collect({ archives: tonight, users: [] });
    expect(nobody.points).toEqual(unreadable('missing', '/usr/local/directadmin/data/users'));
  });
});
