import { z } from 'zod';
import { isAhead, isOlder } from '../moments.ts';
import { Duration, isFuture, secondsBetween } from '../quantities.ts';
import { obstacleReason } from '../reading.ts';
import { reasonsFrom, type Catalogue, type Reason } from '../reasons.ts';
import { caaReasons, judgeCaa, servedNames } from './certificate/caa.ts';
import {
  AllCertificates,
  type CertificateFacts,
  type CertificateFile,
  type ServingEndpoint,
} from './certificate/facts.ts';
import { judgeLoaded, loadedReasons } from './certificate/loaded.ts';
import { judgeName, nameless, nameReasons } from './certificate/names.ts';
import { judgeTrust, trustReasons } from './certificate/trust.ts';
import {
  doubtText,
  endpointReasons,
  endpointSubject,
  judgeListening,
  judgeWithoutTls,
  noEndpoints,
} from './endpoints.ts';
import { defineCheckKind } from './kind.ts';

export const CertificateParameters = z.strictObject({
  /** The longest span that a certificate may be valid for. */
  maximumValidity: Duration.prefault('365d'),
  /** A span that holds the whole of a 29 February may be one day longer. */
  leapDay: z.boolean().default(true),
  /** Bits of an RSA or DSA modulus. */
  minimumRsaBits: z.int().min(512).max(16_384).default(2048),
  /** Bits of an elliptic curve. 224 equals RSA 2048 (NIST SP 800-57 part 1, table 2). */
  minimumEcBits: z.int().min(112).max(521).default(224),
  /** A certificate that ends within this time fails. Left out: only an expired one does. */
  renewBefore: Duration.optional(),
  /** What is served for a name must be for that name. */
  nameMatches: z.literal(true).optional(),
  /** What is served must lead to a root of the system's, or of agent.yaml's as well (`true`). */
  trusted: z.union([z.literal(true), z.literal('system')]).optional(),
  /** What is served must be what the file holds that the server's configuration names. */
  loaded: z.literal(true).optional(),
  /** For every name that is served, CAA records must say which CAs may issue. */
  caa: z.literal(true).optional(),
});
type Parameters = z.output<typeof CertificateParameters>;

