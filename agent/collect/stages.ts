import type { Once } from '../tls/grounds.ts';
import { stagesOf, type EndpointStages } from '../tls/scan.ts';
import { loadRoots, type RootStores } from '../tls/trust/roots.ts';
import type { CollectContext } from './collector.ts';
import { targetOf, type Asked } from './endpoints.ts';

/**
 * The scan of an endpoint under a name, one a run: kinds that need the same stage of it wait for the same answers,
 * whoever asks first.
 */
export async function sharedStages(
  context: CollectContext,
  settings: RootSettings,
  asked: Asked,
  signal: AbortSignal,
): Promise<EndpointStages> {
  const { host } = context;
  const once: Once = (key, make) => context.once(key, make);
  const roots = () => sharedRoots(context, settings);
  const key = JSON.stringify(['tls-scan', asked.endpoint.label, asked.name ?? null]);
  // All kinds and names share it, so that the server sees one connection at a time.
  const { label, starttls: own } = asked.endpoint;
  const starttls = await once(JSON.stringify(['starttls', label]), () => Promise.resolve(own));
  const target = { ...targetOf(asked), ...(starttls === undefined ? {} : { starttls }) };
  return once(key, () => Promise.resolve(stagesOf(host, target, { signal, roots, once })));
}

interface RootSettings {
  readonly trustedRoots: readonly string[];
}

/** The system's roots and those of agent.yaml, read once a run. */
export function sharedRoots(context: CollectContext, { trustedRoots }: RootSettings): Promise<RootStores> {
  return context.once('tls-roots', () => loadRoots(context.host, trustedRoots));
}
