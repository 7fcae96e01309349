import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { examineAgent } from '../../../agent/doctor/agent.ts';
import { outcomeOf, type Code, type Finding } from '../../../agent/doctor/findings.ts';
import { judgeRoom } from '../../../agent/doctor/folder.ts';
import { halt } from '../../../agent/forks.ts';
import { RecordedHost } from '../../../agent/host/recorded.ts';
import { loadAgentSettings } from '../../../agent/settings.ts';
import { folderOfLog } from '../../../agent/spool.ts';
import { changeLogKey } from '../../../collector/log/change-key.ts';
import { CollectorConfig } from '../../../collector/config.ts';
import { Authority } from '../../support/authority.ts';
import { agentFolderIn, enrolIn, placeIn, startIn, type Mode } from '../../support/client-certificates.ts';
import { falseCollector, type Behaviour } from '../../support/false-collector.ts';
import { freePort } from '../../support/process.ts';
import { agentOn, collectorOn, enrolAgentAt, origin, silent, writeQuickPolicy } from '../../support/road.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';

const name = 'web1.example.nl';
const now = new Date();

const unit = (more = ''): string =>
  `LoadState=loaded\nUnitFileState=static\nUser=waarborg-agent\nAmbientCapabilities=cap_dac_read_search${more}\n`;
const showOf = (which: string): string =>
  `systemctl show ${which} --property=LoadState --property=UnitFileState --property=User --property=AmbientCapabilities`;
const systemd = new RecordedHost({ commands: { [showOf('waarborg-agent.service')]: { stdout: unit() } } });

/** An agent that is enrolled, has reported, and is at rest. */
async function reporting(folder: string) {
  const collectorData = join(folder, 'collector');
  const collector = await collectorOn(collectorData);
  const data = join(folder, 'agent');
  {
    using agent = await enrolAgentAt(collector, data, name);
    await agent.runOnce();
    expect(await agent.deliverAll()).toEqual({ state: 'empty' });
  }
  const identity = { logKey: collector.logKey };
  return { collector, collectorData, data, logFolder: folderOfLog(data, identity.logKey) };
}

interface Choices {
  readonly url?: string | undefined;
  readonly more?: string;
  readonly host?: RecordedHost;
  readonly at?: Date;
}

function examine(folder: string, { url, more = '', host = systemd, at }: Choices = {}): Promise<Finding[]> {
  writeQuickPolicy(folder);
  const config = join(folder, 'agent.yaml');
  const collector = url === undefined ? '' : `collector: { url: '${url}' }\n`;
  writeFileSync(config, `policies: [./quick.yaml]\ndata: agent\n${collector}${more}`);
  return examineAgent({ settings: loadAgentSettings(config), host, now: () => at ?? new Date() });
}

/** What is not well. */
function ailing(findings: readonly Finding[]): Code[] {
  return findings.filter((finding) => outcomeOf(finding) !== 'ok').map(({ code }) => code);
}

test('an agent that reports has nothing to be done about, and each thing that was looked at is told', async () => {
  using folder = temporaryFolder();
  const { collector } = await reporting(folder.path);
  const findings = await examine(folder.path);
  await collector.close();
  expect(findings.map(({ code }) => code)).toEqual([
    ...['policies.read', 'folder.sound', 'disk.room', 'lock.free', 'enrolment.kept', 'spool.empty'],
    ...['dns.resolved', 'tcp.connected', 'tls.plain', 'http.ready', 'clock.right', 'log-key.pinned', 'version.same'],
    'rights.enough',
  ]);
});

