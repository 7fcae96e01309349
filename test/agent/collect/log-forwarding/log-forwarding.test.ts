import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { logForwardingCollector } from '../../../../agent/collect/log-forwarding/index.ts';
import { resolve } from '../../../../agent/collect/log-forwarding/places.ts';
import { parseRsyslog, wholeConfiguration } from '../../../../agent/collect/log-forwarding/rsyslog.ts';
import { parseSyslogNg } from '../../../../agent/collect/log-forwarding/syslog-ng.ts';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import { logForwarding } from '../../../../policies/checks/log-forwarding.ts';
import { Facts, type LogForwardingFacts } from '../../../../policies/checks/log-forwarding/facts.ts';
import { read, unreadable } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

const mayNamespaces = process.getuid?.() === 0 && tool('unshare') !== undefined && tool('ip') !== undefined;
const codes = (facts: unknown): string[] =>
  logForwarding.judge(read(facts), {}, new Date()).map(({ code }) => code.replace('log-forwarding.', ''));

describe.skipIf(!mayNamespaces || !tool('rsyslogd') || !tool('nsenter'))('with the real rsyslog', () => {
  test('what it is told and the connection that it has are found, and the loss of that', async () => {
    using folder = temporaryFolder();
    const script = join(import.meta.dirname, 'inside.ts');
    const alone = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--propagation', 'private'];
    const { stdout } = await promisify(execFile)('unshare', [...alone, process.execPath, script, folder.path]);
    const seen = JSON.parse(stdout) as Record<'connected' | 'again' | 'lost' | 'stopped', LogForwardingFacts>;
    const own = { host: '127.0.0.1', port: 6515, transport: 'stream', scope: 'part', servedBy: [] };
    const central = { host: '192.0.2.10', port: 6514, transport: 'stream', scope: 'all', servedBy: [] };
    expect(seen.connected.forwarders).toEqual(
      read([
        {
          program: 'rsyslogd',
          destinations: read([
            { ...own, addresses: read([{ address: '127.0.0.1', isOwn: true }]) },
            { ...central, addresses: read([{ address: '192.0.2.10', isOwn: false }]) },
          ]),
          peers: read([{ address: '192.0.2.10', port: 6514 }]),
          waitingSince: read(null),
        },
      ]),
    );
    expect(seen.again).toEqual(seen.connected);
    expect(codes(seen.connected)).toEqual(['connected']);
    expect(codes(seen.lost)).toEqual(['local', 'not-connected']);
    expect(codes(seen.stopped)).toEqual(['none']);
  });
});

describe('rsyslog’s configuration', () => {
  const told = (text: string) => {
    const settings = parseRsyslog(text);
    return settings.state === 'read'
      ? settings.value.destinations.map(({ host, port, transport, scope }) => `${host} ${port} ${transport} ${scope}`)
      : settings.obstacle.code;
  };

  test.each([
    ['*.* @@central.example:10514', ['central.example 10514 stream all']],
    ['*.* @192.0.2.1', ['192.0.2.1 514 datagram all']],
    ['*.*  @@(o,z9)[2001:db8::1]:6514;RSYSLOG_SyslogProtocol23Format', ['2001:db8::1 6514 stream all']],
    ['auth,authpriv.* @@central.example', ['central.example 514 stream part']],
    ['# *.* @@central.example', []],
    ['action(type="omfwd"\n  target="c.example" port="6514" protocol="tcp")', ['c.example 6514 stream all']],
    ['action(type="omfwd" target="c.example")', ['c.example 514 datagram all']],
    ['action(type="omrelp" target="c.example" port="2514")', ['c.example 2514 stream all']],
    ['action(type="omelasticsearch" server="es.example")', ['es.example 9200 http all']],
    ['if $programname == "x" then action(type="omrelp" target="c.example")', ['c.example 514 stream part']],
    ['if $syslogseverity < 5 then {\n action(type="omrelp" target="c.example")\n}', ['c.example 514 stream part']],
    ['ruleset(name="r") { action(type="omrelp" target="c.example") }', ['c.example 514 stream part']],
    [':msg, contains, "secret" stop\n*.* @@c.example', ['c.example 514 stream part']],
    ['auth.* ~\n*.* @@c.example', ['c.example 514 stream part']],
    ['action(type="omfile" file="/var/log/all")\nmail.* -/var/log/mail.log', []],
    ['action(type="omkafka" broker=["k.example"])', 'unsupported'],
  ])('%s', (text, expected) => {
    expect(told(text)).toEqual(expected);
  });
});

// Told by syslog-ng-ctl 3.38.1 (Debian 12) of a running syslog-ng; names of places changed.
const syslogNg = `@version: 3.38
source s_in { unix-dgram("/tmp/sng.sock"); internal(); };
destination d_c { network("central.example" port(15141) transport("tcp")); };
destination d_u { udp("192.0.2.1" port(514)); };
destination d_idle { tcp("idle.example"); };
filter f_auth { facility(auth); };
log { source(s_in); destination(d_c); };
log { source(s_in); filter(f_auth); destination(d_u); };
`;

describe('syslog-ng’s configuration', () => {
  test('tells the destinations that log paths use, and which of them choose', () => {
    expect(parseSyslogNg(syslogNg)).toEqual([
      { host: 'central.example', port: 15141, transport: 'stream', scope: 'all' },
      { host: '192.0.2.1', port: 514, transport: 'datagram', scope: 'part' },
    ]);
  });

  test.each([
    ['flow-control', ['all', 'all']],
    ['final', ['all', 'part']],
    ['fallback', ['part', 'all']],
  ])('heeds the flag %s', (flag, expected) => {
    const path = 'destination { tcp("c.example"); };';
    const told = parseSyslogNg(`log { source(s); ${path} flags(${flag}); };\nlog { source(s); ${path} };\n`);
    expect(told.map(({ scope }) => scope)).toEqual(expected);
  });

  test('tells what stands inside of a log path, and addresses of the web', () => {
    const text = `log { source(s); destination { elasticsearch-http(url("https://es.example:9200/_bulk")); syslog("c.example" transport("tls")); }; };`;
    expect(parseSyslogNg(text)).toEqual([
      { host: 'es.example', port: 9200, transport: 'http', scope: 'all' },
      { host: 'c.example', port: 601, transport: 'stream', scope: 'all' },
    ]);
  });
});

