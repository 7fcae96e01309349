import { describe, expect, test } from 'vitest';
import { day, machine, terminalLogin, type Look, type Machine } from './machine.ts';

const watch = { watch: 'logins', oddHours: 'note' };
const accepted = (address: string, account = 'jan'): string =>
  `Accepted publickey for ${account} from ${address} port 50022 ssh2: ED25519 SHA256:x`;
const failed = (name = 'x'): string => `Failed password for invalid user ${name} from 198.51.100.9 port 4 ssh2`;

/** A log that lives: each day a record of cron, a login from the same place and some refused ones; a look in the morning. */
async function live(host: Machine, from: number, until: number, parameters: object = watch): Promise<Look> {
  let last: Look | undefined;
  for (let index = from; index < until; index += 1) {
    last = await host.look(`${day(index)}T00:10:00Z`, parameters);
    host.write(`${day(index)}T06:00:00Z`, 'pam_unix(cron:session): session opened for user root(uid=0)', 'CRON[9]');
    host.write(`${day(index)}T08:00:00Z`, accepted('192.0.2.7'));
    for (let tries = 0; tries < 30; tries += 1) host.write(`${day(index)}T09:00:00Z`, failed());
  }
  if (last === undefined) throw new Error('no day was lived');
  return last;
}

describe('the watch over logins', () => {
  test('is unknown at first, passes once two weeks are known, and gives the same facts all day', async () => {
    using host = machine();
    expect((await live(host, 0, 1)).verdicts).toEqual(['unknown young']);
    expect((await live(host, 1, 9)).verdicts).toContain('unknown baseline');
    await live(host, 9, 17);
    const { facts, verdicts } = await host.look(`${day(17)}T00:10:00Z`, watch);
    expect(verdicts).toEqual(['pass quiet-day']);
    host.write(`${day(17)}T01:00:00Z`, failed());
    expect((await host.look(`${day(17)}T12:00:00Z`, watch)).facts).toEqual(facts);
  });

  test.each<[string, (host: Machine, at: string) => void, string]>([
    ['many refused logins', (host, at) => refuse(host, at, 6000), 'fail failed-many'],
    ['unusually many refused logins', (host, at) => refuse(host, at, 200), 'fail failed-unusual'],
    [
      'as many in one line',
      (host, at) => host.write(at, `message repeated 6000 times: [ ${failed()}]`),
      'fail failed-many',
    ],
    [
      'many refused by another service',
      (host, at) => refuse(host, at, 6000, 'pam_unix(dovecot:auth): authentication failure; logname= uid=0', 'auth'),
      'fail failed-many',
    ],
    ['a login as root', (host, at) => host.write(at, accepted('192.0.2.7', 'root')), 'fail root-login'],
    ['root at the console', (host, at) => host.write(at, "ROOT LOGIN  on '/dev/tty1'", 'login[3]'), 'fail root-login'],
    ['a login from elsewhere', (host, at) => host.write(at, accepted('203.0.113.5')), 'fail unseen-address'],
    [
      'a login of newer sshd from elsewhere',
      (host, at) => host.write(at, accepted('203.0.113.5'), 'sshd-session[4]'),
      'fail unseen-address',
    ],
  ])('fails after %s', async (_what, happens, verdict) => {
    using host = machine();
    await live(host, 0, 17);
    happens(host, `${day(16)}T12:00:00Z`);
    const { facts, verdicts } = await host.look(`${day(17)}T00:10:00Z`, watch);
    expect(verdicts).toContain(verdict);
    expect(JSON.stringify(facts)).not.toContain('"jan');
    // A week later it is over.
    expect((await live(host, 17, 26)).verdicts).toEqual(['pass quiet-day']);
  });

  test.each([
    [
      'dovecot',
      'imap-login: Disconnected: Connection closed (auth failed, 6000 attempts in 9 secs): user=<x>, rip=198.51.100.9',
      'dovecot',
    ],
    [
      'Postfix',
      'message repeated 6000 times: [ warning: unknown[198.51.100.9]: SASL LOGIN authentication failed: x]',
      'postfix/smtpd[4]',
    ],
  ])('fails after many refused by %s, which writes into the log of mail', async (_what, message, program) => {
    using host = machine();
    host.write(`${day(0)}T00:00:00Z`, 'started', 'postfix/master[1]', '/var/log/mail.log');
    await live(host, 0, 17);
    host.write(`${day(16)}T12:00:00Z`, message, program, '/var/log/mail.log');
    expect((await host.look(`${day(17)}T00:10:00Z`, watch)).verdicts).toContain('fail failed-many');
  });

  test('is unknown for days on which the log of mail went or was cut', async () => {
    using host = machine();
    host.write(`${day(0)}T00:00:00Z`, 'started', 'postfix/master[1]', '/var/log/mail.log');
    await live(host, 0, 17);
    delete host.files['/var/log/mail.log'];
    expect((await live(host, 17, 19)).verdicts).toContain('unknown gap');
  });

  test('takes no word from the name that a stranger gives', async () => {
    using host = machine();
    await live(host, 0, 17);
    host.write(`${day(16)}T12:00:00Z`, failed('x from 1.2.3.4 port 1 ssh2 Accepted password for root'));
    expect((await host.look(`${day(17)}T00:10:00Z`, watch)).verdicts).toEqual(['pass quiet-day']);
  });

  test('keeps addresses to itself but for a pseudonym, and knows networks of IPv6', async () => {
    using host = machine();
    await live(host, 0, 15);
    host.write(`${day(14)}T12:00:00Z`, accepted('2001:db8:1:2:aaaa::1'));
    await live(host, 15, 17);
    host.write(`${day(16)}T12:00:00Z`, accepted('2001:db8:1:2:bbbb::9'));
    const { facts } = await host.look(`${day(17)}T00:10:00Z`, watch);
    const logins = facts.logins?.state === 'read' ? facts.logins.value : undefined;
    expect(logins?.days.slice(-3).map(({ unseen }) => unseen)).toEqual([['@2001:db8:1:2::/64'], [], []]);
  });

  test('expects logins from the networks that manage this host', async () => {
    using host = machine({ managementAddresses: ['203.0.113.0/24'] });
    await live(host, 0, 17);
    host.write(`${day(16)}T12:00:00Z`, accepted('203.0.113.5'));
    expect((await host.look(`${day(17)}T00:10:00Z`, watch)).verdicts).toEqual(['pass quiet-day']);
  });

  test('asks for the hours in which people work, and heeds them in the host’s zone', async () => {
    const asking = { watch: 'logins' };
    using without = machine();
    expect((await live(without, 0, 18, asking)).verdicts).toContain('unknown hours-not-set');
    // 08:00 in UTC is 09:00 in Amsterdam.
    using within = machine({ loginHours: { from: '09:00', until: '18:00' } }, 'Europe/Amsterdam');
    expect((await live(within, 0, 19, asking)).verdicts).toEqual(['pass quiet-day']);
    using after = machine({ loginHours: { from: '09:30', until: '18:00' } }, 'Europe/Amsterdam');
    expect((await live(after, 0, 19, asking)).verdicts).toEqual(['fail odd-hour']);
    using night = machine({ loginHours: { from: '20:00', until: '10:00' } }, 'Europe/Amsterdam');
    expect((await live(night, 0, 19, asking)).verdicts).toEqual(['pass quiet-day']);
    using robot = machine({ loginHours: { from: '09:30', until: '18:00', except: ['jan'] } }, 'Europe/Amsterdam');
    expect((await live(robot, 0, 19, asking)).verdicts).toEqual(['pass quiet-day']);
  });
});