describe('the data folder:', () => {
  const broken: Record<string, [spoil: (data: string, logFolder: string) => unknown, codes: Code[], more?: string]> = {
    'is not there': [(data) => rmSync(data, { recursive: true }), ['folder.missing']],
    'is open to others': [(data) => chmodSync(data, 0o755), ['folder.open']],
    'has no enrolment': [(data) => rmSync(join(data, 'identity.json')), ['enrolment.missing']],
    'has an enrolment that is damaged': [
      (data) => writeFileSync(join(data, 'identity.json'), '{', { mode: 0o600 }),
      ['enrolment.damaged'],
    ],
    'has reports that were set aside': [
      (_, logFolder) => {
        mkdirSync(join(logFolder, 'set-aside'));
        writeFileSync(join(logFolder, 'set-aside/000001-000000000001.json'), '{}');
      },
      ['spool.set-aside'],
    ],
    'has reports that wait': [(_, logFolder) => wait(logFolder, 3), ['spool.waiting']],
    'has as many reports as may wait': [
      (_, logFolder) => wait(logFolder, 3),
      ['spool.full'],
      'limits: { spoolReports: 3 }\n',
    ],
    'holds a log that contradicts itself': [
      (_, logFolder) =>
        halt(logFolder, {
          at: now,
          code: 'receipt.fork',
          why: 'two histories',
          held: 'a',
          shown: 'b',
          consistency: [],
        }),
      ['spool.halted'],
    ],
  };
  test.each(Object.entries(broken))('%s', async (_, [spoil, codes, more]) => {
    using folder = temporaryFolder();
    const { collector, data, logFolder } = await reporting(folder.path);
    spoil(data, logFolder);
    const findings = await examine(folder.path, { url: collector.url, more: more ?? '' });
    await collector.close();
    expect(ailing(findings)).toEqual(codes);
  });

  function wait(logFolder: string, count: number): void {
    for (let seq = 1; seq <= count; seq++) writeFileSync(join(logFolder, `spool/000001-00000000000${seq}.json`), '{}');
  }

  test.skipIf(process.getuid?.() !== 0)('holds a file that root wrote, which the agent cannot change', async () => {
    using folder = temporaryFolder();
    const { collector, data } = await reporting(folder.path);
    chownSync(data, 64_321, 64_321);
    const findings = await examine(folder.path);
    await collector.close();
    expect(ailing(findings)).toEqual(['folder.owners']);
    expect(findings.find(({ code }) => code === 'folder.owners')?.seen).toMatch(/belongs to user 0, expected 64321/);
  });

  test('is worked in now: that is told, and nothing is written to it', async () => {
    using folder = temporaryFolder();
    const { collector, data } = await reporting(folder.path);
    using _agent = agentOn(data);
    const findings = await examine(folder.path);
    await collector.close();
    expect(findings.map(({ code }) => code)).toContain('lock.taken');
    expect(ailing(findings)).toEqual([]);
  });

  test.each([
    [2 ** 40, 'disk.room'],
    [2 ** 29, 'disk.little'],
    [2 ** 19, 'disk.full'],
  ])('has %d bytes of room: %s', (free, code) => {
    expect(judgeRoom(free, '/data', 2 ** 20)).toMatchObject({ code });
  });
});

