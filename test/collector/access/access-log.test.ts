import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import { networkOf } from '../../../collector/access/address.ts';
import { AccessLog } from '../../../collector/access/access-log.ts';
import { packPart } from '../../../evidence/exchange.ts';
import { runWaarborg } from '../../support/process.ts';
import { collectorOn } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { draftReport, enrolHand, send } from '../ingest/submissions.ts';
import { AccessAnswer } from '../../../collector/access/exchange.ts';
import type { Collector } from '../../../collector/collector.ts';
import type { Role } from '../../../collector/access/tokens.ts';

const someone = { person: 'person-a', token: 't1', role: 'auditor', from: '192.0.2.0/24', did: 'read-act' } as const;

describe('the access log', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
    return () => folder[Symbol.dispose]();
  });

  function fill(log: AccessLog, count: number, begin = '2026-03-01T12:00:00.000Z'): void {
    for (let index = 0; index < count; index++) {
      log.add({ ...someone, about: `case-${index}` }, new Date(Date.parse(begin) + index * 86_400_000));
    }
  }

  /** Whoever has the file, past the program. */
  function tamper(sql: string): void {
    const database = new DatabaseSync(join(folder.path, 'access.db'));
    database.exec(`DROP TRIGGER access_stays; DROP TRIGGER access_is_kept; ${sql}`);
    database.close();
  }

  test('goes on where it was, over a restart and beside another that writes', () => {
    using one = new AccessLog(folder.path);
    using other = new AccessLog(folder.path);
    fill(one, 2);
    fill(other, 1);
    fill(one, 1);
    expect(one.list({ limit: 10 }).map(({ number }) => number)).toEqual([4, 3, 2, 1]);
    expect(one.chain()).toMatchObject({ brokenAt: null, head: { number: 4 }, dropped: { number: 0, hash: '' } });
    expect(one.list({ before: 3, limit: 1 }).map(({ about }) => about)).toEqual(['case-1']);
  });

  test.each([
    ['taken out of the middle', 'DELETE FROM access_log WHERE number = 3', 3],
    ['taken from the beginning', 'DELETE FROM access_log WHERE number = 1', 1],
    ['changed', `UPDATE access_log SET record = replace(record, 'case-2', 'case-9') WHERE number = 3`, 3],
    ['changed with its own hash', `UPDATE access_log SET hash = '${'0'.repeat(64)}' WHERE number = 3`, 3],
    ['put in another place', 'UPDATE access_log SET number = 9 WHERE number = 3', 3],
  ])('shows that a record was %s', (_, sql, brokenAt) => {
    {
      using log = new AccessLog(folder.path);
      fill(log, 5);
      expect(log.chain().brokenAt).toBeNull();
    }
    tamper(sql);
    using log = new AccessLog(folder.path);
    expect(log.chain().brokenAt).toBe(brokenAt);
  });

  test('cut off at its end is shown by the number and hash that somebody kept', () => {
    {
      using log = new AccessLog(folder.path);
      fill(log, 5);
    }
    const kept = new AccessLog(folder.path).chain().head;
    tamper('DELETE FROM access_log WHERE number = 5');
    using log = new AccessLog(folder.path);
    expect(log.chain().head.number).toBeLessThan(kept.number);
    fill(log, 1, '2026-03-05T12:00:00.001Z');
    expect(log.chain().head).toMatchObject({ number: kept.number });
    expect(log.chain().head.hash).not.toBe(kept.hash);
  });

  test('shows that the first record was taken out, though all that follow were numbered and chained anew', () => {
    const records: string[] = [];
    {
      using log = new AccessLog(folder.path);
      fill(log, 3);
      records.push(
        ...log
          .list({ limit: 10 })
          .toReversed()
          .map((record) => JSON.stringify(record))
          .slice(1),
      );
    }
    let hash = '';
    const rows = records.map((record, index) => {
      hash = createHash('sha256').update(`${hash}\n${record}`).digest('hex');
      return `INSERT INTO access_log (number, record, at, hash) VALUES (${index + 1}, '${record}', '', '${hash}')`;
    });
    tamper(['DELETE FROM access_log', ...rows].join(';'));
    using log = new AccessLog(folder.path);
    expect(log.chain()).toMatchObject({ brokenAt: 1, head: { number: 2, hash } });
  });

  test.each(['DELETE FROM access_log', `UPDATE access_log SET record = ''`])('refuses "%s"', (sql) => {
    using log = new AccessLog(folder.path);
    fill(log, 2);
    const database = new DatabaseSync(join(folder.path, 'access.db'));
    expect(() => database.exec(sql)).toThrow('the access log is only added to');
    database.close();
    expect(log.chain()).toMatchObject({ brokenAt: null, head: { number: 2 } });
  });

  test('drops what is old, and still shows that nothing else is missing', () => {
    using log = new AccessLog(folder.path);
    fill(log, 5);
    const { head } = log.chain();
    log.prune(new Date('2026-03-03T12:00:00.000Z'));
    expect(log.list({ limit: 10 }).map(({ number }) => number)).toEqual([5, 4, 3]);
    expect(log.chain()).toMatchObject({ brokenAt: null, head, dropped: { number: 2 } });
    log.prune(new Date('2027-01-01T00:00:00.000Z'));
    expect(log.chain()).toMatchObject({ brokenAt: null, head, dropped: head });
    fill(log, 1);
    expect(log.list({ limit: 1 })[0]?.number).toBe(6);
  });

  test('keeps what was written after an old record, whatever its clock said', () => {
    using log = new AccessLog(folder.path);
    fill(log, 1, '2026-03-10T12:00:00.000Z');
    fill(log, 1, '2026-03-01T12:00:00.000Z');
    log.prune(new Date('2026-03-05T12:00:00.000Z'));
    expect(log.list({ limit: 10 }).length).toBe(2);
  });
});

