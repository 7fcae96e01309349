import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportBundle } from '../../collector/export.ts';
import { findingKinds } from '../../evidence/verify.ts';
import { onDatabase, rewrite, type Kept } from '../support/attacks/database.ts';
import { runWaarborg } from '../support/process.ts';
import { agentOn, collectorOn, enrolAgentAt } from '../support/road.ts';
import { temporaryFolder } from '../support/tools.ts';

const folder = temporaryFolder();
const data = join(folder.path, 'collector');
const kept: Kept = {
  backup: join(folder.path, 'backup'),
  auditor: join(folder.path, 'auditor'),
  agent: join(folder.path, 'agent'),
};
afterAll(() => folder[Symbol.dispose]());

/** A real collector and two real agents: what they leave behind is attacked. */
beforeAll(async () => {
  {
    await using collector = await collectorOn(data);
    using web1 = await enrolAgentAt(collector, join(folder.path, 'web1'), 'web1');
    await web1.runOnce();
    await web1.deliverAll();
  }
  cpSync(data, kept.backup, { recursive: true });
  await using collector = await collectorOn(data);
  using web1 = agentOn(join(folder.path, 'web1'), {}, collector.url);
  using database1 = await enrolAgentAt(collector, join(folder.path, 'database1'), 'database1');
  for (const agent of [database1, web1, database1, web1]) {
    await agent.runOnce();
    expect(await agent.deliverAll()).toEqual({ state: 'empty' });
  }
  writeFileSync(kept.agent, web1.spool.delivered()?.checkpoint ?? '');
  const exported = exportOf(data);
  writeFileSync(kept.auditor, readFileSync(join(exported, 'checkpoint')));
});

let names = 0;

function exportOf(from: string): string {
  const target = join(folder.path, `bundle-${names++}`);
  exportBundle(from, target, () => undefined);
  return target;
}

function copyOfData(): string {
  const copy = join(folder.path, `data-${names++}`, 'collector');
  cpSync(data, copy, { recursive: true });
  return copy;
}

async function verify(bundle: string, since?: string) {
  const options = since === undefined ? [] : ['--since', since];
  const { code, stdout, stderr } = await runWaarborg(['verify', bundle, ...options]);
  return { exitCode: code, text: stdout.replace(/\s+/g, ' '), stderr };
}

const headlines = {
  tampered: 'tampered: something in this bundle contradicts what was signed',
  incomplete: 'incomplete: something is missing or cannot be relied on',
  nothing: 'nothing to verify',
} as const;

test('what agents reported is sound, and continues what everyone keeps', async () => {
  const bundle = exportOf(data);
  for (const since of [kept.auditor, kept.agent]) {
    const { exitCode, text } = await verify(bundle, since);
    expect(text).toContain('sound: everything in this bundle has been verified');
    expect(text).toContain('reports: 3');
    expect(exitCode).toBe(0);
  }
});

describe.concurrent('an attack on the data of a collector is seen in its export:', () => {
  test.each(onDatabase)('$name', async ({ attack, since, exitCode, code, words }) => {
    const attacked = copyOfData();
    attack(attacked, kept);
    const found = await verify(exportOf(attacked), since && kept[since]);
    expect(found.text).toContain(`(${code})`);
    expect(found.text).toMatch(words);
    expect(found.text).toContain(headlines[findingKinds[code]]);
    expect({ exitCode: found.exitCode, stderr: found.stderr }).toEqual({ exitCode, stderr: '' });
  });
});

test('a row that is gone leaves nothing to export', async () => {
  const attacked = copyOfData();
  const database = new DatabaseSync(join(attacked, 'evidence.db'));
  database.exec('DELETE FROM entries WHERE idx = 4');
  database.close();
  const target = join(folder.path, 'holes');
  const { code, stderr } = await runWaarborg(['export', target, '--data', dirname(attacked)]);
  expect(stderr).toContain('entry 4 is not in the database: restore it from a backup');
  expect(code).toBe(3);
  expect((await verify(target)).exitCode).not.toBe(0);
  expect(readdirSync(target)).not.toContain('salts');
});

test('the limit: without a head held outside, a tail that was cut is not missed, and every verification says so', async () => {
  const attacked = copyOfData();
  rewrite(attacked, (entries) => entries.slice(0, 3));
  const bundle = exportOf(attacked);
  const { exitCode, text } = await verify(bundle);
  expect(exitCode).toBe(0);
  expect(text).toContain('No earlier checkpoint was given (--since)');
  expect(text).toContain('Without a checkpoint held outside');
  expect((await verify(bundle, kept.auditor)).exitCode).toBe(1);
});
