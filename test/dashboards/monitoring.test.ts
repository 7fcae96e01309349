import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { RecordedHost } from '../../agent/host/recorded.ts';
import { rulesFile } from '../../dashboards/rules.ts';
import { draftReport, enrolHand, send } from '../collector/ingest/submissions.ts';
import { alertsOf, startAlertmanager, startPlainPrometheus, type RaisedAlert } from '../support/alertmanager.ts';
import { collectorOn, enrolAgentAt, passwordFiles } from '../support/road.ts';
import { readSource, root } from '../support/sources.ts';
import { temporaryFolder, tool } from '../support/tools.ts';

const missing = ['promtool', 'prometheus', 'prometheus-alertmanager', 'amtool'].filter(
  (name) => tool(name) === undefined,
);
const alertmanagerExample = join(root, 'dashboards/prometheus/alertmanager.yaml');

const PrometheusConfig = z.looseObject({
  global: z.looseObject({}),
  rule_files: z.tuple([z.string()]),
  alerting: z.looseObject({}),
  scrape_configs: z
    .array(
      z.looseObject({ job_name: z.string(), authorization: z.object({ credentials_file: z.string() }).optional() }),
    )
    .min(1),
});

interface Here {
  readonly folder: string;
  readonly rules: string;
  readonly token: string;
  readonly collector: string;
  readonly alertmanager: string;
  readonly every: string;
}

