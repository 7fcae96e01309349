import type { Trust } from '../../../policies/checks/tls/trust.ts';
import { isSelfIssued, isSelfSigned, publicKeyOf, type Link } from './link.ts';
import { allows } from './name-constraints.ts';
import type { Roots } from './roots.ts';

/** From the leaf to the root, both included. */
export type Way = readonly Link[];
export type Store = 'system' | 'configured';
/** What keeps a certificate from being another's issuer. */
export type Fault = Exclude<Trust['obstacle'], null>;

/** Roots, and the certificates that may stand between by the hex of their subject. */
export interface Ground {
  readonly roots: Readonly<Record<Store, Pick<Roots, 'named'>>>;
  readonly between: ReadonlyMap<string, readonly Link[]>;
  /** Remembers which signatures of certificates other than leaves hold. */
  readonly signatures: Map<string, boolean>;
}

export interface Found {
  readonly ways: Readonly<Record<Store, readonly Way[]>>;
  readonly faults: ReadonlySet<Fault>;
}

/** Certificates on a way, and issuers looked at in one search: a server decides how much it sends, not how much is done for it. */
const maximumLength = 10;
const maximumSteps = 500;

/**
 * Every way from a leaf over what lies between to a root, whatever the moment (RFC 5280 6.1, but for validity,
 * revocation and policies). Of a certificate in a store nothing is asked but that it may issue.
 */
export function findWays(leaf: Link, ground: Ground): Found {
  const ways: Record<Store, Way[]> = { system: [], configured: [] };
  const faults = new Set<Fault>();
  let steps = 0;

  function follow(way: Way, open: readonly Store[]): void {
    for (const issuer of issuersOf(way, ground)) {
      if (++steps > maximumSteps || way.length >= maximumLength) {
        faults.add('unverifiable');
        return;
      }
      const fault = faultOf(way, issuer, ground.signatures);
      if (fault === 'another-key') continue;
      if (fault !== undefined) {
        faults.add(fault);
        continue;
      }
      const longer = [...way, issuer];
      const reached = open.filter((store) => isRoot(issuer, store, ground));
      for (const store of reached) ways[store].push(longer);
      const stillOpen = open.filter((store) => !reached.includes(store));
      if (stillOpen.length > 0 && !isSelfSigned(issuer)) follow(longer, stillOpen);
    }
  }

  const stores = ['system', 'configured'] as const;
  const trustedItself = stores.filter((store) => isRoot(leaf, store, ground));
  for (const store of trustedItself) ways[store].push([leaf]);
  const fault = faultOfLeaf(leaf);
  if (fault !== undefined) return { ways: { system: [], configured: [] }, faults: new Set([fault]) };
  follow(
    [leaf],
    stores.filter((store) => !trustedItself.includes(store)),
  );
  return { ways, faults };
}

function isRoot(link: Link, store: Store, { roots }: Ground): boolean {
  return roots[store].named(link.subject).some(({ fingerprint }) => fingerprint === link.fingerprint);
}

/** Certificates of the issuer's name that are not on the way yet, those with the wanted key identifier first. */
function issuersOf(way: Way, { roots, between }: Ground): Link[] {
  const last = way.at(-1);
  if (last === undefined) return [];
  const named = [
    ...roots.system.named(last.issuer),
    ...roots.configured.named(last.issuer),
    ...(between.get(last.issuer) ?? []),
  ];
  const isNew = (link: Link): boolean =>
    !way.some(({ subject, publicKeyInfo }) => subject === link.subject && publicKeyInfo === link.publicKeyInfo);
  const rank = (link: Link): number => (link.subjectKeyId === last.authorityKeyId ? 0 : 1);
  return [...new Map(named.filter(isNew).map((link) => [link.fingerprint, link])).values()].sort(
    (a, b) => rank(a) - rank(b) || (a.fingerprint < b.fingerprint ? -1 : 1),
  );
}

const serverAuthentication = '1.3.6.1.5.5.7.3.1';
const anyPurpose = '2.5.29.37.0';

function faultOfLeaf(leaf: Link): Fault | undefined {
  if (leaf.hasUnknownCritical) return 'critical-extension';
  return mayServe(leaf) ? undefined : 'wrong-purpose';
}

/** Extended key usage of an issuer limits what stands below it, as browsers and OpenSSL have it. */
function mayServe({ purposes }: Link): boolean {
  return purposes === undefined || purposes.includes(serverAuthentication) || purposes.includes(anyPurpose);
}

/** Why this certificate may not be the issuer of the way's last one; `another-key`: it only bears the same name. */
function faultOf(way: Way, issuer: Link, signatures: Map<string, boolean>): Fault | 'another-key' | undefined {
  const last = way.at(-1);
  if (last === undefined) return undefined;
  const signature = checkSignature(last, issuer, way.length > 1 ? signatures : undefined);
  if (signature !== undefined) return signature;
  if (!mayIssue(issuer)) return 'not-a-ca';
  const between = way.slice(1).filter((link) => !isSelfIssued(link)).length;
  if (between > (issuer.basicConstraints?.pathLength ?? Infinity)) return 'path-length';
  if (issuer.hasUnknownCritical) return 'critical-extension';
  if (!mayServe(issuer)) return 'wrong-purpose';
  const names = way.flatMap((link, index) => (index > 0 && isSelfIssued(link) ? [] : link.names));
  if (issuer.nameConstraints !== undefined && !allows(issuer.nameConstraints, names)) return 'name-constraints';
  return undefined;
}

/** Certificates older than version 3 cannot say that they are a CA's; such a one is an issuer only where it is a root. */
function mayIssue({ version, basicConstraints, signsCertificates, subject, issuer }: Link): boolean {
  if (signsCertificates === false) return false;
  return version < 3 ? subject === issuer : basicConstraints?.ca === true;
}

function checkSignature(
  child: Link,
  issuer: Link,
  known: Map<string, boolean> | undefined,
): Fault | 'another-key' | undefined {
  const isOtherKey =
    child.authorityKeyId !== undefined &&
    issuer.subjectKeyId !== undefined &&
    child.authorityKeyId !== issuer.subjectKeyId;
  if (['unknown', 'MD2', 'MD4'].includes(child.signatureHash)) return 'unverifiable';
  const key = publicKeyOf(issuer);
  if (key === undefined) return 'unverifiable';
  const pair = `${child.fingerprint} ${issuer.fingerprint}`;
  const holds = known?.get(pair) ?? child.certificate.verify(key);
  known?.set(pair, holds);
  if (holds) return undefined;
  return isOtherKey ? 'another-key' : 'bad-signature';
}
