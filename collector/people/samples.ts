import type { Organisation } from '../../evidence/organisation.ts';
import type { DrawnMonth } from '../../evidence/spot-checks/samples.ts';
import { SampleAsked, type SpotCheck } from '../../policies/checks/spot-checks.ts';
import type { Policy } from '../../policies/load.ts';
import { dueAfter } from '../../policies/people/terms.ts';

/** The sample of a month, with what was found. */
export interface ListedSample extends DrawnMonth {
  /** How many of the sample, from its beginning, are to be looked at. */
  readonly asked: number;
  /** By when; null while nothing is drawn. */
  readonly due: string | null;
  /** In the order of the log. */
  readonly checks: readonly SpotCheck[];
}

/**
 * The samples that the organisation is asked to look at, the newest month first.
 * @param documents those that it follows
 */
export function listSamples(
  organisation: Pick<Organisation, 'followedSince' | 'spotChecks'>,
  documents: readonly Policy[],
): ListedSample[] {
  const asking = documents.flatMap(({ policy, controls }) => {
    const since = organisation.followedSince(policy);
    const wanted = controls.filter(({ check }) => check === 'spot-checks');
    return since === undefined ? [] : wanted.map((control) => ({ since, ...SampleAsked.parse(control.with) }));
  });
  const [earliest] = asking.map(({ since }) => since).sort((a, b) => Date.parse(a) - Date.parse(b));
  if (earliest === undefined) return [];
  const { spotChecks } = organisation;
  return spotChecks
    .drawnAfter(earliest)
    .map((drawn): ListedSample => {
      const inForce = asking.filter(({ since }) => Date.parse(since) < Date.parse(drawn.first.receivedAt));
      const { sealed } = drawn;
      const dues = sealed === null ? [] : inForce.map(({ within }) => dueAfter(sealed.receivedAt, within));
      const asked = Math.max(...inForce.map(({ sample }) => sample));
      return { ...drawn, asked, due: dues.sort()[0] ?? null, checks: spotChecks.of(drawn.month) };
    })
    .reverse();
}
