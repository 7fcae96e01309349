import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { families } from '../../../collector/metrics/families.ts';
import { readSource, root } from '../../support/sources.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';
import { dashboards, linksOf, panelsOf, withValues, type Dashboard, type Panel } from './read.ts';

const values = { policy: 'p', host: 'h', range: 3600 };
const each = [...dashboards];
const uids = each.map(([, { uid }]) => uid);

/** What docs/metrics.md names, and what prom-client's own figures are called. */
const declared = new Set([...readSource('docs/metrics.md').matchAll(/`(waarborg_\w+)`/g)].map(([, name]) => name));
function isDeclared(metric: string): boolean {
  return (
    /^(process|nodejs)_/.test(metric) ||
    declared.has(metric.replace(/_(bucket|count|sum)$/, '')) ||
    declared.has(metric)
  );
}

function queriesOf(panel: Panel): string[] {
  return panel.targets.map(({ expr }) => withValues(expr, values));
}

/** The text of each node of that name in a query. */
function found(expr: string, node: string): string[] {
  const texts: string[] = [];
  parser.parse(expr).iterate({
    enter({ name, from, to }) {
      if (name === node) texts.push(expr.slice(from, to));
    },
  });
  return texts;
}

function overlap({ gridPos: a }: Panel, { gridPos: b }: Panel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

describe.each(each)('%s', (_path, dashboard) => {
  const panels = panelsOf(dashboard);

  it('has one data source, which every panel asks', () => {
    const { list } = dashboard.templating;
    expect(list.filter(({ type }) => type === 'datasource')).toMatchObject([
      { name: 'datasource', label: 'Data source' },
    ]);
    const asked = panels.flatMap(({ datasource, targets }) => [datasource, ...targets.map((one) => one.datasource)]);
    expect([...new Set(asked.map(({ uid }) => uid))]).toEqual(['${datasource}']);
  });

  it('has panels within the grid that do not overlap, with numbers and titles of their own', () => {
    for (const panel of panels) expect(panel.gridPos.x + panel.gridPos.w, panel.title).toBeLessThanOrEqual(24);
    const pairs = panels.flatMap((one, index) => panels.slice(index + 1).map((other) => [one, other] as const));
    expect(
      pairs.filter(([one, other]) => overlap(one, other)).map(([{ title }, other]) => [title, other.title]),
    ).toEqual([]);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  });

  it('fills each line of the grid', () => {
    const widths = Map.groupBy(panels, ({ gridPos }) => gridPos.y);
    const lines = [...widths.values()].map((line) => line.reduce((sum, { gridPos }) => sum + gridPos.w, 0));
    expect(new Set(lines)).toEqual(new Set([24]));
  });

  it('asks in PromQL, for metrics that are documented and labels that they have', () => {
    for (const expr of panels.flatMap(queriesOf)) {
      expect(found(expr, '⚠'), expr).toEqual([]);
      const metrics = found(expr, 'VectorSelector').map((selector) => selector.replace(/\{.*/s, '').trim());
      expect(metrics.length, expr).toBeGreaterThan(0);
      expect(
        metrics.filter((metric) => !isDeclared(metric)),
        expr,
      ).toEqual([]);
      const known = new Set([...metrics.flatMap(labelsOf), 'instance', 'job', 'le', 'bits', 'route', 'status']);
      expect(
        found(expr, 'LabelName').filter((label) => !known.has(label)),
        expr,
      ).toEqual([]);
    }
  });

  it('rates over the interval of the scrapes, and ranks what may be thousands', () => {
    for (const { expr } of panels.flatMap(({ targets }) => targets)) {
      expect(found(withValues(expr, values), 'MatrixSelector').length, expr).toBe(
        [...expr.matchAll(/\[\$__(rate_interval|range)\]/g)].length,
      );
    }
    for (const panel of panels.filter(({ type }) => type === 'table')) {
      const byHost = queriesOf(panel).filter(
        (expr) => /by \([^)]*\b(host|endpoint)\b/.test(expr) && !expr.includes('host="h"'),
      );
      expect(
        byHost.filter((expr) => !/\b(topk|bottomk)\(\d+,/.test(expr)),
        panel.title,
      ).toEqual([]);
    }
  });

  it('links to dashboards that there are and to pages of the collector', () => {
    expect(dashboard.links.map(({ title }) => title)).toEqual(['Waarborg', 'Collector']);
    for (const url of panels.flatMap(linksOf)) {
      const [, uid] = /^\/d\/([a-z-]+)\?/.exec(url) ?? [];
      if (uid !== undefined) expect(uids).toContain(uid);
      else expect(url).toMatch(/^\$\{collector\}\/(hosts\/|policies\/|organisation$)/);
    }
  });
});

function labelsOf(metric: string): readonly string[] {
  return Object.entries(families).find(([name]) => name === metric)?.[1].labels ?? [];
}

describe('the dashboards', () => {
  it('are the same in both languages but for words and links', () => {
    const shapes = (language: string): unknown[] =>
      each.filter(([path]) => path.includes(`/${language}/`)).map(([path, dashboard]) => shapeOf(path, dashboard));
    expect(shapes('nl')).toEqual(shapes('en'));
    expect(shapes('en')).toHaveLength(8);
    expect(JSON.stringify(shapes('en'))).toContain('waarborg_control_info');
  });

  it('differ in every title and description that is not a name', () => {
    const english = new Map(each.map(([path, dashboard]) => [path, dashboard]));
    for (const [path, dutch] of each.filter(([path]) => path.includes('/nl/'))) {
      const other = english.get(path.replace('/nl/', '/en/'));
      const pairs = panelsOf(dutch).map((panel, index) => [panel, panelsOf(other ?? dutch)[index]] as const);
      expect(pairs.filter(([one, two]) => one.description === two?.description).map(([{ title }]) => title)).toEqual(
        [],
      );
    }
  });

  it('have uids of their own', () => {
    expect(new Set(uids).size).toBe(uids.length);
  });

  it.skipIf(tool('promtool') === undefined)('ask what promtool accepts', () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'panels.yaml');
    const queries = each.flatMap(([, dashboard]) => panelsOf(dashboard).flatMap(queriesOf));
    const asRules = [...new Set(queries)].map((expr, index) => ({ record: `panel_${index}`, expr }));
    writeFileSync(file, stringify({ groups: [{ name: 'panels', rules: asRules }] }));
    const { status, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('are all that lies in their folders', () => {
    const there = ['en', 'nl'].flatMap((language) =>
      readdirSync(join(root, 'dashboards/grafana', language)).map((file) => `grafana/${language}/${file}`),
    );
    expect(there.sort()).toEqual([...dashboards.keys()].sort());
  });
});

function shapeOf(path: string, dashboard: Dashboard): unknown {
  return {
    path: path.replace(/\/(en|nl)\//, '/'),
    uid: dashboard.uid.replace(/-nl$/, ''),
    panels: dashboard.panels.map(({ type, gridPos, ...panel }) => [
      type,
      gridPos,
      'targets' in panel ? exprs(panel).map(withoutDutchTitles) : [],
    ]),
    variables: dashboard.templating.list.map(({ name, definition }) => [name, definition]),
  };
}

/** Titles of controls are in the reader's language too. */
function withoutDutchTitles(expr: string): string {
  return expr.replaceAll(
    'label_replace(waarborg_control_info, "title", "$1", "title_nl", "(.+)")',
    'waarborg_control_info',
  );
}

function exprs({ targets }: Pick<Panel, 'targets'>): string[] {
  return targets.map(({ expr }) => expr);
}

test('what Grafana is provisioned with reads these folders, by the data source that it makes', () => {
  const Providers = z.object({
    apiVersion: z.literal(1),
    providers: z.array(
      z.object({ name: z.string(), type: z.literal('file'), options: z.object({ path: z.string() }) }),
    ),
  });
  const { providers } = Providers.parse(parse(readSource('dashboards/grafana/provisioning/dashboards/waarborg.yaml')));
  expect(providers.map(({ options }) => options.path)).toEqual([
    '/etc/grafana/waarborg/en',
    '/etc/grafana/waarborg/nl',
  ]);
  const Sources = z.object({
    apiVersion: z.literal(1),
    datasources: z.array(
      z.object({
        type: z.literal('prometheus'),
        uid: z.literal('waarborg-prometheus'),
        jsonData: z.object({ timeInterval: z.string().regex(/^\d+[sm]$/) }),
      }),
    ),
  });
  const sources = Sources.parse(parse(readSource('dashboards/grafana/provisioning/datasources/waarborg.yaml')));
  expect(sources.datasources).toHaveLength(1);
});
