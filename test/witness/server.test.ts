import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatAddCheckpoint } from '../../evidence/add-checkpoint.ts';
import { openCheckpoint, signCheckpoint } from '../../evidence/checkpoint.ts';
import { consistencyProof, emptyRoot, leafHash, rootOf, Tree } from '../../evidence/merkle.ts';
import { logSigner, signNote } from '../../evidence/note.ts';
import { vkeyOf } from '../../evidence/vkey.ts';
import { WitnessConfig } from '../../witness/config.ts';
import { startWitness, type RunningWitness } from '../../witness/server.ts';
import * as golden from '../evidence/golden.ts';
import { seededKey } from '../evidence/keys.ts';
import { silent } from '../support/road.ts';
import { temporaryFolder } from '../support/tools.ts';

/** A witness of the golden log, with the golden witness's own key. */
async function witnessOn(
  data: string,
  { now = () => golden.cosignedAt, logs = [golden.logVkey] }: { now?: () => Date; logs?: string[] } = {},
): Promise<RunningWitness & AsyncDisposable> {
  const key = join(data, 'witness.key');
  if (!existsSync(key)) writeFileSync(key, seededKey(2).export({ type: 'pkcs8', format: 'pem' }));
  const config = WitnessConfig.parse({ listen: '127.0.0.1:0', name: golden.witnessName, data, logs });
  const witness = await startWitness({ config, log: silent, now });
  return { ...witness, [Symbol.asyncDispose]: () => witness.close() };
}

interface Answered {
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
}

async function post(witness: RunningWitness, body: string | Uint8Array<ArrayBuffer>): Promise<Answered> {
  const response = await fetch(new URL('/add-checkpoint', witness.url), { method: 'POST', body });
  return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
}

const tree = new Tree();
for (let entry = 0; entry < 20; entry += 1) {
  tree.append(leafHash(golden.entries[entry] ?? Buffer.from(`entry ${entry}`)));
}
/** The same beginning, and another entry after it. */
const fork = new Tree();
for (let entry = 0; entry < 20; entry += 1) {
  fork.append(leafHash(golden.entries[entry] ?? Buffer.from(`another entry ${entry}`)));
}

function note(size: number, from: Tree = tree): string {
  return signCheckpoint({ origin: golden.origin, size, root: rootOf(size, from) }, golden.log);
}

function ask(old: number, size: number, from: Tree = tree): string {
  const proof = old === 0 || old > size ? [] : consistencyProof(old, size, from);
  return formatAddCheckpoint({ old, proof, checkpoint: note(size, from) });
}

describe('a witness signs', () => {
  test('the golden checkpoint with the golden signature line, first of all', async () => {
    using folder = temporaryFolder();
    await using witness = await witnessOn(folder.path);
    expect(witness.key).toBe(golden.witnessVkey);
    expect(await post(witness, `old 0\n\n${golden.note}`)).toEqual({
      status: 200,
      type: 'text/plain; charset=utf-8',
      body: golden.cosignatureLine,
    });
  });

  test('whatever continues the head that it signed before, also the same head again', async () => {
    using folder = temporaryFolder();
    await using witness = await witnessOn(folder.path);
    for (const [old, size] of [
      [0, 0],
      [0, 3],
      [3, 3],
      [3, 4],
      [4, 17],
      [17, 20],
    ] as const) {
      const { status, body } = await post(witness, ask(old, size));
      expect([old, size, status]).toEqual([old, size, 200]);
      expect(openCheckpoint(`${note(size)}${body}`, [golden.log.key], [golden.witness.key]).cosignatures).toHaveLength(
        1,
      );
    }
  });

  test('a log that signs with its old and its new key', async () => {
    using folder = temporaryFolder();
    const next = logSigner(golden.origin, seededKey(4));
    await using witness = await witnessOn(folder.path, { logs: [golden.logVkey, vkeyOf(next.key)] });
    await post(witness, ask(0, 3));
    const checkpoint = signNote(golden.text, golden.log, next);
    expect(await post(witness, formatAddCheckpoint({ old: 3, proof: [], checkpoint }))).toMatchObject({ status: 200 });
  });
});

