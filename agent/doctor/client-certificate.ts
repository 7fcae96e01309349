import { X509Certificate } from 'node:crypto';
import type { z } from 'zod';
import { loadClientCertificate } from '../client-certificate.ts';
import { DamagedError } from '../durable.ts';
import type { Identity } from '../identity.ts';
import type { Finding } from './findings.ts';
import type { Ready } from './reach.ts';

/** A certificate is renewed when a third of its ninety days is left: with fewer days than this, something keeps it. */
const endingDays = 20;

export interface Wanted {
  /** What the collector says that it takes. */
  readonly wanted: z.output<typeof Ready>['clientCertificates'];
  readonly at: Date;
}

/** Looks at the certificate with which the agent shows its collector whose connection it is. */
export function examineClientCertificate(
  data: string,
  enrolled: Pick<Identity, 'agent' | 'epoch'>,
  { wanted, at }: Wanted,
): Finding[] {
  if (wanted === 'off') return [];
  const none = wanted === 'required' ? 'client-certificate.missing' : 'client-certificate.none';
  try {
    const client = loadClientCertificate(data, enrolled);
    const asked = `the collector’s clientCertificates is ${wanted}`;
    if (client === undefined) return [{ code: none, seen: `this enrolment has none, and ${asked}` }];
    const until = new X509Certificate(client.certificate).validToDate;
    const seen = `it holds until ${until.toISOString()}`;
    if (until <= at) return [{ code: none, seen: `it held until ${until.toISOString()}, and ${asked}` }];
    const isEnding = until.getTime() - at.getTime() < endingDays * 86_400_000;
    if (!isEnding) return [{ code: 'client-certificate.kept', seen }];
    return [{ code: 'client-certificate.ending', seen: `${seen}, expected ${endingDays} days or more` }];
  } catch (error) {
    if (!(error instanceof DamagedError)) throw error;
    return [{ code: 'client-certificate.damaged', seen: error.message }];
  }
}
