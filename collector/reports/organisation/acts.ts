import type { ActTaken } from '../../../evidence/act.ts';
import { placesIn, type AttestationState } from '../../../evidence/attested.ts';
import type { Organisation } from '../../../evidence/organisation.ts';
import { endOfAttestation, Validity } from '../../../policies/checks/attestation.ts';
import type { Case } from '../../../policies/checks/cases.ts';
import { termsOfCase, type AskedControl, type TermOfStep } from '../../people/terms.ts';
import type { Kept, ReportedAttestation, ReportedCase, ReportedStep } from '../model.ts';
import type { PlacedAct } from './replay.ts';
import type { Written } from './written.ts';

export interface DescribedActs {
  readonly organisation: Organisation;
  readonly acts: readonly PlacedAct[];
  readonly written: Written;
  /** Milliseconds since 1970. */
  readonly period: { readonly from: number; readonly until: number };
  /** Those that the organisation is asked when the period ends. */
  readonly controls: readonly AskedControl[];
}

/** Those that stood at some time of the period, or ended in it. */
export function describeAttestations({ organisation, ...about }: DescribedActs): ReportedAttestation[] {
  const { period } = about;
  return about.acts
    .flatMap(({ taken, entry }) => {
      const one = taken.act.act === 'attest' ? organisation.attestations.get(taken.act.id) : undefined;
      return one === undefined ? [] : [describeAttestation(one, { taken, entry }, about)];
    })
    .filter(({ from, until, revoked }) => {
      const ends = [until, revoked].flatMap((moment) => (moment === null ? [] : [Date.parse(moment)]));
      return Date.parse(from) < period.until && Math.min(...ends) >= period.from;
    });
}

function describeAttestation(
  one: AttestationState,
  { taken, entry }: PlacedAct,
  { controls, written }: Pick<DescribedActs, 'controls' | 'written'>,
): ReportedAttestation {
  const { id, policy, control, by, effective, approvals, revoked } = one;
  const definition = controls.find((asked) => asked.policy === policy && asked.definition.id === control)?.definition;
  const validity = Validity.safeParse(definition?.with).data;
  return {
    id,
    policy,
    control,
    entry,
    by,
    places: placesIn(one.scope),
    from: effective,
    until: validity === undefined ? one.until : endOfAttestation(one, validity),
    approvals,
    revoked,
    statement: written.statement(taken),
    files: written.files(taken),
  };
}

/** Those that were open at some time of the period. */
export function describeCases({ organisation, acts, controls, written, period }: DescribedActs): ReportedCase[] {
  const byCase = Map.groupBy(acts, ({ taken }) => caseOf(taken));
  return [...organisation.cases.values()]
    .filter(({ closed }) => closed === null || Date.parse(closed) >= period.from)
    .flatMap((one): ReportedCase[] => {
      const [opening, ...later] = byCase.get(one.id) ?? [];
      if (opening === undefined) return [];
      const { id, of, urgency, began, fields } = one;
      const closing = later.find(({ taken }) => taken.act.act === 'close-case')?.entry ?? null;
      return [
        {
          ...{ id, of, urgency, entry: opening.entry, by: opening.taken.by, about: aboutOf(opening.taken), began },
          closed: one.closed === null ? null : closing,
          fields,
          steps: stepsOf(one, later, termsOfCase(one, controls, new Date(period.until))),
          statements: [opening, ...later].flatMap(({ taken }): Kept[] =>
            [written.statement(taken)].filter((said) => said !== null),
          ),
        },
      ];
    });
}

function aboutOf({ act }: ActTaken): ReportedCase['about'] {
  return act.act === 'open-case' ? act.about : null;
}

function caseOf({ act }: ActTaken): string | undefined {
  if (act.act === 'open-case') return act.id;
  return act.act === 'take-step' || act.act === 'close-case' ? act.of : undefined;
}

function stepsOf({ steps }: Case, later: readonly PlacedAct[], terms: readonly TermOfStep[]): ReportedStep[] {
  const dueOf = (step: string): ReportedStep['due'] =>
    terms.filter((term) => term.step === step).map(({ policy, control, until }) => ({ policy, control, until }));
  const taken = later.flatMap(({ taken: { act }, entry }): ReportedStep[] =>
    act.act === 'take-step' ? [{ step: act.step, done: entry, due: dueOf(act.step) }] : [],
  );
  const done = new Set(steps.map(({ step }) => step));
  const open = [...new Set(terms.map(({ step }) => step))].filter((step) => !done.has(step));
  const due = open.map((step): ReportedStep => ({ step, done: null, due: dueOf(step) }));
  return [...taken, ...due.sort((a, b) => soonest(a) - soonest(b))];
}

function soonest({ due }: ReportedStep): number {
  return Math.min(...due.map(({ until }) => Date.parse(until)));
}