describe('a log that lies', () => {
  test('and is rotated is read on in its piece', async () => {
    using host = machine();
    await live(host, 0, 17);
    refuse(host, `${day(16)}T12:00:00Z`, 200);
    host.rotate();
    host.write(`${day(16)}T13:00:00Z`, failed());
    expect((await host.look(`${day(17)}T00:10:00Z`, watch)).verdicts).toContain('fail failed-unusual');
  });

  test.each<[string, (host: Machine) => void]>([
    ['cut', (host) => void (host.files['/var/log/auth.log'] = '')],
    ['replaced', (host) => host.write(`${day(16)}T13:00:00Z`, failed(), 'sshd[1]', '/var/log/auth.log')],
    [
      'rotated and packed at once',
      (host) => {
        host.rotate();
        host.files['/var/log/auth.log.1.gz'] = 'packed';
        delete host.files['/var/log/auth.log.1'];
      },
    ],
  ])('and was %s makes the day unknown', async (what, happens) => {
    using host = machine();
    await live(host, 0, 17);
    if (what === 'replaced') host.files['/var/log/auth.log'] = '';
    happens(host);
    host.write(`${day(16)}T14:00:00Z`, failed());
    const { verdicts } = await host.look(`${day(17)}T00:10:00Z`, watch);
    expect(verdicts).toContain('unknown gap');
  });

  test('and is written no more is unknown', async () => {
    using host = machine();
    await live(host, 0, 17);
    await host.look(`${day(17)}T00:10:00Z`, watch);
    expect((await host.look(`${day(18)}T00:10:00Z`, watch)).verdicts).toContain('unknown silent');
  });

  test('and leaves out a login of which wtmp tells is unknown', async () => {
    using host = machine();
    await live(host, 0, 17);
    host.files['/var/log/wtmp'] = terminalLogin(`${day(16)}T08:00:01Z`);
    expect((await host.look(`${day(17)}T00:10:00Z`, watch)).verdicts).toEqual(['pass quiet-day']);
    host.write(`${day(17)}T06:00:00Z`, 'pam_unix(cron:session): session opened for user root(uid=0)', 'CRON[9]');
    host.files['/var/log/wtmp'] = Buffer.concat([
      terminalLogin(`${day(16)}T08:00:01Z`),
      terminalLogin(`${day(17)}T11:00:00Z`),
      terminalLogin(`${day(17)}T12:00:00Z`, 'tmux(8).%0'),
    ]);
    const { facts, verdicts } = await host.look(`${day(18)}T00:10:00Z`, watch);
    expect(verdicts).toContain('unknown unlogged');
    expect(facts.logins).toMatchObject({ value: { isCrossChecked: true } });
  });

  test('and is dated in the future is unknown', async () => {
    using host = machine();
    await live(host, 0, 17);
    host.write(`${day(40)}T08:00:00Z`, failed());
    expect((await host.look(`${day(17)}T00:10:00Z`, watch)).verdicts).toEqual(['pass quiet-day']);
    expect((await live(host, 17, 19)).verdicts).toContain('unknown gap');
  });

  test('and has another form, or is not there, is unknown', async () => {
    using host = machine();
    await live(host, 0, 2);
    await host.look(`${day(2)}T00:05:00Z`, watch);
    host.files['/var/log/auth.log'] = `${String(host.files['/var/log/auth.log'])}{"json": true}\n`;
    expect((await host.look(`${day(2)}T00:10:00Z`, watch)).verdicts).toEqual(['unknown host.unparsable']);
    delete host.files['/var/log/auth.log'];
    expect((await host.look(`${day(3)}T00:10:00Z`, watch)).verdicts).toEqual(['unknown host.missing']);
  });
});

function refuse(host: Machine, at: string, count: number, message = failed(), program = 'sshd[7]'): void {
  const stamp = new Date(at).toISOString().replace('Z', '+00:00');
  const path = '/var/log/auth.log';
  host.files[path] = `${String(host.files[path])}${`${stamp} web1 ${program}: ${message}\n`.repeat(count)}`;
}
