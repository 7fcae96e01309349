import { stringify } from 'yaml';
import { collector } from './rules/collector.ts';
import { controls } from './rules/controls.ts';
import { evidence } from './rules/evidence.ts';
import { backups, tls, upkeep } from './rules/facts.ts';
import { hosts } from './rules/hosts.ts';
import { people } from './rules/people.ts';
import { recordingGroups } from './rules/recording.ts';
import type { Alert, RuleGroup } from './rules/rule.ts';

/** Every alert, by what it is about. */
export const alertGroups: readonly RuleGroup<Alert>[] = [
  { name: 'waarborg-controls', rules: controls },
  { name: 'waarborg-hosts', rules: hosts },
  { name: 'waarborg-tls', rules: tls },
  { name: 'waarborg-backups', rules: backups },
  { name: 'waarborg-upkeep', rules: upkeep },
  { name: 'waarborg-people', rules: people },
  { name: 'waarborg-evidence', rules: evidence },
  { name: 'waarborg-collector', rules: collector },
];

/** Where alerts say that their pages are, unless told otherwise: in the source tree. */
export const defaultRunbooks = 'docs/runbooks';

export function runbookUrl(alert: string, runbooks: string): string {
  return `${runbooks}/${alert}.md`;
}

/**
 * The rules file for Prometheus: what to record and what to alert on.
 * @param runbooks the address below which the pages of the alerts lie
 */
export function rulesFile(runbooks: string = defaultRunbooks): string {
  const alerts = alertGroups.map(({ name, rules }) => ({ name, rules: rules.map((one) => ruleOf(one, runbooks)) }));
  const text = stringify({ groups: [...recordingGroups, ...alerts] }, { lineWidth: 0 });
  return `# Made by "npm run dashboards"; change dashboards/rules/ instead.\n${text}`;
}

function ruleOf({ alert, severity, expr, for: wait, summary, description }: Alert, runbooks: string): object {
  const annotations = { summary, description, runbook_url: runbookUrl(alert, runbooks) };
  return { alert, expr, for: wait, labels: { severity }, annotations };
}