describe('a witness does not sign', () => {
  const [zero] = consistencyProof(3, 4, tree);
  const signed = (text: string): string => signNote(text, golden.log);
  const refusals: [what: string, body: string | Uint8Array<ArrayBuffer>, status: number, words: RegExp][] = [
    ['nothing at all', '', 400, /expected "old"/],
    ['a body without a blank line', 'old 3\n', 400, /expected "old"/],
    ['a size with a leading zero', `old 03\n\n${note(4)}`, 400, /expected "old"/],
    ['a size below nothing', `old -1\n\n${note(4)}`, 400, /expected "old"/],
    ['a hash that is too short', `old 3\nAAAA\n\n${note(4)}`, 400, /expected "old"/],
    [
      'base64 in another spelling',
      `old 3\n${zero?.toString('base64').replace('=', '')}\n\n${note(4)}`,
      400,
      /expected/,
    ],
    ['a proof of 64 hashes', `old 3\n${`${zero?.toString('base64')}\n`.repeat(64)}\n${note(4)}`, 400, /expected "old"/],
    ['bytes that are no UTF-8', Buffer.concat([Buffer.from(`old 3\n\n${note(4)}`), Buffer.of(0xff)]), 400, /expected/],
    ['a checkpoint without a signature', `old 3\n\n${golden.text}\n`, 400, /malformed note/],
    ['a checkpoint that is none', `old 3\n\n${signed(`${golden.origin}\nmany\n`)}`, 400, /no checkpoint/],
    ['more old entries than new ones', ask(4, 3), 400, /old 4 is more than size 3/],
    ['a log that it does not know', ask(3, 4).replaceAll(golden.origin, 'example.com/other'), 404, /not witnessed/],
    ['a head that another key signed', `old 3\n\n${signNote(golden.text, golden.forger)}`, 403, /no known key/],
    ['a signature over another head', ask(3, 4).replace('\n4\n', '\n5\n'), 403, /not over this text/],
    [
      'a proof where there is nothing to prove',
      `old 3\n${zero?.toString('base64')}\n\n${note(3)}`,
      422,
      /proof from 3 to 3/,
    ],
    ['no proof', `old 3\n\n${note(5)}`, 422, /proof from 3 to 5/],
    ['a proof between other heads', `old 3\n${zero?.toString('base64')}\n\n${note(5)}`, 422, /does not hold/],
  ];

  test.each(refusals)('%s', async (_, body, status, words) => {
    using folder = temporaryFolder();
    await using witness = await witnessOn(folder.path);
    await post(witness, ask(0, 3));
    const answer = await post(witness, body);
    expect(answer).toMatchObject({ status, type: 'text/plain; charset=utf-8' });
    expect(answer.body).toMatch(words);
    // Nothing of it was taken in.
    expect(await post(witness, ask(3, 4))).toMatchObject({ status: 200 });
  });

  test('a proof from nothing', async () => {
    using folder = temporaryFolder();
    await using witness = await witnessOn(folder.path);
    expect(await post(witness, `old 0\n${zero?.toString('base64')}\n\n${note(3)}`)).toMatchObject({ status: 422 });
    expect(await post(witness, ask(0, 3))).toMatchObject({ status: 200 });
  });

  test.each([
    [0, 3],
    [2, 3],
    [3, 4],
    [4, 4],
    [0, 20],
  ])('from another size than it has on record: %i to %i', async (old, size) => {
    using folder = temporaryFolder();
    await using witness = await witnessOn(folder.path);
    await post(witness, ask(0, 5));
    expect(await post(witness, ask(old, size))).toEqual({ status: 409, type: 'text/x.tlog.size', body: '5\n' });
  });

  test('from any size where it has nothing on record', async () => {
    using folder = temporaryFolder();
    await using witness = await witnessOn(folder.path);
    expect(await post(witness, ask(3, 4))).toEqual({ status: 409, type: 'text/x.tlog.size', body: '0\n' });
  });

  test('a longer log that is not the same one', async () => {
    using folder = temporaryFolder();
    await using witness = await witnessOn(folder.path);
    await post(witness, ask(0, 5));
    expect(await post(witness, ask(5, 9, fork))).toMatchObject({ status: 422 });
  });

  test('more than a request can be', async () => {
    using folder = temporaryFolder();
    await using witness = await witnessOn(folder.path);
    expect(await post(witness, 'x'.repeat(40_000))).toMatchObject({ status: 413 });
  });

  test('by a clock that was set back', async () => {
    using folder = temporaryFolder();
    let now = golden.cosignedAt;
    await using witness = await witnessOn(folder.path, { now: () => now });
    await post(witness, ask(0, 3));
    now = new Date(now.getTime() - 1000);
    expect(await post(witness, ask(3, 4))).toMatchObject({
      status: 503,
      body: expect.stringContaining('clock') as string,
    });
  });
});

