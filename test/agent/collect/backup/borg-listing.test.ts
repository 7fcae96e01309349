import { describe, expect, test } from 'vitest';
import { readEnvironment, variables } from '../../../../agent/collect/backup/environment.ts';
import type { CommandResult } from '../../../../agent/host/host.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import type { BackupSet, Point } from '../../../../policies/checks/backup/facts.ts';
import { unreadable, type Reading } from '../../../../policies/reading.ts';
import { collectSet, judgeSet } from './support.ts';

const weekOfDays = { every: '24h', keep: '7d' } as const;

function pointsOf(set: BackupSet): Point[] {
  if (set.points.state !== 'read') throw new Error(`not read: ${JSON.stringify(set.points)}`);
  return set.points.value;
}

describe('what borg may answer elsewhere', () => {
  const scratch = '/tmp/waarborg-0123456789';
  const command =
    'borg list --json --log-json --bypass-lock --format {name}{id}{hostname}{start}{end} --consider-checkpoints ::';
  const second = 'borg repo-list --json --log-json --bypass-lock --format {name}{id}{hostname}{start}{end}';

  /** A recorded host on which borg answers so. */
  function answering(answer: Partial<CommandResult> | Reading<never>, asked = command): RecordedHost {
    return new RecordedHost({
      hostname: 'web1',
      files: { '/etc/pass': 'geheim\n' },
      commands: {
        'mktemp --directory /tmp/waarborg-XXXXXXXXXX': { stdout: `${scratch}\n` },
        [asked]: answer,
        [`rm --recursive --force -- ${scratch}`]: {},
      },
    });
  }

  function declare(more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
    return {
      timeZone: 'Europe/Amsterdam',
      source: { borg: { repository: 'ssh://borg@nas.example.nl/./web1', passphraseFile: '/etc/pass', ...more } },
    };
  }

  /** A list in the form of borg 1.2.4, by name and moment. */
  function listing(archives: readonly (readonly [name: string, time: string])[], mode = 'repokey-blake2'): string {
    return JSON.stringify({
      archives: archives.map(([name, time], index) => ({
        ...{ archive: name, barchive: name, name, hostname: 'web1', start: time, end: time, time },
        id: index.toString(16).padStart(64, '0'),
      })),
      encryption: { mode },
      repository: {
        id: 'ab',
        last_modified: '2026-11-22T11:59:00.000000',
        location: 'ssh://borg@nas.example.nl/./web1',
      },
    });
  }

  const week = ['14', '15', '16', '17', '18', '19', '20', '21', '22'].map(
    (day) => [`web1-${day}`, `2026-11-${day}T02:30:00.000000`] as const,
  );

  async function judged(archives: readonly (readonly [string, string])[], parameters: object): Promise<string[]> {
    return judgeSet(await collectSet(answering({ stdout: listing(archives) }), declare()), { ...parameters });
  }

  test('a full week of archives passes; nothing but the three commands is run, and none holds address or passphrase', async () => {
    const host = answering({ stdout: listing(week) });
    const set = await collectSet(host, declare());
    expect(set.location).toEqual({ kind: 'remote', server: 'nas.example.nl' });
    expect(judgeSet(set, { ...weekOfDays, offsite: true, encrypted: true })[0]).toBe('pass');
    expect(host.asked).toHaveLength(3);
    expect(host.asked.join(' ')).not.toMatch(/geheim|nas\.example/);
    expect(JSON.stringify(set)).not.toContain('geheim');
  });

  test('old archives, a missing day, and one in the future do not pass', async () => {
    expect(await judged(week.slice(0, 6), weekOfDays)).toContain('backup.too-old');
    const withHole = await judged(
      week.filter(([name]) => name !== 'web1-19'),
      weekOfDays,
    );
    expect(withHole).toEqual(['fail', 'backup.fresh', 'backup.gap', 'backup.kept']);
    const ahead = await judged([...week, ['web1-x', '2027-01-01T02:30:00.000000']], weekOfDays);
    expect(ahead[0]).toBe('unknown');
    expect(ahead).toContain('backup.future');
  });

  test('nights around a change of the clock are a day apart', async () => {
    // 02:30 on the clock of Amsterdam, before and after the change of 25 October 2026.
    const autumn = ['2026-10-23T00:30:00', '2026-10-24T00:30:00', '2026-10-25T01:30:00', '2026-10-26T01:30:00'];
    const until = new Date('2026-10-26T12:00:00Z');
    const named = (times: readonly string[]) => times.map((time) => [time, `${time}.000000`] as const);
    const set = await collectSet(answering({ stdout: listing(named(autumn)) }), declare());
    expect(judgeSet(set, { every: '24h', grace: '1m', window: '3d' }, until)[0]).toBe('pass');
    const hole = named(autumn.filter((time) => !time.includes('10-25')));
    const lacking = await collectSet(answering({ stdout: listing(hole) }), declare());
    expect(judgeSet(lacking, { every: '24h', grace: '1m', window: '3d' }, until)).toContain('backup.gap');
    // In March the night is an hour shorter.
    const spring = named(['2026-03-27T01:30:00', '2026-03-28T01:30:00', '2026-03-29T01:30:00', '2026-03-30T00:30:00']);
    const inSpring = await collectSet(answering({ stdout: listing(spring) }), declare());
    const parameters = { every: '24h', grace: '1m', window: '3d' };
    expect(judgeSet(inSpring, parameters, new Date('2026-03-30T12:00:00Z'))[0]).toBe('pass');
  });

  test('what an interrupted backup left does not count', async () => {
    const archives = week.map(([name, time]) => [name === 'web1-22' ? 'web1-22.checkpoint.1' : name, time] as const);
    expect(await judged(archives, weekOfDays)).toEqual([
      'fail',
      'backup.too-old',
      'backup.regular',
      'backup.kept',
      'backup.left-out.unfinished',
    ]);
  });

  test('only archives whose names begin as set are ours', async () => {
    const archives = [...week.slice(0, 3), ['db-22', '2026-11-22T02:30:00.000000'] as const];
    const set = await collectSet(answering({ stdout: listing(archives) }), declare({ prefix: 'db-' }));
    expect(pointsOf(set).map(({ time }) => time)).toEqual(['2026-11-22T02:30:00.000Z']);
  });

  test('which paths an archive holds is not told, so a required path is unknown', async () => {
    const set = await collectSet(answering({ stdout: listing(week) }), { ...declare(), paths: ['/etc'] });
    expect(judgeSet(set, { every: '24h' })[0]).toBe('unknown');
  });

  // The form of borg 2.0.0b12's manual: `repo-list`, and times with their zone.
  test('borg 2 is asked for repo-list, and its zones are heeded', async () => {
    const stdout = listing([['www', '2026-11-22T03:00:00.000000+01:00']], 'repokey-aes-ocb');
    const host = answering({ stdout }, second);
    const set = await collectSet(host, declare({ version: 2 }));
    expect(pointsOf(set).map(({ time }) => time)).toEqual(['2026-11-22T02:00:00.000Z']);
    expect(set.encrypted).toBe('yes');
  });

  test('content that is only authenticated is not encrypted', async () => {
    const set = await collectSet(answering({ stdout: listing(week, 'authenticated-blake2') }), declare());
    expect(judgeSet(set, { encrypted: true })).toContain('backup.not-encrypted');
  });

  test('a complaint beside a list makes it unknown, a greeting of the server does not', async () => {
    const line = (levelname: string, message: string): string =>
      `${JSON.stringify({ type: 'log_message', time: 1, levelname, message, name: 'borg' })}\n`;
    const stdout = listing(week);
    const doubtful = answering({ stdout, stderr: line('WARNING', 'Archive TAM authentication issue') });
    expect((await collectSet(doubtful, declare())).points).toEqual(
      unreadable('command-failed', 'borg list', 'Archive TAM authentication issue'),
    );
    const greeted = answering({ stdout, stderr: `${line('WARNING', 'Remote: Welcome')}Debian GNU/Linux 12\n` });
    expect(pointsOf(await collectSet(greeted, declare()))).toHaveLength(9);
  });

  test('every other end is unknown', async () => {
    const closed =
      '{"type":"log_message","levelname":"ERROR","message":"Connection closed by remote host","msgid":"ConnectionClosed"}';
    for (const [answer, code] of [
      [{ exitCode: 2, stderr: closed }, 'command-failed'],
      [{ exitCode: 81, stderr: '' }, 'command-failed'],
      [{ stdout: '' }, 'unparsable'],
      [{ stdout: '{}' }, 'unparsable'],
      [{ stdout: listing([['a', 'yesterday']]) }, 'unparsable'],
      [unreadable('timeout', 'borg list'), 'timeout'],
    ] as const) {
      const set = await collectSet(answering(answer), declare());
      expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code } });
      expect(judgeSet(set, { every: '24h' })[0]).toBe('unknown');
    }
    const missing = await collectSet(new RecordedHost({ hostname: 'web1' }), declare());
    expect(missing.points).toEqual(unreadable('missing', '/etc/pass'));
  });

  test('of an environment file only the passphrase and the key are taken', async () => {
    const lines = [
      'BORG_PASSPHRASE=geheim',
      'BORG_PASSCOMMAND=cat /x',
      'BORG_RSH=sh',
      'BORG_REPO=/y',
      'BORG_REMOTE_PATH=z',
    ];
    const host = new RecordedHost({ files: { '/etc/borg.env': lines.join('\n') } });
    expect(await readEnvironment(host, '/etc/borg.env', variables.borg)).toEqual({
      state: 'read',
      value: { BORG_PASSPHRASE: 'geheim' },
    });
  });

  test.each([
    ['/srv/borg', 'path'],
    ['file:///srv/borg', 'path'],
    ['ssh://borg@nas.example.nl:22/./web1', 'nas.example.nl'],
    ['borg@nas.example.nl:web1', 'nas.example.nl'],
    ['ssh://borg@[fd00::4]/srv/borg', 'fd00::4'],
    ['sftp://nas.example.nl/srv/borg', 'nas.example.nl'],
    ['rclone:nas:web1', 'unseen'],
  ])('%s lies at %s', async (repository, place) => {
    const { location } = await collectSet(new RecordedHost({}), declare({ repository }));
    expect(location.kind === 'remote' ? location.server : location.kind).toBe(place);
  });

  test.each(['srv/borg', '/srv/borg::www', 'ssh://borg:geheim@nas/./x', ''])('%s is refused', async (repository) => {
    await expect(collectSet(new RecordedHost({}), declare({ repository }))).rejects.toThrow();
  });
});
