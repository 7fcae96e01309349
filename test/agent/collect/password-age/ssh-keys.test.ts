import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import { parseCertificate } from '../../../../agent/collect/ssh/certificate.ts';
import { fingerprintOf } from '../../../../agent/collect/ssh/authorized-keys.ts';
import { unreadable } from '../../../../policies/reading.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { watching } from './looking.ts';

const asked = { of: ['ssh-keys'] };

function keyOf(letter: string): { line: string; fingerprint: string } {
  const type = Buffer.from('ssh-ed25519');
  const blob = Buffer.concat([Buffer.from([0, 0, 0, type.length]), type, Buffer.alloc(36, letter)]);
  return { line: `ssh-ed25519 ${blob.toString('base64')} jan@laptop`, fingerprint: fingerprintOf(blob) };
}

const [a, b] = [keyOf('a'), keyOf('b')];

function host(files: Recording['files']): RecordedHost {
  return new RecordedHost({
    files: {
      '/etc/passwd': 'jan:x:1000:1000::/home/jan:/bin/bash\n',
      '/etc/shadow': 'jan:!:20000:0:99999:7:::\n',
      ...files,
    },
  });
}

const usual = '/home/jan/.ssh/authorized_keys';

describe('the keys of an account', () => {
  test('are of unknown age until the agent has seen one come', async () => {
    using agent = watching();
    expect((await agent.look(host({ [usual]: `${a.line}\n` }), '2026-06-01', asked)).verdicts).toContain(
      'unknown key-unproven @jan',
    );
    const { verdicts } = await agent.look(host({ [usual]: `# new\n${b.line}\n` }), '2026-06-02', asked);
    expect(verdicts).toContain('pass key-recent @jan');
    expect((await agent.look(host({ [usual]: a.line }), '2027-01-01', asked)).verdicts).toContain(
      'fail key-too-old @jan',
    );
  });

  test('are not new when they could not be read before', async () => {
    using agent = watching();
    const hidden = host({ [usual]: unreadable('denied', usual) });
    expect((await agent.look(hidden, '2026-06-01', asked)).verdicts).toContain('unknown keys-unreadable @jan');
    expect((await agent.look(host({ [usual]: a.line }), '2026-06-02', asked)).verdicts).toContain(
      'unknown key-unproven @jan',
    );
  });

  test('are hidden behind ProtectHome=yes, which shows an empty folder that nobody may enter', async () => {
    using agent = watching();
    class Protected extends RecordedHost {
      override async status(path: string) {
        const status = await super.status(path);
        return path === '/home' && status.state === 'read'
          ? { ...status, value: { ...status.value, mode: 0 } }
          : status;
      }
    }
    const files = {
      '/etc/passwd': 'jan:x:1000:1000::/home/jan:/bin/bash\n',
      '/etc/shadow': 'jan:!:20000:0:99999:7:::\n',
    };
    const { verdicts } = await agent.look(new Protected({ files: { ...files, '/home/x': '' } }), '2026-06-01', asked);
    expect(verdicts).toContain('unknown keys-unreadable @jan');
    expect((await agent.look(new RecordedHost({ files }), '2026-06-01', asked)).verdicts).toContain(
      'not-applicable no-keys',
    );
  });

  test('are looked for wherever the configuration names a file for anybody', async () => {
    using agent = watching();
    const { facts, verdicts } = await agent.look(
      host({
        '/etc/ssh/sshd_config': '#AuthorizedKeysFile /etc/none\nInclude /etc/ssh/sshd_config.d/*.conf\n',
        '/etc/ssh/sshd_config.d/10-own.conf':
          'Match User deploy\n  AuthorizedKeysFile=/etc/ssh/keys/%u .ssh/own\nTrustedUserCAKeys none\nAuthorizedKeysCommand "/bin/keys" %u\n',
        '/etc/ssh/keys/jan': a.line,
        '/home/jan/.ssh/own': b.line,
      }),
      '2026-06-01',
      asked,
    );
    expect(facts.sshKeys).toMatchObject({
      value: {
        keys: [
          { file: '/etc/ssh/keys/%u', line: 1 },
          { file: '~/.ssh/own', line: 1 },
        ],
        elsewhere: { value: ['AuthorizedKeysCommand'] },
      },
    });
    expect(verdicts[0]).toBe('unknown keys-elsewhere');
    expect(JSON.stringify(facts).replaceAll('"@jan"', '')).not.toMatch(/jan|SHA256|AAAA/);
  });

  test.each([
    ['files included from elsewhere', 'Include /srv/ssh/*.conf\n', 'unknown keys-elsewhere'],
    ['authorities', 'TrustedUserCAKeys /etc/ssh/ca.pub\n', 'unknown keys-elsewhere'],
  ])('may come from %s, which is told', async (_, config, expected) => {
    using agent = watching();
    const { verdicts } = await agent.look(host({ '/etc/ssh/sshd_config': config }), '2026-06-01', asked);
    expect(verdicts).toContain(expected);
  });

  test('of someone who left fail, by the roster’s fingerprints', async () => {
    const people = [
      { person: 'p1', keys: [a.fingerprint], until: '2026-05-01' },
      { person: 'p2', keys: [b.fingerprint] },
    ];
    using agent = watching({ roster: { departures: [], people } });
    const { verdicts } = await agent.look(host({ [usual]: `${a.line}\n${b.line}` }), '2026-06-01', asked);
    expect(verdicts).toContain('fail key-of-departed @jan');
    expect(verdicts.filter((line) => line.startsWith('fail'))).toHaveLength(1);
  });

  test('leave a locked account a login for a control that asks for passwords only', async () => {
    using agent = watching();
    expect((await agent.look(host({ [usual]: a.line }), '2026-06-01')).verdicts).toContain('unknown keys-only @jan');
    expect((await agent.look(host({ [usual]: '# none' }), '2026-06-01')).verdicts).not.toContain(
      'unknown keys-only @jan',
    );
  });
});

