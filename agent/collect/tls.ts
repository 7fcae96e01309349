import { z } from 'zod';
import { TlsParameters, type TlsFacts } from '../../policies/checks/tls.ts';
import type { GroundedScan } from '../tls/scan.ts';
import { defineCollector } from './collector.ts';
import { endpointSettings } from './endpoint-settings.ts';
import { identityOf, inventory, probeEach, type Asked } from './endpoints.ts';
import { sharedStages } from './stages.ts';

/**
 * Asks every endpoint which protocol versions it accepts, and what a letter is given for where a control asks for one:
 * for each name, and without one where that shows something else.
 */
export const tlsCollector = defineCollector({
  kind: 'tls',
  settings: z.object(endpointSettings),
  parameters: TlsParameters,
  async collect(context, settings, wanted): Promise<TlsFacts> {
    const { endpoints, listening, signal } = await inventory(context, settings);
    const asked = endpoints.flatMap((endpoint): Asked[] =>
      (endpoint.servesNameless ? [undefined, ...endpoint.names] : endpoint.names).map((name) => ({ endpoint, name })),
    );
    const isGraded = wanted.some(({ minimumGrade }) => minimumGrade !== undefined);
    const probed = await probeEach(asked, signal, async (one, deadline) => {
      const stages = await sharedStages(context, settings, one, deadline);
      const found = isGraded ? withoutCertificates(await stages.grounds()) : await stages.versions();
      return { ...identityOf(one), ...found };
    });
    return { listening, endpoints: probed };
  },
});

/** Certificates are the facts of another kind; those that a letter rests on are among its grounds. */
function withoutCertificates(scan: GroundedScan) {
  if (scan.speaks !== 'tls') return scan;
  const { served, unanswered, ...rest } = scan;
  return rest;
}
