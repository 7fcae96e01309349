import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { auditLogCollector } from '../../../../agent/collect/audit-log/index.ts';
import { parseRules } from '../../../../agent/collect/audit-log/rules.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import { auditLog } from '../../../../policies/checks/audit-log.ts';
import { Facts, type AuditLogFacts } from '../../../../policies/checks/audit-log/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

// Recorded from auditctl 3.0.9 (Debian 12) with an auditd of the same version on Linux 6.18.
const status = `enabled 1
failure 1
pid 28594
rate_limit 0
backlog_limit 64
lost 0
backlog 0
backlog_wait_time 15000
backlog_wait_time_actual 0
loginuid_immutable 0 unlocked
`;
const rules = `-w /srv/data -p rwa -k personal
-a always,exit -S all -F dir=/srv/data -F perm=wa -F auid>=1000 -F auid!=-1 -F key=n
-a always,exit -F arch=b64 -S rename,unlink -F path=/srv/file -F success=1 -F key=z
`;
const denied = { exitCode: 4, stderr: 'You must be root to run this program.\n' };
const configuration = 'write_logs = yes\nspace_left_action = SYSLOG\nadmin_space_left_action = SUSPEND\n';

function recorded(commands: Recording['commands'] = {}, files: Recording['files'] = {}): RecordedHost {
  return new RecordedHost({
    files: {
      '/proc/28594/comm': 'auditd\n',
      '/etc/audit/auditd.conf': configuration,
      '/srv/data/a': '',
      ...files,
    },
    commands: {
      'auditctl -s': { stdout: status },
      'auditctl -l': { stdout: rules },
      ...commands,
    },
  });
}

const settings = { auditedPaths: { 'personal-data': ['/srv/data'] } };

async function collect(host: RecordedHost | LocalHost, given: object = settings): Promise<AuditLogFacts> {
  return Facts.parse(await auditLogCollector.collect(collecting(host), given, [{ paths: 'personal-data' }]));
}

async function codes(host: RecordedHost, given: object = settings): Promise<string[]> {
  const parameters = { paths: 'personal-data', watch: 'rwa' };
  return auditLog.judge(read(await collect(host, given)), parameters, new Date()).map(({ code }) => code);
}

describe('the kernel’s audit', () => {
  test('that runs, is kept and watches the path passes, with the same facts each time', async () => {
    expect(await codes(recorded())).toEqual(['audit-log.running', 'audit-log.watched', 'audit-log.full-told']);
    const busier = status.replace('backlog 0', 'backlog 12').replace('28594', '301');
    const later = recorded({ 'auditctl -s': { stdout: busier } }, { '/proc/301/comm': 'auditd\n' });
    expect(await collect(later)).toEqual(await collect(recorded()));
  });

  test.each<[string, RecordedHost, string]>([
    [
      'is off although auditd runs',
      recorded({ 'auditctl -s': { stdout: status.replace('enabled 1', 'enabled 0') } }),
      'audit-log.off',
    ],
    [
      'is on without anybody who takes the records',
      recorded({ 'auditctl -s': { stdout: status.replace('pid 28594', 'pid 0') } }),
      'audit-log.no-receiver',
    ],
    ['goes to another program', recorded({}, { '/proc/28594/comm': 'osqueryd\n' }), 'audit-log.other-receiver'],
    ['lost records', recorded({ 'auditctl -s': { stdout: status.replace('lost 0', 'lost 7') } }), 'audit-log.lost'],
    [
      'has its rules in a file only',
      recorded({ 'auditctl -l': { stdout: 'No rules\n' } }, { '/etc/audit/rules.d/x.rules': rules }),
      'audit-log.unwatched',
    ],
    [
      'exempts every process, as some distributions do',
      recorded({ 'auditctl -l': { stdout: `-a never,task\n${rules}` } }),
      'audit-log.tasks-exempt',
    ],
    ['writes nothing', recorded({}, { '/etc/audit/auditd.conf': 'write_logs = no\n' }), 'audit-log.writes-nothing'],
    ['may only be asked by root', recorded({ 'auditctl -s': denied }), 'host.command-failed'],
    ['has no tool', new RecordedHost({}), 'host.command-missing'],
    ['answers in another form', recorded({ 'auditctl -s': { stdout: 'all fine' } }), 'host.unparsable'],
    ['belongs to the host of this container', recorded({}, { '/run/systemd/container': 'lxc' }), 'audit-log.container'],
  ])('that %s does not pass', async (_what, host, code) => {
    const found = await codes(host);
    expect(found).toContain(code);
    const verdicts = auditLog.judge(read(await collect(host)), { paths: 'personal-data' }, new Date());
    expect(verdicts.some(({ verdict }) => verdict === 'fail' || verdict === 'unknown')).toBe(true);
  });

  test('is unknown without a list of paths, and for a path that is not there', async () => {
    expect(await codes(recorded(), {})).toContain('audit-log.paths-not-set');
    expect(await codes(recorded(), { auditedPaths: { logs: ['/srv/data'] } })).toContain('audit-log.paths-not-set');
    expect(await codes(recorded(), { auditedPaths: { 'personal-data': ['/srv/gone'] } })).toContain('host.missing');
  });

  test('tells who lacks which right', async () => {
    const { status: found } = await collect(recorded({ 'auditctl -s': denied }));
    expect(found).toMatchObject({ obstacle: { detail: expect.stringContaining('CAP_AUDIT_CONTROL') as string } });
  });
});

describe('the rules', () => {
  test('are read as auditctl lists them', () => {
    expect(parseRules(`${rules}-a never,exit -F dir=/srv/data/x/ -F key=(null)\n`)).toEqual(
      read([
        { list: 'exit', action: 'always', path: '/srv/data', permissions: 'rwa', narrowedBy: [] },
        { list: 'exit', action: 'always', path: '/srv/data', permissions: 'wa', narrowedBy: ['auid'] },
        { list: 'exit', action: 'always', path: '/srv/file', permissions: null, narrowedBy: ['success'] },
        { list: 'exit', action: 'never', path: '/srv/data/x', permissions: 'rwxa', narrowedBy: [] },
      ]),
    );
  });

  test('in another form make the list unreadable', () => {
    expect(parseRules('-z something\n')).toMatchObject({ obstacle: { code: 'unparsable' } });
  });
});

const answers = tool('auditctl') !== undefined && spawnSync('auditctl', ['-s']).stdout.length > 0;

describe.skipIf(!answers)('with the real auditctl', () => {
  test('status and rules are read, and links to watched paths are followed', async () => {
    using folder = temporaryFolder();
    const [real, link] = [join(folder.path, 'real'), join(folder.path, 'link')];
    mkdirSync(real);
    symlinkSync(real, link);
    const facts = await collect(new LocalHost(), { auditedPaths: { 'personal-data': [link] } });
    const said = execFileSync('auditctl', ['-s'], { encoding: 'utf8' });
    expect(facts.status).toMatchObject({ state: 'read', value: { enabled: Number(/^enabled (\d)/m.exec(said)?.[1]) } });
    expect(facts.rules.state).toBe('read');
    expect(facts.paths).toEqual({ 'personal-data': [{ path: link, real: read(real) }] });
    const machine = { ...facts, container: null, rules: read([]) };
    const reasons = auditLog.judge(read(machine), { paths: 'personal-data' }, new Date());
    expect(reasons.map(({ code }) => code)).toContain('audit-log.unwatched');
  });
});