function machine(name: string, cmdline: string, commands: Recording['commands'] = {}): RecordedHost {
  return new RecordedHost({
    files: {
      '/proc/1/status': 'Name:\tsystemd\nPPid:\t0\nNSpid:\t1\nCapEff:\t0\n',
      '/proc/9/status': `Name:\t${name}\nPPid:\t1\nNSpid:\t9\nCapEff:\t0\n`,
      '/proc/9/cmdline': cmdline.replaceAll(' ', '\0'),
      '/proc/9/fd/12': '',
      '/proc/net/fib_trie': 'Local:\n        |-- 198.51.100.1\n           /32 host LOCAL\n',
    },
    commands: {
      'ss -H -t -n -p state established': {
        stdout: '0      0      198.51.100.1:44210   192.0.2.10:3100  users:(("x",pid=9,fd=12))\n',
      },
      'getent ahosts loki.example': { stdout: '192.0.2.10      STREAM loki.example\n192.0.2.10      DGRAM\n' },
      ...commands,
    },
  });
}

async function collect(host: RecordedHost, settings: object = {}): Promise<LogForwardingFacts> {
  return Facts.parse(await logForwardingCollector.collect(collecting(host), settings, [{}]));
}

const logTargets = [{ host: 'loki.example', port: 3100 }];

describe('other programs', () => {
  test('count by their connection with the place that agent.yaml names', async () => {
    const host = machine('promtail', '/usr/bin/promtail');
    expect(codes(await collect(host, { logTargets }))).toEqual(['connected']);
    expect(codes(await collect(host))).toEqual(['targets-not-set']);
    expect(codes(await collect(host, { logTargets: [{ host: 'loki.example', port: 3101 }] }))).toEqual([
      'not-connected-now',
    ]);
    expect(codes(await collect(host, { logTargets: [{ host: 'gone.example', port: 3100 }] }))).toEqual([
      'host.command-missing',
    ]);
  });

  test('whose connections the agent may not see are unknown, and not unconnected', async () => {
    const host = machine('promtail', '/usr/bin/promtail');
    host.list = (path) =>
      path === '/proc/9/fd'
        ? Promise.resolve(unreadable('denied', path))
        : RecordedHost.prototype.list.call(host, path);
    expect(codes(await collect(host, { logTargets }))).toEqual(['host.denied']);
  });

  test('systemd’s uploader is not taken for its journal', async () => {
    expect(codes(await collect(machine('systemd-journal', '/lib/systemd/systemd-journald')))).toEqual(['none']);
    const commands = {
      'systemd-analyze cat-config systemd/journal-upload.conf --no-pager': { stdout: 'URL=http://192.0.2.10:3100\n' },
    };
    const uploader = machine('systemd-journal', '/lib/systemd/systemd-journal-upload --save-state', commands);
    expect(codes(await collect(uploader))).toEqual(['connected']);
  });

  test('syslog-ng is asked what it goes by', async () => {
    const config = syslogNg.replace('central.example', 'loki.example').replace('15141', '3100');
    const commands = { 'syslog-ng-ctl config --preprocessed': { stdout: config } };
    expect(codes(await collect(machine('syslog-ng', '/usr/sbin/syslog-ng -F', commands)))).toEqual(['connected']);
    const refused = { 'syslog-ng-ctl config --preprocessed': { exitCode: 1, stderr: 'Permission denied' } };
    expect(codes(await collect(machine('syslog-ng', '/usr/sbin/syslog-ng -F', refused)))).toEqual(['host.refused']);
  });

  test('rsyslog with a configuration that it finds wrong, or that is cut off, is unknown', async () => {
    const command = `sh -c ${wholeConfiguration} sh /etc/rsyslog.conf`;
    const whole = '## full conf created by rsyslog\n*.* @@192.0.2.10:3100\n\n## ended with 0\n';
    const found = async (stdout: string) =>
      codes(await collect(machine('rsyslogd', '/usr/sbin/rsyslogd -n', { [command]: { stdout } })));
    expect(await found(whole)).toEqual(['connected']);
    expect(await found(whole.replace('with 0', 'with 1'))).toEqual(['host.command-failed']);
    expect(await found(whole.slice(0, 50))).toEqual(['host.command-failed']);
    expect(await found('\n## ended with 0\n')).toEqual(['host.command-failed']);
  });

  test('of a container on this host do not count, nor is one absent where processes are hidden', async () => {
    const nested = { '/proc/1/status': 'NSpid:\t1\n', '/proc/9/status': 'Name:\trsyslogd\nPPid:\t1\nNSpid:\t9\t1\n' };
    expect(codes(await collect(new RecordedHost({ files: nested })))).toEqual(['none']);
    expect(codes(await collect(new RecordedHost({ files: { '/proc/9/status': 'Name:\tx\n' } })))).toEqual([
      'host.refused',
    ]);
  });
});

test('a name that would be an option is not looked up', async () => {
  const host = new RecordedHost({});
  expect(await resolve(host, '-s', () => false, AbortSignal.timeout(1000))).toMatchObject({ state: 'unreadable' });
  expect(host.asked).toEqual([]);
});
