import { describe, expect, test } from 'vitest';
import { bruteForce, BruteForceParameters } from '../../../policies/checks/brute-force.ts';
import type { BruteForceFacts, Guard, Jail } from '../../../policies/checks/brute-force/facts.ts';
import { listsPort, serviceOfJail, serviceOfSocket } from '../../../policies/checks/brute-force/services.ts';
import { read, unreadable } from '../../../policies/reading.ts';

const at = new Date('2026-11-22T10:00:00Z');

const jail = (values: Partial<Jail> = {}): Jail => ({
  name: 'sshd',
  source: { kind: 'files', logs: [{ path: '/var/log/auth.log', written: read({ on: '2026-11-22', isEmpty: false }) }] },
  bansNow: false,
  bansEver: true,
  banSeconds: 600,
  findSeconds: 600,
  attempts: 5,
  ignored: ['127.0.0.0/8'],
  actions: [{ name: 'nftables-multiport', tool: 'nftables', ports: 'ssh', hook: read('reached') }],
  ...values,
});
const fail2ban = (...jails: Jail[]): Guard => ({ program: 'fail2ban', runs: true, jails: read(jails) });

function facts(values: Partial<BruteForceFacts> = {}): BruteForceFacts {
  return {
    listening: read({ services: [{ service: 'ssh', port: 22 }], nameless: [] }),
    guards: read([fail2ban(jail())]),
    detectors: read([]),
    jailServices: {},
    ...values,
  };
}

function judge(values: Partial<BruteForceFacts> = {}, parameters: object = { protects: ['ssh'] }): string[] {
  return bruteForce.judge(read(facts(values)), parameters, at).map(({ code }) => code.replace('brute-force.', ''));
}

const withJail = (values: Partial<Jail>): string[] => judge({ guards: read([fail2ban(jail(values))]) });
const log = (written: Parameters<typeof read>[0]): Jail['source'] => ({
  kind: 'files',
  logs: [{ path: '/var/log/auth.log', written: read(written as { on: string; isEmpty: boolean }) }],
});

