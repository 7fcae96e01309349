import { get } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evidenceDatabase } from '../../../collector/store/store.ts';
import { openCheckpoint } from '../../../evidence/checkpoint.ts';
import { leafHash } from '../../../evidence/merkle.ts';
import { parseLogKey } from '../../../evidence/vkey.ts';
import { decodeEntryBundle } from '../../../evidence/tiles.ts';
import { keptLog } from '../../support/kept-log.ts';
import { collectorOn, origin } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { enrolHand } from '../ingest/submissions.ts';

const folder = temporaryFolder();
const size = 600;
let collector: Awaited<ReturnType<typeof collectorOn>>;
let auditor: Record<string, string>;

/** A collector whose log has two full tiles and one of 88. */
beforeAll(async () => {
  {
    using kept = keptLog(folder.path);
    kept.log.transact(new Date(), (append) => {
      for (let version = 1; version <= size; version++) {
        append({ kind: 'policy.set', policy: 'quick', version, digest: 'a'.repeat(64) });
      }
    });
  }
  collector = await collectorOn(folder.path);
  const { secret } = collector.tokens.create({ role: 'auditor', label: '', validity: 600 }, new Date());
  auditor = { authorization: `Bearer ${secret}` };
});
afterAll(async () => {
  await collector.close();
  folder[Symbol.dispose]();
});

interface Answer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer;
}

/** As it is on the wire: nothing added, nothing unpacked, the path as it was written. */
function ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const { hostname, port } = new URL(collector.url);
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  get({ hostname, port, path, headers }, (response) => {
    const header = (name: string): string | undefined => response.headers[name]?.toString();
    buffer(response).then((body) => resolve({ status: response.statusCode ?? 0, header, body }), reject);
  }).on('error', reject);
  return promise;
}

describe('the signed head', () => {
  test('is a checkpoint that nobody keeps longer than until the next question', async () => {
    const { status, header, body } = await ask('/log/checkpoint');
    expect([status, header('content-type'), header('cache-control')]).toEqual([
      200,
      'text/plain; charset=utf-8',
      'no-cache',
    ]);
    expect(openCheckpoint(body, [parseLogKey(collector.logKey)])).toMatchObject({ origin, size });
    const etag = header('etag') ?? '';
    expect((await ask('/log/checkpoint', { 'if-none-match': etag })).status).toBe(304);
  });
});

describe('hashes', () => {
  test.each([
    ['tile/0/000', 256],
    ['tile/0/001', 256],
    ['tile/0/002.p/88', 88],
    ['tile/1/000.p/2', 2],
  ])('%s has %d', async (path, hashes) => {
    const { status, header, body } = await ask(`/log/${path}`);
    expect([status, header('content-type'), body.length]).toEqual([200, 'application/octet-stream', hashes * 32]);
    expect(header('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  test('a partial tile stays what it was when the tree has grown over it', async () => {
    const [full, partial, grown] = await Promise.all(
      ['0/000', '0/000.p/200', '0/002.p/1'].map((place) => ask(`/log/tile/${place}`)),
    );
    expect(partial?.body).toEqual(full?.body.subarray(0, 200 * 32));
    expect(grown?.body).toHaveLength(32);
  });
});

describe('entries', () => {
  test.each([
    ['000', 0, 256],
    ['002.p/88', 512, 88],
    ['002.p/3', 512, 3],
  ])('%s begin at %d and are %d, each with the hash in its tile', async (place, first, count) => {
    const { status, header, body } = await ask(`/log/tile/entries/${place}`, auditor);
    expect([status, header('content-type'), header('content-encoding')]).toEqual([
      200,
      'application/octet-stream',
      undefined,
    ]);
    expect(header('cache-control')).toBe('private, max-age=31536000, immutable');
    const entries = decodeEntryBundle(body);
    expect(entries).toHaveLength(count);
    expect(JSON.parse(entries[0]?.toString() ?? '')).toMatchObject({ version: first + 1 });
    const hashes = (await ask(`/log/tile/0/${place}`)).body;
    expect(Buffer.concat(entries.map((entry) => leafHash(entry)))).toEqual(hashes);
  });

  test('are compressed for whoever can unpack them', async () => {
    const plain = await ask('/log/tile/entries/000', auditor);
    const packed = await ask('/log/tile/entries/000', { ...auditor, 'accept-encoding': 'br, gzip' });
    expect([plain, packed].map(({ header }) => [header('content-encoding'), header('vary')])).toEqual([
      [undefined, 'accept-encoding'],
      ['gzip', 'accept-encoding'],
    ]);
    expect(packed.body.length).toBeLessThan(plain.body.length / 5);
    expect(gunzipSync(packed.body)).toEqual(plain.body);
  });

  test('are kept by no shared cache, and by nobody where they were refused', async () => {
    const { status, header } = await ask('/log/tile/entries/000');
    expect([status, header('cache-control')]).toEqual([401, 'no-store']);
  });
});

describe('what does not exist (yet) is not found, and not remembered', () => {
  test.each([
    'tile/0/002',
    'tile/0/002.p/89',
    'tile/0/003.p/1',
    'tile/1/000',
    'tile/1/000.p/3',
    'tile/2/000.p/1',
    'tile/63/000',
    'tile/entries/002',
    'tile/entries/003.p/1',
    'tile/0/x009/x007/x199/x254/x740/991',
    'tile/0/0',
    'tile/0/x000/000',
    'tile/00/000',
    'tile/0/000/',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/08',
    'tile/0/%30%300',
    'tile/0//000',
    'tile/data/000',
    'tile/',
    'tile/0',
    'TILE/0/000',
    'Checkpoint',
    'checkpoint/',
    '',
  ])('/log/%s', async (path) => {
    const { status, header, body } = await ask(`/log/${path}`, auditor);
    expect([status, header('cache-control'), header('content-type')]).toEqual([
      404,
      'no-store',
      'application/problem+json; charset=utf-8',
    ]);
    expect(JSON.parse(body.toString())).toMatchObject({ code: expect.stringMatching(/^(log\.tile|http\.not-found)$/) as string }); // prettier-ignore
  });
});

test('a tile that the store has lost is the collector\u2019s trouble, and is said to be', async () => {
  using other = temporaryFolder();
  await using damaged = await collectorOn(other.path);
  const { secret } = damaged.tokens.create({ role: 'auditor', label: '', validity: 600 }, new Date());
  const database = evidenceDatabase(other.path);
  const answer = (path: string) =>
    fetch(new URL(path, damaged.url), { headers: { authorization: `Bearer ${secret}` } });
  await enrolHand(damaged, 'web1.example.nl');
  database.exec('DELETE FROM tiles; DELETE FROM entries');
  database.close();
  for (const path of ['/log/tile/0/000.p/1', '/log/tile/entries/000.p/1']) {
    const found = await answer(path);
    expect([found.status, await found.json()]).toMatchObject([500, { code: 'log.damaged' }]);
  }
});

test('a request cannot make up a label of the metrics', async () => {
  await ask('/LOG/checkpoint');
  await ask('/Log/Tile/0/000');
  await ask('/log/tile/0/000');
  const text = (await ask('/metrics', auditor)).body.toString();
  expect(text).toMatch(/route="\/log\/tile\/\*place"/);
  expect(text).not.toMatch(/route="\/LOG|route="\/Log/);
});
