import { expect, test } from 'vitest';
import { checkpointPath, encodeManifest, manifestPath } from '../../evidence/bundle.ts';
import { signCheckpoint } from '../../evidence/checkpoint.ts';
import { maximumPartSize } from '../../evidence/exchange.ts';
import { encodeEntryBundle, tilePath, widthOf } from '../../evidence/tiles.ts';
import { TileTree } from '../../evidence/tile-tree.ts';
import { verifyBundle } from '../../evidence/verify.ts';
import {
  FixtureLog,
  oneHost,
  readerOf,
  strictPolicy,
  twoHosts,
  type Bundle,
  type ReportChoices,
} from '../support/evidence.ts';
import { digestOf } from '../../evidence/report.ts';

/** A bundle with one more report, which an enrolled agent that wants to harm its reader has signed. */
async function withReport(choices: ReportChoices): Promise<Bundle> {
  const { log, web } = await twoHosts();
  await log.report(web, choices);
  return log.bundle();
}

function withFacts(json: string): Promise<Bundle> {
  return withReport({ lie: (run) => ({ ...run, facts: new Map([['password-age', json]]) }) });
}

/** The head of a log that claims a size, with the tiles of its edge, all signed. */
function headOf(size: number): Bundle {
  const log = new FixtureLog();
  const tiles: Bundle = new Map();
  const read = (level: number, index: number): Buffer => {
    const width = widthOf(level, index, size);
    const bytes = Buffer.alloc(32 * width, level + 1);
    tiles.set(tilePath({ level, index, width }), bytes);
    return bytes;
  };
  const root = new TileTree(size, { read }).root();
  const checkpoint = signCheckpoint({ origin: log.origin, size, root }, log.signer);
  return tiles
    .set(manifestPath, Buffer.from(encodeManifest({ v: 1, origin: log.origin, logKey: log.vkey, size })))
    .set(checkpointPath, Buffer.from(checkpoint));
}

test('a log that claims more entries than there are atoms in a bundle ends at the first that is missing', () => {
  const bundle = headOf(2 ** 53 - 1);
  expect(verifyBundle(readerOf(bundle))).toMatchObject({ outcome: 'incomplete', log: { size: 2 ** 53 - 1 } });
  bundle.set('tile/entries/x035/x184/x372/x088/831', encodeEntryBundle([Buffer.from('{}')]));
  expect(verifyBundle(readerOf(bundle)).outcome).not.toBe('sound');
});

// Its own report is entry 9 of 10.
test.each([10, 11, 2 ** 53 - 1])('an agent that claims to have seen %d entries is told of', async (size) => {
  const seen = { origin: 'fixture.example/log', size, root: Buffer.alloc(32) };
  const { findings } = verifyBundle(readerOf(await withReport({ seen })));
  expect(findings).toMatchObject([{ code: 'report.seen' }]);
});

test.each([-1, 1.5, 1e300])('a seen size that is no size is no statement: %d', async (size) => {
  const seen = { origin: 'fixture.example/log', size, root: Buffer.alloc(32) };
  const { findings } = verifyBundle(readerOf(await withReport({ seen })));
  expect(findings.map(({ code }) => code)).toContain('report.statement');
});

test('entries of no length are those that were left out, whatever the log signed', async () => {
  const log = new FixtureLog();
  for (let index = 0; index < 256; index += 1) log.entries.push(Buffer.alloc(0));
  const { outcome, findings } = verifyBundle(readerOf(log.bundle()));
  expect(outcome).toBe('tampered');
  expect(findings).toMatchObject([{ code: 'entry.omitted', where: 'entries 0 to 255' }]);
  const bundle = (await oneHost()).bundle();
  bundle.set('tile/entries/000.p/3', encodeEntryBundle(log.entries.slice(0, 3)));
  expect(verifyBundle(readerOf(bundle)).outcome).toBe('tampered');
});

test.each([
  ['arrays', '['.repeat(5_000_000)],
  ['closed arrays', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
])('JSON that nests without end is none: %s', async (_, json) => {
  const { findings } = verifyBundle(readerOf(await withFacts(json)));
  expect(findings).toMatchObject([{ code: 'part.malformed' }]);
});

test('JSON of more values than any facts have is none', async () => {
  const { findings } = verifyBundle(readerOf(await withFacts(`[${'0,'.repeat(3_000_000)}0]`)));
  expect(findings).toMatchObject([{ code: 'part.malformed' }]);
});

test('as many wrong values as are let through are one wrong fact', async () => {
  const accounts = `[{}${',{}'.repeat(1_000_000)}]`;
  const facts = `{"state":"read","value":{"system":{"state":"read","value":{"accounts":${accounts}}},"departures":null}}`;
  const { findings } = verifyBundle(readerOf(await withFacts(facts)));
  expect(findings).toMatchObject([{ code: 'verdict.differs' }]);
});

test('a part that is longer than any is not read', async () => {
  const bundle = await withFacts(`"${'x'.repeat(maximumPartSize)}"`);
  expect(verifyBundle(readerOf(bundle)).findings).toMatchObject([{ code: 'file.too-large' }]);
});

test.each(['__proto__', 'constructor', 'toString'])('%s is a name like any other', async (name) => {
  const hide = (text: string): string => text.replace('"values":{', `"values":{"${name}":1,`);
  const observations = await withReport({
    policies: [strictPolicy],
    lie: (run) => ({
      ...run,
      observations: JSON.parse(hide(JSON.stringify(run.observations))) as typeof run.observations,
    }),
  });
  expect(verifyBundle(readerOf(observations)).outcome).toBe('tampered');
  const facts = await withFacts(`{"${name}":1,"state":"read"}`);
  expect(verifyBundle(readerOf(facts)).findings).toMatchObject([{ code: 'verdict.differs' }]);
  const entry = new FixtureLog();
  entry.entries.push(Buffer.from(`{"v":1,"kind":"policy.set","${name}":{}}`));
  expect(verifyBundle(readerOf(entry.bundle())).findings[0]).toMatchObject({ code: 'entry.malformed' });
  const kind = new FixtureLog();
  kind.entries.push(Buffer.from(`{"v":1,"kind":"${name}"}`));
  expect(verifyBundle(readerOf(kind.bundle())).findings[0]).toMatchObject({ code: 'entry.unknown-kind' });
});

test('a policy document that would unfold without end is not judged by', async () => {
  const { log } = await twoHosts();
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
  for (const [name, before] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg', 'ih'].map(([a = '', b = '']) => [a, b])) {
    bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(',')}]`);
  }
  for (const text of [bomb.join('\n'), '['.repeat(100_000), '\0', '']) {
    const digest = digestOf(Buffer.from(text));
    log.set({ policy: 'quick', version: 1, digest, text });
  }
  const { outcome, findings } = verifyBundle(readerOf(log.bundle()));
  expect(outcome).toBe('incomplete');
  expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['policy.unreadable']));
});

test('what a bundle says is cut to what a person reads', () => {
  const log = new FixtureLog();
  log.entries.push(Buffer.from(JSON.stringify({ v: 2, kind: 'x'.repeat(60_000) })));
  const bundle = log.bundle();
  bundle.set(`parts/${'y'.repeat(5000)}`, Buffer.alloc(0));
  for (const { where, message } of verifyBundle(readerOf(bundle)).findings) {
    expect(where.length + message.length).toBeLessThan(2100);
  }
});
