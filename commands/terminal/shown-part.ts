import { picksEntries, type Scope } from '../../evidence/scope.ts';
import type { Proven, Verification } from '../../evidence/verify.ts';
import { formatMoment } from '../../policies/explain.ts';

type Shown = NonNullable<Verification['shown']>;

/** What a bundle says that it shows of its log, in a sentence or two. */
export function shownSentences({ scope, omitted }: Shown, size: number): string[] {
  const policies = scope.policies.length === 0 ? '' : ` the policy ${list(scope.policies)}`;
  const facts = policies === '' ? '' : ` Of facts it shows only what${policies} rests on.`;
  if (!picksEntries(scope)) return [`This bundle shows every entry of its log.${facts}`];
  const count = omitted === null ? '' : ` It has ${size - omitted} of the ${size} entries, and the hashes of all.`;
  return [`This bundle shows a part of its log: the reports${hostsOf(scope)}${periodOf(scope)}.${count}${facts}`];
}

function hostsOf({ hosts, labels }: Scope): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const named = hosts.length === 0 ? '' : ` of ${list(hosts)}`;
  return pairs.length === 0 ? named : `${named || ' of hosts'} with ${list(pairs)}`;
}

function periodOf({ from, until }: Scope): string {
  const start = from === null ? '' : ` received from ${formatMoment(from, 'en')} on`;
  if (until === null) return start;
  return `${start === '' ? ' received' : `${start},`} before ${formatMoment(until, 'en')}`;
}

/** What a part of a log cannot show, however sound it is. */
export function partLimits(proven: Proven | null): string[] {
  const open = (proven?.agents ?? []).filter(({ isClosed }) => !isClosed).length;
  return [
    "What it leaves out is its exporter's choice: that there are no other hosts, or none with these labels, cannot be shown by it.",
    ...(open === 0
      ? []
      : [
          `Of ${open === 1 ? 'one agent' : `${open} agents`} no report is shown that follows the last: later ones may have been left out.`,
        ]),
  ];
}

/** A few names in full, and how many more there are. */
function list(names: readonly string[]): string {
  const shown = names.slice(0, 8);
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ');
}
