import { hash, X509Certificate } from 'node:crypto';
import type { CertificateFacts } from '../../policies/checks/certificate/facts.ts';
import type { Reading } from '../../policies/reading.ts';
import { describeCertificate } from './x509.ts';

/** What a certificate's bytes are read as; `certificate` is undefined where OpenSSL does not take them. */
export interface ReadCertificate {
  readonly certificate: X509Certificate | undefined;
  readonly facts: Reading<CertificateFacts>;
}

/** Certificates; two hundred virtual hosts with a chain of their own fit in. */
const remembered = 512;

const memory = new Map<string, ReadCertificate>();

/**
 * Reads a certificate as a server sent it. A hosting server shows the same few certificates on each of hundreds of
 * names, in several versions: they are parsed once and shared, because each parsed one holds memory that the garbage
 * collector does not see. The result depends on the bytes alone.
 */
export function readCertificate(der: Uint8Array): ReadCertificate {
  const fingerprint = hash('sha256', der);
  const known = memory.get(fingerprint) ?? { certificate: parse(der), facts: describeCertificate(der, 'certificate') };
  // Last used, last to be forgotten: a Map keeps the order in which its keys were set.
  memory.delete(fingerprint);
  memory.set(fingerprint, known);
  const [oldest] = memory.keys();
  if (memory.size > remembered && oldest !== undefined) memory.delete(oldest);
  return known;
}

function parse(der: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}
