import pLimit from 'p-limit';
import { climb, isPublicName, servedNames, type CaaOfDomain } from '../../../policies/checks/certificate/caa.ts';
import type { AllCertificates } from '../../../policies/checks/certificate/facts.ts';
import { rememberOnce } from '../once.ts';
import type { Host } from '../../host/host.ts';

/** Two thousand names are two thousand questions: a resolver of a hosting server answers hundreds a second. */
const atOnce = 16;

/**
 * Asks DNS for the CAA records of every served name and, until some are found, of the domains above it. Each domain is
 * asked once, however many names lie below it.
 */
export async function readCaa(
  host: Host,
  endpoints: AllCertificates['endpoints'],
  options: { resolvers?: readonly string[]; signal: AbortSignal },
): Promise<CaaOfDomain[]> {
  const limit = pLimit(atOnce);
  const once = rememberOnce();
  const found = new Map<string, CaaOfDomain>();
  const ask = async (domain: string): Promise<CaaOfDomain> => {
    const asked = { domain, answer: await limit(() => host.caaRecords(domain, options)) };
    found.set(domain, asked);
    return asked;
  };
  const names = servedNames(endpoints).filter(isPublicName);
  await Promise.all(
    names.map(async (name) => {
      for (const domain of climb(name)) {
        const { answer } = await once(domain, () => ask(domain));
        if (answer.state === 'unreadable' || answer.value.found === 'records') return;
      }
    }),
  );
  return [...found.values()].sort((a, b) => (a.domain < b.domain ? -1 : 1));
}
