import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import {
  CertificateParameters,
  type AllCertificates,
  type CertificateFacts,
} from '../../policies/checks/certificate.ts';
import { read, unreadable, type Reading } from '../../policies/reading.ts';
import type { Host } from '../host/host.ts';
import { scanEndpoint } from '../tls/scan.ts';
import { describeCertificate } from '../tls/x509.ts';
import { defineCollector } from './collector.ts';
import { endpointSettings, identityOf, inventory, probeEach, targetOf, type Asked } from './endpoints.ts';

const certificateFiles = z
  .array(z.string().startsWith('/', 'expected an absolute path').max(1000))
  .max(1000)
  .default([]);

/** Asks every endpoint for its certificates, for each declared name and without one, and reads those in files. */
export const certificateCollector = defineCollector({
  kind: 'certificate',
  settings: z.object({ ...endpointSettings, certificateFiles }),
  parameters: CertificateParameters,
  async collect(context, settings): Promise<AllCertificates> {
    const { host } = context;
    const { endpoints, listening, signal } = await inventory(context, settings);
    const asked = endpoints.flatMap((endpoint): Asked[] =>
      [undefined, ...endpoint.names].map((name) => ({ endpoint, name })),
    );
    const probed = await probeEach(asked, signal, (one, deadline) => probe(host, one, deadline));
    const paths = [...new Set(settings.certificateFiles)].sort();
    const files = await Promise.all(
      paths.map(async (path) => ({ path, certificates: await readCertificateFile(host, path) })),
    );
    return { listening, endpoints: probed, files };
  },
});

async function probe(host: Host, asked: Asked, signal: AbortSignal): Promise<AllCertificates['endpoints'][number]> {
  const scan = await scanEndpoint(host, targetOf(asked), { signal });
  const identity = identityOf(asked);
  if (scan.speaks !== 'tls') return { ...identity, ...scan };
  const through = scan.starttls === undefined ? {} : { starttls: scan.starttls };
  return { ...identity, ...through, speaks: 'tls', served: scan.served, unanswered: scan.unanswered };
}

const pemBlock = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;
const pemBegin = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/;

/**
 * Every certificate of a file, in its order: PEM (RFC 7468; other blocks such as keys are passed over) or one in DER.
 * One that cannot be parsed makes the whole file unreadable: it might be the one that counts.
 */
async function readCertificateFile(host: Host, path: string): Promise<Reading<CertificateFacts[]>> {
  const bytes = await host.readBytes(path);
  if (bytes.state === 'unreadable') return bytes;
  const text = Buffer.from(bytes.value).toString('latin1');
  const blocks = text.match(pemBlock);
  if (blocks === null && text.includes('-----BEGIN '))
    return unreadable('unparsable', path, 'PEM without a certificate');
  if (blocks !== null && blocks.length < text.split(pemBegin).length - 1) {
    return unreadable('unparsable', path, 'a certificate is cut off');
  }
  const certificates: CertificateFacts[] = [];
  for (const block of blocks ?? [bytes.value]) {
    const described = describeBlock(block, path);
    if (described.state === 'unreadable') return described;
    certificates.push(described.value);
  }
  if (certificates.length > 1000) return unreadable('too-large', path);
  return read(certificates);
}

function describeBlock(block: string | Uint8Array, path: string): Reading<CertificateFacts> {
  if (typeof block !== 'string') return describeCertificate(block, path);
  try {
    return describeCertificate(new X509Certificate(block).raw, path);
  } catch (error) {
    return unreadable('unparsable', path, error instanceof Error ? error.message : String(error));
  }
}
