import type { z } from 'zod';
import type { AllCertificates, CertificateFacts } from '../../../policies/checks/certificate/facts.ts';
import type { StarttlsName } from '../../../policies/checks/endpoints.ts';
import type { TlsFacts } from '../../../policies/checks/tls.ts';
import { read } from '../../../policies/reading.ts';
import { goodLeaf, goodPath, server, versionsOf, web } from '../../policies/checks/tls/rating/facts.ts';
import { doneAt, domain, isTroubled, type Role, type SimulatedHost } from '../fleet.ts';
import { randomOf } from '../random.ts';
import { day, isoOf } from '../span.ts';

/** Days between two certificates, and those for which one is valid. */
const renewal = 60;
const validity = 90;

interface Endpoint {
  readonly port: number;
  readonly starttls?: StarttlsName;
}

const endpointsOf: Readonly<Record<Role, readonly Endpoint[]>> = {
  web: [{ port: 443 }],
  hosting: [{ port: 443 }, { port: 8443 }],
  mail: [{ port: 25, starttls: 'smtp' }, { port: 993 }],
  db: [{ port: 5432, starttls: 'postgres' }],
  backup: [{ port: 443 }],
  monitor: [{ port: 443 }],
};

const listening = read({ skipped: [], overLimit: 0 });

/** What the endpoints of a host serve. */
export function certificateFacts(host: SimulatedHost, at: number): z.output<typeof AllCertificates> {
  const leaf = leafOf(host, at);
  const served = [{ asked: ['TLSv1.3 any'], leaf, chain: [] }];
  const endpoints = identities(host).map((identity) => {
    return { ...identity, speaks: 'tls' as const, served, unanswered: [] };
  });
  return { listening, endpoints, files: [] };
}

/** How the endpoints of a host speak TLS. */
export function tlsFacts(host: SimulatedHost, at: number): TlsFacts {
  const leaf = leafOf(host, at);
  const path = { ...goodPath, notBefore: leaf.notBefore, notAfter: leaf.notAfter };
  const isOld = isTroubled(host, 'tls', at);
  const versions = versionsOf(isOld ? 'TLSv1.0 TLSv1.1 TLSv1.2' : 'TLSv1.2 TLSv1.3');
  const endpoints = identities(host).map((identity) => {
    const isWeb = identity.starttls === undefined && host.role !== 'mail';
    // Some promise browsers HTTPS for a year and earn A+, others do not.
    const promises = host.number % 4 === 1 ? [] : ['max-age=31536000'];
    const { grounds } = server({
      ...{ versions, leaf, trust: { system: [path] } },
      http: isWeb ? web(...promises) : { state: 'other' },
    });
    return { ...identity, speaks: 'tls' as const, versions, grounds };
  });
  return { listening, endpoints };
}

function identities({ role, number, name }: SimulatedHost) {
  return endpointsOf[role].map(({ port, starttls }) => ({
    // TEST-NET-2 and 3 (RFC 5737): of no real host.
    endpoint: `${number < 250 ? '198.51.100' : '203.0.113'}.${(number % 250) + 1}:${port}`,
    name,
    origin: 'settings' as const,
    ...(starttls === undefined ? {} : { starttls }),
  }));
}

function leafOf(host: SimulatedHost, at: number): CertificateFacts {
  const issued = issuedAt(host, at);
  return {
    ...goodLeaf,
    subject: `CN=${host.name}`,
    issuer: `CN=Simulated CA, O=${domain}`,
    serial: Math.floor(randomOf(host.name, issued)() * 2 ** 32).toString(16),
    notBefore: isoOf(issued),
    notAfter: isoOf(issued + validity * day - 1000),
    names: [`DNS:${host.name}`],
    key: host.number % 4 === 2 ? { kind: 'RSA', bits: 4096 } : { kind: 'EC', bits: 384, curve: 'secp384r1' },
  };
}

/** When the certificate that is served was issued. */
function issuedAt(host: SimulatedHost, at: number): number {
  let newest = host.certificates;
  for (let planned = host.certificates + renewal * day; planned <= at; planned += renewal * day) {
    const done = doneAt(host, 'certificate', planned);
    if (done <= at) newest = done;
  }
  return newest;
}
