import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { outcomeOf, type Code, type Finding } from '../../agent/doctor/findings.ts';
import { lockFolder } from '../../agent/lock.ts';
import { authorityFile, createAuthority, finishRotation, rotateAuthority } from '../../collector/clients/authority.ts';
import { CollectorConfig, guardFile } from '../../collector/config.ts';
import { examineCollector } from '../../collector/doctor.ts';
import { Authority } from '../support/authority.ts';
import { falseCollector, type FalseAnswer } from '../support/false-collector.ts';
import { freePort } from '../support/process.ts';
import { collectorOn, enrolAgentAt, origin } from '../support/road.ts';
import { temporaryFolder, tool } from '../support/tools.ts';

/** A log that has some entries, which nobody serves. */
async function stopped(folder: string): Promise<string> {
  const data = join(folder, 'collector');
  await using collector = await collectorOn(data);
  using _agent = await enrolAgentAt(collector, join(folder, 'agent'), 'web1.example.nl');
  return data;
}

function configOf(data: string, more: object = {}): CollectorConfig {
  return CollectorConfig.parse({ listen: '127.0.0.1:1', origin, data, ...more });
}

/** What is not well. */
function ailing(findings: readonly Finding[]): Code[] {
  return findings.filter((finding) => outcomeOf(finding) !== 'ok').map(({ code }) => code);
}

test('a collector that runs has nothing to be done about, and each thing that was looked at is told', async () => {
  using folder = temporaryFolder();
  const data = await stopped(folder.path);
  const listen = `127.0.0.1:${await freePort()}`;
  await using _ = await collectorOn(data, { config: { listen } });
  const findings = await examineCollector(configOf(data, { listen }), new Date());
  expect(findings.map(({ code }) => code)).toEqual([
    ...['folder.sound', 'disk.room', 'lock.taken', 'store.sound', 'key.kept', 'guard.continues', 'http.ready'],
  ]);
});

describe('a collector that does not run:', () => {
  const guard = (data: string): string => guardFile({ data });
  const broken: Record<string, [spoil: (data: string) => unknown, codes: Code[], more?: object]> = {
    'is told to be stopped': [() => undefined, []],
    'whose folder is not there': [(data) => rmSync(data, { recursive: true }), ['folder.missing']],
    'without a log': [(data) => rmSync(join(data, 'evidence.db')), ['store.none']],
    'whose database is none': [(data) => writeFileSync(join(data, 'evidence.db'), 'x'.repeat(8192)), ['store.unread']],
    'with the log of another name': [() => undefined, ['store.unread'], { origin: 'other.example/log' }],
    'without its key': [(data) => rmSync(join(data, 'log.key')), ['key.missing']],
    'with a key that is none': [(data) => writeFileSync(join(data, 'log.key'), 'x'), ['key.missing']],
    'without its guard': [(data) => rmSync(guard(data)), ['guard.missing']],
    'whose guard is something else': [(data) => writeFileSync(guard(data), 'x\n\ny\n'), ['guard.broken']],
  };
  test.each(Object.entries(broken))('%s', async (_, [spoil, codes, more]) => {
    using folder = temporaryFolder();
    const data = await stopped(folder.path);
    spoil(data);
    expect(ailing(await examineCollector(configOf(data, more), new Date()))).toEqual([...codes, 'collector.stopped']);
  });

  test('whose log was set back is told by its guard, whatever SQLite says', async () => {
    using folder = temporaryFolder();
    const data = await stopped(folder.path);
    const backup = join(folder.path, 'backup.db');
    copyFileSync(join(data, 'evidence.db'), backup);
    {
      await using collector = await collectorOn(data);
      using _agent = await enrolAgentAt(collector, join(folder.path, 'agent2'), 'web2.example.nl');
    }
    copyFileSync(backup, join(data, 'evidence.db'));
    const findings = await examineCollector(configOf(data), new Date());
    expect(ailing(findings)).toEqual(['guard.broken', 'collector.stopped']);
    expect(findings.find(({ code }) => code === 'guard.broken')?.seen).toMatch(/set back/);
  });

  test('whose clock went back behind its log', async () => {
    using folder = temporaryFolder();
    const data = await stopped(folder.path);
    const yesterday = new Date(Date.now() - 86_400_000);
    expect(ailing(await examineCollector(configOf(data), yesterday))).toEqual(['clock.wrong', 'collector.stopped']);
  });
});

