import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saveRecord } from '../../../agent/availability/record.ts';
import { RecordedHost } from '../../../agent/host/recorded.ts';
import { exportBundle } from '../../../collector/export.ts';
import { wholeScope } from '../../../evidence/scope.ts';
import { parsePolicy } from '../../../policies/load.ts';
import { runWaarborg } from '../../support/process.ts';
import { collectorOn, enrolAgentAt } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { promising, stretchesOf } from './evidence.ts';

/** A real agent that reports what it recorded, a real collector, its store and its bundles. */

const folder = temporaryFolder();
const data = join(folder.path, 'collector');
const [whole, part, later] = ['whole', 'part', 'later'].map((name) => join(folder.path, name)) as [
  string,
  string,
  string,
];
const everywhere = parsePolicy(promising.text.replace('{ vantage: [outside] }', '{}'), 'sla.yaml');
afterAll(() => folder[Symbol.dispose]());

beforeAll(async () => {
  let now = new Date('2026-10-01T00:00:00Z');
  const clock = (): Date => now;
  await using collector = await collectorOn(data, { now: clock });
  const own = join(folder.path, 'agent');
  mkdirSync(own);
  const controls = ['a', 'b'].map((name) => ({ host: `${name}.example.nl`, port: 443 }));
  const targets = [{ name: 'www', service: 'https', url: 'https://www.example.nl/' }];
  const host = new RecordedHost({ hostname: 'vantage1' });
  const choices = { host, now: clock, policies: [everywhere], hostSettings: { availability: { targets, controls } } };
  using agent = await enrolAgentAt(collector, own, 'vantage1', choices);
  const changes = [
    ['2026-09-20T00:00Z', 'up'],
    ['2026-10-03T10:00Z', 'down'],
    ['2026-10-03T12:00Z', 'up'],
  ] as const;
  for (const moment of [
    '2026-10-02T00:00:00Z',
    '2026-10-04T00:00:00Z',
    '2026-11-01T12:00:00Z',
    '2026-11-20T00:00:00Z',
  ]) {
    now = new Date(moment);
    const known = changes.filter(([from]) => new Date(from) < now);
    saveRecord(own, { v: 1, sampledAt: now.toISOString(), targets: { 'https www': stretchesOf(known) } });
    await agent.runOnce();
    expect(await agent.deliverAll()).toEqual({ state: 'empty' });
    if (moment.startsWith('2026-11-01')) {
      exportBundle(data, whole, () => undefined);
      exportBundle(data, part, () => undefined, { ...wholeScope, from: '2026-10-03T00:00:00.000Z' });
    }
  }
  exportBundle(data, later, () => undefined);
});

const asked = ['availability', '--month', '2026-10', '--policy', 'sla', '--fee', '100'];

describe('waarborg availability', () => {
  test('says the same, byte for byte, from the store, a bundle, and a later bundle', async () => {
    const sources = [
      ['--data', folder.path],
      ['--bundle', whole],
      ['--bundle', later],
    ];
    const told = await Promise.all(sources.map((source) => runWaarborg([...asked, ...source, '--format', 'json'])));
    const [store, ...bundles] = told.map(({ stdout }) => stdout);
    expect(bundles).toEqual([store, store]);
    for (const { code } of told) expect(code).toBe(1);
    const statement = JSON.parse(store ?? '') as { promises: unknown[]; entries: { index: number }[] };
    expect(statement.promises).toMatchObject([
      { target: 'www', down: 7200, unknown: 0, outcome: 'broken', credit: { share: 20, amount: 2000 } },
    ]);
    expect(statement.entries).toHaveLength(3);
  });

  test('prints a table, and CSV', async () => {
    const table = await runWaarborg([...asked, '--data', folder.path]);
    expect(table.stdout).toContain('credit 20 %, EUR 20.00');
    expect(table.stdout).toContain('down 2 hours, unknown 0 seconds');
    const csv = await runWaarborg([...asked, '--data', folder.path, '--format', 'csv']);
    expect(csv.stdout.split('\r\n')).toHaveLength(3);
  });

  test.each([
    [['--bundle', 'PART'], /shows a part of its log/],
    [['--bundle', 'WHOLE', '--month', '2026-13'], /expected a month such as 2026-10/],
    [['--bundle', 'WHOLE', '--month', '2025-01'], /no report of 2025-01/],
    [['--bundle', 'WHOLE', '--fee', '1,50'], /expected an amount such as 100 or 99.50/],
    [['--bundle', 'WHOLE', '--policy', 'other'], /availability that other asks/],
  ])('%j is no use', async (words, why) => {
    const places = words.map((word) => (word === 'PART' ? part : word === 'WHOLE' ? whole : word));
    const { code, stderr, stdout } = await runWaarborg([...asked, ...places]);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(why);
  });
});
