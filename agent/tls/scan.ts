import type { Host } from '../host/host.ts';
import type { StarttlsName } from '../../policies/checks/endpoints.ts';
import type { Grounds } from '../../policies/checks/tls/grounds.ts';
import { scanCertificates, type CertificateHarvest, type CertificateScan } from './certificates.ts';
import { settleLine, type Line } from './dial.ts';
import { Earlier } from './earlier.ts';
import { groundsOf, type Once } from './grounds.ts';
import type { Starttls } from './starttls/starttls.ts';
import { loadRoots, type RootStores } from './trust/roots.ts';
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

/** The same, with what a letter is given for. */
export type GroundedScan =
  Exclude<EndpointScan, { speaks: 'tls' }> | (Extract<EndpointScan, { speaks: 'tls' }> & { readonly grounds: Grounds });

/** What can be told of one endpoint, in stages of which each rests on the one before it; each is scanned when it is first asked for, and once. */
export interface EndpointStages {
  /** Which versions it accepts. */
  versions(): Promise<Through & VersionScan>;
  /** And every certificate it serves. */
  certificates(): Promise<EndpointScan>;
  /** Those as they were sent: by the leaf's fingerprint in DER, leaf first. */
  chains(): Promise<CertificateHarvest['chains']>;
  /** And what a letter is given for. */
  grounds(): Promise<GroundedScan>;
}

export interface StageOptions extends ScanOptions {
  /** Where ways to a root may end; read when they are first needed. */
  readonly roots?: () => Promise<RootStores>;
  /** Where names on one address share what is the same for all of them; each name is scanned by itself where left out. */
  readonly once?: Once;
}

/** Never throws for what the server does. Each stage has the time of a whole endpoint. */
export function stagesOf(host: Host, target: ScanTarget, options: StageOptions = {}): EndpointStages {
  const settled = lazily(() => settleLine(lineTo(host, target, options)));
  const line = async (): Promise<Line> => {
    const { starttls, ...direct } = lineTo(host, target, options);
    return (await settled()).starttls === undefined || starttls === undefined ? direct : { ...direct, starttls };
  };
  const earlier = new Earlier();
  const versions = lazily(async () => {
    const found = await settled();
    return { ...through(found), ...(await scanVersions(found, earlier)) };
  });
  const harvest = lazily(async () => {
    const found = await versions();
    return found.speaks === 'tls' ? scanCertificates(await line(), found.versions, earlier) : undefined;
  });
  const certificates = lazily(async (): Promise<EndpointScan> => {
    const [found, harvested] = [await versions(), await harvest()];
    if (found.speaks !== 'tls') return found;
    return { ...found, served: harvested?.served ?? [], unanswered: harvested?.unanswered ?? [] };
  });
  const grounds = lazily(async (): Promise<GroundedScan> => {
    const [found, harvested] = [await certificates(), await harvest()];
    if (found.speaks !== 'tls' || harvested === undefined) return found as Exclude<EndpointScan, { speaks: 'tls' }>;
    const once: Once = options.once ?? ((_, make) => make());
    const roots = (await options.roots?.()) ?? (await loadRoots(host, []));
    return {
      ...found,
      grounds: await groundsOf(await line(), { versions: found.versions, harvest: harvested, earlier }, roots, once),
    };
  });
  const chains = async (): Promise<CertificateHarvest['chains']> => (await harvest())?.chains ?? new Map();
  return { versions, certificates, chains, grounds };
}

/**
 * An endpoint's versions and certificates.
 *
 * @example
 *   const facts = await scanEndpoint(new LocalHost(), { address: '127.0.0.1', port: 443, name: 'www.example.nl' });
 */
export function scanEndpoint(host: Host, target: ScanTarget, options: StageOptions = {}): Promise<EndpointScan> {
  return stagesOf(host, target, options).certificates();
}

/** Everything that this scanner can tell of an endpoint. */
export function scanGrounds(host: Host, target: ScanTarget, options: StageOptions = {}): Promise<GroundedScan> {
  return stagesOf(host, target, options).grounds();
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
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
