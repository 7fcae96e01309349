import { observeOrganisation } from '../../policies/people/organisation.ts';
import type { Observation } from '../../policies/observe.ts';
import type { Policy } from '../../policies/load.ts';
import type { PolicyShelf } from '../state/shelf.ts';
import type { OrganisationBook } from './book.ts';
import type { OrganisationAnswer } from './exchange.ts';

export interface ViewDependencies {
  readonly book: OrganisationBook;
  readonly shelf: PolicyShelf;
}

/** What people show, and what it rests on: the answer of `GET /api/v1/organisation`. */
export function describeOrganisation(from: ViewDependencies, at: Date): OrganisationAnswer {
  const { organisation } = from.book;
  return {
    v: 1,
    at: at.toISOString(),
    follows: [...organisation.follows],
    observations: organisationVerdicts(from, at),
    attestations: [...organisation.attestations.values()].map((one) => ({ ...one })),
    waivers: [...organisation.waivers.values()].map((one) => ({ ...one, asked: { ...one.asked } })),
    cases: [...organisation.cases.values()],
    findings: [...organisation.findings.open].map((finding) => ({ ...finding, hosts: [...finding.hosts] })),
  };
}

/** The organisation's own controls, judged now. */
export function organisationVerdicts({ book: { organisation }, shelf }: ViewDependencies, at: Date): Observation[] {
  const policies = organisation.follows.flatMap(({ digest }): Policy[] =>
    [shelf.get(digest)].filter((known) => known !== undefined),
  );
  return observeOrganisation(policies, (kind, name) => organisation.factsOf(kind, name), at);
}