describe('the way to the collector:', () => {
  test('a name that has no address', async () => {
    using folder = temporaryFolder();
    const { collector } = await reporting(folder.path);
    await collector.close();
    expect(ailing(await examine(folder.path, { url: 'http://collector.invalid' }))).toEqual(['dns.failed']);
  });

  test('a port where nobody listens', async () => {
    using folder = temporaryFolder();
    const { collector } = await reporting(folder.path);
    await collector.close();
    expect(ailing(await examine(folder.path))).toEqual(['tcp.failed']);
    expect(ailing(await examine(folder.path, { url: `http://127.0.0.1:${await freePort()}` }))).toEqual(['tcp.failed']);
  });

  test('plain HTTP to another machine', async () => {
    using folder = temporaryFolder();
    const { collector } = await reporting(folder.path);
    // An address that leads here, and is not one that never leaves the machine.
    const url = collector.url.replace('127.0.0.1', '0.0.0.0');
    expect(ailing(await examine(folder.path, { url }))).toEqual(['tls.plain-far']);
    await collector.close();
  });

  test('TLS to a port that speaks none', async () => {
    using folder = temporaryFolder();
    const { collector } = await reporting(folder.path);
    const url = collector.url.replace('http:', 'https:');
    expect(ailing(await examine(folder.path, { url }))).toEqual(['tls.failed']);
    await collector.close();
  });

  test('a server that takes connections and says nothing', { timeout: 20_000 }, async () => {
    using folder = temporaryFolder();
    const { collector } = await reporting(folder.path);
    await collector.close();
    const silence = createServer().listen(0, '127.0.0.1');
    await once(silence, 'listening');
    const address = silence.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    expect(ailing(await examine(folder.path, { url: `http://127.0.0.1:${port ?? 0}` }))).toEqual(['http.other']);
    silence.close();
  });

  const problem = { status: 503, code: 'log.behind', title: 'log.behind', detail: 'the log was set back' };
  const answers: Record<string, [answer: Awaited<ReturnType<Behaviour>>, codes: Code[]]> = {
    'a web server that is something else': [{ status: 200, body: { hello: 'world' } }, ['http.other']],
    'one that hangs up': ['hang-up', ['http.other']],
    'a collector that takes nothing': [{ status: 503, body: problem }, ['http.unready']],
  };
  test.each(Object.entries(answers))('%s', async (_, [answer, codes]) => {
    using folder = temporaryFolder();
    const { collector } = await reporting(folder.path);
    const logKeys = { v: 1, logKey: collector.logKey, handovers: [] };
    await collector.close();
    await using middle = await falseCollector((path) =>
      path === '/api/v1/log-keys' && answer !== 'hang-up' ? { status: 200, body: logKeys } : answer,
    );
    expect(ailing(await examine(folder.path, { url: middle.url }))).toEqual(codes);
  });

  test.each([
    ['0.0.1', ['version.newer']],
    ['999.0.0', ['version.older']],
  ])('a collector of version %s', async (version, codes) => {
    using folder = temporaryFolder();
    const { collector } = await reporting(folder.path);
    const logKeys = { v: 1, logKey: collector.logKey, handovers: [] };
    await collector.close();
    await using middle = await falseCollector((path) => ({
      status: 200,
      body: path === '/readyz' ? { status: 'ready', version } : logKeys,
    }));
    expect(ailing(await examine(folder.path, { url: middle.url }))).toEqual(codes);
  });

  test.each([
    [60, ['clock.off']],
    [-60, ['clock.off']],
    [3600, ['clock.wrong']],
  ])('a clock that is %d seconds off', async (seconds, codes) => {
    using folder = temporaryFolder();
    const { collector } = await reporting(folder.path);
    const at = new Date(Date.now() + seconds * 1000);
    expect(ailing(await examine(folder.path, { at }))).toEqual(codes);
    await collector.close();
  });

  test('a collector of another log', async () => {
    using folder = temporaryFolder();
    const { collector } = await reporting(folder.path);
    await collector.close();
    await using other = await collectorOn(join(folder.path, 'other'));
    expect(ailing(await examine(folder.path, { url: other.url }))).toEqual(['log-key.other']);
  });

  test('a log that changed its key is the one that was pinned', async () => {
    using folder = temporaryFolder();
    const { collector, collectorData } = await reporting(folder.path);
    await collector.close();
    const config = CollectorConfig.parse({ origin, data: collectorData });
    await changeLogKey({ config, log: silent });
    await using again = await collectorOn(collectorData);
    expect(again.logKey).not.toBe(collector.logKey);
    expect(ailing(await examine(folder.path, { url: again.url }))).toEqual([]);
  });
});

