import type { X509Certificate } from 'node:crypto';
import type { Trust, TrustPath } from '../../../policies/checks/tls/trust.ts';
import { Malformed } from '../../../evidence/der/bytes.ts';
import { isSelfSigned, parseLink, type Link } from './link.ts';
import { Roots, type RootStores } from './roots.ts';
import { findWays, type Fault, type Found, type Ground, type Way } from './ways.ts';

/**
 * Which ways lead from a served leaf to roots that are trusted. Moments are left to the judge: an expired cross-sign
 * is one way among others.
 *
 * @param chain what the server sent beside the leaf, in its order; it may hold anything
 * @example
 *   const stores = await loadRoots(host, ['/etc/ssl/private-ca.pem']);
 *   const { system, obstacle } = trustOf(leaf, chain, stores);
 */
export function trustOf(leaf: X509Certificate, chain: readonly X509Certificate[], stores: RootStores): Trust {
  const first = tryParse(leaf);
  const sent = chain.map(tryParse);
  if (first === undefined)
    return withoutWays('unverifiable', { ordered: false, needless: chain.length, holdsRoot: false });
  const links = sent.filter((link) => link !== undefined);
  const bare = findWays(first, groundOf(links, stores));
  const helped = hasWays(bare) ? bare : findWays(first, groundOf([...links, ...stores.intermediates], stores));
  const found = hasWays(helped) ? helped : bare;
  const used = new Set(Object.values(found.ways).flatMap((ways) => ways.flat().map(({ fingerprint }) => fingerprint)));
  const distinct = new Set(links.map(({ fingerprint }) => fingerprint)).difference(new Set([first.fingerprint]));
  const described = {
    ordered: links.length === sent.length && isOrdered([first, ...links]),
    needless: chain.length - distinct.intersection(used).size,
    holdsRoot: links.some(isSelfSigned),
  };
  if (!hasWays(found)) {
    const faults = bare.faults.union(helped.faults);
    // What was sent and not understood may be the issuer.
    const all = links.length < sent.length ? faults.union(new Set<Fault>(['unverifiable'])) : faults;
    return withoutWays(obstacleOf(first, links, all, stores), described);
  }
  return {
    system: describeWays(found.ways.system),
    configured: describeWays(found.ways.configured),
    obstacle: null,
    chain: { ...described, lacksIntermediate: found !== bare },
  };
}

function withoutWays(obstacle: Fault, chain: Omit<Trust['chain'], 'lacksIntermediate'>): Trust {
  return {
    system: [],
    configured: [],
    obstacle,
    chain: { ...chain, lacksIntermediate: obstacle === 'incomplete-chain' },
  };
}

function tryParse(certificate: X509Certificate): Link | undefined {
  try {
    return parseLink(certificate);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

const noRoots = new Roots([]);

function groundOf(between: readonly Link[], { system, configured, signatures }: RootStores): Ground {
  return {
    roots: {
      system: system.state === 'read' ? system.value : noRoots,
      configured: configured.state === 'read' ? configured.value : noRoots,
    },
    between: Map.groupBy(between, ({ subject }) => subject),
    signatures,
  };
}

function hasWays({ ways }: Found): boolean {
  return ways.system.length > 0 || ways.configured.length > 0;
}

/** What is told of several faults, from first to last. */
const faultsByWeight: readonly Fault[] = [
  'unverifiable',
  'bad-signature',
  'not-a-ca',
  'path-length',
  'name-constraints',
  'critical-extension',
  'wrong-purpose',
];

function obstacleOf(leaf: Link, sent: readonly Link[], faults: ReadonlySet<Fault>, stores: RootStores): Fault {
  // A root that was not read may be the very one.
  if (stores.system.state === 'unreadable' || stores.configured.state === 'unreadable') return 'no-roots';
  const fault = faultsByWeight.find((candidate) => faults.has(candidate));
  if (fault !== undefined) return fault;
  if (isSelfSigned(leaf)) return 'self-signed';
  return lacksKnownIssuer([leaf, ...sent], stores.intermediates) ? 'incomplete-chain' : 'unknown-issuer';
}

/** Whether the issuer of one of these was not sent, and is known from elsewhere. */
function lacksKnownIssuer(links: readonly Link[], intermediates: readonly Link[]): boolean {
  const sent = new Set(links.map(({ subject }) => subject));
  return links.some(({ issuer }) => !sent.has(issuer) && intermediates.some(({ subject }) => subject === issuer));
}

/** Whether each certifies the one before it (RFC 5246 7.4.2); TLS 1.3 no longer demands it. */
function isOrdered(links: readonly Link[]): boolean {
  return links.every((link, index) => {
    const before = links[index - 1];
    return before === undefined || (before.issuer === link.subject && before.fingerprint !== link.fingerprint);
  });
}

const maximumWays = 16;

/** The longest to last first where there are more than are kept; then the shortest first. */
function describeWays(ways: readonly Way[]): TrustPath[] {
  const described = ways.map(describeWay);
  const kept = described.toSorted((a, b) => compareText(b.notAfter, a.notAfter)).slice(0, maximumWays);
  return kept.sort(
    (a, b) =>
      a.fingerprints.length - b.fingerprints.length || compareText(a.fingerprints.join(), b.fingerprints.join()),
  );
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function describeWay(way: Way): TrustPath {
  const begins = Math.max(...way.map(({ notBefore }) => notBefore.getTime()));
  const ends = Math.min(...way.map(({ notAfter }) => notAfter.getTime()));
  const hashes = way.slice(0, -1).map(({ signatureHash }) => signatureHash);
  return {
    fingerprints: way.map(({ fingerprint }) => fingerprint),
    notBefore: new Date(begins).toISOString(),
    notAfter: new Date(ends).toISOString(),
    weakSignature: hashes.includes('MD5') ? 'MD5' : hashes.includes('SHA-1') ? 'SHA-1' : 'none',
  };
}