test.each([
  ['192.0.2.77', '192.0.2.0/24'],
  ['::ffff:192.0.2.77', '192.0.2.0/24'],
  ['2001:db8:12:3456::1', '2001:db8:12::/48'],
  ['::1', '0:0:0::/48'],
  ['fe80::1%eth0', 'fe80:0:0::/48'],
  ['nonsense', null],
  [undefined, null],
])('of the address %s the network is told: %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

/** Who did and saw what, by the collector's own account, oldest first; without the question itself. */
async function told(collector: Collector): Promise<string[]> {
  const headers = { authorization: `Bearer ${tokenFor(collector, 'auditor')}` };
  const answer = await fetch(new URL('/api/v1/access', collector.url), { headers });
  const { records, brokenAt } = AccessAnswer.parse(await answer.json());
  expect(brokenAt).toBeNull();
  const lines = records.map(({ person, role, did, about }) => `${person ?? ''} ${role} ${did} ${about ?? ''}`.trim());
  return lines.toReversed().slice(0, -1);
}

function tokenFor(collector: Collector, role: Role, person = `person-${role}`): string {
  return collector.tokens.create({ role, label: '', validity: 600, person }, new Date()).secret;
}

test('every act and every reading of what people said or hosts reported is written down', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  await send(collector, draftReport(await enrolHand(collector, 'web1.example.nl')));
  const ask = async (role: Role, path: string, body?: object): Promise<number> => {
    const authorization = `Bearer ${tokenFor(collector, role)}`;
    const method = body === undefined ? 'GET' : 'POST';
    const headers = { authorization, 'content-type': 'application/json' };
    const asked = body === undefined ? { headers } : { method, headers, body: JSON.stringify({ v: 1, ...body }) };
    return (await fetch(new URL(path, collector.url), { redirect: 'manual', ...asked })).status;
  };
  const opened = { of: 'incident', urgency: null, began: '2026-01-01T00:00:00.000Z', about: null, fields: [] };
  const text = Buffer.from(JSON.stringify({ v: 1, text: 'A name' }));
  const parts = [packPart({ name: 'statement', salt: Buffer.alloc(32), bytes: text })];
  await ask('operator', '/api/v1/acts', { act: { act: 'open-case', id: 'case-0001', ...opened }, parts });
  await ask('approver', '/api/v1/acts/case-0001');
  await ask('auditor', '/api/v1/reports/2');
  await ask('auditor', '/api/v1/compliance?from=2026-01-01');
  await ask('operator', '/api/v1/hosts/web1.example.nl/revoke', { reason: 'retired' });
  await ask('operator', '/api/v1/erasures', {
    host: 'web1.example.nl',
    ground: 'request',
    reference: 'R-1',
    dryRun: true,
  });
  const login = new URLSearchParams({ token: tokenFor(collector, 'auditor') });
  await fetch(new URL('/login', collector.url), { method: 'POST', body: login, redirect: 'manual' });
  await ask('auditor', '/access');
  // What is refused, and what says nothing of people, is not written down.
  await ask('metrics', '/api/v1/acts/case-0001');
  await ask('auditor', '/api/v1/hosts');
  expect(await told(collector)).toEqual([
    'person-operator operator act open-case case-0001',
    'person-approver approver read-act case-0001',
    'person-auditor auditor read-report web1.example.nl 2',
    expect.stringMatching(/^person-auditor auditor make-report json 2026-01-01T00:00:00.000Z \S+ all hosts$/),
    'person-operator operator revoke-host web1.example.nl',
    'person-operator operator erase web1.example.nl before any time, counted only',
    'person-auditor auditor log-in',
    'person-auditor auditor read-access',
  ]);
});

