import { AgentName } from '../../evidence/report.ts';
import type { Scope as ShownScope } from '../../evidence/scope.ts';
import { parseTypedMoment, typedMomentForm } from '../../policies/quantities.ts';
import { Labels } from '../../policies/schema.ts';
import { Problem } from '../problem.ts';
import type { Period, Scope } from './model.ts';

/** What is asked for, as it was typed: on a command line, or in the query of a request. */
export interface AskedReport {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly policy: readonly string[];
  /** `key=value` each. */
  readonly label: readonly string[];
  readonly host: readonly string[];
}

/** How long a period is where only its end is known: 30 days, in milliseconds. */
const usualPeriod = 30 * 86_400_000;

/**
 * @param now no period goes beyond it
 * @param end when the period ends unless something else is asked for
 * @throws Problem `http.query`
 */
export function periodOf({ from, to }: Pick<AskedReport, 'from' | 'to'>, now: Date, end: Date = now): Period {
  const asked = to === undefined ? end : momentOf('to', to, 'end');
  const until = asked < now ? asked : now;
  const begin = from === undefined ? new Date(until.getTime() - usualPeriod) : momentOf('from', from, 'begin');
  if (begin < until) return { from: begin.toISOString(), until: until.toISOString() };
  throw asking(`from ${begin.toISOString()}, to ${until.toISOString()}: the period ends before it begins`);
}

/** @throws Problem `http.query` */
export function scopeOf({ policy, label, host }: Omit<AskedReport, 'from' | 'to'>): Scope {
  const hosts = host.map((name) => AgentName.safeParse(name.toLowerCase()));
  const labels = Labels.safeParse(Object.fromEntries(label.map(pairOf)));
  if (hosts.some(({ success }) => !success)) throw asking(`host: expected names such as web1.example.nl`);
  if (!labels.success) throw asking('label: expected key=value, such as role=web');
  return {
    policies: policy.length === 0 ? null : ascending(policy),
    hosts: host.length === 0 ? null : ascending(hosts.flatMap(({ data }) => data ?? [])),
    labels: labels.data,
  };
}

/**
 * What can be reported from a bundle that shows a part of its log: no more than that part.
 * @throws Problem `http.query` where more is asked for
 */
export function withinShown(asked: Scope, period: Period, shown: ShownScope): Scope {
  const isBefore = shown.from !== null && Date.parse(period.from) < Date.parse(shown.from);
  const isAfter = shown.until !== null && Date.parse(period.until) > Date.parse(shown.until);
  if (isBefore || isAfter) {
    throw asking(
      `the bundle shows only what was received from ${shown.from ?? 'the beginning'} to ${shown.until ?? 'the end'}`,
    );
  }
  return {
    policies: subset('policy', asked.policies, shown.policies),
    hosts: subset('host', asked.hosts, shown.hosts),
    labels: { ...asked.labels, ...shown.labels },
  };
}

/** @throws Problem `http.query` */
function momentOf(name: string, text: string, edge: 'begin' | 'end'): Date {
  const moment = parseTypedMoment(text, edge);
  if (moment === undefined) throw asking(`${name} ${text}: expected ${typedMomentForm}`);
  return moment;
}

function subset(name: string, asked: readonly string[] | null, shown: readonly string[]): readonly string[] | null {
  if (shown.length === 0) return asked;
  const more = asked?.find((one) => !shown.includes(one));
  if (more !== undefined) throw asking(`${name} ${more}: the bundle shows only ${shown.join(', ')}`);
  return asked ?? shown;
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=');
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function ascending(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

function asking(detail: string): Problem {
  return new Problem(400, 'http.query', detail);
}
