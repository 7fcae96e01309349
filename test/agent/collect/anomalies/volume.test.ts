import { describe, expect, test } from 'vitest';
import type { Command, CommandResult, Host } from '../../../../agent/host/host.ts';
import { unreadable, read, type Reading } from '../../../../policies/reading.ts';
import { day, machine, type Look, type Machine } from './machine.ts';

/** The machine with answers of commands that may change. */
function answering(inner: Machine, commands: Readonly<Record<string, Partial<CommandResult> | Reading<never>>>): Host {
  return Object.assign(Object.create(inner.host) as Host, {
    run({ file, args }: Command, signal?: AbortSignal): Promise<Reading<CommandResult>> {
      if (file === 'readlink') return inner.host.run({ file, args }, signal);
      const answer = commands[file];
      if (answer === undefined) return Promise.resolve(unreadable('command-missing', file));
      return Promise.resolve('state' in answer ? answer : read({ exitCode: 0, stdout: '', stderr: '', ...answer }));
    },
    readText: inner.host.readText.bind(inner.host),
    readBytes: inner.host.readBytes.bind(inner.host),
    readPart: inner.host.readPart.bind(inner.host),
    status: inner.host.status.bind(inner.host),
    list: inner.host.list.bind(inner.host),
    realPath: inner.host.realPath.bind(inner.host),
  });
}

const log = '/var/log/mail.log';
const mail = { watch: 'volume', of: ['mail'] };
const empty = { postqueue: { stdout: '' } };
const message = (account: string): string =>
  `3F1C2A: client=pc.example.nl[192.0.2.7], sasl_method=PLAIN, sasl_username=${account}`;