describe.skipIf(!tool('openssl'))('the collector’s certificate:', () => {
  async function over(folder: string, days: number, names: string) {
    const authority = new Authority(folder);
    const root = authority.issue({
      name: 'root',
      extensions: ['basicConstraints = critical,CA:TRUE', 'keyUsage = critical,keyCertSign'],
    });
    const ends = new Date(Date.now() + days * 86_400_000);
    const leaf = authority.issue({ name: 'leaf', by: 'root', ends, extensions: [`subjectAltName = ${names}`] });
    const config = { tls: { certificate: leaf.pem, key: leaf.key } };
    const collector = await collectorOn(join(folder, 'collector'), { config });
    return { collector, root: root.pem, [Symbol.asyncDispose]: () => collector.close() };
  }

  test.each([
    ['is trusted by the authority that was given', 30, 'IP:127.0.0.1', true, []],
    ['ends soon', 5, 'IP:127.0.0.1', true, ['tls.ending']],
    ['is by an authority that nobody gave', 30, 'IP:127.0.0.1', false, ['tls.untrusted']],
    ['is for another name', 30, 'DNS:other.example', true, ['tls.untrusted']],
  ])('%s', async (_, days, names, isGiven, codes: readonly string[]) => {
    using folder = temporaryFolder();
    await using at = await over(folder.path, days, names);
    mkdirSync(join(folder.path, 'agent'), { mode: 0o700 });
    const ca = isGiven ? `, ca: '${at.root}'` : '';
    const more = `collector: { url: '${at.collector.url}'${ca} }\n`;
    const findings = await examine(folder.path, { more });
    const found = ailing(findings);
    expect(findings.some(({ code }) => code === 'tls.trusted')).toBe(!codes.includes('tls.untrusted'));
    expect(found.filter((code) => code !== 'enrolment.missing')).toEqual(codes);
  });
});

describe('the rights of the unit:', () => {
  const policy = (check: string, parameters: string): string => `policy: rights
version: 1
title: { nl: Rechten, en: Rights }
source: { document: Test, publisher: Test, dated: 2026-01-01 }
controls:
  - id: R-one
    clause: "1"
    title: { nl: Een, en: One }
    promise: { nl: Een., en: One. }
    remedy: { nl: Een., en: One. }
    severity: warning
    maps: {}
    check: ${check}
    with: ${parameters}
`;

  async function found(
    host: RecordedHost,
    check = 'audit-log',
    parameters = '{ paths: personal-logs, watch: rwa }',
  ): Promise<Finding[]> {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'rights.yaml'), policy(check, parameters));
    const config = join(folder.path, 'agent.yaml');
    writeFileSync(config, 'policies: [./rights.yaml]\ndata: agent\n');
    const findings = await examineAgent({ settings: loadAgentSettings(config), host, now: () => now });
    expect(findings.map(({ code }) => code)).toContain('policies.read');
    return findings.filter(({ code }) => code.startsWith('rights.'));
  }
  const host = (stdout: string, files: Record<string, string> = {}): RecordedHost =>
    new RecordedHost({ files, commands: { [showOf('waarborg-agent.service')]: { stdout } } });
  const asRoot = (text: string): string => text.replace('waarborg-agent', 'root');

  test('a check that wants more than the unit has is named with its drop-in', async () => {
    expect(await found(host(unit()))).toEqual([
      { code: 'rights.missing', seen: 'audit-log: waarborg-agent.service is without audit.conf' },
    ]);
    // The capabilities alone do not do: the kernel asks for root's number too.
    expect(ailing(await found(host(unit(' cap_audit_control cap_audit_read'))))).toEqual(['rights.missing']);
    expect(await found(host(asRoot(unit(' cap_audit_control cap_audit_read'))))).toMatchObject([
      { code: 'rights.enough' },
    ]);
  });

  test('what only some hosts need is asked of these', async () => {
    const checks = ['time-sync', '{ maximumOffset: 1s }'] as const;
    expect(await found(host(unit()), ...checks)).toMatchObject([{ code: 'rights.enough' }]);
    const withChrony = host(unit(), { '/etc/chrony/chrony.conf': '' });
    expect(await found(withChrony, ...checks)).toEqual([
      { code: 'rights.missing', seen: 'time-sync: waarborg-agent.service is without root.conf' },
    ]);
  });

  test('a unit without its own right, and none at all', async () => {
    const bare = host(
      asRoot(unit(' cap_audit_control cap_audit_read')).replace('root', 'other').replace('cap_dac_read_search ', ''),
    );
    expect((await found(bare)).map(({ seen }) => seen)).toContainEqual(
      expect.stringContaining('without CAP_DAC_READ_SEARCH'),
    );
    expect(await found(new RecordedHost({}))).toMatchObject([{ code: 'rights.unknown' }]);
  });

  test('the resident unit counts where it is the one that is enabled', async () => {
    const resident = unit(' cap_audit_control cap_audit_read')
      .replace('static', 'enabled')
      .replace('waarborg-agent', 'root');
    const commands = {
      [showOf('waarborg-agent.service')]: { stdout: unit() },
      [showOf('waarborg-agent-resident.service')]: { stdout: resident },
    };
    expect(await found(new RecordedHost({ commands }))).toMatchObject([{ code: 'rights.enough' }]);
  });
});

