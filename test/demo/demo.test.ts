import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, test } from 'vitest';
import { checkKind } from '../../policies/checks/index.ts';
import { runWaarborg, startScript } from '../support/process.ts';
import { temporaryFolder } from '../support/tools.ts';
import { simulated } from './facts/index.ts';
import { DemonstrationError, fillCollector, startDemonstration } from './fill.ts';
import { domain, lateHosts, neverSeen, simulatedFleet, type SimulatedHost } from './fleet.ts';
import { History } from './history.ts';
import { demonstrationPolicies } from './policies.ts';
import { day } from './span.ts';

const until = Date.parse('2026-11-22T12:00:00Z');
const span = { from: until - 90 * day, until };
const fleet = simulatedFleet({ hosts: 50, seed: 1, span });

function factsOf(host: SimulatedHost, at: number): string {
  return JSON.stringify(Object.values(simulated).map((make) => make(host, at)));
}

describe('simulated hosts', () => {
  it('say in their names and labels that they are simulated', () => {
    expect(fleet.every(({ name, labels }) => name.endsWith(`.${domain}`) && labels.simulated === 'yes')).toBe(true);
    expect(demonstrationPolicies().every(({ title }) => title.en.startsWith('Demonstration: '))).toBe(true);
  });

  it('have the same facts for the same seed, and others for another', () => {
    const all = (seed: number): string[] =>
      simulatedFleet({ hosts: 50, seed, span }).map((host) => factsOf(host, until - 10 * day));
    expect(all(1)).toEqual(fleet.map((host) => factsOf(host, until - 10 * day)));
    expect(all(2)).not.toEqual(all(1));
  });

  it('show facts of the form that agents show', () => {
    for (const host of fleet) {
      for (const [kind, make] of Object.entries(simulated)) {
        const facts = { state: 'read', value: make(host, until - 5 * day) };
        expect(() => checkKind(kind)?.read(facts), `${kind} of ${host.name}`).not.toThrow();
        expect(checkKind(kind)).toBeDefined();
      }
    }
  });

  it('come to every sort of trouble by the end', () => {
    const atEnd = fleet.flatMap(({ spells }) => spells.filter((spell) => spell.until > until).map(({ what }) => what));
    expect(new Set(atEnd).size).toBe(9);
  });

  it('leave no turn empty: who comes late, leaves or falls silent shares one', () => {
    for (const hosts of [8, 20, 50, 250]) {
      const turns = hosts - lateHosts(hosts);
      const partial = simulatedFleet({ hosts, seed: 3, span }).filter(
        ({ reports }) => reports.from > span.from || reports.until < Infinity,
      );
      const alone = partial.filter(({ number }) => number < turns && number + turns >= hosts);
      expect(alone.map(({ name }) => name)).toEqual([]);
    }
  });
});

test('a past is written as OpenMetrics: families together, each sample with its moment and its target', () => {
  using folder = temporaryFolder();
  const history = new History();
  const text = (value: number): string =>
    `# HELP waarborg_x X.\n# TYPE waarborg_x gauge\nwaarborg_x{a="b c"} ${value}\n` +
    `# HELP waarborg_y Y.\n# TYPE waarborg_y gauge\nwaarborg_y ${value}\n# HELP process_z Z.\n# TYPE process_z gauge\nprocess_z 1\n`;
  history.take(text(1), 1_000_000);
  history.take(text(2), 2_000_000);
  const file = join(folder.path, 'history.txt');
  history.write(file);
  const target = 'job="waarborg",instance="demonstration"';
  expect(readFileSync(file, 'utf8').split('\n')).toEqual([
    '# TYPE waarborg_x gauge',
    '# HELP waarborg_x X.',
    `waarborg_x{${target},a="b c"} 1 1000`,
    `waarborg_x{${target},a="b c"} 2 2000`,
    '# TYPE waarborg_y gauge',
    '# HELP waarborg_y Y.',
    `waarborg_y{${target}} 1 1000`,
    `waarborg_y{${target}} 2 2000`,
    '# EOF',
    '',
  ]);
});

test('a folder that was not made for a demonstration is left alone', async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'mine');
  writeFileSync(file, 'precious');
  const filling = fillCollector({ folder: folder.path, hosts: 8, days: 2, seed: 1, until });
  await expect(filling).rejects.toThrow(DemonstrationError);
  expect(existsSync(file)).toBe(true);
});

test.each([
  [['--hosts', '3'], 'hosts'],
  [['--fast'], '--fast'],
])('%j is refused with a word about it, and nothing is written', async (args, word) => {
  using folder = temporaryFolder();
  const data = join(folder.path, 'demo');
  const { code, stderr } = await startScript(join(import.meta.dirname, 'main.ts'), [...args, '--data', data]).ended;
  expect(code).toBe(3);
  expect(stderr).toContain(word);
  expect(existsSync(data)).toBe(false);
});

test('the evidence verifies as that of a real fleet, without a gap, and the collector shows who is missing', async () => {
  using folder = temporaryFolder();
  const data = join(folder.path, 'demo');
  const end = Date.now();
  const { config } = await fillCollector({ folder: data, hosts: 8, days: 1, seed: 1, until: end });
  const bundle = join(folder.path, 'bundle');
  expect((await runWaarborg(['export', bundle, '--data', data])).code).toBe(0);
  const { code, stdout } = await runWaarborg(['verify', bundle, '--format', 'json']);
  expect(code).toBe(0);
  expect(stdout).toContain('simulated.example/demonstration-log');
  const database = new DatabaseSync(join(data, 'collector/evidence.db'), { readOnly: true });
  const entries = database
    .prepare('SELECT CAST(bytes AS TEXT) AS json FROM entries')
    .all()
    .map(({ json }) => String(json));
  database.close();
  expect(entries.length).toBeGreaterThan(80);
  expect(entries.filter((entry) => entry.includes('"kind":"gap"'))).toEqual([]);

  await using stack = new AsyncDisposableStack();
  const collector = await startDemonstration(config);
  stack.defer(() => collector.close());
  const { secret } = collector.tokens.create({ role: 'auditor', label: 'test', validity: 600 }, new Date());
  const response = await fetch(`${collector.url}/api/v1/hosts`, { headers: { authorization: `Bearer ${secret}` } });
  const page = await response.text();
  expect(page).toContain(neverSeen);
  expect(page).not.toContain(`backup1.${domain}`);
}, 120_000);