/** The example of a configuration, with files and addresses that there are. */
function prometheusConfig({ folder, rules, token, collector, alertmanager, every }: Here): string {
  const example = PrometheusConfig.parse(parse(readSource('dashboards/prometheus/prometheus.yaml')));
  const [rulesPath, tokenPath, path] = ['rules.yaml', 'token', 'prometheus.yaml'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(rulesPath, rules);
  writeFileSync(tokenPath, token);
  const at = (target: string) => [{ targets: [target] }];
  const config = {
    ...example,
    global: { scrape_interval: every, scrape_timeout: every, evaluation_interval: every },
    rule_files: [rulesPath],
    alerting: { alertmanagers: [{ static_configs: at(alertmanager) }] },
    scrape_configs: example.scrape_configs.map((job) =>
      job.authorization === undefined
        ? { ...job, static_configs: at(alertmanager) }
        : { ...job, authorization: { credentials_file: tokenPath }, static_configs: at(collector) },
    ),
  };
  writeFileSync(path, stringify(config));
  return path;
}

function run(name: string, ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(tool(name) ?? '', args, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

describe.skipIf(missing.length > 0)('the examples of configurations', () => {
  it('are accepted by promtool and amtool', () => {
    using folder = temporaryFolder();
    const here = {
      folder: folder.path,
      token: 'x',
      collector: '127.0.0.1:1',
      alertmanager: '127.0.0.1:2',
      every: '30s',
    };
    const { status, output } = run('promtool', 'check', 'config', prometheusConfig({ ...here, rules: rulesFile() }));
    expect([status, output]).toEqual([0, expect.stringContaining('SUCCESS')]);
    const checked = run('amtool', 'check-config', alertmanagerExample);
    expect([checked.status, checked.output]).toEqual([0, expect.stringContaining('SUCCESS')]);
  });

  it.each([
    [['alertname=WaarborgLogDamaged', 'severity=critical'], 'evidence'],
    [['alertname=WaarborgCollectorAbsent', 'severity=critical'], 'evidence'],
    [['alertname=WaarborgHostStale', 'severity=critical', 'host=web1'], 'now'],
    [['alertname=WaarborgControlFailing', 'severity=warning', 'host=web1'], 'today'],
    [['alertname=WaarborgLogNotAnchored', 'severity=warning'], 'today'],
    [['alertname=WaarborgWaiverEnding', 'severity=info'], 'sometime'],
  ])('lead %j to %s', (labels, receiver) => {
    const { output } = run('amtool', 'config', 'routes', 'test', `--config.file=${alertmanagerExample}`, ...labels);
    expect(output.split('\n')[0]).toBe(receiver);
  });
});

/** A test cannot wait as long as people would be let sleep. */
function withoutWaiting(rules: string): string {
  return rules.replace(/^( +)for: .*$/gm, '$1for: 0s');
}

describe.skipIf(missing.length > 0)('from a real collector to Alertmanager', () => {
  it('come a control that fails, a host that fell silent and an agent that holds more of the log', async () => {
    using folder = temporaryFolder();
    await using collector = await collectorOn(join(folder.path, 'collector'), { config: { grace: { warning: '1s' } } });
    const old = { files: passwordFiles(new Date(Date.now() - 300 * 86_400_000)) };
    for (const { name, hoursAgo } of [
      { name: 'failing.example.nl', hoursAgo: 0 },
      { name: 'silent.example.nl', hoursAgo: 2 },
    ]) {
      let now = new Date();
      const host = new RecordedHost({ hostname: name, ...old });
      using agent = await enrolAgentAt(collector, join(folder.path, name), name, { host, now: () => now });
      now = new Date(now.getTime() - hoursAgo * 3_600_000);
      await agent.runOnce();
      expect(await agent.deliverAll()).toEqual({ state: 'empty' });
    }
    const hand = await enrolHand(collector, 'forked.example.nl');
    const { submission } = draftReport(hand);
    expect((await send(collector, { submission: { ...submission, held: 1000 } })).status).toBe(409);

    await using alertmanager = await startAlertmanager(alertmanagerExample, join(folder.path, 'alertmanager'));
    const { secret: token } = collector.tokens.create({ role: 'metrics', label: '', validity: 600 }, new Date());
    const config = prometheusConfig({
      ...{ folder: folder.path, rules: withoutWaiting(rulesFile()), token, every: '1s' },
      ...{ collector: new URL(collector.url).host, alertmanager: alertmanager.address },
    });
    await using _prometheus = await startPlainPrometheus(config, join(folder.path, 'prometheus'));

    const of = (raised: readonly RaisedAlert[], alertname: string, host: string) =>
      raised.find(({ labels }) => labels.alertname === alertname && labels.host === host);
    const expected = [
      ['WaarborgControlFailing', 'failing.example.nl', 'warning', 'active', 'today'],
      ['WaarborgHostStale', 'silent.example.nl', 'critical', 'active', 'now'],
      ['WaarborgAgentReportsFork', 'forked.example.nl', 'critical', 'active', 'evidence'],
      // What a silent host said last is kept back, and what another one says now is not.
      ['WaarborgPasswordOverdue', 'silent.example.nl', 'warning', 'suppressed', 'today'],
      ['WaarborgPasswordOverdue', 'failing.example.nl', 'warning', 'active', 'today'],
    ];
    await expect
      .poll(
        async () => {
          const raised = await alertsOf(alertmanager);
          return expected.map(([alert = '', host = '']) => {
            const { labels, status, receivers } = of(raised, alert, host) ?? {};
            return [alert, host, labels?.severity, status?.state, receivers?.[0]?.name];
          });
        },
        { timeout: 25_000, interval: 500 },
      )
      .toEqual(expected);
    const raised = await alertsOf(alertmanager);
    expect(of(raised, 'WaarborgControlFailing', 'failing.example.nl')).toMatchObject({
      labels: { control: 'Q-password', policy: 'quick', check: 'password-age', verdict: 'fail' },
      annotations: {
        summary: 'failing.example.nl does not keep Q-password of quick.',
        runbook_url: 'docs/runbooks/WaarborgControlFailing.md',
      },
    });
    expect(of(raised, 'WaarborgControlFailing', 'silent.example.nl')).toBeUndefined();
    expect(of(raised, 'WaarborgHostStale', 'failing.example.nl')).toBeUndefined();
    for (const name of ['WaarborgCollectorAbsent', 'WaarborgLogNotGrowing', 'WaarborgLogBehind']) {
      expect(raised.some(({ labels }) => labels.alertname === name)).toBe(false);
    }
  }, 60_000);
});
