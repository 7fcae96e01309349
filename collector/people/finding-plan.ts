import type { Act } from '../../evidence/act.ts';
import type { HostFinding } from '../../evidence/host-findings.ts';
import type { Organisation } from '../../evidence/organisation.ts';
import { isAbout, spanOfWaiver } from '../../evidence/waivers.ts';
import type { Ending } from '../../policies/checks/cases.ts';
import { isWithin, type Span } from '../../policies/moments.ts';
import { requirementOf } from '../../policies/people/requirement.ts';
import type { Control } from '../../policies/schema.ts';
import { kindOfCases } from '../reports/organisation/replay.ts';
import type { Fleet } from '../state/fleet.ts';
import { isCompliant, type ControlState, type HostState } from '../state/host-state.ts';
import type { PolicyShelf } from '../state/shelf.ts';

export interface FindingInput {
  readonly organisation: Organisation;
  readonly fleet: Pick<Fleet, 'get' | 'hosts' | 'freshness'>;
  readonly shelf: Pick<PolicyShelf, 'get' | 'control'>;
}

/** What is to be opened and closed now. */
export interface FindingPlan {
  readonly open: readonly NewFinding[];
  readonly close: readonly { readonly id: string; readonly how: Ending }[];
  /** Failures for which there is no room: more findings are open than anybody could examine. */
  readonly left: number;
}

export type NewFinding = Required<Pick<Extract<Act, { act: 'open-case' }>, 'urgency' | 'began'>> & {
  readonly about: { readonly policy: string; readonly control: string; readonly hosts: string[] };
};

/** Hosts that one finding names at most: an act has no room for more. */
const hostsOfOne = 200;
export const maximumOpenFindings = 2000;
/** So many are opened at once: the rest waits for the next look, and reports need not wait for all of them. */
export const maximumOpenedAtOnce = 200;

/** A control of a host that fails, and for which no finding stands. */
interface Failure {
  readonly host: string;
  readonly policy: string;
  readonly control: string;
  readonly began: number;
  readonly isCritical: boolean;
}

/**
 * Findings to open: one for each control, with all hosts that newly fail it. And those to close, because all of their
 * hosts pass, are excused, or are gone. What is unknown or stale opens none and closes none: nobody knows that it fails,
 * or that it does not any more.
 *
 * Pure. Nothing is planned where no document that is followed asks for findings.
 */
export function planFindings(input: FindingInput, at: Date): FindingPlan {
  const { organisation, fleet } = input;
  const close = [...organisation.findings.open].flatMap((finding) => {
    const how = endingOf(finding, input, at);
    return how === undefined ? [] : [{ id: finding.id, how }];
  });
  const askedSince = findingsAskedSince(input);
  if (askedSince === undefined) return { open: [], close, left: 0 };
  const failures = fleet.hosts().flatMap((host) => failuresOf(host, askedSince, input, at));
  const byControl = Map.groupBy(failures, ({ policy, control }) => `${policy} ${control}`);
  const wanted = [...byControl.values()].flatMap((ofOne) => chunksOf(ofOne).map(newFinding));
  const room = Math.max(maximumOpenFindings - organisation.findings.size + close.length, 0);
  const open = wanted.slice(0, Math.min(room, maximumOpenedAtOnce));
  return { open, close, left: Math.max(wanted.length - room, 0) };
}

/** Since when the documents that are followed have asked for findings, in milliseconds; undefined where none does. */
function findingsAskedSince({ organisation, shelf }: FindingInput): number | undefined {
  const asking = organisation.follows.filter(({ digest }) =>
    shelf.get(digest)?.controls.some((control) => kindOfCases(control) === 'finding'),
  );
  const since = asking.map(({ policy }) => Date.parse(organisation.followedSince(policy) ?? ''));
  return since.length === 0 ? undefined : Math.min(...since);
}

function failuresOf(host: HostState, askedSince: number, input: FindingInput, at: Date): Failure[] {
  return host.content.controls.flatMap((state): Failure[] => {
    const { policy, control } = state;
    // What was reported as failing fails, however old the report is.
    if (state.verdict !== 'fail' || input.organisation.findings.covers(host.agent, policy, control)) return [];
    const definition = input.shelf.control(host.content.policies, policy, control);
    const excused = spansOf(host, state, definition, input.organisation);
    if (excused.some((span) => isWithin(span, at))) return [];
    const ended = excused.map(({ until }) => until).filter((until) => until <= at.getTime());
    const began = Math.max(Date.parse(state.since), askedSince, ...ended);
    return [
      {
        ...{ host: host.agent, policy, control },
        // The clock of the host may be ahead.
        began: Math.min(began, at.getTime()),
        // What nobody can look up may be.
        isCritical: definition === undefined || definition.severity === 'critical',
      },
    ];
  });
}

/** When exceptions from what a control asks of a host held, or will. */
function spansOf(
  { agent }: Pick<HostState, 'agent'>,
  { policy, control }: ControlState,
  definition: Control | undefined,
  { waivers }: Organisation,
): Span[] {
  if (definition === undefined) return [];
  let requirement: string | undefined;
  return [...waivers.values()].flatMap((waiver) => {
    if (waiver.asked.policy !== policy || waiver.asked.control !== control) return [];
    requirement ??= requirementOf(definition);
    const span = isAbout(waiver, { policy, control, requirement }, agent) ? spanOfWaiver(waiver) : undefined;
    return span === undefined ? [] : [span];
  });
}

function chunksOf(failures: readonly Failure[]): (readonly [Failure, ...Failure[]])[] {
  const chunks: (readonly [Failure, ...Failure[]])[] = [];
  for (let from = 0; from < failures.length; from += hostsOfOne) {
    const [first, ...rest] = failures.slice(from, from + hostsOfOne);
    if (first !== undefined) chunks.push([first, ...rest]);
  }
  return chunks;
}

function newFinding(failures: readonly [Failure, ...Failure[]]): NewFinding {
  const [{ policy, control }] = failures;
  return {
    urgency: failures.some(({ isCritical }) => isCritical) ? 'urgent' : 'normal',
    began: new Date(Math.min(...failures.map(({ began }) => began))).toISOString(),
    about: { policy, control, hosts: failures.map(({ host }) => host) },
  };
}

/** How a finding came to its end; undefined while any of its hosts may still fail. */
function endingOf(finding: HostFinding, input: FindingInput, at: Date): Ending | undefined {
  const each = finding.hosts.map((name) => endingOn(name, finding, input, at));
  if (each.includes(undefined)) return undefined;
  if (each.includes('waived')) return 'waived';
  return each.includes('passed') ? 'passed' : 'gone';
}

function endingOn(
  name: string,
  { policy, control }: HostFinding,
  { fleet, shelf, organisation }: FindingInput,
  at: Date,
): Ending | undefined {
  const host = fleet.get(name);
  const state = host?.content.controls.find((one) => one.policy === policy && one.control === control);
  if (host === undefined || state === undefined) return 'gone';
  const definition = shelf.control(host.content.policies, policy, control);
  if (spansOf(host, state, definition, organisation).some((span) => isWithin(span, at))) return 'waived';
  return fleet.freshness(host, at).state === 'fresh' && isCompliant(state.verdict) ? 'passed' : undefined;
}