test('two heads of one size are refused, and kept as evidence with both signatures of the log', async () => {
  using folder = temporaryFolder();
  await using witness = await witnessOn(folder.path);
  await post(witness, ask(0, 5));
  expect(await post(witness, ask(5, 5, fork))).toMatchObject({
    status: 422,
    body: expect.stringContaining('another head of 5') as string,
  });
  const [file = ''] = readdirSync(join(folder.path, 'forks'));
  const evidence = JSON.parse(readFileSync(join(folder.path, 'forks', file), 'utf8')) as {
    held: string;
    shown: string;
  };
  const [held, shown] = [evidence.held, evidence.shown].map((kept) => openCheckpoint(kept, [golden.log.key]));
  expect(held).toMatchObject({ size: 5, root: rootOf(5, tree) });
  expect(shown).toMatchObject({ size: 5, root: rootOf(5, fork) });
});

test('of many requests at one moment one is signed, and the others are told the size', async () => {
  using folder = temporaryFolder();
  await using witness = await witnessOn(folder.path);
  await post(witness, ask(0, 3));
  const bodies = Array.from({ length: 10 }, (_, index) => ask(3, 4 + index, index % 2 === 0 ? tree : fork));
  const answers = await Promise.all(bodies.map((body) => post(witness, body)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(9);
});

describe('what a witness signed', () => {
  test('is remembered after a restart', async () => {
    using folder = temporaryFolder();
    const first = await witnessOn(folder.path);
    await post(first, ask(0, 5));
    await first.close();
    await using again = await witnessOn(folder.path);
    expect(await post(again, ask(0, 3))).toMatchObject({ status: 409, body: '5\n' });
    expect(await post(again, ask(5, 9, fork))).toMatchObject({ status: 422 });
    expect(await post(again, ask(5, 9))).toMatchObject({ status: 200 });
  });

  test('can be fetched by anyone, with both signatures and no stranger’s', async () => {
    using folder = temporaryFolder();
    await using witness = await witnessOn(folder.path);
    const stranger = logSigner('stranger.example', seededKey(8));
    const checkpoint = signNote(golden.text, golden.log, stranger);
    await post(witness, formatAddCheckpoint({ old: 0, proof: [], checkpoint }));
    const path = (origin: string): URL => new URL(`/${hash('sha256', origin)}/checkpoint`, witness.url);
    const response = await fetch(path(golden.origin));
    expect([response.status, await response.text()]).toEqual([200, `${golden.note}${golden.cosignatureLine}`]);
    expect((await fetch(path('example.com/other'))).status).toBe(404);
  });

  test('is not forgotten with its key', async () => {
    using folder = temporaryFolder();
    await (await witnessOn(folder.path)).close();
    rmSync(join(folder.path, 'witness.key'));
    const config = WitnessConfig.parse({ listen: '127.0.0.1:0', name: 'w', data: folder.path, logs: [golden.logVkey] });
    await expect(startWitness({ config, log: silent })).rejects.toMatchObject({ code: 'store.damaged' });
    expect(readdirSync(folder.path)).not.toContain('witness.key');
  });
});

test('a first start makes a key that only its owner can read, and a second one keeps it', async () => {
  using folder = temporaryFolder();
  const config = WitnessConfig.parse({ listen: '127.0.0.1:0', name: 'w', data: folder.path, logs: [golden.logVkey] });
  const first = await startWitness({ config, log: silent });
  await expect(startWitness({ config, log: silent })).rejects.toMatchObject({ code: 'data.locked' });
  await first.close();
  const second = await startWitness({ config, log: silent });
  expect(second.key).toBe(first.key);
  await second.close();
});

test.each([
  ['a log key that is none', { logs: ['none'] }, /vkey|expected name\+key id/],
  ['the key of a witness among the logs', { logs: [golden.witnessVkey] }, /is the key of a witness/],
  ['no log', { logs: [] }, /at least one log/],
  ['a name with a space', { name: 'my witness' }, /expected a name such as/],
])('%s is refused in the settings', (_, change, words) => {
  const settings = { name: 'w', logs: [golden.logVkey], ...change };
  expect(WitnessConfig.safeParse(settings).error?.issues[0]?.message).toMatch(words);
});

test('the empty head of a log is what every log begins with', async () => {
  using folder = temporaryFolder();
  await using witness = await witnessOn(folder.path);
  const checkpoint = signCheckpoint({ origin: golden.origin, size: 0, root: emptyRoot }, golden.log);
  expect(await post(witness, formatAddCheckpoint({ old: 0, proof: [], checkpoint }))).toMatchObject({ status: 200 });
  expect(await post(witness, ask(0, 7))).toMatchObject({ status: 200 });
});
