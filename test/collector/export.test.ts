import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RecordedHost } from '../../agent/host/recorded.ts';
import { exportBundle } from '../../collector/export.ts';
import { folderReader } from '../../commands/bundle-folder.ts';
import { decodeManifest } from '../../evidence/bundle.ts';
import { wholeScope, type Scope } from '../../evidence/scope.ts';
import { decodeEntryBundle, encodeEntryBundle } from '../../evidence/tiles.ts';
import { verifyBundle } from '../../evidence/verify.ts';
import { collectorOn, enrolAgentAt, origin, passwordFiles } from '../support/road.ts';
import { temporaryFolder } from '../support/tools.ts';

const folder = temporaryFolder();
const data = join(folder.path, 'collector');
afterAll(() => folder[Symbol.dispose]());

/** A collector on `data`, with two agents that report. */
async function reportTwice(): Promise<void> {
  await using collector = await collectorOn(data);
  for (const name of ['web1', 'database1']) {
    const files = passwordFiles(new Date());
    const host = new RecordedHost({ hostname: name, files });
    using agent = await enrolAgentAt(collector, join(folder.path, name), name, { host });
    for (const days of [10, 400]) {
      Object.assign(files, passwordFiles(new Date(Date.now() - days * 86_400_000)));
      await agent.runOnce();
      expect(await agent.deliverAll()).toEqual({ state: 'empty' });
    }
  }
}

function exportTo(name: string): string {
  const target = join(folder.path, name);
  exportBundle(data, target, () => undefined);
  return target;
}

beforeAll(reportTwice);

