import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runWaarborg, startWaarborg } from '../support/process.ts';
import { quickPolicyText, writeQuickPolicy } from '../support/road.ts';
import { temporaryFolder, tool } from '../support/tools.ts';

const subcommands = [
  'up',
  'check',
  'tls',
  'agent',
  'enrol',
  'collector',
  'doctor',
  'token',
  'host',
  'restore-test',
  'rotate',
  'erase',
  'export',
  'verify',
  'policy',
];

test('the help of every subcommand has an example', async () => {
  for (const subcommand of subcommands) {
    const { code, stdout, stderr } = await runWaarborg([subcommand, '--help']);
    expect([subcommand, code, stderr]).toEqual([subcommand, 0, '']);
    expect(stdout).toMatch(/\nExample:\n {2}.*waarborg /);
  }
}, 60_000);

describe('what cannot be done as asked is one line on standard error, and exit code 3:', () => {
  const policies: Record<string, [text: string, what: string]> = {
    'broken YAML': ['policy: [', 'not valid YAML'],
    'an unknown check kind': [quickPolicyText.replace('check: password-age', 'check: horoscope'), 'unknown check kind'],
    'a threshold of -1': [quickPolicyText.replace('183d', '-1'), 'controls.0.with.maximumAge'],
    'an unknown key': [quickPolicyText.replace('maximumAge', 'maxAge'), 'maxAge'],
  };
  test.each(Object.entries(policies))('%s', async (_, [text, what]) => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'policy.yaml');
    writeFileSync(file, text);
    expectOneLine(await runWaarborg(['check', '--policy', file]), new RegExp(`^waarborg: ${file}:\\d+:\\d+: `), what);
  });

  const words: Record<string, [args: (folder: string) => string[], what: string]> = {
    'a directory for a file': [(folder) => ['check', '--policy', folder], 'is a directory'],
    'a missing file': [(folder) => ['check', '--policy', join(folder, 'none.yaml')], 'no such file'],
    'a wrong label': [(folder) => ['check', '--policy', join(folder, 'quick.yaml'), '--label', 'role'], '--label role'],
    'a format there is not': [() => ['check', '--format', 'pdf'], 'Allowed choices'],
    'an option there is not': [() => ['check', '--polici', 'x'], '--polici'],
    'a subcommand there is not': [() => ['chekc'], 'chekc'],
    'an option that is missing': [() => ['collector'], '--config'],
    'a port that is none': [(folder) => ['up', '--policy', join(folder, 'quick.yaml'), '--port', '99999'], '--port'],
    'no token': [() => ['enrol', '--collector', 'http://127.0.0.1:1'], 'no token'],
    'a bundle that is none': [(folder) => ['verify', join(folder, 'none')], 'not a folder'],
    'data that is not there': [
      (folder) => ['export', join(folder, 'b'), '--data', join(folder, 'none')],
      'no collector',
    ],
    'a folder that is a file': [
      (folder) => ['up', '--once', '--policy', join(folder, 'quick.yaml'), '--data', join(folder, 'quick.yaml')],
      'data folder',
    ],
  };
  test.each(Object.entries(words))('%s', async (_, [args, what]) => {
    using folder = temporaryFolder();
    writeQuickPolicy(folder.path);
    expectOneLine(await runWaarborg(args(folder.path)), /^waarborg: /, what);
  });

  test('a port that is taken', async () => {
    using folder = temporaryFolder();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const port = String((server.address() as AddressInfo).port);
    const args = ['up', '--policy', writeQuickPolicy(folder.path), '--port', port, '--data', join(folder.path, 'data')];
    expectOneLine(await runWaarborg(args), /^waarborg: /, 'the port is taken');
    server.close();
  });

  test('a folder that another process works in', async () => {
    using folder = temporaryFolder();
    const data = ['--data', join(folder.path, 'data'), '--policy', writeQuickPolicy(folder.path), '--port', '0'];
    await using running = startWaarborg(['up', ...data]);
    await running.said('Ctrl-C ends');
    expectOneLine(await runWaarborg(['up', '--once', ...data]), /^waarborg: /, 'in use by another waarborg process');
  });
});

function expectOneLine(ended: { code: number | null; stdout: string; stderr: string }, form: RegExp, what: string) {
  expect(ended).toMatchObject({ code: 3, stdout: '' });
  expect(ended.stderr).toMatch(form);
  expect(ended.stderr).toContain(what);
  expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
}

describe('up', () => {
  const users = [['the user of the test', undefined], ['an ordinary user', 65_534]] as const; // prettier-ignore
  const mayBecome = process.getuid?.() === 0 && tool('setpriv') !== undefined;

  test.each(users.filter(([, uid]) => uid === undefined || mayBecome))(
    '--once as %s leaves evidence that exports and verifies',
    async (_, uid) => {
      using folder = temporaryFolder();
      const home = join(folder.path, 'home');
      mkdirSync(home);
      if (uid !== undefined) {
        const { chownSync, chmodSync } = await import('node:fs');
        chmodSync(folder.path, 0o755);
        chownSync(home, uid, uid);
      }
      const policy = writeQuickPolicy(folder.path);
      const options = { cwd: home, env: { HOME: home }, ...(uid === undefined ? {} : { uid }) };
      const up = await runWaarborg(['up', '--once', '--policy', policy], options);
      expect(up).toMatchObject({ code: 0, stderr: '' });
      expect(existsSync(join(home, 'waarborg-data', 'collector', 'evidence.db'))).toBe(true);
      expect(await runWaarborg(['export', 'bundle'], options)).toMatchObject({ code: 0, stderr: '' });
      const verified = await runWaarborg(['verify', 'bundle'], options);
      expect(verified, verified.stdout + verified.stderr).toMatchObject({ code: 0, stderr: '' });
    },
  );

  test('serves its page and metrics until it is interrupted, and ends well', async () => {
    using folder = temporaryFolder();
    const args = ['up', '--policy', writeQuickPolicy(folder.path), '--data', join(folder.path, 'data'), '--port', '0'];
    await using running = startWaarborg(args);
    await running.said('Ctrl-C ends');
    const [link = ''] = /http:\/\/\S+\/login\?token=\S+/.exec(running.stdout()) ?? [];
    const [, token = '', metrics = ''] = /'Authorization: Bearer (\S+)' (\S+)/.exec(running.stdout()) ?? [];
    const login = await fetch(link, { redirect: 'manual' });
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
    const page = await fetch(new URL('/', link), { headers: { cookie } });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const scrape = await fetch(metrics, { headers: { authorization: `Bearer ${token}` } });
    expect(await scrape.text()).toContain('waarborg_host_controls');
    expect(await running.end('SIGINT')).toMatchObject({ code: 0, stderr: '' });
  });
});
