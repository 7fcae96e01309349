import { z } from 'zod';
import { TlsParameters, type TlsFacts } from '../../policies/checks/tls.ts';
import { scanEndpointVersions } from '../tls/scan.ts';
import { defineCollector } from './collector.ts';
import { endpointSettings, findEndpoints, identityOf, probeEach, targetOf, type Asked } from './endpoints.ts';

/** Asks every endpoint which protocol versions it accepts: for each declared name, or without one where none is declared. */
export const tlsCollector = defineCollector({
  kind: 'tls',
  settings: z.object(endpointSettings),
  parameters: TlsParameters,
  async collect({ host, signal }, settings): Promise<TlsFacts> {
    const { endpoints, listening } = await findEndpoints(host, settings.endpoints);
    const asked = endpoints.flatMap((endpoint): Asked[] =>
      (endpoint.names.length > 0 ? endpoint.names : [undefined]).map((name) => ({ endpoint, name })),
    );
    const probed = await probeEach(asked, signal, async (one, deadline) => ({
      ...identityOf(one),
      ...(await scanEndpointVersions(host, targetOf(one), { signal: deadline })),
    }));
    return { listening, endpoints: probed };
  },
});
