import { observeOrganisation } from '../../policies/people/organisation.ts';
import type { Observation } from '../../policies/observe.ts';
import type { Policy } from '../../policies/load.ts';
import type { PolicyShelf } from '../state/shelf.ts';
import type { OrganisationBook } from './book.ts';
import type { OrganisationAnswer } from './exchange.ts';
import { listSamples } from './samples.ts';

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
    records: [...organisation.records.values()].map((line) => ({ ...line })),
    findings: [...organisation.findings.open].map((finding) => ({ ...finding, hosts: [...finding.hosts] })),
    samples: listSamples(organisation, followedDocuments(from)).map((one) => {
      return { ...one, sample: [...one.sample], checks: [...one.checks] };
    }),
  };
}

/** The organisation's own controls, judged now. */
export function organisationVerdicts(from: ViewDependencies, at: Date): Observation[] {
  const { organisation } = from.book;
  return observeOrganisation(followedDocuments(from), (kind, name) => organisation.factsOf(kind, name), at);
}

/** Those that the organisation is held to, and that can be read. */
function followedDocuments({ book: { organisation }, shelf }: ViewDependencies): Policy[] {
  return organisation.follows.flatMap(({ digest }) => shelf.get(digest) ?? []);
}
