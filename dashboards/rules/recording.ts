import { letters } from '../../policies/checks/tls/rating/letters.ts';
import type { RecordingRule, RuleGroup } from './rule.ts';

/** What a scrape adds, and the collector does not mean. */
const ofScrape = 'instance, job, shard';

/** `A+` is the highest number, so that a letter that falls is a number that falls. */
const ranks = letters.map((letter, index) => {
  return `sum without (grade, ${ofScrape}) (waarborg_tls_grade_info{grade="${letter}"}) * ${letters.length - index}`;
});

/** Sums over the fleet. Those that pass and those that apply are kept apart, so that they can be added up further. */
const totals: RuleGroup<RecordingRule> = {
  name: 'waarborg-totals',
  rules: [
    {
      record: 'policy:waarborg_policy_controls:sum',
      expr: `sum without (verdict, ${ofScrape}) (waarborg_policy_controls{verdict!="not-applicable"})`,
    },
    {
      record: 'policy_compliant:waarborg_policy_controls:sum',
      expr: `sum without (verdict, ${ofScrape}) (waarborg_policy_controls{verdict="pass"})`,
    },
    {
      record: 'policy:waarborg_policy_compliant:ratio',
      expr: 'policy_compliant:waarborg_policy_controls:sum / (policy:waarborg_policy_controls:sum > 0)',
    },
    {
      record: 'fleet:waarborg_policy_compliant:ratio',
      expr: 'sum without (policy) (policy_compliant:waarborg_policy_controls:sum) / (sum without (policy) (policy:waarborg_policy_controls:sum) > 0)',
    },
    {
      record: 'control:waarborg_control_hosts:sum',
      expr: `sum without (verdict, ${ofScrape}) (waarborg_control_hosts{verdict!="not-applicable"})`,
    },
    {
      record: 'control:waarborg_control_compliant:ratio',
      expr: `sum without (verdict, ${ofScrape}) (waarborg_control_hosts{verdict="pass"}) / (control:waarborg_control_hosts:sum > 0)`,
    },
    { record: 'endpoint:waarborg_tls_grade:rank', expr: ranks.join(' or ') },
  ],
};

/** The share of the time in which hosts kept what was asked of them: the mean of their shares over a span. */
const shares: RuleGroup<RecordingRule> = {
  name: 'waarborg-shares-of-time',
  interval: '15m',
  rules: ['policy', 'fleet'].flatMap((level) =>
    ['7d', '30d'].map((span) => {
      const ratio = `${level}:waarborg_policy_compliant:ratio`;
      return { record: `${ratio}_avg${span}`, expr: `avg_over_time(${ratio}[${span}])` };
    }),
  ),
};

export const recordingGroups = [totals, shares];
