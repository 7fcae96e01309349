import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { daysUnit } from '../../../dashboards/boards/queries.ts';
import { fillCollector, startDemonstration } from '../../demo/fill.ts';
import { domain, neverSeen } from '../../demo/fleet.ts';
import { scrapedAs } from '../../demo/history.ts';
import { day, hour } from '../../demo/span.ts';
import { startPrometheus, type Prometheus, type Series } from '../../support/prometheus.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';
import { dashboards, panelsOf, withValues, type Panel, type Target } from './read.ts';

/** Hosts of the demonstration, and the days that they are simulated for. */
const fleet = { hosts: 8, days: 4 } as const;
const range = 3 * 86_400;

/** Panels that have nothing to show here, and why. */
const emptyHere: Readonly<Record<string, string>> = {
  'Got better': 'what goes wrong in this fleet stays so for these few days',
  'When memory began anew': 'no agent of the demonstration forgets',
  'Vouched for by others': 'no witness signs the log of the demonstration',
  'Who vouches for the log': 'no witness signs the log of the demonstration',
  'Everything read again': 'the first pass may still be under way',
};

const missing = ['prometheus', 'promtool'].filter((name) => tool(name) === undefined);
const english = [...dashboards].filter(([path]) => path.includes('/en/'));

describe.skipIf(missing.length > 0)('a real Prometheus with the demonstration fleet', () => {
  const stack = new AsyncDisposableStack();
  let prometheus: Prometheus;

  beforeAll(async () => {
    const folder = stack.use(temporaryFolder());
    const until = Date.now();
    const data = join(folder.path, 'demo');
    const { config, history } = await fillCollector({ ...fleet, folder: data, seed: 1, until, historyEvery: hour });
    const file = join(folder.path, 'history.txt');
    history.write(file);
    const collector = await startDemonstration(config);
    stack.defer(() => collector.close());
    const { secret } = collector.tokens.create({ role: 'metrics', label: 'test', validity: 3600 }, new Date());
    const target = { url: collector.url, token: secret, ...scrapedAs };
    prometheus = stack.use(await startPrometheus({ folder: folder.path, target, past: { file, apart: 3900 } }));
  }, 180_000);
  afterAll(() => stack.disposeAsync());

  const values = { policy: 'demo-cloud-provider', host: `hosting1.${domain}`, range } as const;
  const ask = (expr: string): Promise<Series[]> => prometheus.query(withValues(expr, values));

  describe.each(english)('%s', (_path, dashboard) => {
    it('has variables with values to choose', async () => {
      for (const { name, definition } of dashboard.templating.list) {
        const [, metric, label] = /^label_values\((\w+), (\w+)\)$/.exec(definition ?? '') ?? [];
        if (metric === undefined || label === undefined) continue;
        expect(await prometheus.labelValues(metric, label), name).toContain(
          name === 'policy' ? 'demo-psohub' : `db1.${domain}`,
        );
      }
    });

    it.each(panelsOf(dashboard).map((panel) => [panel.title, panel] as const))(
      'answers what "%s" asks, with the labels that it shows and values that can be',
      async (title, panel) => {
        const answers = await Promise.all(panel.targets.map((target) => ask(target.expr)));
        for (const [index, series] of answers.entries()) {
          const target = panel.targets[index];
          if (target === undefined) continue;
          if (title in emptyHere && series.length === 0) continue;
          expect(series.length, `${title}: ${target.expr}`).toBeGreaterThan(0);
          for (const one of series) {
            expect(Object.keys(one.labels).sort()).toEqual(shownLabels(panel, target, one));
            expectPlausible(one.value, unitOf(panel, target), target.expr);
          }
        }
      },
    );

    it('draws every course over the period', async () => {
      for (const panel of panelsOf(dashboard).filter(({ type }) => type === 'timeseries')) {
        for (const { expr } of panel.targets) {
          const series = await prometheus.queryRange(withValues(expr, values), range, 60);
          expect(series.length, `${panel.title}: ${expr}`).toBeGreaterThan(0);
        }
      }
    });
  });

  it('shows what was simulated, and not only something', async () => {
    const figure = async (board: string, title: string): Promise<number | undefined> => {
      const panel = panelsOf(dashboards.get(`grafana/en/${board}.json`) ?? noDashboard()).find(
        (one) => one.title === title,
      );
      const [series] = await ask(panel?.targets[0]?.expr ?? '');
      return series?.value;
    };
    // One of eight is retired.
    expect(await figure('fleet', 'Hosts')).toBe(7);
    // One fell silent, and one never came.
    expect(await figure('fleet', 'Silent hosts')).toBe(2);
    expect(await figure('tls', 'Ended')).toBe(1);
    expect(await figure('tls', 'Ends within 14 days')).toBe(1);
    expect(await figure('backups', 'Older than 26 hours')).toBeGreaterThanOrEqual(1);
    expect(await figure('tls', 'Accept old versions')).toBe(1);
    expect(await figure('organisation', 'Waivers')).toBe(1);
    // Those that people opened; the collector adds a finding for each control that fails.
    expect(await figure('organisation', 'Open cases')).toBeGreaterThanOrEqual(3);
    expect(await figure('organisation', 'Steps overdue')).toBeGreaterThanOrEqual(1);
    expect(await figure('log', 'Contradicted')).toBe(0);
    const hosts = await prometheus.labelValues('waarborg_host_last_report_timestamp_seconds', 'host');
    expect(hosts).toContain(neverSeen);
  });
});

function noDashboard(): never {
  throw new Error('there is no such dashboard');
}

/** Of a table all labels have a column; of others those in the legend, and a name that Prometheus itself gives. */
function shownLabels({ type, fieldConfig }: Panel, { legendFormat = '' }: Target, { labels }: Series): string[] {
  if (type === 'table') {
    const columns = fieldConfig.overrides
      .map(({ matcher }) => matcher.options)
      .filter((name) => !name.startsWith('Value'));
    return columns.filter((name) => name in labels).sort();
  }
  const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? '');
  // Of the collector's own process the series is told as it is.
  const own = named.includes('instance')
    ? Object.keys(labels).filter((name) => ['__name__', 'job'].includes(name))
    : [];
  return [...named, ...own].sort();
}

function unitOf({ targets, fieldConfig: { defaults, overrides } }: Panel, { refId }: Target): string {
  const field = targets.length === 1 ? 'Value' : `Value #${refId}`;
  const own = overrides.find(({ matcher }) => matcher.options === field)?.properties.find(({ id }) => id === 'unit');
  return typeof own?.value === 'string' ? own.value : defaults.unit;
}

function expectPlausible(value: number, unit: string, expr: string): void {
  const decade = (10 * 365 * day) / 1000;
  switch (unit) {
    case 'percentunit':
      expect(value, expr).toBeGreaterThanOrEqual(0);
      // Of a processor more than one may be in use.
      expect(value, expr).toBeLessThanOrEqual(expr.includes('cpu') ? 8 : 1);
      return;
    case 'dateTimeAsIso':
    case 'dateTimeFromNow':
      // Milliseconds: within ten years of now.
      expect(Math.abs(value - Date.now()), expr).toBeLessThan(decade * 1000);
      return;
    case daysUnit:
      expect(Math.abs(value), expr).toBeLessThan(decade / 86_400);
      return;
    case 's':
      expect(Math.abs(value), expr).toBeLessThan(decade);
      return;
    default:
      expect(value, expr).toBeGreaterThanOrEqual(0);
  }
}
