import type { Attestation, AttestationFacts, Denial } from '../policies/checks/attestation.ts';
import type { Case, CasesFacts } from '../policies/checks/cases.ts';
import type { RegisterFacts } from '../policies/checks/register.ts';
import type { ReportingFacts } from '../policies/checks/reporting.ts';
import type { SpotChecksFacts } from '../policies/checks/spot-checks.ts';
import { read, type Reading } from '../policies/reading.ts';
import type { Control } from '../policies/schema.ts';
import { perOf, placesAsked, placesIn, type AttestationState, type DenialState } from './attested.ts';
import { knownHosts, type HeardHost } from './heard.ts';
import type { OwedFindings } from './owed-findings.ts';
import { certificateLines, subProcessorLines, type Records } from './registers.ts';
import type { SpotChecks } from './spot-checks/spot-checks.ts';

/** A control that the organisation is asked. */
export interface ControlName {
  readonly policy: string;
  readonly control: string;
  /** Its parameters, as its document has them: some facts are gathered only where they are asked for. */
  readonly with?: unknown;
}

/** Facts that may rest on what was heard of hosts. */
export type FactsByHosts = (heard: Iterable<HeardHost>) => Reading<unknown>;

/** What people did, as facts are made of it. */
export interface Deeds {
  readonly attestations: ReadonlyMap<string, AttestationState>;
  readonly denials: ReadonlyMap<string, DenialState>;
  readonly cases: ReadonlyMap<string, Case>;
  readonly records: Records;
  readonly owed: OwedFindings;
  readonly spotChecks: SpotChecks;
  followedSince(policy: string): string | undefined;
}

/**
 * What the log holds for a control as it is now, in the form of its check kind's facts, with what was heard of hosts still
 * to be given.
 * @returns undefined for a kind that hosts show
 */
export function factsBy(deeds: Deeds, kind: string, name: ControlName): FactsByHosts | undefined {
  switch (kind) {
    case 'attestation': {
      const said = { attestations: attestationsOf(deeds, name), denials: denialsOf(deeds, name) };
      const records = new Map(deeds.records);
      return (heard) => read<AttestationFacts>({ ...said, asked: placesAsked(name.with, records, heard) });
    }
    case 'cases':
      return always(read<CasesFacts>({ cases: [...deeds.cases.values()], owed: deeds.owed.owed() }));
    case 'register': {
      const [certificates, subProcessors] = [certificateLines(deeds.records), subProcessorLines(deeds.records)];
      return always(read<RegisterFacts>({ certificates, subProcessors }));
    }
    case 'reporting': {
      const records = new Map(deeds.records);
      return (heard) => read<ReportingFacts>({ hosts: knownHosts(heard, records) });
    }
    case 'spot-checks':
      return always(read<SpotChecksFacts>(deeds.spotChecks.facts(deeds.followedSince(name.policy))));
    default:
      return undefined;
  }
}

/** Whether what holds of a control may change with any report that comes. */
export function changesWithReports(definition: Pick<Control, 'check' | 'with'>): boolean {
  // A report may seal a sample.
  return restsOnHosts(definition) || definition.check === 'spot-checks';
}

/** Whether what holds of a control may change with what is heard of hosts, and not by acts of people alone. */
export function restsOnHosts({ check, with: parameters }: Pick<Control, 'check' | 'with'>): boolean {
  return check === 'reporting' || (check === 'attestation' && perOf(parameters) === 'host');
}

function always(facts: Reading<unknown>): FactsByHosts {
  return () => facts;
}

function attestationsOf({ attestations }: Deeds, { policy, control }: ControlName): Attestation[] {
  return [...attestations.values()]
    .filter((one) => one.policy === policy && one.control === control)
    .map(({ id, by, scope, effective, recorded, until, files, approvals, revoked }) => {
      return { id, by, places: placesIn(scope), effective, recorded, until, files, approvals, revoked };
    });
}

function denialsOf({ denials }: Deeds, { policy, control }: ControlName): Denial[] {
  return [...denials.values()]
    .filter((one) => one.policy === policy && one.control === control && one.revoked === null)
    .map(({ id, by, effective, recorded }) => ({ id, by, effective, recorded }));
}
