import { Option, type Command } from 'commander';
import { Scope, wholeScope } from '../evidence/scope.ts';
import { parseLabels } from './host-options.ts';
import { several, UsageError } from './subcommand.ts';

export interface ScopeOptions {
  readonly from?: string;
  readonly to?: string;
  readonly policy?: string[];
  readonly label?: string[];
  readonly host?: string[];
}

/** What of the evidence a bundle is to show. */
export function addScopeOptions(command: Command): Command {
  return command
    .option('--from <day or moment>', 'reports received from then on, such as 2026-11-01')
    .option('--to <day or moment>', 'reports received until the end of that day, or before that moment')
    .addOption(
      new Option('--policy <name>', 'only the facts that this policy rests on; may be repeated').argParser(several),
    )
    .addOption(
      new Option('--label <key=value>', 'only hosts with this label; may be repeated: with all of them').argParser(
        several,
      ),
    )
    .addOption(new Option('--host <name>', 'only this host; may be repeated').argParser(several));
}

/**
 * @returns undefined where nothing is left out
 * @throws UsageError
 */
export function scopeOfOptions({ from, to, policy = [], label = [], host = [] }: ScopeOptions): Scope | undefined {
  const scope = Scope.safeParse({
    from: from === undefined ? null : momentOf('--from', from, 0),
    until: to === undefined ? null : momentOf('--to', to, 1),
    policies: ascending(policy),
    labels: Object.fromEntries(Object.entries(parseLabels(label)).sort(([a], [b]) => (a < b ? -1 : 1))),
    hosts: ascending(host.map((name) => name.toLowerCase())),
  });
  if (!scope.success) {
    const [issue] = scope.error.issues;
    throw new UsageError(
      `${String(issue?.path[0] ?? 'scope')} ${String(issue?.path[1] ?? '')}: ${issue?.message ?? ''}`,
    );
  }
  const { from: start, until } = scope.data;
  if (start !== null && until !== null && Date.parse(start) >= Date.parse(until)) {
    throw new UsageError(`--from ${from ?? ''} --to ${to ?? ''}: the period ends before it begins`);
  }
  return JSON.stringify(scope.data) === JSON.stringify(wholeScope) ? undefined : scope.data;
}

/** @param days to add to a day, so that the last one is whole */
function momentOf(option: string, text: string, days: number): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const moment = new Date(isDay ? `${text}T00:00:00.000Z` : text);
  const isMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  if ((!isDay && !isMoment) || Number.isNaN(moment.getTime()) || (isDay && !moment.toISOString().startsWith(text))) {
    throw new UsageError(
      `${option} ${text}: expected a day such as 2026-11-01, or a moment such as 2026-11-01T12:00:00Z`,
    );
  }
  if (isDay) moment.setUTCDate(moment.getUTCDate() + days);
  return moment.toISOString();
}

function ascending(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
