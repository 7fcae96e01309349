import { isIP } from 'node:net';
import { z } from 'zod';
import { CertificateParameters } from '../../policies/checks/certificate.ts';
import type { AllCertificates } from '../../policies/checks/certificate/facts.ts';
import type { Host } from '../host/host.ts';
import { readCaa } from './certificate/caa.ts';
import { CertificateFile, readCertificateFile } from './certificate/files.ts';
import { readNamed } from './certificate/named.ts';
import { countRoots, withTrust, type Probed } from './certificate/trust.ts';
import { defineCollector, type CollectContext } from './collector.ts';
import { endpointSettings } from './endpoint-settings.ts';
import { identityOf, inventory, probeEach, type Asked } from './endpoints.ts';
import { sharedRoots, sharedStages } from './stages.ts';

/** DNS servers to ask for CAA records; left out: those of the host's own configuration. */
const resolvers = z
  .array(z.string().max(100).refine(isResolver, 'expected an address, such as 192.0.2.53 or [2001:db8::53]:5353'))
  .min(1)
  .max(4)
  .optional();

const certificateFiles = z.array(CertificateFile).max(1000).default([]);

/** Asks every endpoint for its certificates, for each declared name and without one, and reads those in files. */
export const certificateCollector = defineCollector({
  kind: 'certificate',
  settings: z.object({ ...endpointSettings, certificateFiles, resolvers }),
  parameters: CertificateParameters,
  async collect(context, settings, wanted): Promise<AllCertificates> {
    const { endpoints, listening, signal } = await inventory(context, settings);
    const asked = endpoints.flatMap((endpoint): Asked[] =>
      [undefined, ...endpoint.names].map((name) => ({ endpoint, name })),
    );
    const probed = await probeEach(asked, signal, (one, deadline) => probe(context, settings, one, deadline));
    const files = await readFiles(context.host, settings.certificateFiles);
    const facts: AllCertificates = { listening, endpoints: probed.map((one) => one.facts), files };
    if (wanted.some(({ loaded }) => loaded)) facts.named = await readNamed(context, endpoints);
    if (wanted.some(({ caa }) => caa)) {
      const options = settings.resolvers === undefined ? { signal } : { signal, resolvers: settings.resolvers };
      facts.caa = await readCaa(context.host, facts.endpoints, options);
    }
    if (wanted.every(({ trusted }) => trusted === undefined)) return facts;
    const stores = await sharedRoots(context, settings);
    return { ...facts, endpoints: withTrust(probed, stores), roots: countRoots(stores) };
  },
});

async function probe(
  context: CollectContext,
  settings: { readonly trustedRoots: readonly string[] },
  asked: Asked,
  signal: AbortSignal,
): Promise<Probed> {
  const stages = await sharedStages(context, settings, asked, signal);
  const scan = await stages.certificates();
  const identity = identityOf(asked);
  if (scan.speaks !== 'tls') return { facts: { ...identity, ...scan }, chains: new Map() };
  const through = scan.starttls === undefined ? {} : { starttls: scan.starttls };
  const { served, unanswered } = scan;
  return {
    facts: { ...identity, ...through, speaks: 'tls', served, unanswered },
    chains: await stages.chains(),
  };
}

/** Each path once, sorted. */
function readFiles(host: Host, files: readonly CertificateFile[]): Promise<AllCertificates['files']> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const sorted = [...byPath].sort(([a], [b]) => (a < b ? -1 : 1));
  return Promise.all(
    sorted.map(async ([path, file]) => ({ path, certificates: await readCertificateFile(host, file) })),
  );
}

/** An address with or without a port, as `dns.setServers` takes it. */
function isResolver(text: string): boolean {
  if (isIP(text) !== 0) return true;
  const match = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+)):([1-9]\d{0,4})$/i.exec(text);
  return match !== null && isIP(match[1] ?? match[2] ?? '') !== 0 && Number(match[3]) < 65_536;
}
