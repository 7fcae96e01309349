import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Collector } from '../../../collector/collector.ts';
import { evidenceForReading, Store } from '../../../collector/store/store.ts';
import type { PackedPart } from '../../../evidence/exchange.ts';
import type { Statement } from '../../../evidence/report.ts';
import { runWaarborg } from '../../support/process.ts';
import { collectorOn } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { draftReport, enrolHand, logSize, send, type Draft, type Hand } from '../ingest/submissions.ts';
import { ask, audited, readAs } from './operator.ts';

const day = 86_400_000;
let folder: ReturnType<typeof temporaryFolder>;
let data: string;
let now: Date;
let collector: Collector & AsyncDisposable;

beforeEach(async () => {
  folder = temporaryFolder();
  data = join(folder.path, 'data');
  now = new Date('2026-01-01T00:00:00Z');
  collector = await collectorOn(data, { now: () => now });
});

afterEach(async () => {
  await collector[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

interface Sent {
  readonly statement: Statement;
  readonly digest: string;
  readonly parts: readonly PackedPart[];
}

/** A host that sends reports one after the other; what it says is told apart by its system's name. */
class Sender {
  readonly hand: Hand;
  #last: Sent | undefined;

  constructor(hand: Hand) {
    this.hand = hand;
  }

  async send(draft: Draft = {}): Promise<Sent> {
    const seq = (this.#last?.statement.seq ?? 0) + 1;
    const drafted = draftReport(this.hand, { seq, prev: this.#last?.digest ?? null, issuedAt: now, ...draft });
    const { status, body } = await send(collector, drafted);
    expect(body).not.toHaveProperty('code');
    expect(status).toBe(200);
    const { envelope, parts } = drafted.submission;
    const statement = JSON.parse(Buffer.from(envelope.payload, 'base64').toString()) as Statement;
    this.#last = { statement, digest: drafted.digest, parts };
    return this.#last;
  }
}

async function sender(name: string): Promise<Sender> {
  return new Sender(await enrolHand(collector, name, now));
}

function commitments({ statement }: Sent): string[] {
  return statement.body.map(({ commitment }) => commitment);
}

/** Which of a report's parts are still stored. */
function kept(sent: Sent): boolean[] {
  const database = evidenceForReading(data);
  try {
    const store = new Store(database);
    return commitments(sent).map((commitment) => store.hasPart(commitment));
  } finally {
    database.close();
  }
}

function erase(selection: object): ReturnType<typeof ask> {
  return ask(collector, '/api/v1/erasures', { ground: 'request', reference: '2026-117', ...selection });
}

const all = [true, true, true];
const none = [false, false, false];

describe('what is erased', () => {
  test('is what a host reported, but for what its newest report rests on; an auditor sees which, and why', async () => {
    const [web, db] = [await sender('web1'), await sender('db1')];
    const [old, newest, other] = [await web.send(), await web.send(), await db.send()];
    expect(await erase({ host: 'web1' })).toEqual({
      status: 200,
      body: { v: 1, state: 'erased', index: 6, parts: 3, isLeft: false },
    });
    expect([kept(old), kept(newest), kept(other)]).toEqual([none, all, all]);
    const verification = audited(data, join(folder.path, 'bundle'));
    expect(verification).toMatchObject({
      outcome: 'sound',
      total: 0,
      proven: { reports: 2, chained: 1, erasures: [{ ground: 'request', reference: '2026-117', parts: 3 }] },
    });
  });

  test('is not in the files of the database any more, nor its salt', async () => {
    const web = await sender('web1');
    const secret = 'Debian of nobody but me';
    const host = JSON.stringify({ v: 1, hostname: 'web1', os: secret, agentVersion: '0', labels: {} });
    const old = await web.send({ parts: { host } });
    await web.send();
    const salts = old.parts.map(({ salt }) => Buffer.from(salt, 'base64'));
    const stored = (): Buffer =>
      Buffer.concat(['evidence.db', 'evidence.db-wal'].map((file) => readFileSync(join(data, file))));
    const before = stored();
    expect(salts.every((salt) => before.includes(salt))).toBe(true);
    await erase({ host: 'web1' });
    const after = stored();
    expect(salts.some((salt) => after.includes(salt))).toBe(false);
  });

  test('is only what no report of the given moment or later commits to', async () => {
    const web = await sender('web1');
    const first = await web.send();
    const names = first.statement.body.map(({ name }) => name);
    const sameBody = { statement: { body: first.statement.body }, unsent: names };
    now = new Date(now.getTime() + 10 * day);
    await web.send(sameBody);
    now = new Date(now.getTime() + 10 * day);
    await web.send();
    const fifth = new Date('2026-01-06T00:00:00Z').toISOString();
    expect(await erase({ before: fifth })).toMatchObject({ body: { parts: 0, index: null } });
    expect(kept(first)).toEqual(all);
    expect(await erase({ before: '2026-01-12T00:00:00.000Z' })).toMatchObject({ body: { parts: 3 } });
    expect(kept(first)).toEqual(none);
    expect(audited(data, join(folder.path, 'bundle'))).toMatchObject({ outcome: 'sound', proven: { chained: 2 } });
  });

  test('is not what a later report of another host commits to as well', async () => {
    const [web, db] = [await sender('web1'), await sender('db1')];
    const old = await web.send();
    now = new Date(now.getTime() + 10 * day);
    await web.send();
    const names = old.statement.body.map(({ name }) => name);
    await db.send({ statement: { body: old.statement.body }, unsent: names });
    await db.send();
    expect(await erase({ before: '2026-01-06T00:00:00.000Z' })).toMatchObject({ body: { parts: 0 } });
    expect(kept(old)).toEqual(all);
  });

  test('is all of a host whose key was revoked, and what was shown of it goes as well', async () => {
    const web = await sender('web1');
    const [old, newest] = [await web.send(), await web.send()];
    await ask(collector, '/api/v1/hosts/web1/revoke', { reason: 'lost' });
    expect(await readAs(collector, '/metrics')).toContain('host="web1"');
    expect(await erase({ host: 'web1' })).toMatchObject({ body: { parts: 6 } });
    expect([kept(old), kept(newest)]).toEqual([none, none]);
    expect(await readAs(collector, '/metrics')).not.toContain('host="web1"');
    await collector.close();
    collector = await collectorOn(data, { now: () => now });
    expect(await readAs(collector, '/api/v1/hosts')).not.toContain('web1');
  });

  test('is not what a host committed to under an enrolment that still counts', async () => {
    const before = await sender('web1');
    const under1 = await before.send();
    const anew = await sender('web1');
    await anew.send();
    await anew.send();
    expect(await erase({ host: 'web1' })).toMatchObject({ body: { parts: 3 } });
    expect(kept(under1)).toEqual(all);
  });

  test('stays erased: no report brings it back or rests on it', async () => {
    const web = await sender('web1');
    const [old, newest] = [await web.send(), await web.send()];
    await erase({ host: 'web1' });
    const again = draftReport(web.hand, {
      seq: 3,
      prev: newest.digest,
      issuedAt: now,
      statement: { body: old.statement.body },
    });
    const submission = { ...again.submission, parts: [...old.parts] };
    expect(await send(collector, { submission })).toMatchObject({ status: 409, body: { code: 'report.erased' } });
    expect(kept(old)).toEqual(none);
    await web.send();
  });

  test('is told 500 parts at a time, each in an entry of its own', async () => {
    const web = await sender('web1');
    const facts = Array.from({ length: 20 }, (_, kind) => [`facts/kind-${kind}`, '{}'] as const);
    for (let report = 0; report < 23; report += 1) await web.send({ parts: Object.fromEntries(facts) });
    const sizes: unknown[] = [];
    for (;;) {
      const { body } = await erase({ host: 'web1' });
      const answer = body as { state: string; parts: number; isLeft: boolean };
      if (answer.state === 'reading') continue;
      sizes.push(answer.parts);
      if (!answer.isLeft) break;
    }
    expect(sizes).toEqual([500, 6]);
    expect(audited(data, join(folder.path, 'bundle'))).toMatchObject({
      outcome: 'sound',
      proven: { reports: 1, chained: 22, erasures: [{ parts: 506 }] },
    });
  });
});

test('a report in the API says which of its parts are not there any more', async () => {
  const web = await sender('web1');
  await web.send();
  await web.send();
  await erase({ host: 'web1' });
  const report = JSON.parse(await readAs(collector, '/api/v1/reports/2')) as { parts: object };
  expect(report.parts).toEqual({ host: null, observations: null, 'facts/password-age': null });
});

test('a count erases nothing', async () => {
  const web = await sender('web1');
  const old = await web.send();
  await web.send();
  const size = await logSize(collector);
  expect(await erase({ host: 'web1', dryRun: true })).toEqual({
    status: 200,
    body: { v: 1, state: 'counted', parts: 3, isAll: true },
  });
  expect(kept(old)).toEqual(all);
  expect(await logSize(collector)).toBe(size);
});

test('only an operator may, and must say what and why', async () => {
  const operation = { ground: 'request', reference: '2026-117', host: 'web1' };
  const path = '/api/v1/erasures';
  expect(await ask(collector, path, operation, 'auditor')).toMatchObject({ status: 403, body: { code: 'token.role' } });
  for (const wrong of [{ host: undefined }, { ground: 'mood' }, { reference: 'for Jan Jansen' }, { before: 'soon' }]) {
    expect(await ask(collector, path, { ...operation, ...wrong })).toMatchObject({ status: 400 });
  }
});

describe('parts whose time is over', () => {
  test('are erased by themselves, and what newer reports rest on is not', async () => {
    const [web, silent] = [await sender('web1'), await sender('silent1')];
    const [old, last] = [await web.send(), await silent.send()];
    now = new Date(now.getTime() + 399 * day);
    const newest = await web.send();
    now = new Date(now.getTime() + 2 * day);
    await collector.close();
    const config = { retention: '400d', retentionReference: 'DPIA-12' };
    collector = await collectorOn(data, { now: () => now, config });
    await expect.poll(() => kept(old)).toEqual(none);
    expect([kept(newest), kept(last)]).toEqual([all, all]);
    expect(audited(data, join(folder.path, 'bundle'))).toMatchObject({
      outcome: 'sound',
      proven: { erasures: [{ ground: 'retention', reference: 'DPIA-12', parts: 3 }] },
    });
  });

  test('are kept for ever where nothing is set', async () => {
    const web = await sender('web1');
    const old = await web.send();
    now = new Date(now.getTime() + 4000 * day);
    await web.send();
    await collector.close();
    collector = await collectorOn(data, { now: () => now });
    expect(kept(old)).toEqual(all);
  });
});

test('the command erases until nothing is left, and says how much', async () => {
  const web = await sender('web1');
  await web.send();
  await web.send();
  const { secret } = collector.tokens.create({ role: 'operator', label: '', validity: 600 }, now);
  const words = ['erase', '--collector', collector.url, '--ground', 'request', '--reference', '2026-117'];
  const run = (...more: string[]) => runWaarborg([...words, ...more], { env: { WAARBORG_TOKEN: secret } });
  expect(await run('--host', 'web1', '--dry-run')).toEqual({
    code: 0,
    stdout: '3 parts would be erased\n',
    stderr: '',
  });
  expect(await run('--host', 'web1')).toEqual({
    code: 0,
    stdout: '3 parts erased; entries of the log that say so: 1\n',
    stderr: '',
  });
  expect(await run('--host', 'web1')).toEqual({ code: 0, stdout: 'there was nothing to erase\n', stderr: '' });
  const wrong: [string[], RegExp][] = [
    [[], /nothing says what to erase/],
    [['--before', '2026-02-31'], /--before 2026-02-31: expected a day/],
    [['--before', '2999-01-01'], /expected a day that has begun/],
    [['--older-than', 'long'], /expected a duration/],
    [['--host', 'web1', '--older-than', '1d', '--before', '2026-01-01'], /not both/],
  ];
  for (const [more, message] of wrong) {
    const { code, stderr } = await run(...more);
    expect([code, stderr]).toEqual([3, expect.stringMatching(message)]);
  }
});
