import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { familyNames } from '../../collector/metrics/families.ts';
import { generated } from '../../dashboards/generate.ts';
import { root } from '../support/sources.ts';
import { temporaryFolder, tool } from '../support/tools.ts';

const promtool = tool('promtool');
const rules = join(root, 'dashboards/prometheus/waarborg.rules.yaml');

function runPromtool(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(promtool ?? '', args, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

describe('what is generated', () => {
  it.each(Object.entries(generated))('%s is what its source makes', (path, make) => {
    expect(readFileSync(join(root, 'dashboards', path), 'utf8')).toBe(make());
  });

  it('asks in rules only for metrics and recorded series that there are', () => {
    const recorded = [...readFileSync(rules, 'utf8').matchAll(/record: (\S+)/g)].map(([, name]) => name);
    const asked = readFileSync(rules, 'utf8').match(/\b(?:[a-z_]+:)?waarborg_\w+(?::\w+)?/g) ?? [];
    expect(asked.length).toBeGreaterThan(10);
    expect(
      [...new Set(asked)].filter((name) => !recorded.includes(name) && !familyNames.some((family) => family === name)),
    ).toEqual([]);
  });

  it.skipIf(promtool === undefined)('has rules that promtool accepts', () => {
    expect(runPromtool('check', 'rules', rules)).toMatchObject({ status: 0 });
  });

  it.skipIf(promtool === undefined)(
    'alerts on what does not hold, on silence and on absence, and on nothing else',
    () => {
      using folder = temporaryFolder();
      const labels = 'host="web1",policy="p",severity="critical",verdict="fail"';
      const test = {
        rule_files: [rules],
        tests: [
          {
            interval: '1m',
            input_series: [
              { series: `waarborg_control_compliant{control="bad",${labels}}`, values: '0x300' },
              { series: `waarborg_control_compliant{control="good",${labels}}`, values: '1x300' },
              // Reported at the start and never again; the other one goes on.
              { series: 'waarborg_host_last_report_timestamp_seconds{host="silent"}', values: '1x300' },
              { series: 'waarborg_host_last_report_timestamp_seconds{host="alive"}', values: '1+60x300' },
            ],
            alert_rule_test: [
              {
                eval_time: '4h',
                alertname: 'WaarborgCriticalControlNotCompliant',
                exp_alerts: [
                  {
                    exp_labels: { host: 'web1', policy: 'p', control: 'bad', severity: 'critical', verdict: 'fail' },
                    exp_annotations: {
                      summary: 'web1 does not keep bad.',
                      description:
                        'Control bad of policy p is fail on web1 for an hour. The collector shows why and what to do.',
                    },
                  },
                ],
              },
              {
                eval_time: '4h',
                alertname: 'WaarborgHostSilent',
                exp_alerts: [
                  {
                    exp_labels: { host: 'silent', severity: 'critical' },
                    exp_annotations: {
                      summary: 'silent has stopped reporting.',
                      description:
                        'Nothing that it reported before counts any more. Look at the agent on the host and its way to the collector.',
                    },
                  },
                ],
              },
              { eval_time: '4h', alertname: 'WaarborgHostNeverReported', exp_alerts: [] },
            ],
          },
        ],
      };
      const file = join(folder.path, 'test.yaml');
      writeFileSync(file, stringify(test));
      const { status, output } = runPromtool('test', 'rules', file);
      expect(output).toContain('SUCCESS');
      expect(status).toBe(0);
    },
  );
});
