import { generateKeyPairSync } from 'node:crypto';
import { cpSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { deliverOldest } from '../../../agent/deliver.ts';
import type { AnchoredLog } from '../../../collector/anchors/anchors.ts';
import { witnessSource } from '../../../collector/anchors/witness.ts';
import { CollectorConfig } from '../../../collector/config.ts';
import { parseAddCheckpoint } from '../../../evidence/add-checkpoint.ts';
import { openCheckpoint, signCheckpoint } from '../../../evidence/checkpoint.ts';
import { consistencyProof, leafHash, rootOf, Tree } from '../../../evidence/merkle.ts';
import { cosign, witnessSigner } from '../../../evidence/note.ts';
import { parseLogKey, parseWitnessKey, vkeyOf } from '../../../evidence/vkey.ts';
import * as golden from '../../evidence/golden.ts';
import { collectorOn, enrolAgentAt } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { anchorsIn, logKeyIn, witnessed, witnessOf } from '../../support/witness.ts';

const tree = new Tree();
for (let entry = 0; entry < 20; entry += 1) tree.append(leafHash(golden.entries[entry] ?? Buffer.from(`${entry}`)));

function logAt(size: number): AnchoredLog {
  const checkpoint = signCheckpoint({ origin: golden.origin, size, root: rootOf(size, tree) }, golden.log);
  return {
    origin: golden.origin,
    head: { size, checkpoint, receivedAt: '2026-11-01T00:00:00Z' },
    proveConsistency: (from) => (from === 0 ? [] : consistencyProof(from, size, tree)),
  };
}

interface FalseWitness extends AsyncDisposable {
  readonly url: string;
}

/** A server that answers as told. */
async function falseWitness(answer: RequestListener): Promise<FalseWitness> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

/** Answers with each of these in turn, the last one again and again. */
function inTurn(...answers: readonly { status: number; type?: string; body?: string }[]): RequestListener {
  let asked = 0;
  return (request, response) => {
    request.resume();
    const {
      status,
      type = 'text/plain',
      body = '',
    } = answers[Math.min(asked++, answers.length - 1)] ?? { status: 500 };
    response.writeHead(status, { 'content-type': type }).end(body);
  };
}

const size = (body: string) => ({ status: 409, type: 'text/x.tlog.size', body });
const signed = { status: 200, body: golden.cosignatureLine };

async function askFalse(listener: RequestListener, at = 3, signal = AbortSignal.timeout(5000)): Promise<unknown> {
  await using witness = await falseWitness(listener);
  return await witnessSource({ url: witness.url, key: golden.witness.key }, 600, () => golden.cosignedAt).ask(
    logAt(at),
    signal,
  );
}

describe('a witness is asked', () => {
  test('in the words of the protocol, and its golden signature line is what is anchored', async () => {
    const bodies: Buffer[] = [];
    const anchoring = await askFalse((request, response) => {
      expect([request.method, request.url]).toEqual(['POST', '/add-checkpoint']);
      request.on('data', (chunk: Buffer) => bodies.push(chunk));
      request.on('end', () => response.end(golden.cosignatureLine));
    });
    expect(parseAddCheckpoint(Buffer.concat(bodies))).toEqual({ old: 0, proof: [], checkpoint: golden.note });
    expect(anchoring).toEqual({
      size: 3,
      root: rootOf(3, tree),
      by: { type: 'witness', cosignature: golden.cosignatureLine.trimEnd() },
    });
  });

  test('again from the size that it tells', async () => {
    const olds: (number | undefined)[] = [];
    const listener: RequestListener = (request, response) => {
      request.on('data', (chunk: Buffer) => {
        const { old, proof = [] } = parseAddCheckpoint(chunk) ?? {};
        olds.push(old);
        expect(proof).toEqual(old === 0 ? [] : consistencyProof(2, 3, tree));
        if (old === 2) response.end(golden.cosignatureLine);
        else response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('2\n');
      });
    };
    await askFalse(listener);
    expect(olds).toEqual([0, 2]);
  });

  test('and again from nothing where it has lost its memory', async () => {
    await using witness = await falseWitness(inTurn(size('2\n'), size('0\n'), signed));
    const source = witnessSource({ url: `${witness.url}/`, key: golden.witness.key }, 600, () => golden.cosignedAt);
    expect(await source.ask(logAt(3), AbortSignal.timeout(5000))).toMatchObject({ size: 3 });
  });
});

describe('an answer that is no good signature over this head anchors nothing:', () => {
  const other = witnessSigner('witness.example.com/w2', generateKeyPairSync('ed25519').privateKey);
  test.each([
    ['nothing', { status: 200 }, 'witness.signature'],
    ['a text', { status: 200, body: '<html>' }, 'witness.signature'],
    ['another witness', { status: 200, body: cosign(golden.text, other, golden.cosignedAt) }, 'witness.signature'],
    [
      'a signature over another head',
      { status: 200, body: cosign(golden.text.replace('\n3\n', '\n4\n'), golden.witness, golden.cosignedAt) },
      'witness.signature',
    ],
    ['the log itself', { status: 200, body: golden.logLine }, 'witness.signature'],
    [
      'a signature of another hour',
      { status: 200, body: cosign(golden.text, golden.witness, new Date(golden.cosignedAt.getTime() - 301_000)) },
      'witness.clock',
    ],
    ['a refusal', { status: 403, body: 'no' }, 'witness.refused'],
    ['a failure', { status: 500, body: 'broken' }, 'witness.refused'],
    ['a size that is none', size('03\n'), 'witness.refused'],
    ['a size without its line end', size('2'), 'witness.refused'],
    ['a size of another type', { status: 409, body: '2\n' }, 'witness.refused'],
    ['the size from which it was asked', size('0\n'), 'witness.refused'],
  ])('%s', async (_, answer, code) => {
    await expect(askFalse(inTurn(answer))).rejects.toMatchObject({ code });
  });

  test('one that never ends to ask for another size', async () => {
    const listener = inTurn(size('1\n'), size('2\n'), size('1\n'));
    await expect(askFalse(listener)).rejects.toMatchObject({ code: 'witness.answer' });
  });

  test('one that sends elsewhere, one without end, one that hangs', async () => {
    const elsewhere: RequestListener = (_request, response) => response.writeHead(307, { location: '/' }).end();
    await expect(askFalse(elsewhere)).rejects.toThrow('fetch failed');
    await expect(askFalse(inTurn({ status: 200, body: 'x'.repeat(100_000) }))).rejects.toThrow(/longer than/);
    await expect(askFalse(() => undefined, 3, AbortSignal.timeout(100))).rejects.toThrow(/timeout|aborted/);
  });
});

describe('a witness that knows otherwise contradicts the log:', () => {
  test.each([
    ['it signed more entries than there are', [size('5\n')], 'log.behind', /head of 5 entries .*, which has 3/],
    [
      'the proof from its head does not hold',
      [size('2\n'), { status: 422 }],
      'log.forked',
      /2 entries .* does not continue/,
    ],
    ['it signed another head of this size', [size('3\n'), { status: 422 }], 'log.forked', /3 entries/],
    ['the same, as other programs answer', [size('3\n'), { status: 409 }], 'log.forked', /3 entries/],
  ])('%s', async (_, answers, code, words) => {
    const asking = askFalse(inTurn(...answers));
    await expect(asking).rejects.toMatchObject({ name: 'LogContradictedError', code });
    await expect(asking).rejects.toThrow(words);
  });
});

describe('a collector with witnesses', () => {
  test('has each head signed by all of them, anchors them, counts them, and serves the head with their lines', async () => {
    using folder = temporaryFolder();
    const data = join(folder.path, 'collector');
    const logKey = await logKeyIn(data);
    await using first = await witnessOf(logKey, join(folder.path, 'w1'), 'witness.example/w1');
    await using second = await witnessOf(logKey, join(folder.path, 'w2'), 'other.example/w2');
    await using collector = await collectorOn(data, { config: witnessed('1s', first, second) });
    using agent = await enrolAgentAt(collector, join(folder.path, 'agent'), 'web1.example.nl');
    await agent.runOnce();
    await agent.deliverAll();
    const proven = agent.spool.delivered()?.size ?? 0;
    const keys = [first.key, second.key].map(parseWitnessKey);
    const cosigned = async () => {
      const answer = await fetch(new URL('/log/checkpoint/cosigned', collector.url));
      return answer.ok ? openCheckpoint(await answer.text(), [parseLogKey(logKey)], keys) : undefined;
    };
    await expect.poll(async () => (await cosigned())?.size, { timeout: 10_000 }).toBeGreaterThanOrEqual(proven);
    const opened = await cosigned();
    const anchors = anchorsIn(data).filter(({ size: anchored }) => anchored === opened?.size);
    expect(anchors.map(({ root }) => root)).toEqual(Array(2).fill(opened?.root.toString('base64')));
    expect(opened?.cosignatures).toHaveLength(2);
    const { secret } = collector.tokens.create({ role: 'metrics', label: '', validity: 60 }, new Date());
    const headers = { authorization: `Bearer ${secret}` };
    const metrics = await (await fetch(new URL('/metrics', collector.url), { headers })).text();
    expect(metrics).toContain(`waarborg_log_anchored_entries{anchor="other.example/w2"} ${opened?.size}\n`);
  });

  test('does not have its own anchors anchored, over and over', async () => {
    using folder = temporaryFolder();
    const data = join(folder.path, 'collector');
    const logKey = await logKeyIn(data);
    await using witness = await witnessOf(logKey, join(folder.path, 'w1'));
    await using collector = await collectorOn(data, { config: witnessed('1s', witness) });
    (await enrolAgentAt(collector, join(folder.path, 'agent'), 'web1.example.nl'))[Symbol.dispose]();
    await expect.poll(() => anchorsIn(data).length, { timeout: 10_000 }).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(anchorsIn(data)).toHaveLength(1);
  });

  test('takes reports while a witness is away, and has it sign once it is back', async () => {
    using folder = temporaryFolder();
    const data = join(folder.path, 'collector');
    const logKey = await logKeyIn(data);
    const before = await witnessOf(logKey, join(folder.path, 'w1'));
    const { port } = new URL(before.url);
    await before.close();
    const lines: string[] = [];
    const log = pino({}, { write: (line) => lines.push(line) });
    await using collector = await collectorOn(data, { config: witnessed('1s', before), log });
    using agent = await enrolAgentAt(collector, join(folder.path, 'agent'), 'web1.example.nl');
    await agent.runOnce();
    expect(await agent.deliverAll()).toEqual({ state: 'empty' });
    expect(anchorsIn(data)).toEqual([]);
    expect(lines.join('')).toContain('"code":"anchor.failed","anchor":"witness.example/w1"');
    await using _ = await witnessOf(logKey, join(folder.path, 'w1'), 'witness.example/w1', Number(port));
    await expect.poll(() => anchorsIn(data).length, { timeout: 10_000 }).toBe(1);
  });
});

/** A collector with a witness, an agent, and a backup of its folder and its guard from before the last report. */
async function setBack(folder: string) {
  const data = join(folder, 'collector');
  const logKey = await logKeyIn(data);
  const witness = await witnessOf(logKey, join(folder, 'w1'));
  const config = witnessed('1s', witness);
  const agent = await (async () => {
    await using collector = await collectorOn(data);
    const enrolled = await enrolAgentAt(collector, join(folder, 'agent'), 'web1.example.nl');
    await enrolled.runOnce();
    await enrolled.deliverAll();
    return enrolled;
  })();
  cpSync(data, join(folder, 'backup'), { recursive: true });
  {
    await using collector = await collectorOn(data, { config });
    await agent.runOnce();
    const moved = { ...agent.identity, collector: collector.url };
    expect(await deliverOldest(agent.spool, moved)).toMatchObject({
      state: 'delivered',
      size: expect.any(Number) as number,
    });
    const size = agent.spool.delivered()?.size ?? 0;
    await expect.poll(() => anchorsIn(data).some((entry) => entry.size >= size), { timeout: 10_000 }).toBe(true);
  }
  agent[Symbol.dispose]();
  rmSync(data, { recursive: true });
  cpSync(join(folder, 'backup'), data, { recursive: true });
  // Whoever puts back a whole machine puts back the guard too.
  rmSync(`${data}-guard`, { recursive: true });
  return { data, config, witness };
}

describe('a log that was restored from an old backup', () => {
  test('does not begin: a witness signed more of it', async () => {
    using folder = temporaryFolder();
    const { data, config, witness } = await setBack(folder.path);
    await using _ = witness;
    await expect(collectorOn(data, { config })).rejects.toMatchObject({ code: 'log.behind' });
    expect(anchorsIn(data)).toEqual([]);
    // It has let go of the folder, and is the same each time.
    await expect(collectorOn(data, { config })).rejects.toMatchObject({ code: 'log.behind' });
  });

  test('does not begin where it was written anew past that place either', async () => {
    using folder = temporaryFolder();
    const { data, config, witness } = await setBack(folder.path);
    await using _ = witness;
    {
      await using collector = await collectorOn(data);
      for (let host = 0; host < 8; host++) {
        (await enrolAgentAt(collector, join(folder.path, `h${host}`), `h${host}.example.nl`))[Symbol.dispose]();
      }
    }
    await expect(collectorOn(data, { config })).rejects.toMatchObject({ code: 'log.forked' });
  });

  test('takes nothing more where the witness comes back later', async () => {
    using folder = temporaryFolder();
    const { data, config, witness } = await setBack(folder.path);
    const { port } = new URL(witness.url);
    await witness.close();
    const lines: string[] = [];
    const log = pino({}, { write: (line) => lines.push(line) });
    await using collector = await collectorOn(data, { config, log });
    await using _ = await witnessOf(collector.logKey, join(folder.path, 'w1'), 'witness.example/w1', Number(port));
    await expect.poll(() => lines.join(''), { timeout: 10_000 }).toContain('"code":"log.behind"');
    const late = enrolAgentAt(collector, join(folder.path, 'late'), 'late.example.nl');
    await expect(late).rejects.toMatchObject({ code: 'log.behind' });
    expect((await fetch(new URL('/readyz', collector.url))).status).toBe(503);
  });
});

test.each([
  ['a quorum of more than there are', { quorum: 2 }, /no more than there are/],
  [
    'a witness twice',
    { list: [1, 2].map(() => ({ url: 'http://w.example', key: golden.witnessVkey })) },
    /each witness once/,
  ],
  ['the key of a log', { list: [{ url: 'http://w.example', key: golden.logVkey }] }, /is the key of a log/],
  ['an address that is none', { list: [{ url: 'w.example', key: vkeyOf(golden.witness.key) }] }, /expected an address/],
])('%s is refused in the settings', (_, change, words) => {
  const witnesses = { list: [{ url: 'http://w.example', key: golden.witnessVkey }], ...change };
  const parsed = CollectorConfig.safeParse({ origin: 'x', witnesses });
  expect(parsed.error?.issues[0]?.message).toMatch(words);
});
