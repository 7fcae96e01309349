import { parseJson } from '../../evidence/json.ts';
import {
  factsPartName,
  HostPart,
  hostPartName,
  ObservationsPart,
  observationsPartName,
  type Statement,
} from '../../evidence/report.ts';
import type { Policy } from '../../policies/load.ts';
import { observe, type Observation } from '../../policies/observe.ts';
import { organisationControls } from '../../policies/people/organisation.ts';
import type { Reason } from '../../policies/reasons.ts';
import { selectControls } from '../../policies/select.ts';
import type { Verdict } from '../../policies/verdict.ts';
import type { ReportedEvidence } from '../reports/evidence.ts';
import { readEnd, type LogEnd } from './last-reports.ts';

/**
 * What a control comes out as: `not-asked` where the document does not ask it of that host, `missing` where what was
 * reported is not there.
 */
export type TriedState = Verdict | 'not-asked' | 'missing';

/** A control that would come out otherwise by the document that is tried. */
export interface TrialChange {
  readonly control: string;
  /** Null for a control of the organisation itself. */
  readonly host: string | null;
  readonly from: TriedState;
  readonly to: TriedState;
  /** By the document that is tried, worst first. */
  readonly reasons: readonly Reason[];
}

/** What a document would change, judged on evidence that is there. */
export interface Trial {
  readonly policy: string;
  /** Of which the last report was judged. */
  readonly hosts: readonly string[];
  /** Whether what people show was judged too. */
  readonly hasOrganisation: boolean;
  /** Controls and subjects that come out as before. */
  readonly unchanged: number;
  /** In the order of the document, then those that it does not have any more; each by host. */
  readonly changes: readonly TrialChange[];
}

/**
 * Judges what hosts reported last, and what people did, by another document of a policy.
 *
 * Each report is judged at the moment of its facts. Hosts take part that are judged by that policy now; where none is, the
 * document is a new one, and all do. A control of a kind that a host did not read, or not far enough, comes out as unknown:
 * what was not read nobody can judge.
 */
export async function tryPolicy(evidence: ReportedEvidence, tried: Policy): Promise<Trial> {
  const end = await readEnd(evidence);
  const own = end.reports.filter(({ policies }) => policies.some(({ policy }) => policy === tried.policy));
  const reports = own.length > 0 ? own : end.reports;
  const ofHosts = reports.flatMap((statement) => tryOnHost(statement, tried, evidence));
  const ofOrganisation = tryOnOrganisation(end, tried, evidence.log.lastReceivedAt);
  const all = [...ofHosts, ...(ofOrganisation ?? [])];
  const changes = all.filter(({ from, to }) => from !== to);
  const order = new Map(tried.controls.map(({ id }, place) => [id, place]));
  return {
    policy: tried.policy,
    hosts: reports.map(({ agent }) => agent),
    hasOrganisation: ofOrganisation !== undefined,
    unchanged: all.length - changes.length,
    changes: changes.sort((a, b) => (order.get(a.control) ?? Infinity) - (order.get(b.control) ?? Infinity) || 0),
  };
}

function tryOnHost(statement: Statement, tried: Policy, evidence: Pick<ReportedEvidence, 'part'>): TrialChange[] {
  const { agent: host, issuedAt } = statement;
  const before = reportedOf(statement, tried.policy, evidence);
  const labels = HostPart.safeParse(partOf(statement, hostPartName, evidence)).data?.labels;
  const unread: TriedState = before === undefined ? 'missing' : 'not-asked';
  const fromOf = (control: string): TriedState => before?.get(control)?.verdict ?? unread;
  // Of a host whose labels nobody knows, any control may be asked.
  const asked = labels === undefined ? hostControls(tried) : selectControls(tried, labels);
  const now = asked.map((control) => {
    const facts = partOf(statement, factsPartName(control.check), evidence);
    return observe(tried.policy, control, facts, new Date(issuedAt));
  });
  const names = new Set(now.map(({ control }) => control));
  const gone = [...(before?.keys() ?? [])].filter((control) => !names.has(control));
  return [
    ...now.map(({ control, verdict, reasons }) => ({ control, host, from: fromOf(control), to: verdict, reasons })),
    ...gone.map((control) => ({ control, host, from: fromOf(control), to: 'not-asked' as const, reasons: [] })),
  ];
}

function hostControls(policy: Policy): Policy['controls'] {
  const people = new Set(organisationControls([policy]).map(({ control }) => control.id));
  return policy.controls.filter(({ id }) => !people.has(id));
}

/** By control; undefined where the part is not there, or none. */
function reportedOf(
  statement: Statement,
  policy: string,
  evidence: Pick<ReportedEvidence, 'part'>,
): Map<string, Observation> | undefined {
  const part = ObservationsPart.safeParse(partOf(statement, observationsPartName, evidence)).data;
  const own = part?.observations.filter((observation) => observation.policy === policy);
  return own && new Map(own.map((observation) => [observation.control, observation]));
}

function partOf({ body }: Statement, name: string, evidence: Pick<ReportedEvidence, 'part'>): unknown {
  const commitment = body.find((part) => part.name === name)?.commitment;
  const bytes = commitment === undefined ? undefined : evidence.part(commitment);
  return bytes === undefined ? undefined : parseJson(bytes);
}

/** Undefined where entries are left out: nobody knows what people did then. */
function tryOnOrganisation(
  { organisation, document }: LogEnd,
  tried: Policy,
  lastReceivedAt: string | null,
): TrialChange[] | undefined {
  if (organisation === undefined || lastReceivedAt === null) return undefined;
  const at = new Date(lastReceivedAt);
  const judged = (policy: Policy): Map<string, Observation> =>
    new Map(
      organisationControls([policy]).map(({ control }) => {
        const name = { policy: policy.policy, control: control.id, with: control.with };
        return [control.id, observe(policy.policy, control, organisation.factsOf(control.check, name), at)];
      }),
    );
  const followed = organisation.follows.find(({ policy }) => policy === tried.policy);
  const present = followed && document(followed.digest);
  const unread: TriedState = followed !== undefined && present === undefined ? 'missing' : 'not-asked';
  const [before, now] = [present && judged(present), judged(tried)];
  const names = new Set([...now.keys(), ...(before?.keys() ?? [])]);
  return [...names].map((control) => ({
    ...{ control, host: null, from: before?.get(control)?.verdict ?? unread },
    ...{ to: now.get(control)?.verdict ?? 'not-asked', reasons: now.get(control)?.reasons ?? [] },
  }));
}
