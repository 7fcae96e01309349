import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { bruteForceCollector } from '../../../../agent/collect/brute-force/index.ts';
import { parseNftChains, parseSavedChains } from '../../../../agent/collect/brute-force/hooks.ts';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import { bruteForce } from '../../../../policies/checks/brute-force.ts';
import type { BruteForceFacts, Service } from '../../../../policies/checks/brute-force/facts.ts';
import { read, unreadable } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { recordedIn } from '../../../support/recorded.ts';
import { RootedHost } from '../../../support/rooted-host.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

const at = new Date('2026-11-22T10:00:00Z');

function processFiles(names: Readonly<Record<number, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ 1: 'init', ...names }).map(([pid, name]) => [
      `/proc/${pid}/status`,
      `Name:\t${name}\nPPid:\t1\nCapEff:\t0\nNSpid:\t${pid}\n`,
    ]),
  );
}

async function collect(recording: Recording): Promise<BruteForceFacts> {
  const host = new RecordedHost(recording);
  const facts = await bruteForceCollector.collect(collecting(host, { at }), {}, [{ protects: ['ssh'] }]);
  return facts as BruteForceFacts;
}

function judge(facts: BruteForceFacts, service: Service = 'ssh', parameters: object = { protects: [service] }) {
  const listening = read({ services: [{ service, port: 22 }], nameless: [] });
  return bruteForce
    .judge(read({ ...facts, listening }), parameters, at)
    .map(({ code }) => code.replace('brute-force.', ''));
}

// What cscli 1.4.6 of Debian 12 said of a CrowdSec that read failed logins from a file; its key is not the real one.
const bouncers = (pulled: string, revoked = false): string =>
  JSON.stringify(
    [
      {
        id: 1,
        created_at: '2026-11-20T09:48:33.748522959Z',
        updated_at: pulled,
        name: 'jan-laptop',
        api_key: '0228593881',
        revoked,
        ip_address: '203.0.113.77',
        type: 'crowdsec-firewall-bouncer',
        version: 'v0.0.28',
        until: '2026-11-22T09:48:33.748524028Z',
        last_pull: pulled,
        auth_type: 'api-key',
      },
    ],
    null,
    2,
  );
const metrics = `{
 "file:/var/log/auth.log": {
  "parsed": 8,
  "pour": 18,
  "reads": 8
 }
}{
 "child-crowdsecurity/sshd-logs": {
  "hits": 64,
  "parsed": 8,
  "unparsed": 56
 },
 "crowdsecurity/sshd-logs": {
  "hits": 8,
  "parsed": 8
 },
 "crowdsecurity/dovecot-logs": {
  "hits": 3,
  "unparsed": 3
 }
}{
 "crowdsecurity/ssh-bf": {
  "curr_count": 1,
  "instantiation": 2,
  "overflow": 1,
  "pour": 8
 }
}{
 "/v1/alerts": {
  "POST": 1
 }
}{}{}`;

const crowdsec = (list: string, measured = metrics): Recording => ({
  files: processFiles({ 300: 'crowdsec' }),
  commands: { 'cscli bouncers list -o json': { stdout: list }, 'cscli metrics -o json': { stdout: measured } },
});
const fresh = bouncers('2026-11-22T09:58:00.1Z');