describe('the watch over mail', () => {
  async function live(host: Machine, from: number, until: number): Promise<Look> {
    host.files[log] ??= '';
    if (from === 0) host.write(`${day(0)}T00:00:00Z`, 'daemon started', 'postfix/master[1]', log);
    for (let index = from; index < until; index += 1) {
      await host.look(`${day(index)}T00:10:00Z`, mail, answering(host, empty));
      for (let count = 0; count < 20; count += 1) {
        host.write(`${day(index)}T08:00:00Z`, message('jan@example.nl'), 'postfix/submission/smtpd[7]', log);
      }
      host.write(`${day(index)}T08:00:00Z`, '3F1C2A: uid=33 from=<www-data>', 'postfix/pickup[7]', log);
    }
    return host.look(`${day(until)}T00:10:00Z`, mail, answering(host, empty));
  }
  const flood = (host: Machine, at: string, account: string, count: number): void => {
    for (let sent = 0; sent < count; sent += 1) host.write(at, message(account), 'postfix/smtpd[7]', log);
  };

  test('passes once two weeks are known, and tells no account', async () => {
    using host = machine();
    expect((await live(host, 0, 3)).verdicts).toContain('unknown baseline');
    const { facts, verdicts } = await live(host, 3, 17);
    expect(verdicts).toEqual(['pass queue-short', 'pass sent-usual']);
    const accounts =
      facts.mail?.state === 'read' && facts.mail.value.sent.state === 'read' ? facts.mail.value.sent.value : undefined;
    expect(accounts?.days.at(-1)?.accounts).toEqual([
      { account: '@jan@example.nl', sent: 20 },
      { account: '@uid 33', sent: 1 },
    ]);
  });

  test('fails where one account hands in too many, or all together unusually many', async () => {
    for (const [count, verdict] of [
      [1200, 'fail sent-many'],
      [300, 'fail sent-unusual'],
    ] as const) {
      using host = machine();
      await live(host, 0, 16);
      flood(host, `${day(16)}T12:00:00Z`, 'piet', count);
      const { verdicts } = await host.look(`${day(17)}T00:10:00Z`, mail, answering(host, empty));
      expect(verdicts).toContain(verdict);
    }
  });

  test('is unknown where the log never tells of anything', async () => {
    using host = machine();
    host.files[log] = 'Nov  1 00:00:00 web1 postfix/master[1]: daemon started\n';
    for (let index = 0; index < 16; index += 1) {
      await host.look(`${day(index)}T00:10:00Z`, mail, answering(host, empty));
    }
    const { verdicts } = await host.look(`${day(16)}T00:10:00Z`, mail, answering(host, empty));
    expect(verdicts).toContain('unknown silent');
  });

  test('fails at once for a long queue, in steps', async () => {
    using host = machine();
    await live(host, 0, 16);
    const queued = (count: number): Host =>
      answering(host, { postqueue: { stdout: '{"queue_name": "deferred"}\n'.repeat(count) } });
    const at = `${day(16)}T01:00:00Z`;
    const few = await host.look(at, mail, queued(300));
    expect(few.verdicts).toContain('pass queue-short');
    expect((await host.look(at, mail, queued(400))).facts).toEqual(few.facts);
    expect((await host.look(at, mail, queued(501))).verdicts).toContain('fail queue-long');
    expect((await host.look(at, mail, queued(60_000))).verdicts).toContain('fail queue-long');
    const broken = answering(host, { postqueue: { exitCode: 69, stderr: 'postqueue: fatal: no permission' } });
    expect((await host.look(at, mail, broken)).verdicts).toContain('unknown host.command-failed');
  });

  test('does not apply where there is no mail, and is unknown where there is no log', async () => {
    using host = machine();
    expect((await host.look(`${day(0)}T00:10:00Z`, mail, answering(host, {}))).verdicts).toEqual([
      'not-applicable no-mail',
    ]);
    const { verdicts } = await host.look(`${day(0)}T00:10:00Z`, mail, answering(host, empty));
    expect(verdicts).toEqual(['pass queue-short', 'unknown host.missing']);
  });

  test('reads Exim as well', async () => {
    using host = machine();
    const exim = answering(host, { exim4: { stdout: '3\n' } });
    const path = '/var/log/exim4/mainlog';
    host.files[path] = '2026-11-01 00:00:00 exim 4.96 daemon started\n';
    await host.look(`${day(0)}T00:10:00Z`, mail, exim);
    await host.look(`${day(1)}T00:10:00Z`, mail, exim);
    const login = '1abCde-000001-2a <= jan@example.nl H=pc [192.0.2.7] P=esmtpsa A=plain:jan S=512';
    const local = '1abCde-000001-2b <= www@example.nl U=www-data P=local S=512';
    const elsewhere = '1abCde-000001-2c <= you@example.org H=mx [198.51.100.2] P=esmtps S=512';
    for (const line of [login, local, elsewhere]) host.files[path] = `${host.files[path]}2026-11-02 08:00:00 ${line}\n`;
    const { facts } = await host.look(`${day(2)}T00:10:00Z`, mail, exim);
    expect(facts.mail).toMatchObject({
      value: { program: 'exim', queue: { value: 10 }, sent: { value: { days: [{}, { isWhole: true, sent: 2 }] } } },
    });
    expect(JSON.stringify(facts)).toContain('@user www-data');
  });
});

