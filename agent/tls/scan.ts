import type { Host } from '../host/host.ts';
import { scanCertificates, type CertificateScan } from './certificates.ts';
import type { StarttlsName } from '../../policies/checks/endpoints.ts';
import { settleLine, type Line } from './dial.ts';
import type { Starttls } from './starttls/starttls.ts';
import { scanVersions, type VersionScan } from './versions.ts';

export interface ScanTarget {
  /** An address or a name to connect to. */
  readonly address: string;
  readonly port: number;
  /** The host name to ask for with SNI: without a trailing dot, never an address. */
  readonly name?: string;
  /** How to come to TLS, where it begins in plain text. */
  readonly starttls?: Starttls;
}

/** The protocol in which it began, in plain text; left out where it was asked from the first byte in TLS. */
export interface Through {
  readonly starttls?: StarttlsName;
}

export interface ScanOptions {
  readonly signal?: AbortSignal;
  /** Seconds for connecting, and again for each answer; 5 unless said. */
  readonly stepSeconds?: number;
  /**
   * Seconds for the whole endpoint; 20 unless said, and 45 where it begins in plain text and may be slow to greet. What
   * was not asked by then is unknown.
   */
  readonly endpointSeconds?: number;
}

/** An endpoint's versions and, where it speaks TLS, its certificates. */
export type EndpointScan = Through &
  (Exclude<VersionScan, { speaks: 'tls' }> | (Extract<VersionScan, { speaks: 'tls' }> & CertificateScan));

/**
 * Everything this scanner can tell of one endpoint. Never throws for what the server does.
 *
 * @example
 *   const facts = await scanEndpoint(new LocalHost(), { address: '127.0.0.1', port: 443, name: 'www.example.nl' });
 */
export async function scanEndpoint(host: Host, target: ScanTarget, options: ScanOptions = {}): Promise<EndpointScan> {
  const line = await settleLine(lineTo(host, target, options));
  const versions = { ...through(line), ...(await scanVersions(line)) };
  if (versions.speaks !== 'tls') return versions;
  return { ...versions, ...(await scanCertificates(line, versions.versions)) };
}

/** Only which versions an endpoint accepts. */
export async function scanEndpointVersions(
  host: Host,
  target: ScanTarget,
  options: ScanOptions = {},
): Promise<Through & VersionScan> {
  const line = await settleLine(lineTo(host, target, options));
  return { ...through(line), ...(await scanVersions(line)) };
}

function through({ starttls }: Line): Through {
  return starttls === undefined ? {} : { starttls: starttls.protocol };
}

function lineTo(host: Host, target: ScanTarget, options: ScanOptions): Line {
  const usualSeconds = target.starttls === undefined ? 20 : 45;
  const deadline = AbortSignal.timeout((options.endpointSeconds ?? usualSeconds) * 1000);
  return {
    host,
    ...target,
    signal: options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline]),
    stepSeconds: options.stepSeconds ?? 5,
  };
}
