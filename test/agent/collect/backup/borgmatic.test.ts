import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import type { BackupSet } from '../../../../policies/checks/backup/facts.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { fingerprint } from './fingerprint.ts';
import { collectSet, collectSets, judgeSet } from './support.ts';

describe.skipIf(!tool('borgmatic') || !tool('borg'))('real repositories of borgmatic', () => {
  const folder = temporaryFolder();
  afterAll(() => folder[Symbol.dispose]());
  const config = join(folder.path, 'config.yaml');
  const trap = join(folder.path, 'trapped');
  const [here, there] = [join(folder.path, 'here.borg'), join(folder.path, 'there.borg')];

  /** In the sections of borgmatic 1.7. */
  function configuration(
    repositories: readonly string[],
    storage: readonly string[],
    hooks: readonly string[],
  ): string {
    const list = (values: readonly string[]): string[] => values.map((value) => `        - ${value}`);
    return [
      ...['location:', '    source_directories:', ...list([join(folder.path, 'source')])],
      ...['    repositories:', ...list(repositories)],
      ...['storage:', ...storage.map((line) => `    ${line}`)],
      ...['hooks:', '    before_actions:', ...list(hooks)],
    ].join('\n');
  }

  function run(...words: readonly string[]): void {
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder.path, TZ: 'UTC' };
    execFileSync('borgmatic', ['--config', config, '--log-file', join(folder.path, 'log'), ...words], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }

  beforeAll(() => {
    mkdirSync(join(folder.path, 'source'));
    writeFileSync(join(folder.path, 'source/file'), 'content');
    writeFileSync(config, configuration([here, there], ['encryption_passphrase: "geheim"'], ['echo']));
    run('init', '--encryption', 'repokey');
    run('create');
    writeFileSync(config, configuration([here, there], ['encryption_passphrase: "geheim"'], [`touch ${trap}`]));
  }, 60_000);

  test('each is a set, read with borg alone: no command of the configuration is run, and nothing changes', async () => {
    const before = [here, there].map(fingerprint);
    const source = (repository: string): object => ({ borgmatic: { config, repository } });
    const sets = await collectSets(new LocalHost(), [
      { set: 'here', source: source(here) },
      { set: 'there', source: source(there) },
    ]);
    expect([here, there].map(fingerprint)).toEqual(before);
    expect(existsSync(trap)).toBe(false);
    const later = new Date(Date.now() + 3_600_000);
    for (const set of sets) {
      expect(set).toMatchObject({ tool: 'borgmatic', encrypted: 'yes', ofHost: hostname() });
      expect(set.points).toMatchObject({ state: 'read', value: [{ id: expect.any(String) as string }] });
      expect(judgeSet(set, { generations: { daily: 1 }, encrypted: true }, later)[0]).toBe('pass');
      expect(judgeSet(set, { every: '24h' }, new Date(Date.now() + 2 * 86_400_000))).toContain('backup.too-old');
      expect(JSON.stringify(set)).not.toContain('geheim');
    }
  });

  test('a passphrase that does not open it is unknown, and names the file it came from', async () => {
    const wrong = join(folder.path, 'wrong');
    writeFileSync(wrong, 'another\n');
    const borgmatic = { config, repository: here, passphraseFile: wrong };
    const set = await collectSet(new LocalHost(), { source: { borgmatic } });
    expect(set.points).toEqual({ state: 'wrong-password', passwordFrom: wrong });
  });
});

describe('a configuration of borgmatic', () => {
  const scratch = '/tmp/waarborg-0123456789';
  const list =
    'borg list --json --log-json --bypass-lock --format {name}{id}{hostname}{start}{end} --consider-checkpoints ::';

  function collect(config: string, more: object = {}, names: readonly string[] = ['web1-22']): Promise<BackupSet> {
    const time = '2026-11-22T03:00:00.000000';
    const archives = names.map((name, index) => ({
      ...{ name, hostname: 'web1', start: time, end: time },
      id: index.toString(16).padStart(64, '0'),
    }));
    const host = new RecordedHost({
      hostname: 'web1',
      files: { '/etc/borgmatic/config.yaml': config, '/etc/pass': 'geheim\n' },
      commands: {
        'mktemp --directory /tmp/waarborg-XXXXXXXXXX': { stdout: `${scratch}\n` },
        [list]: { stdout: JSON.stringify({ archives, encryption: { mode: 'repokey' } }) },
        [`rm --recursive --force -- ${scratch}`]: {},
      },
    });
    return collectSet(host, { source: { borgmatic: { config: '/etc/borgmatic/config.yaml', ...more } } });
  }

  const flat = 'repositories:\n  - path: ssh://borg@nas.example.nl/./{hostname}\n    label: nas\n';

  test('without sections and with labels (borgmatic 1.8 and later)', async () => {
    const set = await collect(`${flat}  - path: /srv/borg\n    label: disk\n`, { repository: 'nas' });
    expect(set.location).toEqual({ kind: 'remote', server: 'nas.example.nl' });
    expect(judgeSet(set, { every: '24h', window: '1d', offsite: true })[0]).toBe('pass');
  });

  test('its archives are told from others by how their names begin', async () => {
    const named = (format: string): Promise<BackupSet> =>
      collect(`${flat}archive_name_format: '${format}'\n`, {}, ['web1-22', 'docs-22', 'docs-web1-22']);
    const counts = await Promise.all(['{hostname}-{now}', 'docs-{now}', 'docs-{hostname}-{now}', '{now}'].map(named));
    expect(counts.map(({ points }) => points.state === 'read' && points.value.length)).toEqual([1, 2, 1, 3]);
  });

  test.each([
    ['two repositories', `${flat}  - path: /srv/borg\n`, {}, 'unsupported'],
    ['no such repository', flat, { repository: 'disk' }, 'missing'],
    ['a passphrase from a command', `${flat}encryption_passcommand: cat /etc/pass\n`, {}, 'unsupported'],
    ['a passphrase from the environment', `${flat}encryption_passphrase: \${PASS}\n`, {}, 'unsupported'],
    ['a passphrase from a credential', `${flat}encryption_passphrase: "{credential systemd x}"\n`, {}, 'unsupported'],
    ['an included file', `${flat}<<: !include common.yaml\n`, {}, 'unsupported'],
    ['a repository that borg fills in', 'repositories: ["/srv/{fqdn}"]', {}, 'unsupported'],
    ['a repository of an unknown form', 'repositories: ["s3:bucket/x::y"]', {}, 'unsupported'],
    ['no repository', 'repositories: []', {}, 'unparsable'],
    ['no settings', 'text', {}, 'unparsable'],
    ['no YAML', 'encryption_passphrase: "geheim', {}, 'unparsable'],
  ])('with %s is unknown', async (_, config, more, code) => {
    const set = await collect(config, more);
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle: { code } });
    expect(judgeSet(set, { every: '24h' })[0]).toBe('unknown');
    expect(JSON.stringify(set)).not.toContain('geheim');
  });

  test('with a command for the passphrase is read with a passphrase file', async () => {
    const set = await collect(`${flat}encryption_passcommand: cat /etc/pass\n`, { passphraseFile: '/etc/pass' });
    expect(set.points).toMatchObject({ state: 'read', value: [{}] });
  });

  test('that is not there is unknown and named', async () => {
    const source = { borgmatic: { config: '/etc/none.yaml' } };
    expect((await collectSet(new RecordedHost({}), { source })).points).toEqual(
      unreadable('missing', '/etc/none.yaml'),
    );
  });
});