describe('a listener that is not well:', () => {
  const problem = { status: 503, code: 'log.disk-full', title: 'log.disk-full', detail: 'the disk is full' };
  const answers: Record<string, [answer: FalseAnswer, codes: Code[]]> = {
    'takes nothing': [{ status: 503, body: problem }, ['http.unready']],
    'runs what was installed before': [
      { status: 200, body: { status: 'ready', version: '0.0.1', entries: 1 } },
      ['version.restart'],
    ],
    'does not tell its version': [{ status: 200, body: { status: 'ready', entries: 1 } }, ['version.restart']],
    'answers no JSON': [{ status: 200, body: '<html>' }, ['tcp.failed']],
  };
  test.each(Object.entries(answers))('%s', async (_, [answer, codes]) => {
    using folder = temporaryFolder();
    const data = await stopped(folder.path);
    using _lock = lockFolder(data);
    await using listener = await falseCollector(() => answer);
    const listen = new URL(listener.url).host;
    expect(ailing(await examineCollector(configOf(data, { listen }), new Date()))).toEqual(codes);
  });

  test('does not answer', async () => {
    using folder = temporaryFolder();
    const data = await stopped(folder.path);
    using _lock = lockFolder(data);
    const listen = `127.0.0.1:${await freePort()}`;
    expect(ailing(await examineCollector(configOf(data, { listen }), new Date()))).toEqual(['tcp.failed']);
  });
});

describe.skipIf(!tool('openssl'))('the certificate of a collector:', () => {
  async function served(folder: string, spoil: (own: string, authority: Authority) => void, at = new Date()) {
    const data = await stopped(folder);
    const own = join(folder, 'tls');
    mkdirSync(own);
    const authority = new Authority(folder);
    const leaf = authority.issue({ name: 'leaf', extensions: ['subjectAltName = DNS:localhost'] });
    const tls = { certificate: join(own, 'served.pem'), key: join(own, 'served.key') };
    copyFileSync(leaf.pem, tls.certificate);
    copyFileSync(leaf.key, tls.key);
    const listen = `127.0.0.1:${await freePort()}`;
    await using _ = await collectorOn(data, { config: { listen, tls } });
    spoil(own, authority);
    return await examineCollector(configOf(data, { listen, tls }), at);
  }

  test('is well', async () => {
    using folder = temporaryFolder();
    const findings = await served(folder.path, () => undefined);
    expect(findings.map(({ code }) => code)).toContain('certificate.sound');
    expect(ailing(findings)).toEqual([]);
  });

  test('ends soon', async () => {
    using folder = temporaryFolder();
    const soon = new Date(Date.now() + 20 * 86_400_000);
    expect(ailing(await served(folder.path, () => undefined, soon))).toEqual(['tls.ending']);
  });

  test('was renewed on disk and is not served yet', async () => {
    using folder = temporaryFolder();
    const renew = (own: string, authority: Authority): void => {
      const next = authority.issue({ name: 'next', extensions: ['subjectAltName = DNS:localhost'] });
      copyFileSync(next.pem, join(own, 'served.pem'));
      copyFileSync(next.key, join(own, 'served.key'));
    };
    expect(ailing(await served(folder.path, renew))).toEqual(['certificate.stale']);
  });

  test('is not that of its key', async () => {
    using folder = temporaryFolder();
    const mix = (own: string, authority: Authority): void => {
      copyFileSync(authority.issue({ name: 'next' }).key, join(own, 'served.key'));
    };
    expect(ailing(await served(folder.path, mix))).toEqual(['certificate.broken']);
  });
});

describe('the authority of a collector whose agents have client certificates:', () => {
  const at = new Date();
  const years = (count: number): Date => new Date(at.getTime() + count * 365 * 86_400_000);

  function found(data: string, clientCertificates: string, moment = at): Promise<Finding[]> {
    const tls = { certificate: 'none.pem', key: 'none.key', clientCertificates };
    return examineCollector(configOf(data, { tls }), moment);
  }

  const ofAuthority = (findings: readonly Finding[]): Code[] =>
    findings.map(({ code }) => code).filter((code) => code.startsWith('authority.'));

  const states: Record<string, [bring: (data: string) => unknown, codes: Code[], moment?: Date]> = {
    'is well': [() => undefined, ['authority.kept']],
    'is being changed': [(data) => rotateAuthority(data, origin, at), ['authority.kept', 'authority.two']],
    'was changed': [(data) => (rotateAuthority(data, origin, at), finishRotation(data)), ['authority.kept']],
    'ends within a year': [() => undefined, ['authority.ending'], years(9.1)],
    'has ended': [() => undefined, ['authority.ended'], years(10.1)],
    'is not there': [(data) => rmSync(authorityFile(data)), ['authority.broken']],
    'is damaged': [(data) => writeFileSync(authorityFile(data), '{}'), ['authority.broken']],
    'can be read by others': [(data) => chmodSync(authorityFile(data), 0o640), ['authority.broken']],
  };
  test.each(Object.entries(states))('%s', async (_, [bring, codes, moment]) => {
    using folder = temporaryFolder();
    const data = await stopped(folder.path);
    createAuthority(data, origin, at);
    bring(data);
    for (const mode of ['optional', 'required']) expect(ofAuthority(await found(data, mode, moment))).toEqual(codes);
    expect(ofAuthority(await found(data, 'off', moment))).toEqual([]);
  });
});