test('a document that cannot be read is told, and the rest is looked at all the same', async () => {
  using folder = temporaryFolder();
  const config = join(folder.path, 'agent.yaml');
  writeFileSync(config, 'policies: [./none.yaml]\ndata: agent\n');
  const findings = await examineAgent({ settings: loadAgentSettings(config), host: systemd, now: () => now });
  expect(ailing(findings)).toEqual(['policies.unread', 'folder.missing']);
});

describe.skipIf(!tool('openssl'))('the client certificate of an agent', () => {
  const day = 86_400_000;

  /** What is said of it: at enrolment `had`, later `wanted`, so many days on. */
  async function said(had: Mode, wanted: Mode, { days = 0, spoil }: { days?: number; spoil?: string } = {}) {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    {
      await using collector = await startIn(place, had);
      (await enrolIn(place, collector, name))[Symbol.dispose]();
    }
    const data = agentFolderIn(place, name);
    if (spoil !== undefined) writeFileSync(join(data, 'client-certificate.json'), spoil);
    await using collector = await startIn(place, wanted);
    const more = `data: ${data}\n`;
    writeQuickPolicy(folder.path);
    const config = join(folder.path, 'agent.yaml');
    const way = `collector: { url: '${collector.url}', ca: '${place.ca}' }\n`;
    writeFileSync(config, `policies: [./quick.yaml]\n${more}${way}`);
    const settings = loadAgentSettings(config);
    const at = new Date(Date.now() + days * day);
    const findings = await examineAgent({ settings, host: systemd, now: () => at });
    return findings.map(({ code }) => code).filter((code) => code.startsWith('client-certificate.'));
  }

  test.each<[string, Mode, Mode, { days?: number; spoil?: string }, Code[]]>([
    ['is well', 'required', 'required', {}, ['client-certificate.kept']],
    ['should have been renewed long ago', 'required', 'optional', { days: 75 }, ['client-certificate.ending']],
    ['has ended', 'required', 'required', { days: 91 }, ['client-certificate.missing']],
    ['has ended where it may be left out', 'required', 'optional', { days: 91 }, ['client-certificate.none']],
    ['is missing', 'off', 'required', {}, ['client-certificate.missing']],
    ['comes with the next report', 'off', 'optional', {}, ['client-certificate.none']],
    ['is damaged', 'required', 'required', { spoil: '{' }, ['client-certificate.damaged']],
    ['is of no interest', 'required', 'off', {}, []],
  ])('%s', async (_, had, wanted, how, codes) => {
    expect(await said(had, wanted, how)).toEqual(codes);
  });
});
