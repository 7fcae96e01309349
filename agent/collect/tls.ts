import { z } from 'zod';
import { TlsParameters, type TlsFacts } from '../../policies/checks/tls.ts';
import { scanEndpointVersions } from '../tls/scan.ts';
import { defineCollector } from './collector.ts';
import { endpointSettings, identityOf, inventory, probeEach, targetOf, type Asked } from './endpoints.ts';

/** Asks every endpoint which protocol versions it accepts: for each name, and without one where that shows something else. */
export const tlsCollector = defineCollector({
  kind: 'tls',
  settings: z.object(endpointSettings),
  parameters: TlsParameters,
  async collect(context, settings): Promise<TlsFacts> {
    const { host } = context;
    const { endpoints, listening, signal } = await inventory(context, settings);
    const asked = endpoints.flatMap((endpoint): Asked[] =>
      (endpoint.servesNameless ? [undefined, ...endpoint.names] : endpoint.names).map((name) => ({ endpoint, name })),
    );
    const probed = await probeEach(asked, signal, async (one, deadline) => ({
      ...identityOf(one),
      ...(await scanEndpointVersions(host, targetOf(one), { signal: deadline })),
    }));
    return { listening, endpoints: probed };
  },
});
