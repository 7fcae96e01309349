import { Option, type Command } from 'commander';
import { Scope, wholeScope } from '../evidence/scope.ts';
import { parseTypedMoment, typedMomentForm } from '../policies/quantities.ts';
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
    from: from === undefined ? null : momentOf('--from', from, 'begin'),
    until: to === undefined ? null : momentOf('--to', to, 'end'),
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

function momentOf(option: string, text: string, edge: 'begin' | 'end'): string {
  const moment = parseTypedMoment(text, edge);
  if (moment === undefined) throw new UsageError(`${option} ${text}: expected ${typedMomentForm}`);
  return moment.toISOString();
}

function ascending(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