export const certificateReasons = {
  'certificate.too-long': {
    verdict: 'fail',
    en: '{certificate} is valid for {validity|duration}; at most {maximum|duration} is allowed',
    nl: '{certificate} is {validity|duration} geldig; hoogstens {maximum|duration} mag',
  },
  'certificate.expired': {
    verdict: 'fail',
    en: '{certificate} expired on {notAfter|moment}',
    nl: '{certificate} is verlopen op {notAfter|moment}',
  },
  'certificate.not-yet-valid': {
    verdict: 'fail',
    en: '{certificate} only becomes valid on {notBefore|moment}',
    nl: '{certificate} wordt pas geldig op {notBefore|moment}',
  },
  'certificate.clock-doubt': {
    verdict: 'unknown',
    en: '{certificate} becomes valid on {notBefore|moment}, so near that clocks may differ on it',
    nl: '{certificate} wordt geldig op {notBefore|moment}, zo dichtbij dat klokken erover kunnen verschillen',
  },
  'certificate.renewal-due': {
    verdict: 'fail',
    en: '{certificate} ends on {notAfter|moment}; it must be renewed {renewBefore|duration} before',
    nl: '{certificate} eindigt op {notAfter|moment}; het moet {renewBefore|duration} eerder vernieuwd zijn',
  },
  'certificate.weak-key': {
    verdict: 'fail',
    en: '{certificate} has a key of {bits} bits; at least {minimum} is required for {kind}',
    nl: '{certificate} heeft een sleutel van {bits} bits; voor {kind} zijn er minstens {minimum} nodig',
  },
  'certificate.unknown-key': {
    verdict: 'unknown',
    en: '{certificate} has a key of a kind that is not known here ({kind})',
    nl: '{certificate} heeft een sleutel van een soort die hier niet bekend is ({kind})',
  },
  'certificate.weak-exponent': {
    verdict: 'fail',
    en: '{certificate} has an RSA key with the public exponent {exponent}; expected an odd one of 3 or more',
    nl: '{certificate} heeft een RSA-sleutel met publieke exponent {exponent}; verwacht was een oneven van 3 of hoger',
  },
  'certificate.divisible-modulus': {
    verdict: 'fail',
    en: '{certificate} has an RSA key whose modulus {divisor} divides: anyone can take it apart',
    nl: '{certificate} heeft een RSA-sleutel waarvan de modulus deelbaar is door {divisor}: iedereen kan haar ontbinden',
  },
  'certificate.weak-signature': {
    verdict: 'fail',
    en: '{certificate} is signed with {algorithm}, which rests on the broken {hash}',
    nl: '{certificate} is ondertekend met {algorithm}, dat op het gebroken {hash} rust',
  },
  'certificate.unknown-signature': {
    verdict: 'unknown',
    en: '{certificate} is signed with {algorithm}, which is not known here',
    nl: '{certificate} is ondertekend met {algorithm}, dat hier niet bekend is',
  },
  'certificate.good': {
    verdict: 'pass',
    en: '{certificate} is valid from {notBefore|moment} through {notAfter|moment}: {validity|duration} of at most {maximum|duration}',
    nl: '{certificate} is geldig van {notBefore|moment} tot en met {notAfter|moment}: {validity|duration} van hoogstens {maximum|duration}',
  },
  'certificate.good-ca': {
    verdict: 'pass',
    en: '{certificate} is of a CA and valid through {notAfter|moment}; how long a CA is valid is not judged',
    nl: '{certificate} is van een CA en geldig tot en met {notAfter|moment}; hoe lang een CA geldig is, wordt niet beoordeeld',
  },
  'certificate.unanswered': {
    verdict: 'unknown',
    en: 'gave no clear answer when asked for a certificate with {asked} ({why})',
    nl: 'gaf geen duidelijk antwoord op de vraag naar een certificaat met {asked} ({why})',
  },
  'certificate.none-seen': {
    verdict: 'unknown',
    en: 'speaks TLS but showed no certificate; if it serves names only, declare them in agent.yaml ("names")',
    nl: 'spreekt TLS maar liet geen certificaat zien; bedient het alleen namen, geef ze dan op in agent.yaml ("names")',
  },
  ...nameReasons,
  ...trustReasons,
  ...loadedReasons,
  ...caaReasons,
  ...endpointReasons,
} as const satisfies Catalogue;

const because = reasonsFrom(certificateReasons);

/** The certificates that a host serves and keeps: how long they are valid, and how strong they are. */
export const certificate = defineCheckKind({
  name: 'certificate',
  parameters: CertificateParameters,
  facts: AllCertificates,
  reasons: certificateReasons,
  judge({ listening, endpoints, files, roots, named, caa }, parameters, at) {
    const withNames = new Set(endpoints.flatMap(({ endpoint, name }) => (name === undefined ? [] : [endpoint])));
    const demands = { parameters, roots, named, withNames, at };
    const reasons = [
      ...endpoints.flatMap((facts) => (facts.speaks === 'tls' ? judgeServing(facts, demands) : judgeWithoutTls(facts))),
      ...files.flatMap((file) => judgeFile(file, parameters, at)),
      ...(parameters.caa ? judgeCaa(servedNames(endpoints), caa) : []),
      ...judgeListening(listening),
    ];
    return reasons.length > 0 ? reasons : [noEndpoints()];
  },
});

interface Demands {
  readonly parameters: Parameters;
  readonly roots: AllCertificates['roots'];
  readonly named: AllCertificates['named'];
  /** Labels of endpoints that are asked for names. */
  readonly withNames: ReadonlySet<string>;
  readonly at: Date;
}

