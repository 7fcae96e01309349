import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { families } from '../../collector/metrics/families.ts';
import { ownFamilies } from '../../collector/metrics/process.ts';
import { alertGroups, rulesFile, runbookUrl } from '../../dashboards/rules.ts';
import { recordingGroups } from '../../dashboards/rules/recording.ts';
import type { Alert } from '../../dashboards/rules/rule.ts';
import { readSource, root } from '../support/sources.ts';
import { temporaryFolder, tool } from '../support/tools.ts';
import { backups } from './rules/backups.ts';
import type { Firing, RuleCase } from './rules/case.ts';
import { collector } from './rules/collector.ts';
import { controls } from './rules/controls.ts';
import { evidence } from './rules/evidence.ts';
import { hosts } from './rules/hosts.ts';
import { people } from './rules/people.ts';
import { tls } from './rules/tls.ts';
import { upkeep } from './rules/upkeep.ts';

/** The cases of each group of alerts. */
const cases: Readonly<Record<string, readonly RuleCase[]>> = {
  'waarborg-controls': controls,
  'waarborg-hosts': hosts,
  'waarborg-tls': tls,
  'waarborg-backups': backups,
  'waarborg-upkeep': upkeep,
  'waarborg-people': people,
  'waarborg-evidence': evidence,
  'waarborg-collector': collector,
};

const promtool = tool('promtool');
const runbooks = 'https://wiki.example/waarborg';
const alerts = alertGroups.flatMap(({ rules }) => rules);
const names = [...new Set(alerts.map(({ alert }) => alert))].sort();

function runPromtool(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(promtool ?? '', args, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

function definition(alert: string, severity: string): Alert {
  const found = alerts.find((one) => one.alert === alert && one.severity === severity);
  if (found === undefined) throw new RangeError(`no alert ${alert} of severity ${severity}`);
  return found;
}

function filled(template: string, labels: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? '');
}

/** A case as promtool reads it. */
function testOf({ alert, series, interval = '1m', at, fires, what }: RuleCase): object {
  return {
    name: `${alert}: ${what}`,
    interval,
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [{ eval_time: at, alertname: alert, exp_alerts: fires.map((one) => expected(alert, one)) }],
  };
}

function expected(alert: string, { severity, labels }: Firing): object {
  const { summary, description } = definition(alert, severity);
  return {
    exp_labels: { ...labels, severity },
    exp_annotations: {
      summary: filled(summary, labels),
      description: filled(description, labels),
      runbook_url: runbookUrl(alert, runbooks),
    },
  };
}

/** Only the rules of the group: each is evaluated over and over, for days of a case. */
function rulesOf(group: string): string {
  const { groups } = z
    .object({ groups: z.array(z.looseObject({ name: z.string() })) })
    .parse(parse(rulesFile(runbooks)));
  return stringify({ groups: groups.filter(({ name }) => name === group || name === 'waarborg-totals') });
}

function outcome(group: string, of: readonly RuleCase[]): { status: number | null; output: string }[] {
  using folder = temporaryFolder();
  const rules = join(folder.path, 'rules.yaml');
  writeFileSync(rules, rulesOf(group));
  return [...Map.groupBy(of, ({ interval = '1m' }) => interval)].map(([interval, ofInterval]) => {
    const file = join(folder.path, `${interval}.yaml`);
    const test = { rule_files: [rules], evaluation_interval: interval, tests: ofInterval.map(testOf) };
    writeFileSync(file, stringify(test));
    return runPromtool('test', 'rules', file);
  });
}

describe.skipIf(promtool === undefined)('the alerts', () => {
  it.each(Object.entries(cases))('of %s fire in their cases, and stay silent otherwise', (group, ofGroup) => {
    for (const { status, output } of outcome(group, ofGroup)) {
      expect(output).toContain('SUCCESS');
      expect(status).toBe(0);
    }
  });

  it('would not be believed to fire where they do not', () => {
    const silent = hosts.filter(({ alert, fires }) => alert === 'WaarborgHostStale' && fires.length === 0);
    const wrong = silent.map((one) => ({
      ...one,
      fires: [{ severity: 'critical', labels: { host: 'web1' } }] as const,
    }));
    expect(outcome('waarborg-hosts', wrong).map(({ status }) => status)).toEqual([1]);
  });

  it('are accepted by promtool', () => {
    const { status, output } = runPromtool('check', 'rules', join(root, 'dashboards/prometheus/waarborg.rules.yaml'));
    expect([status, output]).toEqual([0, expect.stringContaining('SUCCESS')]);
  });
});

describe('each alert', () => {
  it.each(alertGroups.flatMap(({ name, rules }) => rules.map((rule) => [name, rule.alert, rule.severity] as const)))(
    'has a case in which it fires and one in which it stays silent: %s, %s, %s',
    (group, alert, severity) => {
      const ofAlert = (cases[group] ?? []).filter((one) => one.alert === alert);
      expect(ofAlert.some(({ fires }) => fires.some((one) => one.severity === severity))).toBe(true);
      expect(ofAlert.some(({ fires }) => fires.length === 0)).toBe(true);
    },
  );

  it.each(names)('%s is of one family of names, and says in one sentence what is the matter', (alert) => {
    expect(alert).toMatch(/^Waarborg([A-Z][a-z]+)+$/);
    for (const { summary, description } of alerts.filter((one) => one.alert === alert)) {
      expect(summary).toMatch(/^[^.]+((?<=\$labels)\.[^.]+)*\.$/);
      expect(summary.length).toBeLessThan(140);
      expect(description).toMatch(/\.$/);
    }
  });

  it.each(names)(
    '%s has a page that says what it means, what to look at, what to do and when to silence it',
    (alert) => {
      const page = readSource(`docs/runbooks/${alert}.md`);
      expect(page.startsWith(`# ${alert}\n`)).toBe(true);
      const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
      expect(headings).toEqual(['What it means', 'What to look at', 'What to do', 'When to silence it']);
      for (const part of page.split(/^## .*$/m).slice(1)) expect(part.trim().length).toBeGreaterThan(30);
      expect(readSource('docs/runbooks/README.md')).toContain(`](${alert}.md)`);
    },
  );

  test('no page is of an alert that there is not', () => {
    const pages = readdirSync(join(root, 'docs/runbooks')).filter((file) => file !== 'README.md');
    expect(pages.sort()).toEqual(names.map((name) => `${name}.md`));
  });
});

test('rules ask only for metrics and recorded series that there are, in labels that those have', () => {
  const recorded = new Set(recordingGroups.flatMap(({ rules }) => rules.map(({ record }) => record)));
  const labels = new Map<string, readonly string[]>([
    ...Object.entries(families).map(([name, family]) => [name, family.labels] as const),
    ...Object.values(ownFamilies).map(({ name, labelNames }) => [name, labelNames] as const),
  ]);
  const exprs = [...alerts, ...recordingGroups.flatMap(({ rules }) => rules)].map(({ expr }) => expr);
  const asked = exprs.flatMap((expr) => [...expr.matchAll(/((?:\w+:)?waarborg_\w+(?::\w+)?)(?:\{([^}]*)\})?/g)]);
  expect(asked.length).toBeGreaterThan(60);
  for (const [, name = '', selector = ''] of asked) {
    if (recorded.has(name)) continue;
    expect([name, labels.has(name)]).toEqual([name, true]);
    for (const [, label] of selector.matchAll(/(\w+)(?:=~?|!=)"/g))
      expect([name, labels.get(name)]).toEqual([name, expect.arrayContaining([label])]);
  }
});
