import { TlsFacts } from '../../../policies/checks/tls.ts';
import { tlsVersions } from '../../../policies/checks/tls/profile.ts';
import { endpointSubject } from '../../../policies/checks/endpoints.ts';
import { rate } from '../../../policies/checks/tls/rating/rate.ts';
import { defineMeasures, measureOf, type Measure } from '../measure.ts';

type Endpoint = Extract<TlsFacts['endpoints'][number], { speaks: 'tls' }>;

/** A version of which nobody knows whether it is accepted has no sample: neither 0 nor 1 would be true. */
export const tlsMeasures = defineMeasures('tls', TlsFacts, ({ endpoints }, at) =>
  endpoints.flatMap((facts) => {
    if (facts.speaks !== 'tls') return [];
    const endpoint = endpointSubject(facts);
    const offered = tlsVersions.flatMap((version) => {
      const { answer } = facts.versions[version];
      if (answer === 'unknown') return [];
      return [measureOf('waarborg_tls_version_offered', { endpoint, version }, answer === 'yes' ? 1 : 0)];
    });
    return [...offered, ...gradeOf(facts, endpoint, at)];
  }),
);

/** By the default settings, as one dashboard shows hosts of several policies. A letter that is open has no sample. */
function gradeOf({ versions, grounds, name }: Endpoint, endpoint: string, at: Date): Measure[] {
  if (grounds === undefined) return [];
  const letter = rate({ versions, grounds, name }, at)?.letter;
  if (letter === undefined || letter.best !== letter.worst) return [];
  return [measureOf('waarborg_tls_grade_info', { endpoint, grade: letter.best }, 1)];
}