function judgeServing(facts: z.output<typeof ServingEndpoint>, demands: Demands): Reason[] {
  const { parameters, withNames, at } = demands;
  const subject = endpointSubject(facts);
  const { served, unanswered } = facts;
  // A server of names that turns away whoever gives none has nothing to show without one.
  const turnsAway = served.length === 0 && unanswered.every(({ why }) => why.what === 'alert');
  if (facts.name === undefined && withNames.has(facts.endpoint) && turnsAway) return [];
  const reasons = [
    ...served.flatMap(({ leaf }) => judgeCertificate(leaf, 'leaf', subject, parameters, at)),
    ...unanswered.map(({ asked, why }) => because('certificate.unanswered', { asked, why: doubtText(why) }, subject)),
  ];
  if (reasons.length === 0) return [because('certificate.none-seen', {}, subject)];
  return [...reasons, ...judgeService(facts, subject, demands)];
}

/** What a policy may demand of a certificate in its place: that it is for the name, trusted, and the newest one. */
function judgeService(facts: z.output<typeof ServingEndpoint>, subject: string, demands: Demands): Reason[] {
  const { parameters, roots, named, withNames, at } = demands;
  const { name, served } = facts;
  const reasons: Reason[] = [];
  if (parameters.nameMatches && name !== undefined) {
    reasons.push(...served.map(({ leaf }) => judgeName(leaf, name, describe(leaf), subject)));
  }
  // Who gives no name to an endpoint with names is shown one of theirs.
  if (parameters.nameMatches && name === undefined && !withNames.has(facts.endpoint)) reasons.push(nameless(subject));
  const { trusted } = parameters;
  if (trusted !== undefined) {
    const trusting = { demand: trusted, roots, at };
    reasons.push(...served.flatMap(({ leaf, trust }) => judgeTrust(trust, trusting, describe(leaf), subject)));
  }
  const isNamed = named?.some((file) => file.endpoint === facts.endpoint && file.name === name) === true;
  if (parameters.loaded && (isNamed || name !== undefined || !withNames.has(facts.endpoint))) {
    const here = { ...facts, leaves: served.map(({ leaf }) => leaf), isWhole: facts.unanswered.length === 0 };
    reasons.push(...judgeLoaded(here, named ?? []));
  }
  return reasons;
}

/** In a file, the leaves are judged; only where it holds none, its CA certificates, and not on their length of validity. */
function judgeFile(file: z.output<typeof CertificateFile>, parameters: Parameters, at: Date): Reason[] {
  if (file.certificates.state === 'unreadable') return [obstacleReason(file.certificates.obstacle, file.path)];
  const certificates = file.certificates.value;
  const leaves = certificates.filter(({ isCa }) => !isCa);
  if (leaves.length > 0) return leaves.flatMap((leaf) => judgeCertificate(leaf, 'leaf', file.path, parameters, at));
  return certificates.flatMap((ca) => judgeCertificate(ca, 'ca', file.path, parameters, at));
}

function judgeCertificate(
  facts: CertificateFacts,
  role: 'leaf' | 'ca',
  subject: string,
  parameters: Parameters,
  at: Date,
): Reason[] {
  const certificate = describe(facts);
  const validity = validitySeconds(facts);
  const maximum = parameters.maximumValidity + (parameters.leapDay && holdsLeapDay(facts) ? 86_400 : 0);
  const reasons = [
    ...judgeMoment(facts, certificate, subject, parameters.renewBefore, at),
    ...judgeKey(facts, certificate, subject, parameters),
    // The signature of a self-issued CA protects nothing: it is trusted because it is configured.
    ...(role === 'ca' && facts.subject === facts.issuer ? [] : judgeSignature(facts, certificate, subject)),
  ];
  if (role === 'leaf' && validity > maximum) {
    reasons.push(because('certificate.too-long', { certificate, validity, maximum }, subject));
  }
  if (reasons.length > 0) return reasons;
  const { notBefore, notAfter } = facts;
  if (role === 'ca') return [because('certificate.good-ca', { certificate, notAfter }, subject)];
  return [because('certificate.good', { certificate, notBefore, notAfter, validity, maximum }, subject)];
}

