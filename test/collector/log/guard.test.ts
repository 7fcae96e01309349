import { generateKeyPairSync } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import type { Collector } from '../../../collector/collector.ts';
import { signCheckpoint } from '../../../evidence/checkpoint.ts';
import { rawPublicKey } from '../../../evidence/keys.ts';
import { logSigner } from '../../../evidence/note.ts';
import { leafHash } from '../../../evidence/merkle.ts';
import type { Receipt } from '../../../evidence/exchange.ts';
import { agentOn, collectorOn, enrolAgentAt, origin } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { seededKey } from '../../evidence/keys.ts';
import { draftReport, enrolHand, logSize, post, send, type Hand } from '../ingest/submissions.ts';

interface Place {
  readonly data: string;
  readonly guard: string;
}

function matching(pattern: RegExp): string {
  return expect.stringMatching(pattern) as string;
}

function placeIn(folder: string): Place {
  const data = join(folder, 'collector');
  return { data, guard: `${data}-guard/head` };
}

/** Runs a collector for a while and has it take so many enrolments. */
async function grow({ data }: Place, hosts: readonly string[], config: object = {}): Promise<void> {
  await using collector = await collectorOn(data, { config });
  for (const host of hosts) await enrolHand(collector, host);
}

/** Puts an old copy of the data folder back, as somebody would who restores a backup. */
function setBack({ data }: Place, copy: string): void {
  rmSync(data, { recursive: true });
  cpSync(copy, data, { recursive: true });
}

describe('the guard', () => {
  test('holds the head of when the collector ended, as a checkpoint that verifies', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    await grow(place, ['web1.example.nl', 'web2.example.nl']);
    expect(readFileSync(place.guard, 'utf8')).toMatch(/^test\.example\/log\n2\n/);
    await grow(place, ['web3.example.nl']);
    expect(readFileSync(place.guard, 'utf8')).toMatch(/^test\.example\/log\n3\n/);
  });

  test('has the first head of a second at once, and the others within the next', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    await using collector = await collectorOn(place.data);
    const sizeOf = (): string | undefined => readFileSync(place.guard, 'utf8').split('\n')[1];
    await enrolHand(collector, 'web1.example.nl');
    expect(sizeOf()).toBe('1');
    await enrolHand(collector, 'web2.example.nl');
    expect(sizeOf()).toBe('1');
    await expect.poll(sizeOf, { timeout: 3000 }).toBe('2');
  });

  test('refuses a log that was set back to an older copy, until the newest is there again', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    await grow(place, ['web1.example.nl']);
    const [old, newest] = [join(folder.path, 'old'), join(folder.path, 'newest')];
    cpSync(place.data, old, { recursive: true });
    await grow(place, ['web2.example.nl']);
    cpSync(place.data, newest, { recursive: true });
    setBack(place, old);
    await expect(collectorOn(place.data)).rejects.toMatchObject({
      code: 'store.behind',
      message: matching(
        /the log has 1 entries, and the guard .* holds its signed head of 2: it was set back .* Restore the newest copy/,
      ),
    });
    expect(readFileSync(place.guard, 'utf8')).toMatch(/\n2\n/);
    setBack(place, newest);
    await grow(place, ['web3.example.nl']);
  });

  test('refuses a log that grew otherwise from an older copy on', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    await grow(place, ['web1.example.nl']);
    const copy = join(folder.path, 'copy');
    cpSync(place.data, copy, { recursive: true });
    await grow(place, ['web2.example.nl']);
    // The same log, continued elsewhere under a guard of its own.
    await grow({ data: copy, guard: '' }, ['web3.example.nl', 'web4.example.nl']);
    setBack(place, copy);
    await expect(collectorOn(place.data)).rejects.toMatchObject({
      code: 'store.forked',
      message: matching(/the first 2 entries of the log are not those of its signed head/),
    });
  });

  test.each([
    ['rubbish', 'rubbish'],
    ['nothing', ''],
    [
      "a head of another log's key",
      signCheckpoint({ origin, size: 1, root: leafHash(Buffer.from('x')) }, logSigner(origin, seededKey(3))),
    ],
  ])('that holds %s is not written over', async (_, content) => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    await grow(place, ['web1.example.nl']);
    writeFileSync(place.guard, content);
    await expect(collectorOn(place.data)).rejects.toMatchObject({ code: 'store.guard' });
    expect(readFileSync(place.guard, 'utf8')).toBe(content);
  });

  test('in the data folder, or where nothing can be written, is no guard', async () => {
    using folder = temporaryFolder();
    const { data } = placeIn(folder.path);
    await expect(collectorOn(data, { config: { guard: join(data, 'guard') } })).rejects.toMatchObject({
      code: 'collector.config',
    });
    mkdirSync(join(folder.path, 'taken'));
    await expect(collectorOn(data, { config: { guard: join(folder.path, 'taken') } })).rejects.toMatchObject({
      code: 'store.guard',
    });
    expect(existsSync(join(folder.path, 'taken'))).toBe(true);
  });

  test('that can no longer be written stops nothing, and is told of once', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line) => lines.push(line) });
    await using collector = await collectorOn(place.data, { log });
    rmSync(join(place.guard, '..'), { recursive: true });
    writeFileSync(join(place.guard, '..'), 'a file where the folder was');
    await enrolHand(collector, 'web1.example.nl');
    await enrolHand(collector, 'web2.example.nl');
    expect(await logSize(collector)).toBe(2);
    await expect.poll(() => lines.filter((line) => line.includes('"guard.write"')).length).toBe(1);
    rmSync(join(place.guard, '..'));
    await expect.poll(() => existsSync(place.guard), { timeout: 3000 }).toBe(true);
    expect(lines.join('')).toContain('the guard is written again');
  });

  test('that is gone is begun anew, which is told', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    await grow(place, ['web1.example.nl']);
    rmSync(place.guard);
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line) => lines.push(line) });
    await (await collectorOn(place.data, { log })).close();
    expect(lines.join('')).toContain('"guard.new"');
    expect(readFileSync(place.guard, 'utf8')).toMatch(/\n1\n/);
  });
});

