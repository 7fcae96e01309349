import { hash, X509Certificate, type KeyObject } from 'node:crypto';
import { EvidenceError } from '../error.ts';
import { isStrongSignature } from './algorithms.ts';
import { anyPurpose, describe, nameOf, profileOf, timeStamping, type CertificateProfile } from './certificate.ts';

/** From a signer's certificate to one that is trusted, both counted. */
type Way = readonly X509Certificate[];

/** Certificates on a way; and how many links are tried, however many certificates a token brings. */
const longestWay = 6;
const maximumTries = 100;

/** Ways are kept for so many sets of certificates: the tokens of one authority bring the same for years. */
const rememberedSets = 100;

const pemBlock = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** The timestamp authorities that somebody trusts: certificates that vouch for those of the signers. */
export class Authorities {
  readonly #trusted: readonly X509Certificate[];
  readonly #remembered = new Map<string, readonly Way[]>();

  /**
   * @param pems PEM texts, each of one certificate or more: all of them are trusted
   * @throws EvidenceError `authority.malformed`
   */
  constructor(pems: readonly string[]) {
    this.#trusted = pems.flatMap(parseCertificates);
  }

  /**
   * Finds the authority that vouches for a signer of time stamps.
   * @param others certificates that may lie between the two
   * @param at at which all of them must have been valid: a token outlives the certificate it was signed with
   * @returns its name; undefined where none that is trusted does
   * @throws EvidenceError `timestamp.certificate` where one did that may not, or at another time, or for another use
   */
  nameFor(signer: X509Certificate, others: readonly X509Certificate[], at: Date): string | undefined {
    let complaint: string | undefined;
    for (const way of this.#waysFrom(signer, others)) {
      const problem = problemOf(way, at);
      const end = way.at(-1);
      if (problem === undefined && end !== undefined) return nameOf(end);
      complaint ??= problem;
    }
    if (complaint !== undefined) throw new EvidenceError('timestamp.certificate', complaint);
    return undefined;
  }

  #waysFrom(signer: X509Certificate, others: readonly X509Certificate[]): readonly Way[] {
    const set = hash('sha256', Buffer.concat([signer, ...others].map(({ raw }) => raw)));
    const remembered = this.#remembered.get(set);
    if (remembered !== undefined) return remembered;
    const ways = [...findWays(signer, others, this.#trusted)];
    if (this.#remembered.size >= rememberedSets) this.#remembered.clear();
    this.#remembered.set(set, ways);
    return ways;
  }
}

/** Every way of names and signatures that ends at a certificate of the trusted ones. */
function* findWays(
  signer: X509Certificate,
  others: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
): Iterable<Way> {
  let tries = 0;
  const open: Way[] = [[signer]];
  for (let way = open.shift(); way !== undefined; way = open.shift()) {
    const [end] = way.slice(-1);
    if (end === undefined) continue;
    if (trusted.some(({ raw }) => raw.equals(end.raw))) {
      yield way;
      continue;
    }
    if (way.length >= longestWay) continue;
    for (const issuer of [...trusted, ...others]) {
      if (way.some(({ raw }) => raw.equals(issuer.raw)) || !end.checkIssued(issuer)) continue;
      if (++tries > maximumTries) return;
      if (isSigned(end, issuer)) open.push([...way, issuer]);
    }
  }
}

function isSigned(certificate: X509Certificate, issuer: X509Certificate): boolean {
  const key = publicKeyOf(issuer);
  return key !== undefined && certificate.verify(key);
}

/** Undefined for a kind of key that OpenSSL does not know. */
function publicKeyOf(certificate: X509Certificate): KeyObject | undefined {
  try {
    return certificate.publicKey;
  } catch {
    return undefined;
  }
}

/** What stands against a way (RFC 5280 6.1), as far as it can be told without a network: revocation is not looked at. */
function problemOf(way: Way, at: Date): string | undefined {
  for (const [place, certificate] of way.entries()) {
    const isEnd = place === way.length - 1;
    if (at < certificate.validFromDate || at > certificate.validToDate) {
      return `${describe(certificate)} was not valid at ${at.toISOString()} (from ${certificate.validFromDate.toISOString()} to ${certificate.validToDate.toISOString()})`;
    }
    if (!isEnd && !isStrongSignature(certificate.signatureAlgorithmOid)) {
      return `${describe(certificate)} was itself signed by an algorithm that is not known or not safe`;
    }
    const profile = profileOf(certificate);
    const problem = place === 0 ? undefined : issuerProblem(profile, { below: place - 1, isEnd });
    const unknown = profile.unknownCritical && `has a critical extension not known here (${profile.unknownCritical})`;
    if (problem !== undefined || unknown !== undefined) return `${describe(certificate)} ${problem ?? unknown ?? ''}`;
  }
  return undefined;
}

/** @param below certificates between it and the signer */
function issuerProblem(
  { isAuthority, pathLength = Infinity, purposes = [anyPurpose] }: CertificateProfile,
  { below, isEnd }: { below: number; isEnd: boolean },
): string | undefined {
  if (!isAuthority) return 'is no certification authority';
  if (below > pathLength) return 'allows no certificate that far below it';
  const isAllowed = isEnd || purposes.some((purpose) => purpose === timeStamping || purpose === anyPurpose);
  return isAllowed ? undefined : 'may not vouch for time stamps';
}

function parseCertificates(pem: string): X509Certificate[] {
  const blocks = pem.match(pemBlock) ?? [];
  if (blocks.length === 0) throw new EvidenceError('authority.malformed', 'expected a certificate in PEM');
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw new EvidenceError('authority.malformed', `certificate ${index + 1} of the PEM text is none`);
    }
  });
}