test('waarborg access list tells who did what, and ends with 1 where something was changed', async () => {
  using folder = temporaryFolder();
  const data = join(folder.path, 'collector');
  {
    await using collector = await collectorOn(data);
    const made = await runWaarborg(['token', 'create', '--role', 'auditor', '--data', folder.path]);
    const file = join(folder.path, 'token');
    writeFileSync(file, made.stdout);
    const list = () => runWaarborg(['access', 'list', '--collector', collector.url, '--token-file', file]);
    const whole = await list();
    expect(whole).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^2 .* read-access .*\n1 .* console {2}create-token /) as string,
    });
    expect(whole.stdout).toContain('records 1 to 2 stand as they were written');
    const database = new DatabaseSync(join(data, 'access.db'));
    database.exec(
      "DROP TRIGGER access_stays; UPDATE access_log SET at = '2020', record = replace(record, 'auditor', 'metrics')",
    );
    database.close();
    expect(await list()).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('record 1 is missing or was changed') as string,
    });
  }
}, 60_000);

test('what is read on the own host of a collector that runs is written down before it is shown', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(join(folder.path, 'collector'));
  await send(collector, draftReport(await enrolHand(collector, 'web1.example.nl')));
  const run = (...words: string[]) => runWaarborg([...words, '--data', folder.path], { cwd: folder.path });
  expect(await run('export', 'whole')).toMatchObject({ code: 0 });
  expect(await run('export', 'part', '--host', 'web1.example.nl', '--from', '2026-01-01')).toMatchObject({ code: 0 });
  const report = ['report', '--format', 'json', '--output', 'report.json', '--label', 'role=web'];
  expect(await run(...report, '--from', '2026-01-01', '--host', 'web1.example.nl')).toMatchObject({ code: 3 });
  expect(await run('policy', 'try', 'cloud-provider')).toMatchObject({ stderr: '' });
  // A bundle is whoever's it is: the collector has nothing to say of it.
  expect(await run('report', '--format', 'json', '--output', 'x.json', '--bundle', 'whole')).toMatchObject({ code: 3 });
  expect(await told(collector)).toEqual([
    'console export-evidence all of it',
    'console export-evidence {"from":"2026-01-01T00:00:00.000Z","until":null,"policies":[],"labels":{},"hosts":["web1.example.nl"]}',
    expect.stringMatching(/^console make-report json 2026-01-01T\S+ \S+ web1\.example\.nl role=web$/),
    expect.stringMatching(/^console try-policy cloud-provider [0-9a-f]{64}$/),
  ]);
}, 60_000);

test('what cannot be written down is not exported, nor reported', async () => {
  using folder = temporaryFolder();
  const data = join(folder.path, 'collector');
  {
    await using collector = await collectorOn(data);
    await send(collector, draftReport(await enrolHand(collector, 'web1.example.nl')));
  }
  const database = new DatabaseSync(join(data, 'access.db'));
  database.exec("CREATE TRIGGER full BEFORE INSERT ON access_log BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
  database.close();
  const run = (...words: string[]) => runWaarborg([...words, '--data', folder.path], { cwd: folder.path });
  expect((await run('export', 'whole')).code).not.toBe(0);
  expect((await run('report', '--output', 'report.html')).code).not.toBe(0);
  expect(existsSync(join(folder.path, 'whole'))).toBe(false);
  expect(existsSync(join(folder.path, 'report.html'))).toBe(false);
}, 60_000);