describe('checkpoints kept elsewhere', () => {
  test('are held against the log at each start', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    await grow(place, ['web1.example.nl']);
    const checkpoints = [join(folder.path, 'audit-1'), join(folder.path, 'audit-2')];
    cpSync(place.guard, checkpoints[0] ?? '');
    const old = join(folder.path, 'old');
    cpSync(place.data, old, { recursive: true });
    await grow(place, ['web2.example.nl']);
    cpSync(place.guard, checkpoints[1] ?? '');
    await grow(place, ['web3.example.nl'], { checkpoints });
    // Somebody put back data folder and guard together.
    setBack(place, old);
    rmSync(place.guard);
    await expect(collectorOn(place.data, { config: { checkpoints } })).rejects.toMatchObject({
      code: 'store.behind',
      message: matching(/the checkpoint .*audit-2 holds its signed head of 2/),
    });
  });

  test('that cannot be read are not passed over', async () => {
    using folder = temporaryFolder();
    const { data } = placeIn(folder.path);
    const checkpoints = [join(folder.path, 'none')];
    await expect(collectorOn(data, { config: { checkpoints } })).rejects.toMatchObject({ code: 'store.guard' });
  });
});

describe('an agent that holds a newer head of the log', () => {
  /** A collector that was set back, with guard and all, behind what an agent holds. */
  async function setBackBehind(folder: string): Promise<Place & { readonly agent: string }> {
    const place = placeIn(folder);
    const agentData = join(folder, 'agent');
    const old = join(folder, 'old');
    {
      await using collector = await collectorOn(place.data);
      using agent = await enrolAgentAt(collector, agentData, 'web1.example.nl');
      await agent.runOnce();
      await agent.deliverAll();
      await collector.close();
      cpSync(place.data, old, { recursive: true });
    }
    {
      await using collector = await collectorOn(place.data);
      using agent = agentOn(agentData, {}, collector.url);
      await agent.runOnce();
      await agent.deliverAll();
    }
    setBack(place, old);
    rmSync(place.guard);
    return { ...place, agent: agentData };
  }

  test('stops a log that was set back, for good', async () => {
    using folder = temporaryFolder();
    const place = await setBackBehind(folder.path);
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line) => lines.push(line) });
    {
      await using collector = await collectorOn(place.data, { log });
      using agent = agentOn(place.agent, {}, collector.url);
      await agent.runOnce();
      expect(await agent.deliverAll()).toMatchObject({ state: 'away', why: matching(/3 entries.* signed head of 4/) });
      const ready = await fetch(new URL('/readyz', collector.url));
      expect([ready.status, await ready.json()]).toMatchObject([503, { code: 'log.behind' }]);
      const other = await post(collector, '/api/v1/enrol', enrolment(collector, 'web2.example.nl'));
      expect(other).toMatchObject({ status: 503, body: { code: 'log.behind' } });
      const { secret } = collector.tokens.create({ role: 'metrics', label: '', validity: 60 }, new Date());
      const metrics = await fetch(new URL('/metrics', collector.url), {
        headers: { authorization: `Bearer ${secret}` },
      });
      expect(await metrics.text()).toContain('\nwaarborg_log_behind 1\n');
      expect(lines.filter((line) => line.includes('"level":60'))).toHaveLength(1);
    }
    await expect(collectorOn(place.data)).rejects.toMatchObject({ code: 'store.behind' });
    expect(readFileSync(place.guard, 'utf8')).toMatch(/\n4\n/);
  });

  test('stops a log that meanwhile grew past that head otherwise', async () => {
    using folder = temporaryFolder();
    const place = await setBackBehind(folder.path);
    await using collector = await collectorOn(place.data);
    for (const host of ['a.example.nl', 'b.example.nl', 'c.example.nl']) await enrolHand(collector, host);
    using agent = agentOn(place.agent, {}, collector.url);
    await agent.runOnce();
    expect(await agent.deliverAll()).toMatchObject({
      state: 'away',
      why: /the first 4 entries .* forked or rewritten/,
    });
    const ready = await fetch(new URL('/readyz', collector.url));
    expect([ready.status, await ready.json()]).toMatchObject([503, { code: 'log.forked' }]);
  });
});

