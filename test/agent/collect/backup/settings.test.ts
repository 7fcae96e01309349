import { describe, expect, test } from 'vitest';
import { readEnvironment, variables } from '../../../../agent/collect/backup/environment.ts';
import { Settings } from '../../../../agent/collect/backup/settings.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { collectSets } from './support.ts';

const restic = { repository: '/srv/restic', passwordFile: '/etc/waarborg/restic.pass' };
const archives = { folder: '/backup', pattern: 'db-{date}.gz' };

function parse(...backups: readonly unknown[]): unknown {
  return Settings.parse({ backups });
}

describe('the settings of backups', () => {
  test('have defaults', () => {
    expect(parse({ set: 'www', source: { archives } })).toEqual({
      backups: [{ set: 'www', purpose: 'system', paths: [], timeZone: 'UTC', source: { archives } }],
    });
    expect(Settings.parse({})).toEqual({ backups: [] });
  });

  test.each([
    ['two tools', { source: { restic, archives } }, /exactly one of/],
    ['no tool', { source: {} }, /exactly one of/],
    ['an unknown tool', { source: { tape: {} } }, /tape/],
    ['an unknown key', { source: { restic }, retention: 3 }, /retention/],
    ['a path that is not absolute', { paths: ['etc'], source: { restic } }, /absolute path/],
    ['a path with a way back', { paths: ['/var/../etc'], source: { restic } }, /absolute path/],
    ['a path with / at its end', { paths: ['/etc/'], source: { restic } }, /no \/ at the end/],
    ['an unknown time zone', { timeZone: 'Europe/Zwolle', source: { restic } }, /Europe\/Amsterdam/],
    ['a purpose in capitals', { purpose: 'Mail', source: { restic } }, /lower case/],
    ['a purpose that means every one', { purpose: 'any', source: { restic } }, /purpose of its own/],
    ['a delay below what is prompt', { delay: '5m', source: { restic } }, /at least 1h/],
    [
      'a password in the address',
      { source: { restic: { ...restic, repository: 'rest:https://a:b@c/' } } },
      /repositoryFile/,
    ],
    [
      'a relative repository',
      { source: { restic: { ...restic, repository: 'srv/restic' } } },
      /absolute path or an address/,
    ],
    ['two repositories', { source: { restic: { ...restic, repositoryFile: '/etc/r' } } }, /either repository/],
    ['no password', { source: { restic: { repository: '/srv/restic' } } }, /passwordFile/],
    ['a password itself', { source: { restic: { ...restic, password: 'geheim' } } }, /password/],
    ['a pattern without a date', { source: { archives: { ...archives, pattern: 'db.gz' } } }, /\{date\} once/],
    [
      'a date beside a weekday',
      { source: { archives: { ...archives, pattern: '{weekday}-{date}.gz' } } },
      /\{date\} once/,
    ],
    [
      'a time beside a weekday',
      { source: { archives: { ...archives, pattern: '{weekday}-{time}.gz' } } },
      /no \{time\}/,
    ],
    [
      'to verify what it cannot',
      { source: { archives: { folder: '/b', pattern: '{date}.gpg', verify: 'newest' } } },
      /nothing can be verified/,
    ],
    [
      'a dump that it cannot look into',
      { source: { archives: { folder: '/b', pattern: '{date}.xz', dump: 'mariadb' } } },
      /cannot look into/,
    ],
    ['a pattern for anything', { source: { archives: { ...archives, pattern: '*-{date}.gz' } } }, /literal text/],
    ['a pattern with a folder', { source: { archives: { ...archives, pattern: '{date}/db.gz' } } }, /literal text/],
    ['unfinished archives', { source: { archives: { ...archives, pattern: '{date}.gz.part' } } }, /finished/],
  ])('refuse %s', (_, declared, message) => {
    expect(() => parse({ set: 'www', ...declared })).toThrow(message);
  });

  test('refuse two sets of one name', () => {
    expect(() => parse({ set: 'www', source: { restic } }, { set: 'www', source: { archives } })).toThrow(/own/);
  });

  test('sets come out sorted, and so do their paths', async () => {
    const host = new RecordedHost({});
    const sets = await collectSets(host, [
      { set: 'b', source: { archives } },
      { set: 'a', paths: ['/var', '/etc'], source: { archives } },
    ]);
    expect(sets.map(({ set, requiredPaths }) => [set, requiredPaths])).toEqual([
      ['a', ['/etc', '/var']],
      ['b', []],
    ]);
  });
});

describe('an environment file', () => {
  test('gives what a back end needs, and nothing that runs a program or changes what is read', async () => {
    const text = [
      '# keys',
      '; and more',
      '',
      'AWS_ACCESS_KEY_ID=abc',
      "export AWS_SECRET_ACCESS_KEY='d=e f'",
      '  RESTIC_REST_PASSWORD="g"  ',
      'RESTIC_PASSWORD_COMMAND=cat /etc/shadow',
      'RCLONE_PASSWORD_COMMAND=cat /etc/shadow',
      'RESTIC_REPOSITORY=/elsewhere',
      'RESTIC_HOST=web2',
      'PATH=/tmp',
      'LD_PRELOAD=/tmp/x.so',
      'no equals sign',
    ];
    const host = new RecordedHost({ files: { '/etc/restic.env': text.join('\n') } });
    expect(await readEnvironment(host, '/etc/restic.env', variables.restic)).toEqual({
      state: 'read',
      value: { AWS_ACCESS_KEY_ID: 'abc', AWS_SECRET_ACCESS_KEY: 'd=e f', RESTIC_REST_PASSWORD: 'g' },
    });
  });

  test('that is missing is an obstacle', async () => {
    expect(await readEnvironment(new RecordedHost({}), '/etc/none', variables.restic)).toEqual(
      unreadable('missing', '/etc/none'),
    );
  });
});