describe('brute-force', () => {
  test('passes with a jail that works, and says which', () => {
    const [first, second] = bruteForce.judge(read(facts()), { protects: ['ssh'] }, at);
    expect(first).toMatchObject({ verdict: 'pass', values: { service: 'ssh', ports: '22', guards: 'fail2ban' } });
    expect(second).toMatchObject({
      verdict: 'pass',
      subject: 'fail2ban sshd',
      values: { source: '/var/log/auth.log' },
    });
  });

  test.each<[string, Partial<Jail>, string]>([
    ['a log that nobody writes', { source: log({ on: '2026-10-01', isEmpty: false }) }, 'log-unwritten'],
    ['an empty log', { source: log({ on: '2026-11-22', isEmpty: true }) }, 'log-empty'],
    ['a log of tomorrow', { source: log({ on: '2026-11-24', isEmpty: false }) }, 'log-future'],
    ['no log', { source: { kind: 'files', logs: [] } }, 'no-source'],
    [
      'a part of the journal that has no lines',
      { source: { kind: 'journal', match: '_COMM=x', newestOn: read(null) } },
      'journal-empty',
    ],
    ['a ban of half a minute', { banSeconds: 30 }, 'ban-short'],
    ['a window of ten seconds', { findSeconds: 10 }, 'attempts'],
    ['an exception for all', { ignored: ['0.0.0.0/0'] }, 'ignores-everyone'],
    ['an exception for half of IPv6', { ignored: ['8000::/1'] }, 'ignores-everyone'],
    ['no action', { actions: [] }, 'no-action'],
    [
      'an action that does nothing',
      { actions: [{ name: 'dummy', tool: 'none', ports: null, hook: null }] },
      'no-action',
    ],
    ['a mere mail', { actions: [{ name: 'mail', tool: 'other', ports: null, hook: null }] }, 'action-unclear'],
    ['another port', { actions: [{ name: 'n', tool: 'nftables', ports: '2222', hook: read('reached') }] }, 'port-open'],
    [
      'a port of an unknown name',
      { actions: [{ name: 'n', tool: 'nftables', ports: 'mine', hook: read('reached') }] },
      'port-unclear',
    ],
    [
      'bans in no chain',
      { bansNow: true, actions: [{ name: 'n', tool: 'nftables', ports: 'ssh', hook: read('absent') }] },
      'ban-ineffective',
    ],
    [
      'a chain that nothing leads to',
      { actions: [{ name: 'n', tool: 'iptables', ports: 'ssh', hook: read('unreached') }] },
      'ban-ineffective',
    ],
    [
      'ufw without its chains',
      { actions: [{ name: 'ufw', tool: 'ufw', ports: null, hook: read('absent') }] },
      'ban-ineffective',
    ],
    [
      'rules that may not be read',
      { actions: [{ name: 'n', tool: 'nftables', ports: 'ssh', hook: unreadable('denied', 'nft') }] },
      'host.denied',
    ],
  ])('does not pass with %s', (_what, values, code) => {
    const codes = withJail(values);
    expect(codes).toContain(code);
    expect(codes).not.toContain('protected');
  });

  test('needs one living log of several, and one action that closes beside a mail', () => {
    const logs = [
      { path: '/var/log/a', written: unreadable('missing', '/var/log/a') },
      { path: '/var/log/b', written: read({ on: '2026-11-21', isEmpty: false }) },
    ];
    expect(withJail({ source: { kind: 'files', logs } })).toEqual(['protected', 'jail-works']);
    const mail = { name: 'mail', tool: 'other', ports: null, hook: null } as const;
    expect(withJail({ actions: [mail, ...jail().actions] })).toEqual(['protected', 'jail-works']);
    expect(withJail({ banSeconds: -1 })).toEqual(['protected', 'jail-works']);
  });

  test('a quiet log of FTP is unknown, where one of SSH fails', () => {
    const quiet = jail({
      name: 'vsftpd',
      source: log({ on: '2026-10-01', isEmpty: false }),
      actions: [{ name: 'n', tool: 'nftables', ports: 'ftp', hook: read('reached') }],
    });
    const listening = read({ services: [{ service: 'ftp' as const, port: 21 }], nameless: [] });
    expect(judge({ listening, guards: read([fail2ban(quiet)]) }, { protects: ['ftp'] })).toEqual(['log-silent']);
  });

  test('every port of a service counts, and jails share them', () => {
    const listening = read({ services: [25, 143].map((port) => ({ service: 'mail' as const, port })), nameless: [] });
    const closing = (name: string, ports: string): Jail =>
      jail({ name, actions: [{ name: 'n', tool: 'nftables', ports, hook: read('reached') }] });
    const mail = (...jails: Jail[]): string[] =>
      judge({ listening, guards: read([fail2ban(...jails)]) }, { protects: ['mail'] });
    expect(mail(closing('dovecot', 'pop3,imap'))).toEqual(['unprotected', 'jail-works']);
    expect(mail(closing('dovecot', 'imap2'), closing('postfix', 'smtp'))).toEqual([
      'protected',
      'jail-works',
      'jail-works',
    ]);
  });

  test('a jail of a name of its own counts for what agent.yaml says', () => {
    const own = read([fail2ban(jail({ name: 'door' }))]);
    expect(judge({ guards: own })).toEqual(['unprotected']);
    expect(judge({ guards: own, jailServices: { door: 'ssh' } })).toEqual(['protected', 'jail-works']);
  });

  test('is unknown where it cannot be told what listens, and not applicable where nothing does', () => {
    expect(judge({ listening: read({ services: [], nameless: [2222] }) })).toEqual(['listening-unclear']);
    expect(judge({ listening: read({ services: [], nameless: [] }) })).toEqual(['not-listening']);
    expect(judge({ listening: unreadable('denied', '/proc/net/tcp') })).toEqual(['host.denied']);
  });

  test('fails where nothing guards, and is unknown where that cannot be read', () => {
    expect(judge({ guards: read([]) })).toEqual(['no-guard']);
    expect(judge({ guards: unreadable('denied', '/proc/1/status') })).toEqual(['host.denied']);
    expect(
      judge({ guards: read([{ program: 'fail2ban', runs: true, jails: unreadable('denied', 'fail2ban-client') }]) }),
    ).toEqual(['host.denied']);
  });

  test('one guard that works is enough', () => {
    const broken: Guard = { program: 'cPHulk', enabled: read(false) };
    expect(judge({ guards: read([broken, fail2ban(jail())]) })).toEqual(['protected', 'jail-works']);
  });

  test('sshguard counts for what it really reads, log by log', () => {
    const sshguard = (...logs: [path: string, on: string][]): Guard => ({
      program: 'sshguard',
      missing: [],
      backend: 'sshg-fw-nft-sets',
      banSeconds: 120,
      hook: read('reached'),
      source: { kind: 'files', logs: logs.map(([path, on]) => ({ path, written: read({ on, isEmpty: false }) })) },
    });
    const judged = (guard: Guard): string[] => judge({ guards: read([guard]) });
    expect(judged(sshguard(['/var/log/auth.log', '2026-11-22']))).toEqual(['protected', 'sshguard-works']);
    expect(judged(sshguard(['/var/log/mail.log', '2026-11-22']))).toEqual(['sshguard-unclear']);
    expect(judged(sshguard(['/var/log/auth.log', '2026-09-01'], ['/var/log/mail.log', '2026-11-22']))).toEqual([
      'unprotected',
      'log-unwritten',
    ]);
  });

  test('asks for something', () => {
    expect(() => BruteForceParameters.parse({})).toThrow(/protects/);
    expect(() => BruteForceParameters.parse({ protects: [] })).toThrow();
  });
});

describe('services', () => {
  test.each([
    [2222, ['sshd'], 'ssh'],
    [22, [], 'ssh'],
    [22, ['systemd'], 'ssh'],
    [2525, ['master'], 'mail'],
    [8080, ['nginx'], 'web-login'],
    [2222, ['systemd'], undefined],
    [5432, ['postgres'], undefined],
  ] as const)('port %i of %j is %s', (port, names, service) => {
    expect(serviceOfSocket(port, names)).toBe(service);
  });

  test.each([
    ['sshd', 'ssh'],
    ['sshd-ddos', 'ssh'],
    ['postfix-sasl', 'mail'],
    ['pure-ftpd', 'ftp'],
    ['nginx-http-auth', 'web-login'],
    ['recidive', undefined],
    ['nginx-botsearch', undefined],
  ] as const)('the jail %s is for %s', (name, service) => {
    expect(serviceOfJail(name)).toBe(service);
  });

  test.each([
    ['ssh', 22, true],
    ['ssh,2222', 2222, true],
    ['0:65535', 2222, true],
    ['6000-6010', 6005, true],
    ['ftp,ftp-data', 22, false],
    ['mine', 22, undefined],
    ['mine,22', 22, true],
    ['', 22, false],
  ] as const)('%j lists %i: %s', (list, port, answer) => {
    expect(listsPort(list, port)).toBe(answer);
  });
});