describe('an agent that lies about the head that it holds stops nobody but itself', () => {
  const lies: readonly (readonly [string, (note: string) => object, object])[] = [
    ['a size, and no head', () => ({ held: 1000 }), { status: 409, body: { code: 'log.behind' } }],
    [
      'a head that it signed itself',
      () => ({
        held: 1000,
        checkpoint: signCheckpoint(
          { origin, size: 1000, root: leafHash(Buffer.from('x')) },
          logSigner(origin, seededKey(4)),
        ),
      }),
      { status: 409, body: { code: 'log.behind' } },
    ],
    [
      'a head of the log with its size changed',
      (note) => ({ held: 1000, checkpoint: note.replace(/\n[0-9]+\n/, '\n1000\n') }),
      { status: 409, body: { code: 'log.behind' } },
    ],
    ['a head that is none', () => ({ checkpoint: 'rubbish' }), { status: 200 }],
    ['a head of nothing', () => ({ checkpoint: '' }), { status: 200 }],
  ];

  test.each(lies)('%s', async (_, lie, answer) => {
    using folder = temporaryFolder();
    await using collector = await collectorOn(join(folder.path, 'collector'));
    const hand = await enrolHand(collector, 'web1.example.nl');
    const first = draftReport(hand);
    const { body } = await send(collector, first);
    const note = (body as Receipt).proof.split('\n\n').slice(1).join('\n\n');
    const next = reportAfter(hand, first.digest);
    expect(await send(collector, { submission: { ...next.submission, ...lie(note) } })).toMatchObject(answer);
    const other = await enrolHand(collector, 'web2.example.nl');
    expect(await send(collector, draftReport(other))).toMatchObject({ status: 200 });
    expect((await fetch(new URL('/readyz', collector.url))).status).toBe(200);
  });

  test('and an older head of the log is no lie', async () => {
    using folder = temporaryFolder();
    await using collector = await collectorOn(join(folder.path, 'collector'));
    const hand = await enrolHand(collector, 'web1.example.nl');
    const first = draftReport(hand);
    const { body } = await send(collector, first);
    const checkpoint = (body as Receipt).proof.split('\n\n').slice(1).join('\n\n');
    await enrolHand(collector, 'web2.example.nl');
    const next = reportAfter(hand, first.digest);
    expect(await send(collector, { submission: { ...next.submission, held: 3, checkpoint } })).toMatchObject({
      status: 200,
    });
  });
});

/** What a new agent sends to be enrolled. */
function enrolment({ tokens }: Pick<Collector, 'tokens'>, agent: string): object {
  const { secret } = tokens.create({ role: 'enrol', label: '', validity: 600, agent }, new Date());
  const publicKey = rawPublicKey(generateKeyPairSync('ed25519').privateKey).toString('base64');
  return { v: 1, token: secret, agent, publicKey };
}

function reportAfter(hand: Hand, prev: string) {
  return draftReport(hand, { seq: 2, prev });
}
