import type { Host } from '../host/host.ts';
import { scanCertificates, type CertificateScan } from './certificates.ts';
import type { Line } from './dial.ts';
import { scanVersions, type VersionScan } from './versions.ts';

export interface ScanTarget {
  /** An address or a name to connect to. */
  readonly address: string;
  readonly port: number;
  /** The host name to ask for with SNI: without a trailing dot, never an address. */
  readonly name?: string;
}

export interface ScanOptions {
  readonly signal?: AbortSignal;
  /** Seconds for connecting, and again for each answer; 5 unless said. */
  readonly stepSeconds?: number;
  /** Seconds for the whole endpoint; 20 unless said. What was not asked by then is unknown. */
  readonly endpointSeconds?: number;
}

/** An endpoint's versions and, where it speaks TLS, its certificates. */
export type EndpointScan =
  Exclude<VersionScan, { speaks: 'tls' }> | (Extract<VersionScan, { speaks: 'tls' }> & CertificateScan);

/**
 * Everything this scanner can tell of one endpoint. Never throws for what the server does.
 *
 * @example
 *   const facts = await scanEndpoint(new LocalHost(), { address: '127.0.0.1', port: 443, name: 'www.example.nl' });
 */
export async function scanEndpoint(host: Host, target: ScanTarget, options: ScanOptions = {}): Promise<EndpointScan> {
  const line = lineTo(host, target, options);
  const versions = await scanVersions(line);
  if (versions.speaks !== 'tls') return versions;
  return { ...versions, ...(await scanCertificates(line, versions.versions)) };
}

/** Only which versions an endpoint accepts. */
export function scanEndpointVersions(host: Host, target: ScanTarget, options: ScanOptions = {}): Promise<VersionScan> {
  return scanVersions(lineTo(host, target, options));
}

function lineTo(host: Host, target: ScanTarget, options: ScanOptions): Line {
  const deadline = AbortSignal.timeout((options.endpointSeconds ?? 20) * 1000);
  return {
    host,
    ...target,
    signal: options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline]),
    stepSeconds: options.stepSeconds ?? 5,
  };
}
