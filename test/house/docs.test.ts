import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectors } from '../../agent/collect/index.ts';
import { AgentSettings } from '../../agent/settings.ts';
import { CollectorConfig } from '../../collector/config.ts';
import { familyNames, families } from '../../collector/metrics/families.ts';
import { ownFamilies } from '../../collector/metrics/process.ts';
import { checkKinds } from '../../policies/checks/index.ts';
import { observationReasons } from '../../policies/observe.ts';
import { obstacleReasons } from '../../policies/reading.ts';
import { WitnessConfig } from '../../witness/config.ts';
import { readSource, root, sourceFiles } from '../support/sources.ts';

/** The words in the first column of a page's tables, without their code marks. */
function firstColumn(page: string, pattern: RegExp): string[] {
  const rows = readSource(page).matchAll(/^\|\s*(`[^|]+`)\s*\|/gm);
  const words = [...rows].flatMap(([, cell]) => [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? ''));
  return words.filter((word) => pattern.test(word)).sort();
}

const reasonCode = /^[a-z-]+(\.[a-z0-9-]+)+$/;
const general = [...Object.keys(obstacleReasons), ...Object.keys(observationReasons)].sort();

describe('the docs', () => {
  it('have one page a check kind, and no other', () => {
    // A kind's page may have a folder of its own beside it, for what would make it long.
    const pages = new Set(readdirSync(join(root, 'docs/checks')).map((file) => file.replace(/\.md$/, '')));
    expect([...pages].sort()).toEqual(checkKinds.map(({ name }) => name).sort());
    const ofHosts = checkKinds.filter(({ source }) => source === 'host').map(({ name }) => name);
    expect(collectors.map(({ kind }) => kind).sort()).toEqual(ofHosts.sort());
  });

  it('list every reason code of every kind', () => {
    const declared = new Set(checkKinds.flatMap((kind) => Object.keys(kind.reasons)));
    const own = [...declared].filter((code) => !general.includes(code));
    const topics = new Set(own.map((code) => code.split('.')[0]));
    const pages = checkKinds.flatMap(({ name }) => firstColumn(`docs/checks/${name}.md`, reasonCode));
    const documented = new Set(pages.filter((code) => topics.has(code.split('.')[0])));
    expect([...documented].sort()).toEqual(own.sort());
  });

  it('list the reasons that any check can give', () => {
    expect(firstColumn('docs/policies.md', reasonCode)).toEqual(general);
  });

  it('list every metric with its labels', () => {
    const rows = [...readSource('docs/metrics.md').matchAll(/^\| `(waarborg_\w+)` \| ([^|]*)\|/gm)];
    const documented: Record<string, string | undefined> = Object.fromEntries(
      rows.map(([, name = '', labels]) => [name, labels?.trim()]),
    );
    const declared: Record<string, string> = Object.fromEntries([
      ...familyNames.map((name) => [name, families[name].labels.join(', ')] as const),
      ...Object.values(ownFamilies).map(({ name, labelNames }) => [name, labelNames.join(', ')] as const),
    ]);
    expect(documented).toEqual(declared);
  });

  it('list every subcommand', () => {
    const declared = [...readSource('waarborg.ts').matchAll(/import\('\.\/commands\/([a-z-]+)\.ts'\)/g)].map(
      ([, name]) => name,
    );
    const documented = [...readSource('docs/commands.md').matchAll(/^\| `waarborg ([a-z-]+)/gm)].map(
      ([, name]) => name,
    );
    expect(documented).toEqual(declared);
  });

  it.each([...readSource('waarborg.ts').matchAll(/commands\/([a-z-]+)\.ts/g)].map(([, name]) => name ?? ''))(
    'list every option of %s',
    (name) => {
      const source = readSource(`commands/${name}.ts`);
      const shared = Object.entries({
        addHostOptions: ['--policy', '--label', '--config'],
        addCollectorDataOptions: ['--config', '--data'],
        addCollectorOptions: ['--collector', '--token-file', '--ca'],
        addRemoteOptions: ['--identity', '--known-hosts', '--host-key', '--jump', '--sudo'],
        addScopeOptions: ['--from', '--to', '--policy', '--label', '--host'],
      }).flatMap(([adds, options]) => (source.includes(adds) ? options : []));
      const own = [...source.matchAll(/[oO]ption\(\s*'(--[a-z-]+)/g)].map(([, option]) => option);
      const row = new RegExp(`^\\| \`waarborg ${name}.*$`, 'm').exec(readSource('docs/commands.md'))?.[0] ?? '';
      const documented = [...row.matchAll(/`(--[a-z-]+)/g)].map(([, option]) => option);
      expect([...new Set(documented)].sort()).toEqual([...new Set([...shared, ...own])].sort());
    },
  );

  it('list every setting', () => {
    const page = readSource('docs/settings.md');
    const [, agentPart = '', collectorPart = '', witnessPart = ''] = page.split(/^## /m);
    const keysIn = (part: string): string[] => [
      ...new Set(
        [...part.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell]) =>
          [...(cell ?? '').matchAll(/`([a-zA-Z]+)/g)].map(([, key]) => key ?? ''),
        ),
      ),
    ];
    expect(keysIn(agentPart).sort()).toEqual(Object.keys(AgentSettings.shape).sort());
    expect(keysIn(collectorPart).sort()).toEqual(Object.keys(CollectorConfig.shape).sort());
    expect(keysIn(witnessPart).sort()).toEqual(Object.keys(WitnessConfig.shape).sort());
  });

  it('list every problem code of the API', () => {
    const thrown = sourceFiles()
      // What doctor finds has codes of its own, which no request is answered with.
      .filter((path) => path.startsWith('collector/') && path !== 'collector/doctor.ts')
      .flatMap((path) => [
        ...readSource(path).matchAll(
          /'((?:http|token|enrol|agent|report|rotation|entry|log|store|host|control|policy|act|notice|evidence|certificate)\.[a-z-]+)'/g,
        ),
      ])
      .map(([, code]) => code ?? '');
    const internal = [
      'log.commit',
      'evidence.db',
      'store.version',
      'store.durability',
      'agent.enrol',
      'policy.set',
      'log.key',
      'store.behind',
      'store.forked',
      'store.guard',
      'agent.revoke',
      'log.key-change',
    ];
    const codes = [...new Set(thrown)].filter((code) => !internal.includes(code));
    expect(firstColumn('docs/api.md', /^[a-z]+\.[a-z-]+$/)).toEqual(codes.sort());
  });
});