describe('an export of what agents reported', () => {
  test('verifies alone, with the key that it names', () => {
    const bundle = exportTo('sound');
    const { logKey, size } = decodeManifest(readFileSync(join(bundle, 'bundle.json')));
    const verification = verifyBundle(folderReader(bundle), { logKey });
    expect(verification).toMatchObject({
      outcome: 'sound',
      log: { origin, size, key: logKey },
      proven: { reports: 4, verdicts: { pass: 2, fail: 2, unknown: 0 } },
    });
    expect(verification.proven?.agents.map(({ agent, reports }) => [agent, reports])).toEqual([
      ['web1', 2],
      ['database1', 2],
    ]);
  });

  test('holds no key and no account name', () => {
    const bundle = exportTo('public');
    const files = readdirSync(bundle, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const all = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('\n');
    expect(all).not.toMatch(/PRIVATE KEY/);
    expect(all).not.toMatch(/"root"|\$y\$/);
    expect(all).toMatch(/account-[0-9a-f]{12}/);
  });

  test('can be made while the collector runs, and later ones continue it', async () => {
    const since = readFileSync(join(exportTo('before'), 'checkpoint'), 'utf8');
    await using collector = await collectorOn(data);
    using agent = await enrolAgentAt(collector, join(folder.path, 'mail1'), 'mail1');
    await agent.runOnce();
    await agent.deliverAll();
    const bundle = exportTo('during');
    const verification = verifyBundle(folderReader(bundle), { since });
    expect(verification).toMatchObject({ outcome: 'sound', comparedWith: 7, log: { size: 9 } });
  });

  test('says how many files it wrote', () => {
    const { files, manifest } = exportBundle(data, join(folder.path, 'counted'), () => undefined);
    const written = readdirSync(join(folder.path, 'counted'), { recursive: true, withFileTypes: true });
    expect(files).toBe(written.filter((entry) => entry.isFile()).length);
    expect(manifest.origin).toBe(origin);
  });
});

describe('an export is refused', () => {
  test('into a folder that holds something', () => {
    const target = join(folder.path, 'full');
    mkdirSync(target);
    writeFileSync(join(target, 'notes.txt'), '');
    expect(() => exportBundle(data, target, () => undefined)).toThrow(
      expect.objectContaining({ code: 'export.folder' }),
    );
    expect(readdirSync(target)).toEqual(['notes.txt']);
  });

  test.each([
    ['an entry', 'DELETE FROM entries WHERE idx = 2', /entry 2 is not in the database/],
    ['a tile', 'DELETE FROM tiles', /tile 0 of level 0 is not in the database/],
    ['the head', 'DELETE FROM head', /holds no log yet/],
  ])('where the database has lost %s', (what, sql, message) => {
    const damaged = join(folder.path, `damaged ${what}`);
    mkdirSync(damaged);
    for (const file of ['evidence.db', 'log.key']) writeFileSync(join(damaged, file), readFileSync(join(data, file)));
    const database = new DatabaseSync(join(damaged, 'evidence.db'));
    database.exec(sql);
    database.close();
    const target = join(damaged, 'bundle');
    expect(() => exportBundle(damaged, target, () => undefined)).toThrow(message);
    // What was written before it failed does not pass for a bundle.
    expect(verifyBundle(folderReader(target)).outcome).toMatch(/incomplete|nothing/);
  });
});

describe('an export of a part', () => {
  function exportPart(name: string, scope: Partial<Scope>): string {
    const target = join(folder.path, name);
    exportBundle(data, target, () => undefined, { ...wholeScope, ...scope });
    return target;
  }

  test('of one host verifies alone, and holds nothing of another', () => {
    const bundle = exportPart('one host', { hosts: ['web1'] });
    const verification = verifyBundle(folderReader(bundle));
    expect(verification).toMatchObject({ outcome: 'sound', proven: { reports: 2, verdicts: { pass: 1, fail: 1 } } });
    expect(verification.proven?.agents.map(({ agent }) => agent)).toEqual(['web1']);
    const whole = readdirSync(join(exportTo('whole'), 'parts')).length;
    expect(readdirSync(join(bundle, 'parts')).length).toBeLessThan(whole);
  });

  test('from which its failing report was left out is found', () => {
    const bundle = exportPart('without the worst', { hosts: ['database1', 'web1'] });
    const [file = ''] = readdirSync(join(bundle, 'tile/entries'), { recursive: true, encoding: 'utf8' }).filter(
      (path) => /\d$/.test(path),
    );
    const path = join(bundle, 'tile/entries', file);
    const entries = decodeEntryBundle(readFileSync(path));
    const reports = entries.flatMap((bytes, index) => (bytes.includes('"kind":"report"') ? [index] : []));
    // The first of the two that web1 made.
    writeFileSync(path, encodeEntryBundle(entries.with(reports[0] ?? 0, Buffer.alloc(0))));
    const { outcome, findings } = verifyBundle(folderReader(bundle));
    expect(outcome).toBe('tampered');
    expect(findings).toContainEqual(expect.objectContaining({ code: 'report.gap' }));
  });

  test('leaves the facts of other policies out of no report that needs them', () => {
    const bundle = exportPart('one policy', { policies: ['quick'] });
    expect(verifyBundle(folderReader(bundle))).toMatchObject({
      outcome: 'sound',
      proven: { unjudged: 0, withheld: [] },
    });
  });

  test.each([
    ['a host that never was', { hosts: ['nobody'] }, /nothing to show of host nobody/],
    ['a policy that never was', { policies: ['none'] }, /nothing to show of policy none/],
    ['labels that no host has', { labels: { role: 'mainframe' } }, /no host reported with the labels role=mainframe/],
  ])('is refused for %s', (name, scope, message) => {
    expect(() => exportPart(name, scope)).toThrow(message);
  });
});

test('an entry that was changed in the database is found in the bundle', () => {
  const changed = join(folder.path, 'changed');
  mkdirSync(changed);
  for (const file of ['evidence.db', 'log.key']) writeFileSync(join(changed, file), readFileSync(join(data, file)));
  const database = new DatabaseSync(join(changed, 'evidence.db'));
  database.exec(`UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), 'web1', 'web2') AS BLOB) WHERE idx = 0`);
  database.close();
  const target = join(changed, 'bundle');
  exportBundle(changed, target, () => undefined);
  const { outcome, findings } = verifyBundle(folderReader(target));
  expect(outcome).toBe('tampered');
  expect(findings).toContainEqual(expect.objectContaining({ code: 'entry.changed', where: 'entry 0' }));
});
