import type { AttestationFacts } from '../../../policies/checks/attestation.ts';
import { cases, CaseKind, type Case, type CasesFacts } from '../../../policies/checks/cases.ts';
import type { RegisterFacts } from '../../../policies/checks/register.ts';
import type { ReportingFacts } from '../../../policies/checks/reporting.ts';
import type { SpotChecksFacts } from '../../../policies/checks/spot-checks.ts';
import { dueAfter, type Term } from '../../../policies/people/terms.ts';
import { at, daysAgo, type Asked, type Example } from './example.ts';

function attested({ effective, files }: { effective: string; files: number }): AttestationFacts {
  const attestation = {
    ...{ id: 'attestation-1', by: 'person-anna', places: [], effective, recorded: effective, until: null, files },
    approvals: [{ by: 'person-bram', at: effective }],
    revoked: null,
  };
  return { attestations: [attestation], denials: [], asked: null };
}

const attestation: Example = {
  kind: 'attestation',
  kept: () => attested({ effective: daysAgo(10), files: 1 }),
  // Years ago, and nobody did it since.
  broken: () => attested({ effective: daysAgo(2000), files: 1 }),
};

const register: Example = {
  kind: 'register',
  kept: () => registers({ until: daysAgo(-400), told: daysAgo(200) }),
  broken: () => registers({ until: daysAgo(3), told: null }),
};

function registers({ until, told }: { until: string; told: string | null }): RegisterFacts {
  const line = { from: daysAgo(100), recorded: daysAgo(100) };
  const standards = ['iso27001', 'iso27017'];
  return {
    certificates: standards.map((standard) => ({ ...line, until, id: `certificate-${standard}`, standard, files: 1 })),
    subProcessors: [{ ...line, until: null, id: 'sub-processor-1', service: 'mail', told }],
  };
}

const reporting: Example = {
  kind: 'reporting',
  kept: () => reported(daysAgo(0.1)),
  broken: () => reported(daysAgo(3)),
};

function reported(moment: string): ReportingFacts {
  const last = { issued: moment, received: moment };
  return { hosts: [{ host: 'web1.example.nl', expected: [], enrolled: daysAgo(300), last }] };
}

const spotChecks: Example = {
  kind: 'spot-checks',
  kept: () => sampled(daysAgo(18)),
  broken: () => sampled(null),
};

/** Drawn as November began, with a term of ten working days. */
function sampled(recorded: string | null): SpotChecksFacts {
  const lot = { host: 'web1.example.nl', policy: 'cloud-provider', control: 'CP-time-sync' };
  const checks = recorded === null ? [] : [{ ...lot, found: 'confirmed' as const, recorded }];
  const november = {
    ...{ month: '2026-11', begun: '2026-10-31T23:05:00.000Z', population: 1 },
    ...{ drawn: '2026-10-31T23:20:00.000Z', sample: [lot], checks },
  };
  return { asked: '2026-10-15T09:00:00.000Z', months: [november] };
}

/** A case under a control: what it asks, done in time, or not at all. */
const casesExample: Example = {
  kind: 'cases',
  kept: (asked) => ({ cases: [caseOf(asked, 'kept')], owed: [] }) satisfies CasesFacts,
  broken: (asked) => ({ cases: [caseOf(asked, 'broken')], owed: [] }) satisfies CasesFacts,
};

interface Rule {
  readonly step: string;
  readonly within?: Term;
  readonly notBefore?: Term;
}

function caseOf(asked: Asked, how: 'kept' | 'broken'): Case {
  const parameters = cases.parameters.parse(asked) as {
    readonly of: unknown;
    readonly steps: readonly Rule[];
    readonly fields: readonly string[];
    readonly urgency?: 'urgent' | 'normal';
  };
  // So long ago that every term is over, and a little more.
  const began = daysAgo(300);
  const done = parameters.steps.flatMap(({ step, notBefore }) => {
    const early = new Date(Date.parse(began) + 3_600_000).toISOString();
    if (notBefore === undefined) return how === 'kept' ? [{ step, recorded: early }] : [];
    return [{ step, recorded: how === 'kept' ? dueAfter(began, notBefore) : daysAgo(299.9) }];
  });
  return {
    ...{ id: 'case-1', of: CaseKind.parse(parameters.of), urgency: parameters.urgency ?? 'urgent' },
    ...{ began, recorded: began, steps: done.sort((a, b) => (a.recorded < b.recorded ? -1 : 1)) },
    fields: how === 'kept' ? [...parameters.fields] : [],
    closed: at.toISOString(),
  };
}

export const peopleExamples: readonly Example[] = [attestation, casesExample, register, reporting, spotChecks];