describe('CrowdSec', () => {
  test('passes where it understood lines and a bouncer fetches, and tells no names', async () => {
    const facts = await collect(crowdsec(fresh));
    expect(judge(facts)).toEqual(['protected', 'crowdsec-works']);
    expect(JSON.stringify(facts)).not.toMatch(/jan-laptop|0228593881|203\.0\.113/);
  });

  test('understands the one document of later versions', async () => {
    const later = JSON.stringify({ acquisition: {}, parsers: { 'crowdsecurity/sshd-logs': { hits: 1, parsed: 1 } } });
    expect(judge(await collect(crowdsec(fresh, later)))).toEqual(['protected', 'crowdsec-works']);
  });

  test.each<[string, Recording, string[]]>([
    ['nobody carries out what it decides', crowdsec('null'), ['unprotected', 'crowdsec-no-bouncer']],
    ['its bouncer came days ago', crowdsec(bouncers('2026-11-19T09:00:00Z')), ['unprotected', 'crowdsec-no-bouncer']],
    [
      'its bouncer never came',
      crowdsec(bouncers('2026-11-20T09:48:33.748524132Z')),
      ['unprotected', 'crowdsec-no-bouncer'],
    ],
    [
      'its bouncer was shut out',
      crowdsec(bouncers('2026-11-22T09:58:00Z', true)),
      ['unprotected', 'crowdsec-no-bouncer'],
    ],
    ['its bouncer comes tomorrow', crowdsec(bouncers('2026-11-24T09:58:00Z')), ['crowdsec-future']],
    ['its measures are cut off', crowdsec(fresh, metrics.slice(0, -8)), ['host.unparsable']],
    ['its list has another form', crowdsec('{"bouncers": 1}'), ['host.unparsable']],
    ['it may not be asked', { files: processFiles({ 300: 'crowdsec' }) }, ['host.command-missing']],
  ])('does not pass where %s', async (_what, recording, codes) => {
    expect(judge(await collect(recording))).toEqual(codes);
  });

  test('is unknown for a service of which it understood no line', async () => {
    expect(judge(await collect(crowdsec(fresh)), 'mail')).toEqual(['crowdsec-not-understood']);
  });
});

// By the form that WHM API 1 documents; no panel was at hand.
describe('panels', () => {
  const cphulk = (stdout: string): Recording => ({
    files: processFiles({ 300: 'cphulkd - proce' }),
    commands: { '/usr/local/cpanel/bin/whmapi1 --output=json cphulk_status': { stdout } },
  });
  const status = (enabled: number): string =>
    JSON.stringify({
      data: { is_enabled: enabled, service: 'cPHulk' },
      metadata: { command: 'cphulk_status', reason: 'OK', result: 1, version: 1 },
    });

  test.each([
    [status(1), ['protected', 'cphulk-on']],
    [status(0), ['unprotected', 'cphulk-off']],
    ['{"metadata":{"result":0,"reason":"denied"}}', ['host.unparsable']],
  ])('cPHulk says %s', async (stdout, codes) => {
    expect(judge(await collect(cphulk(stdout)))).toEqual(codes);
  });

  test('cPHulk does not guard sites', async () => {
    expect(judge(await collect(cphulk(status(1))), 'web-login')).toEqual(['unprotected']);
  });

  const directadmin = (settings: string): Recording['files'] => ({
    ...processFiles({ 300: 'directadmin' }),
    '/usr/local/directadmin/conf/directadmin.conf': settings,
  });

  test('DirectAdmin never passes by its files alone', async () => {
    const on = directadmin('brute_force_log_scanner=1\n');
    expect(judge(await collect({ files: { ...on } }))).toEqual(['unprotected', 'directadmin-no-block']);
    expect(
      judge(await collect({ files: { ...directadmin('brute_force_log_scanner=1\nbrute_force_log_scanner=0\n') } })),
    ).toEqual(['unprotected', 'directadmin-off']);
  });
});

const detection = { intrusionDetection: true };

