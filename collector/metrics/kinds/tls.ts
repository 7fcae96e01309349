import { TlsFacts } from '../../../policies/checks/tls.ts';
import { tlsVersions } from '../../../policies/checks/tls/profile.ts';
import { endpointSubject } from '../../../policies/checks/endpoints.ts';
import { defineMeasures, measureOf } from '../measure.ts';

/** A version of which nobody knows whether it is accepted has no sample: neither 0 nor 1 would be true. */
export const tlsMeasures = defineMeasures('tls', TlsFacts, ({ endpoints }) =>
  endpoints.flatMap((facts) => {
    if (facts.speaks !== 'tls') return [];
    const endpoint = endpointSubject(facts);
    return tlsVersions.flatMap((version) => {
      const { answer } = facts.versions[version];
      if (answer === 'unknown') return [];
      return [measureOf('waarborg_tls_version_offered', { endpoint, version }, answer === 'yes' ? 1 : 0)];
    });
  }),
);