function judgeMoment(
  { notBefore, notAfter }: CertificateFacts,
  certificate: string,
  subject: string,
  renewBefore: number | undefined,
  at: Date,
): Reason[] {
  if (isOlder(notAfter, 0, at)) return [because('certificate.expired', { certificate, notAfter }, subject)];
  if (isFuture(notBefore, at)) return [because('certificate.not-yet-valid', { certificate, notBefore }, subject)];
  if (isAhead(notBefore, 0, at)) return [because('certificate.clock-doubt', { certificate, notBefore }, subject)];
  if (renewBefore === undefined || !isOlder(notAfter, -renewBefore, at)) return [];
  return [because('certificate.renewal-due', { certificate, notAfter, renewBefore }, subject)];
}

function judgeKey(
  { key }: CertificateFacts,
  certificate: string,
  subject: string,
  { minimumRsaBits, minimumEcBits }: Parameters,
): Reason[] {
  if (key.kind === 'other') {
    return [because('certificate.unknown-key', { certificate, kind: key.curve ?? 'other' }, subject)];
  }
  if (key.divisor !== undefined) {
    return [because('certificate.divisible-modulus', { certificate, divisor: String(key.divisor) }, subject)];
  }
  if (key.exponent === 'large')
    return [because('certificate.unknown-key', { certificate, kind: 'RSA, e > 64 bit' }, subject)];
  if (key.exponent !== undefined && (BigInt(key.exponent) < 3n || BigInt(key.exponent) % 2n === 0n)) {
    return [because('certificate.weak-exponent', { certificate, exponent: key.exponent }, subject)];
  }
  const minimum = key.kind === 'RSA' || key.kind === 'DSA' ? minimumRsaBits : minimumEcBits;
  if (key.bits >= minimum) return [];
  const values = { certificate, kind: key.kind, bits: String(key.bits), minimum: String(minimum) };
  return [because('certificate.weak-key', values, subject)];
}

function judgeSignature(facts: CertificateFacts, certificate: string, subject: string): Reason[] {
  const { signatureAlgorithm: algorithm, signatureHash: hash } = facts;
  switch (hash) {
    case 'MD2':
    case 'MD4':
    case 'MD5':
    case 'SHA-1':
      return [because('certificate.weak-signature', { certificate, algorithm, hash }, subject)];
    case 'unknown':
      return [because('certificate.unknown-signature', { certificate, algorithm }, subject)];
    case 'SHA-2':
    case 'SHA-3':
    case 'intrinsic':
      return [];
  }
}

/** Both ends count: from notBefore through notAfter, inclusive (RFC 5280 4.1.2.5). */
function validitySeconds({ notBefore, notAfter }: CertificateFacts): number {
  return secondsBetween(notBefore, notAfter) + 1;
}

/** Whether the whole of some 29 February (UTC) lies within, so that a calendar year of 366 days is told from 365 days and a bit. */
function holdsLeapDay({ notBefore, notAfter }: CertificateFacts): boolean {
  const begin = new Date(notBefore).getTime();
  const end = new Date(notAfter).getTime();
  const first = new Date(notBefore).getUTCFullYear();
  // Leap years lie at most eight years apart (1896 and 1904).
  for (let year = first; year <= first + 8; year++) {
    const day = new Date(Date.UTC(year, 1, 29));
    if (day.getUTCMonth() !== 1) continue;
    if (begin <= day.getTime() && day.getTime() + 86_400_000 - 1000 <= end) return true;
  }
  return false;
}

/** Tells one certificate of an endpoint from another: `RSA 2048 CN=www.example.nl (1f3a0c…)`. */
function describe({ key, subject, names, fingerprint }: CertificateFacts): string {
  const title = [subject, ...names].find((name) => name !== '') ?? 'without a name';
  const short = title.length > 120 ? `${title.slice(0, 120)}…` : title;
  return `${key.kind} ${key.bits} ${short} (${fingerprint.slice(0, 8)})`;
}