// Of Wazuh by the form that its documentation gives: no archive at hand has a package of it.
describe('intrusion detection', () => {
  const wazuh = (state: string): Recording => ({
    files: { ...processFiles({ 300: 'wazuh-agentd' }), '/var/ossec/var/run/wazuh-agentd.state': state },
  });

  test.each([
    ["status='connected'\nlast_ack='2026-11-22 09:59:00'\nmsg_count='12579'\n", 'manager-connected'],
    ["status='disconnected'\nlast_ack='2026-11-22 09:59:00'\n", 'manager-lost'],
    ["status='connected'\nlast_ack='2026-11-19 09:59:00'\n", 'manager-lost'],
    ["status='connected'\nlast_ack='2026-11-25 09:59:00'\n", 'moment-future'],
    ["status='connected'\nlast_ack=''\n", 'manager-lost'],
    ['nothing', 'host.unparsable'],
  ])('Wazuh says %j', async (state, code) => {
    expect(judge(await collect(wazuh(state)), 'ssh', detection)).toEqual([code]);
  });

  // As Snort 2.9.20 of Ubuntu 24.04 runs.
  const snort = (state: string): Recording => ({
    files: {
      ...processFiles({ 20: 'snort' }),
      '/proc/20/cmdline': 'snort\0-q\0-D\0-i\0eth9\0-c\0/etc/snort/snort.conf\0-l\0/var/log/snort\0',
      '/sys/class/net/eth9/operstate': `${state}\n`,
    },
  });

  test('Snort is unknown at best: it tells nobody its rules', async () => {
    expect(judge(await collect(snort('up')), 'ssh', detection)).toEqual(['snort-unclear']);
    expect(judge(await collect(snort('down')), 'ssh', detection)).toEqual(['no-interface']);
  });

  test('is missed where nothing runs, and unknown where processes are hidden', async () => {
    expect(judge(await collect({ files: processFiles({}) }), 'ssh', detection)).toEqual(['no-detection']);
    const hidden = await collect({ files: { '/proc/self/status': 'x' } });
    expect(judge(hidden, 'ssh', detection)).toEqual(['host.refused']);
    expect(judge(hidden)).toEqual(['host.refused']);
  });

  test('of several the best counts', async () => {
    const connected = wazuh("status='connected'\nlast_ack='2026-11-22 09:59:00'\n");
    const both = { files: { ...connected.files, '/etc/aide/aide.conf': 'x' } };
    expect(
      judge(await collect({ files: { ...processFiles({}), '/etc/aide/aide.conf': 'x' } }), 'ssh', detection),
    ).toEqual(['aide-no-database']);
    expect(judge(await collect(both), 'ssh', detection)).toEqual(['manager-connected']);
  });
});

describe.skipIf(!tool('aide'))('AIDE', () => {
  it('is judged by what it last said itself', async () => {
    using folder = temporaryFolder();
    const watched = join(folder.path, 'watched');
    mkdirSync(watched);
    writeFileSync(join(watched, 'a'), 'first');
    const configuration = join(folder.path, 'aide.conf');
    const place = join(folder.path, 'root/var/lib/aide/aide.db');
    const host = new RootedHost(join(folder.path, 'root'), {});
    host.write('/usr/bin/aide', '');
    host.write('/proc/1/status', 'Name:\tinit\nPPid:\t0\nCapEff:\t0\nNSpid:\t1\n');
    host.folder('/var/lib/aide');
    writeFileSync(
      configuration,
      `database_in=file:${place}\ndatabase_out=file:${place}\nreport_url=stdout\n${watched} p+s+sha256\n`,
    );
    const codes = async (moment = new Date()): Promise<string[]> => {
      const facts = (await bruteForceCollector.collect(collecting(host, { at: moment }), {}, [
        detection,
      ])) as BruteForceFacts;
      return bruteForce.judge(read(facts), detection, moment).map(({ code }) => code.replace('brute-force.', ''));
    };
    expect(await codes()).toEqual(['aide-no-database']);
    execFileSync('aide', [`--config=${configuration}`, '--init'], { stdio: 'ignore' });
    expect(await codes()).toEqual(['aide-never']);

    const check = (): string =>
      spawnSync('aide', [`--config=${configuration}`, '--check'], { encoding: 'utf8' }).stdout;
    host.write('/var/log/aide/aide.log', check());
    expect(await codes()).toEqual(['aide-works']);
    writeFileSync(join(watched, 'a'), 'changed');
    const differing = check();
    host.write('/var/log/aide/aide.log', differing);
    expect(await codes()).toEqual(['aide-works']);
    expect(await codes(new Date(Date.now() + 3 * 86_400_000))).toEqual(['aide-old']);

    // A run that was ended half way says nothing, whatever the one before it said.
    host.write('/var/log/aide/aide.log', `${differing}\n${differing.slice(0, differing.indexOf('Summary'))}`);
    expect(await codes()).toEqual(['aide-unfinished']);
    const tomorrow = new Date(Date.now() + 86_400_000);
    host.write('/var/log/aide/aide.log', differing);
    utimesSync(place, tomorrow, tomorrow);
    expect(await codes()).toEqual(['moment-future']);
    rmSync(place);
    expect(await codes()).toEqual(['aide-no-database']);
  });
});