describe('the watch over traffic', () => {
  const traffic = { watch: 'volume', of: ['traffic'] };
  const counter = '/sys/class/net/eth0/statistics/tx_bytes';
  const gibibyte = 2 ** 30;

  /** Two looks around each midnight and at noon, and so many bytes a day. */
  async function live(host: Machine, from: number, until: number, bytes: number): Promise<void> {
    host.files['/proc/net/route'] ??=
      'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t00000000\t0102000A\t0003\t0\t0\t0\t00000000\neth1\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\n';
    host.files['/proc/sys/kernel/random/boot_id'] ??= 'one\n';
    host.files[counter] ??= '1000\n';
    for (let index = from; index < until; index += 1) {
      await host.look(`${day(index)}T00:20:00Z`, traffic);
      host.files[counter] = `${Number(host.files[counter]) + bytes}\n`;
      await host.look(`${day(index)}T23:50:00Z`, traffic);
    }
  }

  test('passes what is usual, fails five times that, and gives the same facts all day', async () => {
    using host = machine();
    await live(host, 0, 9, gibibyte);
    expect((await host.look(`${day(9)}T00:20:00Z`, traffic)).verdicts).toEqual(['unknown baseline']);
    await live(host, 9, 18, gibibyte);
    const { facts, verdicts } = await host.look(`${day(18)}T00:20:00Z`, traffic);
    expect(verdicts).toEqual(['pass traffic-usual']);
    host.files[counter] = `${Number(host.files[counter]) + 5}\n`;
    expect((await host.look(`${day(18)}T12:00:00Z`, traffic)).facts).toEqual(facts);
    await live(host, 18, 19, 60 * gibibyte);
    expect((await host.look(`${day(19)}T00:20:00Z`, traffic)).verdicts).toEqual(['fail traffic-unusual']);
  });

  test('counts on after a start of the machine, though the counter is larger than before', async () => {
    using host = machine();
    await live(host, 0, 17, gibibyte);
    await host.look(`${day(17)}T00:20:00Z`, traffic);
    host.files['/proc/sys/kernel/random/boot_id'] = 'two\n';
    host.files[counter] = `${100 * gibibyte}\n`;
    await host.look(`${day(17)}T01:00:00Z`, traffic);
    await host.look(`${day(17)}T23:50:00Z`, traffic);
    const { facts, verdicts } = await host.look(`${day(18)}T00:20:00Z`, traffic);
    expect(verdicts).toEqual(['fail traffic-unusual']);
    expect(facts.traffic).toMatchObject({ value: { interfaces: ['eth0'] } });
    const sent = facts.traffic?.state === 'read' ? facts.traffic.value.days.at(-1)?.sent : undefined;
    expect(sent).toBe(100 * 1024);
  });

  test('is unknown for days on which nobody looked around midnight, and where nothing leads out', async () => {
    using host = machine();
    await live(host, 0, 16, gibibyte);
    await host.look(`${day(17)}T12:00:00Z`, traffic);
    expect((await host.look(`${day(18)}T00:20:00Z`, traffic)).verdicts).toContain('unknown gap');
    host.files['/proc/net/route'] = 'Iface\tDestination\n';
    expect((await host.look(`${day(18)}T00:30:00Z`, traffic)).verdicts).toEqual(['unknown host.missing']);
  });
});

describe('the watch over storage', () => {
  const storage = { watch: 'volume', of: ['storage'] };
  const gigabyte = 1e9;

  function disks(host: Machine, used: number): Host {
    host.files['/proc/1/mountinfo'] = '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n';
    host.files['/proc/self/mountinfo'] = host.files['/proc/1/mountinfo'];
    host.files['/etc/passwd'] = 'root:x:0:0::/root:/bin/sh\n';
    host.files['/etc/group'] = 'root:x:0:\n';
    host.files['/sys/fs/btrfs/features'] = '';
    const row = [100 * gigabyte, used, 100 * gigabyte - used, 1000, 10, 990, 'ext4', '/'].join(' ');
    return answering(host, { df: { stdout: `1B-blocks Used Avail Inodes IUsed IFree Type Mounted on\n${row}\n` } });
  }

  test('passes slow growth and fails fast growth in a week; before that nothing is known', async () => {
    using host = machine();
    for (let index = 0; index < 9; index += 1)
      await host.look(`${day(index)}T12:00:00Z`, storage, disks(host, 10 * gigabyte));
    expect((await host.look(`${day(9)}T00:20:00Z`, storage, disks(host, 11 * gigabyte))).verdicts).toEqual([
      'pass growth-usual',
    ]);
    await host.look(`${day(9)}T23:00:00Z`, storage, disks(host, 35 * gigabyte));
    expect((await host.look(`${day(10)}T00:20:00Z`, storage, disks(host, 35 * gigabyte))).verdicts).toEqual([
      'fail growth',
    ]);
    using young = machine();
    await young.look(`${day(0)}T12:00:00Z`, storage, disks(young, gigabyte));
    expect((await young.look(`${day(1)}T12:00:00Z`, storage, disks(young, gigabyte))).verdicts).toEqual([
      'unknown young',
    ]);
  });

  test('is unknown for a day without a look', async () => {
    using host = machine();
    for (const index of [0, 1, 2, 3, 5, 6, 7, 8])
      await host.look(`${day(index)}T12:00:00Z`, storage, disks(host, gigabyte));
    expect((await host.look(`${day(9)}T00:20:00Z`, storage, disks(host, gigabyte))).verdicts).toContain('unknown gap');
  });
});
