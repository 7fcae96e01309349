import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { findingKinds, verifyBundle, verifyBundleOnThreads, type Verification } from '../../evidence/verify.ts';
import { attacks } from '../support/attacks/index.ts';
import {
  FixtureLog,
  oneHost,
  readerOf,
  strictPolicy,
  twoHosts,
  type Bundle,
  type Fixture,
  type FixtureAgent,
} from '../support/evidence.ts';
import { quickPolicy } from '../support/road.ts';
import { tool } from '../support/tools.ts';
import { evidenceError } from './errors.ts';
import { seededKey } from './keys.ts';

function codesOf({ findings }: Verification): string[] {
  return findings.map(({ code }) => code);
}

describe('what is wrong with a bundle is found', () => {
  test.for(attacks)('$name: $code', async ({ make, outcome, code, words, tool: needed }, { skip }) => {
    skip(needed !== undefined && tool(needed) === undefined);
    const { bundle, options } = await make();
    const verification = verifyBundle(readerOf(bundle), options);
    const lines = verification.findings.map(({ where, message }) => `${where}: ${message}`).join('\n');
    expect(verification.outcome, lines).toBe(outcome);
    expect(verification.findings).toContainEqual(expect.objectContaining({ code, kind: findingKinds[code] }));
    expect(lines).toMatch(words);
    if (outcome !== 'incomplete') expect(verification.proven).toBeNull();
    expect(await verifyBundleOnThreads(readerOf(bundle), options)).toEqual(verification);
  });

  test('every finding code has its attack here, and its line in the documentation', () => {
    const elsewhere = ['tile.mismatch', 'file.unreadable'];
    const attacked = new Set([...attacks.map(({ code }) => code), ...elsewhere]);
    expect(Object.keys(findingKinds).filter((code) => !attacked.has(code))).toEqual([]);
    const page = readFileSync(join(import.meta.dirname, '../../docs/formats/bundle.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z-]+\.[a-z-]+)` +\| (tampered|incomplete|nothing) /gm)];
    expect(Object.fromEntries(rows.map(([, code, kind]) => [code, kind]))).toEqual(findingKinds);
  });
});

describe('what a sound bundle shows', () => {
  let fixture: Fixture;
  let bundle: Bundle;
  beforeAll(async () => {
    fixture = await twoHosts();
    bundle = fixture.log.bundle();
  });

  test('is every report with its verdicts, agents and policies', () => {
    const progress: unknown[] = [];
    const verification = verifyBundle(readerOf(bundle), {
      logKey: fixture.log.vkey,
      since: fixture.log.checkpoint(4),
      onProgress: (...step) => progress.push(step),
    });
    expect(verification).toEqual({
      outcome: 'sound',
      findings: [],
      total: 0,
      log: {
        origin: 'fixture.example/log',
        key: fixture.log.vkey,
        formerKeys: [],
        size: 9,
        root: fixture.log.head().root.toString('base64'),
      },
      keyFrom: 'given',
      comparedWith: 4,
      witnessed: { words: [], unverified: [], quorum: null },
      timestamped: { words: [], unverified: [] },
      bounded: { covered: 0, within: null },
      shown: null,
      organisation: null,
      proven: {
        reports: 5,
        chained: 0,
        erasures: [],
        observations: 19,
        unjudged: 0,
        withheld: [],
        verdicts: { pass: 9, fail: 6, unknown: 4, 'not-applicable': 0 },
        agents: [
          {
            agent: 'web1',
            epoch: 1,
            reports: 3,
            firstSeq: 1,
            lastSeq: 3,
            chained: 0,
            firstIssuedAt: '2026-11-01T12:02:00.000Z',
            lastIssuedAt: '2026-11-01T12:08:00.000Z',
            isClosed: true,
          },
          {
            agent: 'database1',
            epoch: 1,
            reports: 2,
            firstSeq: 1,
            lastSeq: 2,
            chained: 0,
            firstIssuedAt: '2026-11-01T12:05:00.000Z',
            lastIssuedAt: '2026-11-01T12:07:00.000Z',
            isClosed: true,
          },
        ],
        unheard: [],
        policies: [
          { policy: 'quick', version: 1, digest: quickPolicy.digest, reports: 5 },
          { policy: 'strict', version: 3, digest: strictPolicy.digest, reports: 4 },
        ],
        gaps: [],
        firstReceivedAt: '2026-11-01T12:00:00.000Z',
        lastReceivedAt: '2026-11-01T12:08:00.000Z',
      },
    });
    expect(progress).toEqual([[9, 9]]);
  });

  test('says that the key was its own, and that nothing was compared', () => {
    expect(verifyBundle(readerOf(bundle))).toMatchObject({ outcome: 'sound', keyFrom: 'bundle', comparedWith: null });
  });

  test('is not more for having been compared with an empty log', () => {
    const since = fixture.log.checkpoint(0);
    expect(verifyBundle(readerOf(bundle), { since })).toMatchObject({ outcome: 'sound', comparedWith: null });
  });

  test('holds against its own checkpoint', () => {
    const since = fixture.log.checkpoint();
    expect(verifyBundle(readerOf(bundle), { since })).toMatchObject({ outcome: 'sound', comparedWith: 9 });
  });

  test('goes on after an agent was enrolled anew, and takes its late reports under the old key', async () => {
    const { log, web } = await twoHosts();
    const anew = log.enrol('web1', { epoch: 2 });
    await log.report(anew, { seen: log.head() });
    await log.report(web, { seen: log.head() });
    const verification = verifyBundle(readerOf(log.bundle()));
    expect(verification.outcome).toBe('sound');
    expect(verification.proven?.agents.map(({ agent, epoch, reports }) => [agent, epoch, reports])).toEqual([
      ['web1', 1, 4],
      ['database1', 1, 2],
      ['web1', 2, 1],
    ]);
  });

  test('goes on under the true key after a forged enrolment, whose own reports are refused', async () => {
    const { log, web } = await twoHosts();
    const forged = log.enrol('web1', { key: seededKey(77) });
    await log.report(web, { seen: log.head() });
    await log.report({ ...web, key: forged.key }, { seen: log.head() });
    const { findings } = verifyBundle(readerOf(log.bundle()));
    expect(findings.map(({ where, code }) => [where, code])).toEqual([
      ['entry 9', 'enrol.epoch'],
      ['entry 11', 'envelope.signature'],
    ]);
  });

  test('leaves out the reports that could not be verified', async () => {
    const { log, web } = await twoHosts();
    await log.report(web, { at: new Date('2026-11-01T23:00:00Z') });
    const verification = verifyBundle(readerOf(log.bundle()));
    expect(verification).toMatchObject({ outcome: 'incomplete', proven: { reports: 5 } });
  });

  test('a key or an earlier checkpoint that is none is refused', () => {
    const reader = readerOf(bundle);
    expect(() => verifyBundle(reader, { logKey: 'none' })).toThrow(evidenceError('vkey.malformed'));
    expect(() => verifyBundle(reader, { since: 'none' })).toThrow(evidenceError('note.malformed'));
    const altered = fixture.log.checkpoint().replace('\n9\n', '\n8\n');
    expect(() => verifyBundle(reader, { since: altered })).toThrow(evidenceError('note.signature'));
  });
});

describe('a log of several tiles', () => {
  let log: FixtureLog;
  let web: FixtureAgent;
  beforeAll(async () => {
    log = new FixtureLog();
    web = log.enrol('web1');
    log.set(quickPolicy);
    await log.report(web);
    for (let host = 0; log.entries.length < 520; host += 1) log.enrol(`host${host}`);
    await log.report(web, { seen: log.head(300) });
    await log.report(web, { seen: log.head(513) });
    await log.report(web, { seen: log.head() });
  });

  test('comes out the same on threads, which look ahead', async () => {
    const bundle = log.bundle();
    const forged = log.rewritten(
      log.entries.map((entry, index) => (index === 2 ? (log.entries[520] ?? entry) : entry)),
    );
    for (const files of [bundle, forged.bundle()]) {
      const progress: number[] = [];
      const onProgress = (done: number): unknown => progress.push(done);
      const verification = await verifyBundleOnThreads(readerOf(files), { onProgress });
      expect(verification).toEqual(verifyBundle(readerOf(files)));
      expect(progress).toEqual([256, 512, 523]);
    }
    bundle.delete('tile/entries/001');
    expect(await verifyBundleOnThreads(readerOf(bundle))).toEqual(verifyBundle(readerOf(bundle)));
  });

  test('is sound, and tells its progress', () => {
    const progress: number[] = [];
    const onProgress = (done: number): unknown => progress.push(done);
    const verification = verifyBundle(readerOf(log.bundle()), { onProgress, since: log.checkpoint(257) });
    expect(verification).toMatchObject({ outcome: 'sound', log: { size: 523 }, proven: { reports: 4 } });
    expect(progress).toEqual([256, 512, 523]);
  });

  test.each(['tile/0/000', 'tile/0/001'])('a changed full tile is found: %s', (path) => {
    const bundle = log.bundle();
    const tile = bundle.get(path);
    tile?.writeUInt8(tile.readUInt8(4000) ^ 1, 4000);
    const verification = verifyBundle(readerOf(bundle));
    expect(verification.outcome).toBe('tampered');
    expect(verification.findings).toContainEqual(expect.objectContaining({ code: 'tile.mismatch', where: path }));
  });

  test('a missing full tile is said once, though agents had seen what lies under it', () => {
    const bundle = log.bundle();
    bundle.delete('tile/0/001');
    const verification = verifyBundle(readerOf(bundle));
    expect(verification).toMatchObject({ outcome: 'incomplete', total: 1, findings: [{ code: 'tile.missing' }] });
  });

  test('entries that are missing in the middle end the verification, and nothing after them counts as put in', () => {
    const bundle = log.bundle();
    bundle.delete('tile/entries/001');
    const verification = verifyBundle(readerOf(bundle));
    expect(verification).toMatchObject({ outcome: 'incomplete', total: 1, proven: null });
    expect(verification.findings[0]).toMatchObject({ code: 'entries.missing', where: 'tile/entries/001' });
  });

  test('of thousands of findings ten of each code are listed, and all counted', () => {
    const other = new FixtureLog();
    for (let host = 0; other.entries.length < log.entries.length; host += 1) other.enrol(`other${host}`);
    const bundle = log.bundle();
    const entries = other.bundle();
    for (const [path, bytes] of entries) if (path.startsWith('tile/entries/')) bundle.set(path, bytes);
    const verification = verifyBundle(readerOf(bundle));
    const changed = codesOf(verification).filter((code) => code === 'entry.changed');
    expect(changed).toHaveLength(10);
    expect(verification.total).toBeGreaterThan(500);
  });
});

test('no edit of a file, wherever and however long, comes out sound or as an error', async () => {
  const bundle = (await oneHost()).bundle();
  const paths = [...bundle.keys()];
  const edit = fc.record({
    path: fc.constantFrom(...paths),
    at: fc.nat(10_000),
    remove: fc.nat(40),
    insert: fc.uint8Array({ maxLength: 40 }),
  });
  fc.assert(
    fc.property(edit, ({ path, at, remove, insert }) => {
      const before = bundle.get(path) ?? Buffer.alloc(0);
      const place = Math.min(at, before.length);
      const after = Buffer.concat([before.subarray(0, place), insert, before.subarray(place + remove)]);
      fc.pre(!after.equals(before));
      const { outcome } = verifyBundle(readerOf(new Map(bundle).set(path, after)));
      expect(outcome).not.toBe('sound');
    }),
    { numRuns: 1000 },
  );
});

test('no file of a bundle can be left out, or stand under the name of another', async () => {
  const bundle = (await oneHost()).bundle();
  for (const path of bundle.keys()) {
    const without = new Map([...bundle].filter(([other]) => other !== path));
    expect(verifyBundle(readerOf(without)).outcome, path).not.toBe('sound');
    for (const other of bundle.keys()) {
      if (other === path) continue;
      const swapped = new Map(bundle).set(path, bundle.get(other) ?? Buffer.alloc(0));
      expect(verifyBundle(readerOf(swapped)).outcome, `${other} as ${path}`).not.toBe('sound');
    }
  }
});
