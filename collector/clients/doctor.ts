import type { Finding } from '../../agent/doctor/findings.ts';
import type { CollectorConfig } from '../config.ts';
import { AuthorityError, requireAuthority } from './authority.ts';

/** An authority that ends sooner is changed by now, in days. */
const endingDays = 365;

/** Looks at the authority that signs the client certificates of agents, where they have some. */
export function examineAuthority({ data, tls }: Pick<CollectorConfig, 'data' | 'tls'>, at: Date): Finding[] {
  if (tls === undefined || tls.clientCertificates === 'off') return [];
  try {
    const { certificate, previous } = requireAuthority(data);
    const until = certificate.validToDate;
    const seen = `${certificate.fingerprint256} holds until ${until.toISOString()}`;
    if (until <= at)
      return [{ code: 'authority.ended', seen: `${certificate.fingerprint256} held until ${until.toISOString()}` }];
    const isEnding = until.getTime() - at.getTime() < endingDays * 86_400_000;
    return [
      isEnding
        ? { code: 'authority.ending', seen: `${seen}, expected ${endingDays} days or more` }
        : { code: 'authority.kept', seen },
      ...(previous === undefined
        ? []
        : [{ code: 'authority.two', seen: `${previous.fingerprint256}, the one before it, counts as well` } as const]),
    ];
  } catch (error) {
    if (!(error instanceof AuthorityError)) throw error;
    return [{ code: 'authority.broken', seen: error.message }];
  }
}
