import { AllCertificates, type CertificateFacts } from '../../../policies/checks/certificate/facts.ts';
import { endpointSubject } from '../../../policies/checks/endpoints.ts';
import { secondsBetween } from '../../../policies/quantities.ts';
import { timestampSeconds } from '../families.ts';
import { defineMeasures, measureOf } from '../measure.ts';

/** Of several certificates of one endpoint the worst counts: the first to end, the longest valid, the weakest key. */
export const certificateMeasures = defineMeasures('certificate', AllCertificates, ({ endpoints }) =>
  endpoints.flatMap((facts) => {
    if (facts.speaks !== 'tls' || facts.served.length === 0) return [];
    const endpoint = endpointSubject(facts);
    const leaves = facts.served.map(({ leaf }) => leaf);
    const notAfter = Math.min(...leaves.map((leaf) => timestampSeconds(leaf.notAfter)));
    return [
      measureOf('waarborg_certificate_not_after_timestamp_seconds', { endpoint }, notAfter),
      measureOf('waarborg_certificate_validity_seconds', { endpoint }, Math.max(...leaves.map(validity))),
      ...[...Map.groupBy(leaves, ({ key }) => key.kind)].map(([algorithm, ofKind]) => {
        const bits = Math.min(...ofKind.map(({ key }) => key.bits));
        return measureOf('waarborg_certificate_key_length', { endpoint, algorithm }, bits);
      }),
    ];
  }),
);

/** From notBefore through notAfter, inclusive (RFC 5280, 4.1.2.5). */
function validity({ notBefore, notAfter }: CertificateFacts): number {
  return secondsBetween(notBefore, notAfter) + 1;
}