describe('what the journal shows', () => {
  const recorded = recordedIn('journal');
  const asked = 'journalctl --no-pager -n 1 -o short-unix -p info -t sshd';
  const said = (situation: string): Recording['commands'] => recorded(situation).commands;
  const none = Object.values(recorded('whole').commands).find(({ stdout }) => stdout?.startsWith('--')) ?? {};
  const sshguard = (journal: Recording['commands']): Recording => ({
    files: {
      ...processFiles({ 300: 'sshguard', 301: 'sshg-blocker', 302: 'sshg-parser', 303: 'sshg-fw-nft-set' }),
      '/proc/304/status': 'Name:\tjournalctl\nPPid:\t300\nCapEff:\t0\nNSpid:\t304\n',
      '/proc/303/cmdline': '/bin/sh\0/usr/libexec/sshguard/sshg-fw-nft-sets\0',
      '/proc/304/cmdline': 'journalctl\0-afb\0-p\0info\0-n1\0-t\0sshd\0-o\0cat\0',
    },
    commands: {
      'nft -s -t list ruleset': {
        stdout:
          'table ip sshguard {\n\tchain blacklist {\n\t\ttype filter hook input priority -10; policy accept;\n\t\tip saddr @attackers drop\n\t}\n}\n',
      },
      ...journal,
    },
  });

  test.each<[string, Recording['commands'], string[]]>([
    ['a line of today', said('whole'), ['protected', 'sshguard-works']],
    ['a line of long ago', { [asked]: { stdout: '1785338000.123456 host sshd[1]: x\n' } }, ['journal-silent']],
    ['a line of next year', { [asked]: { stdout: '1805338000.123456 host sshd[1]: x\n' } }, ['log-future']],
    ['nothing that matches', { [asked]: none }, ['unprotected', 'journal-empty']],
    ['nothing that matches, by systemd 247', { [asked]: { exitCode: 1 } }, ['unprotected', 'journal-empty']],
    ['only what the account itself wrote', said('partly'), ['host.refused']],
    ['nothing to an account without the right', said('hidden'), ['host.refused']],
    ['an error', { [asked]: { exitCode: 1, stderr: 'No journal files were found.' } }, ['host.command-failed']],
    ['something else', { [asked]: { stdout: '-- Boot 1 --' } }, ['host.unparsable']],
    ['no answer', { [asked]: unreadable('timeout', 'journalctl') }, ['host.timeout']],
  ])('%s', async (_what, journal, codes) => {
    expect(judge(await collect(sshguard(journal)))).toEqual(codes);
  });

  test('a part of sshguard that is missing fails', async () => {
    const whole = sshguard({ [asked]: { stdout: '1795338000.1 host sshd[1]: x\n' } });
    const files = Object.fromEntries(Object.entries(whole.files ?? {}).filter(([path]) => path !== '/proc/302/status'));
    expect(judge(await collect({ ...whole, files }))).toEqual(['unprotected', 'sshguard-broken']);
  });
});

describe('chains', () => {
  test('of a table that is switched off are none', () => {
    const text =
      'table inet f2b-table {\n\tflags dormant\n\tchain f2b {\n\t\ttype filter hook input priority -1; policy accept;\n\t}\n}\n';
    expect(parseNftChains(text)).toEqual([]);
    expect(parseNftChains(text.replace('\tflags dormant\n', ''))).toHaveLength(1);
  });

  test('of the older iptables are led to by jumps', () => {
    const text =
      '*filter\n:INPUT ACCEPT [0:0]\n:f2b-sshd - [0:0]\n-A INPUT -p tcp -m multiport --dports 22 -j f2b-sshd\nCOMMIT\n';
    expect(parseSavedChains(text, 'iptables-legacy-save')).toMatchObject([
      { name: 'INPUT', isBase: true, rules: ['-p tcp -m multiport --dports 22 jump f2b-sshd'] },
      { name: 'f2b-sshd', isBase: false },
    ]);
  });
});