describe.skipIf(!tool('ssh-keygen'))('certificates of ssh-keygen', () => {
  const sign = (folder: string, name: string, ...validity: string[]): void => {
    const keygen = (...args: string[]): void => void execFileSync('ssh-keygen', ['-q', ...args], { stdio: 'pipe' });
    keygen('-t', 'ed25519', '-N', '', '-f', join(folder, name));
    keygen('-s', join(folder, 'ca'), '-I', `jan-${name}`, '-z', '7', ...validity, join(folder, `${name}.pub`));
  };

  test('have the age of their first valid moment, and end when they say so', async () => {
    using folder = temporaryFolder();
    const issued = join(folder.path, 'issued');
    mkdirSync(issued);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(issued, 'ca')]);
    sign(issued, 'fresh', '-n', 'jan', '-V', '20261101Z:20270101Z');
    sign(issued, 'old', '-n', 'jan', '-V', '20260101Z:20270101Z');
    sign(issued, 'over', '-n', 'jan', '-V', '20260101Z:20260201Z');
    sign(issued, 'endless', '-n', 'jan');
    using agent = watching({
      passwordStores: [{ store: 'people', source: { 'ssh-certificates': { folder: issued } } }],
    });
    const { facts, verdicts } = await agent.look(new LocalHost(), '2026-11-22T12:00:00Z', { of: ['ssh-keys'] });
    const own = verdicts.filter((line) => line.includes(' people/'));
    expect(own).toEqual([
      'unknown not-recorded people/@jan-endless 7',
      'pass recent-by-record people/@jan-fresh 7',
      'fail too-old people/@jan-old 7',
      'not-applicable expired people/@jan-over 7',
    ]);
    expect(JSON.stringify(facts)).not.toContain(issued);
  });

  test('of hosts, and what is cut short, are none', () => {
    using folder = temporaryFolder();
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder.path, 'ca')]);
    sign(folder.path, 'host', '-h', '-n', 'web1');
    sign(folder.path, 'user', '-n', 'jan');
    const text = (name: string): string =>
      execFileSync('cat', [join(folder.path, `${name}-cert.pub`)], { encoding: 'utf8' });
    expect(parseCertificate(text('host'))).toBeUndefined();
    expect(parseCertificate(text('user'))).toMatchObject({ serial: 7n, keyId: 'jan-user' });
    expect(parseCertificate(text('user').slice(0, 120))).toBeUndefined();
  });
});
